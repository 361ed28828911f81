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
from apps.core.tests.beside import ROOT, beside
from apps.core.viewer import SYSTEM
from apps.logistics.tests.world import make_courier, on_the_way
from apps.orders.tests.services.world import capture, pay, place
from apps.payments.services.payouts import stop_payout
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.chargebacks import bear, lost, opened, won
from apps.payments.tests.payouts import ask_payout, plain_account, reported, rich_payee, uzs
from apps.payments.tests.releases import DUE, HALF, paid_share, release, release_of, take_back
from apps.payments.types_payouts import TransferOutcome
from apps.reviews.services.answering import answer_review
from apps.reviews.tests.world import bought, published, seller_viewer
from conftest import empty_all_tables
from marketplace.tests.world import make_world

PLANTED_RETURN = (
    "INSERT INTO orders_return (id, number, order_id, key, state, reason, note, answer, code, carrier,"
    " tracking_number, currency, is_by_clock, due_at, requested_at)"
    " SELECT gen_random_uuid(), 'R-1', id, 'x', 'REQUESTED', 'FAULTY', '', '', '', '', '', 'UZS',"
    " false, now(), now() FROM orders_order WHERE status = 'PAID' ORDER BY id LIMIT 1"
)
PLANTED_RETURN_LINE = (
    "INSERT INTO orders_returnline (return_case_id, line_id, quantity, condition, why)"
    " SELECT r.id, l.id, 1, '', '' FROM orders_return r"
    " JOIN orders_orderline l ON l.order_id = r.order_id LIMIT 1"
)
# What makes each invariant false, done by a hand that triggers do not hold.
PLANTED_CHANGE = (
    "INSERT INTO orders_addresschange (id, order_id, state, address, currency,"
    " delivery_before_minor, delivery_minor, promised_from, promised_to, asked_at, expires_at,"
    " applied_at, ended_at) SELECT gen_random_uuid(), id, '{state}', '{{}}', currency,"
    " delivery_minor, {after}, promised_from, promised_to, now(), now(), {stamps}"
    " FROM orders_order WHERE status = 'PAID'"
)

