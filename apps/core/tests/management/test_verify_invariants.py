"""manage.py verify_invariants: silent over sound books, and red for each invariant once."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections, transaction

from apps.core.invariants import declared, violations
from apps.core.services.relay import deliver_all
from apps.core.tests.management.test_relay_command import ROOT, beside
from apps.logistics.tests.world import make_courier, on_the_way
from apps.orders.tests.services.world import capture, pay, place
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.releases import DUE, HALF, paid_share, release, release_of, take_back
from conftest import empty_all_tables
from marketplace.tests.world import make_world

# What makes each invariant false, done by a hand that triggers do not hold.
PLANTED = {
    "stock.reserved_is_sum_of_active_reservations": "UPDATE catalog_stock SET reserved = reserved + 1",
    "stock.on_hand_is_sum_of_movements": "UPDATE catalog_stock SET on_hand = on_hand + 1",
    "stock.never_oversold": (
        "ALTER TABLE catalog_stock DROP CONSTRAINT stock_reserved_within_on_hand;"
        " UPDATE catalog_stock SET reserved = on_hand + 1"
    ),
    "stock.consumed_reservation_has_its_sale": "DELETE FROM catalog_stockmovement WHERE kind = 'SALE'",
    "offers.price_is_the_valid_row": "UPDATE catalog_offer SET price_minor = price_minor + 1",
    "orders.group_total_is_sum_of_orders": (
        "UPDATE orders_ordergroup SET items_minor = items_minor + 1, total_minor = total_minor + 1"
    ),
    "orders.order_items_are_sum_of_lines": (
        "UPDATE orders_order SET commission_minor = commission_minor + 1"
    ),
    "orders.group_is_paid_exactly_when_its_orders_are": (
        "UPDATE orders_ordergroup SET status = 'EXPIRED' WHERE status = 'PAID'"
    ),
    "orders.paid_group_has_captured_payment": (
        "UPDATE payments_payment SET reference_id = gen_random_uuid()"
    ),
    "orders.paid_units_are_sold_units": (
        "UPDATE catalog_reservation SET state = 'RELEASED' WHERE state = 'CONSUMED'"
    ),
    "orders.no_hold_after_the_end": (
        "UPDATE orders_ordergroup SET status = 'EXPIRED' WHERE status = 'AWAITING_PAYMENT'"
    ),
    "orders.status_is_the_last_event": (
        "UPDATE orders_order SET status = 'CANCELLED' WHERE status = 'CREATED'"
    ),
    "logistics.status_is_the_last_step": "DELETE FROM logistics_trackingevent WHERE seq = 3",
    "logistics.parcel_at_a_courier_has_its_task": (
        "UPDATE logistics_couriertask SET state = 'RELEASED'"
    ),
    "logistics.parcel_is_not_empty": "DELETE FROM logistics_shipmentitem",
    "orders.line_units_are_those_of_its_parcels": (
        "UPDATE orders_orderline SET shipped_quantity = 1 WHERE quantity = 2"
    ),
    "orders.cancelled_order_has_no_unit_left": (
        "UPDATE orders_order SET status = 'CANCELLED' WHERE status = 'PAID'"
    ),
    "orders.ended_order_holds_no_money": (
        "UPDATE orders_order SET status = 'RETURNED' WHERE status = 'PAID'"
    ),
    "orders.released_order_is_the_settled_one": (
        "UPDATE orders_order SET delivered_at = now(), released_at = now() WHERE status = 'PAID'"
    ),
    "orders.clock_runs_in_its_state_alone": (
        "UPDATE orders_order SET ship_by = confirm_by WHERE status = 'PAID'"
    ),
    "ledger.entries_sum_to_zero": "UPDATE payments_posting SET amount_minor = amount_minor - 1",
    "ledger.entries_have_two_postings": (
        "INSERT INTO payments_journalentry (key, kind, reference_type, reference_id)"
        " VALUES ('x', 'X', 'x', 'x')"
    ),
    "ledger.stored_balance_is_sum_of_postings": (
        "UPDATE payments_ledgeraccount SET balance_minor = balance_minor + 1"
    ),
    "ledger.no_account_below_floor": (
        "ALTER TABLE payments_ledgeraccount DROP CONSTRAINT ledger_account_floor;"
        " UPDATE payments_ledgeraccount SET balance_minor = -1"
    ),
    "payments.allocations_sum_to_amount": (
        "UPDATE payments_paymentallocation SET amount_minor = amount_minor + 1"
    ),
    "payments.escrow_is_captured_minus_refunded": (
        "UPDATE payments_paymentallocation SET refunded_minor = refunded_minor + 1"
    ),
    "payments.captured_payment_has_its_entry": "UPDATE payments_journalentry SET key = 'other:' || id",
    "payments.settlement_equals_its_entry": (
        "UPDATE payments_settlement SET commission_minor = commission_minor + 1,"
        " commission_vat_minor = commission_vat_minor - 1 WHERE currency = payout_currency"
    ),
    "payments.available_settlement_has_its_entry": (
        "UPDATE payments_journalentry SET key = 'other:' || id WHERE kind = 'AVAILABLE'"
    ),
    "payments.pending_is_sum_of_pending_settlements": (
        "UPDATE payments_settlement SET payee_id = gen_random_uuid() WHERE state = 'PENDING'"
    ),
    "payments.available_is_sum_of_available_settlements": (
        "UPDATE payments_settlement SET state = 'PENDING', made_available_at = NULL"
    ),
    "payments.reversal_equals_its_entry": (
        "UPDATE payments_reversal SET commission_minor = commission_minor - 1,"
        " delivery_minor = delivery_minor + 1"
    ),
    "payments.settlement_not_taken_back_twice": (
        "UPDATE payments_reversal SET delivery_minor = delivery_minor + 1000000000"
    ),
    "payments.nobody_is_owed_by_a_receivable": (
        "UPDATE payments_ledgeraccount SET kind = 'SELLER_RECEIVABLE' WHERE kind = 'COMMISSION'"
    ),
    "payments.reconciliation_run_has_its_items": (
        "INSERT INTO payments_reconciliationrun (provider, period_from, period_to, statement_count,"
        " book_count, difference_count, new_count, state, at)"
        " VALUES ('x', now() - interval '1 day', now(), 1, 1, 1, 1, 'DIFFERS', now())"
    ),
    "payments.refunded_is_sum_of_refunds": (
        "UPDATE payments_payment SET refunded_minor = refunded_minor + 1 WHERE state = 'CAPTURED'"
    ),
}


@pytest.fixture(scope="module")
def books(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A paid order of two sellers, one that waits, two that are released, one of them in part refunded, a parcel; committed.

    Emptied after the module.
    """
    with django_db_blocker.unblock():
        world = make_world()
        paid = place(world, offers=(0, 2), quantity=2)
        capture(pay(world, paid).id, paid)
        deliver_all()
        place(world, offers=(1,))
        release(release_of(paid_share()))
        make_due_available(now=DUE)
        on_the_way(make_courier())
        partly_returned = paid_share()
        release(release_of(partly_returned))
        take_back(partly_returned, HALF.total, taken_back=HALF)
        yield
        connections.close_all()
        empty_all_tables()
        cache.clear()


def test_every_invariant_is_planted_once(books: None) -> None:
    assert [invariant.name for invariant in declared()] == sorted(PLANTED)


def test_sound_books_pass(books: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_invariants")

    assert violations() == []
    assert capsys.readouterr().out == f"{len(PLANTED)} invariants hold, seals match\n"


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_planted_violation_is_named_with_its_row(
    books: None, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the owner, with triggers asleep, in a transaction that is undone."""
    usual = connections["default"]
    connections["default"] = connections["owner"]
    try:
        with transaction.atomic():
            with connections["owner"].cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(PLANTED[name])
            with pytest.raises(CommandError, match="violations"):
                call_command("verify_invariants")
            transaction.set_rollback(True)
    finally:
        connections["default"] = usual
    assert f"\n{name}: (" in "\n" + capsys.readouterr().err
    assert violations() == []


@pytest.mark.timeout(120)
def test_process_ends_with_an_error_code_on_a_violation(books: None) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE catalog_offer SET price_minor = price_minor + 1")
    try:
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "verify_invariants"],
            cwd=ROOT,
            env=beside(),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE catalog_offer SET price_minor = price_minor - 1")

    assert done.returncode == 1
    assert done.stderr.count("offers.price_is_the_valid_row: ") == 4
    assert done.stderr.endswith("CommandError: 4 violations\n")