PLANTED = {
    "stock.reserved_is_sum_of_active_reservations": "UPDATE catalog_stock SET reserved = reserved + 1",
    "stock.on_hand_is_sum_of_movements": "UPDATE catalog_stock SET on_hand = on_hand + 1",
    "stock.never_oversold": (
        "ALTER TABLE catalog_stock DROP CONSTRAINT stock_reserved_within_on_hand;"
        " UPDATE catalog_stock SET reserved = on_hand + 1"
    ),
    "stock.consumed_reservation_has_its_sale": "DELETE FROM catalog_stockmovement WHERE kind = 'SALE'",
    "cards.draft_is_of_the_seller_who_made_the_card": (
        "INSERT INTO catalog_carddraft (seller_id, product_id, brand_asked, texts, attributes, variant_axes,"
        " variants, handling_days, typed, status, version) SELECT s.id, p.id, '', '{}', '{}', '[]', '[]', 1,"
        " '{}', 'DRAFT', 1 FROM sellers_seller s, catalog_product p LIMIT 1"
    ),
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
    "documents.numbers_have_no_gaps": (
        "UPDATE documents_document SET serial = 9 WHERE kind = 'RECEIPT' AND serial = 2"
    ),
    "documents.captured_order_has_one_receipt": (
        "UPDATE payments_payment SET captured_at = captured_at - interval '2 hours'"
        " WHERE reference_type = 'order_group'; DELETE FROM documents_document WHERE serial = 2"
    ),
    "documents.receipt_says_what_was_paid": (
        "UPDATE documents_document SET facts = jsonb_set(facts, '{total_minor}', '1')"
    ),
    "documents.statement_is_the_ledgers": (
        "INSERT INTO documents_document (kind, year, serial, number, subject_type, subject_id,"
        " seller_id, period_on, currency, language, facts, facts_sha256, issued_at)"
        " SELECT 'STATEMENT', 2026, 1, 'S-2026-000001', 'seller', id, id, '2026-10-01', 'UZS', 'en',"
        """ '{"opening_minor": 1, "closing_minor": 2, "rows": [{"amount_minor": 1}],"""
        """ "starts_at": "2026-09-30T19:00:00Z", "ends_at": "2026-10-31T19:00:00Z"}', '', now()"""
        " FROM sellers_seller LIMIT 1"
    ),
    "orders.clock_runs_in_its_state_alone": (
        "UPDATE orders_order SET ship_by = confirm_by WHERE status = 'PAID'"
    ),
    "orders.sent_back_units_are_those_accepted": (
        "UPDATE orders_orderline SET shipped_quantity = 1, delivered_quantity = 1,"
        " sent_back_quantity = 1"
    ),
    "orders.unit_is_in_one_return": f"{PLANTED_RETURN};{PLANTED_RETURN_LINE}",
    "orders.open_dispute_freezes_escrow": (
        "INSERT INTO payments_escrowhold (reference_id, reason, placed_at, lifted_at)"
        " SELECT id, 'X', now(), now() FROM orders_order WHERE status = 'PAID';"
        " INSERT INTO orders_dispute (id, number, order_id, key, state, reason, currency,"
        " wanted_minor, decision, decided_by, open_at, hold_id)"
        " SELECT gen_random_uuid(), 'D-' || h.id, h.reference_id, 'x', 'OPEN', 'NOT_RECEIVED',"
        " 'UZS', 1, '', '', now(), h.id FROM payments_escrowhold h"
    ),
    "orders.refunded_return_has_its_refund": (
        PLANTED_RETURN + "; UPDATE orders_return SET state = 'RECEIVED';"  # noqa: S608  our own constants
        " UPDATE orders_return SET state = 'REFUNDED', refund_minor = 1"
    ),
    "orders.total_is_what_was_paid_and_changed": (
        PLANTED_CHANGE.format(state="APPLIED", stamps="now(), NULL", after=0)
    ),
    "orders.dearer_address_is_paid_for": (
        PLANTED_CHANGE.format(state="APPLIED", stamps="now(), NULL", after="delivery_minor + 1")
    ),
    "orders.waiting_address_is_of_an_order_that_stays": (
        PLANTED_CHANGE.format(state="WAITING", stamps="NULL, NULL", after="delivery_minor + 1")  # noqa: S608  our own constants
        + "; UPDATE orders_order SET status = 'SHIPPED' WHERE status = 'PAID'"
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
        " commission_vat_minor = commission_vat_minor - 1"
        " WHERE currency = payout_currency AND commission_vat_minor > 0"
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
    "payments.in_transit_is_the_open_payouts": (
        "UPDATE payments_payout SET amount_minor = amount_minor + 1 WHERE state = 'IN_TRANSIT'"
    ),
    "payments.paid_payout_has_its_entry": (
        "UPDATE payments_journalentry SET key = 'other:' || id WHERE kind = 'PAYOUT'"
    ),
    "payments.ended_payout_gave_back": (
        "UPDATE payments_journalentry SET key = 'other:' || id WHERE kind = 'PAYOUT_RETURNED'"
    ),
    "payments.claims_are_the_open_chargebacks": (
        "UPDATE payments_chargeback SET amount_minor = amount_minor + 1 WHERE settled_at IS NULL"
    ),
    "payments.chargeback_is_a_claim_while_it_is_open": (
        "UPDATE payments_chargeback SET fee_minor = fee_minor + 1 WHERE state = 'WON'"
    ),
    "payments.chargeback_parts_are_within_it": (
        "UPDATE payments_chargebackpart SET amount_minor = amount_minor + 1"
    ),
    "payments.chargeback_makes_good_no_more_than_it_took": (
        "UPDATE payments_refund SET state = 'CREATED', settled_at = NULL"
        " WHERE chargeback_id IS NOT NULL"
    ),
    "payments.open_chargeback_freezes_escrow": (
        "UPDATE payments_chargeback SET withdrawn_at = '2026-01-01' WHERE settled_at IS NULL"
    ),
    "reviews.rating_is_that_of_the_published": (
        "UPDATE catalog_product SET rating_count = rating_count + 1 WHERE rating_count > 0"
    ),
    "reviews.verified_mark_is_a_purchase_of_the_author": (
        "UPDATE reviews_review SET author_id = (SELECT id FROM accounts_user"
        " WHERE email = 'owner1@sellers.example')"
    ),
    "reviews.helpful_count_is_the_number_of_votes": (
        "UPDATE reviews_review SET helpful_count = helpful_count + 1"
    ),
    "reviews.answer_is_of_the_seller_of_the_purchase": (
        "UPDATE reviews_reviewanswer SET seller_id = (SELECT id FROM sellers_seller"
        " WHERE id <> seller_id LIMIT 1)"
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
    """A paid order of two sellers, one that waits, two that are released, one of them in part refunded, a parcel, a review.

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
        release(release_of(paid_share()))
        _pay_out()
        _charge_back()
        bought(world)
        review = published(world)
        answer_review(review_id=review.id, text="Thanks.", actor=seller_viewer(world), now=DUE)
        yield
        connections.close_all()
        empty_all_tables()
        cache.clear()


def _pay_out() -> None:
    """One payout that is paid, one on its way, one stopped, of a payee with two settlements."""
    payee_id = rich_payee(uzs(600_000), uzs(400_000))
    plain_account(payee_id)
    reported(ask_payout(payee_id, uzs(300_000)), TransferOutcome.PAID)
    reported(ask_payout(payee_id, uzs(200_000)), TransferOutcome.SENT)
    stopped = ask_payout(payee_id, uzs(100_000))
    stop_payout(payout_id=stopped.id, actor=SYSTEM, reason="Doubt", now=DUE)


def _charge_back() -> None:
    """One chargeback that is open, of an order that was released before it; one won, one lost."""
    share = paid_share()
    release(release_of(share))
    opened(share)
    won(paid_share())
    bear(lost(paid_share(), HALF.total))


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
