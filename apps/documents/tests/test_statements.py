"""Statements: opening + rows = closing, every sum the ledger's, once a month and currency."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.errors import NotFound
from apps.core.invariants import violations
from apps.core.money import Money
from apps.core.viewer import SYSTEM, viewer_of
from apps.documents import ledger
from apps.documents.models import Document
from apps.documents.rules import is_closed, month_bounds, next_month
from apps.documents.selectors import closed_periods
from apps.documents.services import statements
from apps.documents.services.statements import (
    MonthIsOpen,
    StatementDoesNotSum,
    issue_due,
    issue_statement,
)
from apps.orders.services import settling
from apps.orders.tests.services.fulfilling import delivered_order, now
from apps.payments.models import JournalEntry, Settlement
from apps.payments.selectors import seller_balances
from apps.payments.services import ledger as books
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.payouts import ask_payout, plain_account
from apps.seller_centre.tests.shop import owner_user
from apps.sellers.models import Seller
from marketplace.tests.world import World, make_world

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
IN_DECEMBER = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def world(committed_db: None) -> World:
    return make_world()


def settle(world: World, **given: Any) -> Settlement:
    order = delivered_order(world, **given)
    settling.confirm_receipt(order_id=order.id, viewer=world.viewer(), now=now())
    return Settlement.objects.get(reference_id=order.id)


def move_entries(day: datetime, *entries: JournalEntry) -> None:
    """Let entries have been booked on another day; the owner's hand, with triggers asleep."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE payments_journalentry SET created_at = %s WHERE id = ANY(%s)",
            [day, [entry.id for entry in entries]],
        )
        cursor.execute("SET session_replication_role = origin")


def release_entry(settlement: Settlement) -> JournalEntry:
    return JournalEntry.objects.get(key=f"order:{settlement.reference_id}:release")


def pay_out(world: World, amount: Money) -> JournalEntry:
    """Ask for a payout: from what is available to what is on its way to the bank."""
    seller_id = world.sellers[0].id
    plain_account(seller_id)
    payout = ask_payout(seller_id, amount)
    return JournalEntry.objects.get(key=f"payout:{payout.id}:request")


def issue(world: World, month: date, at: datetime = IN_DECEMBER) -> Document:
    return issue_statement(
        seller_id=world.sellers[0].id, month=month, currency="UZS", actor=SYSTEM, now=at
    )


def test_statement_opens_where_the_month_before_closed_and_closes_at_the_ledgers_balance(
    world: World,
) -> None:
    first, second = settle(world), settle(world, quantity=2)
    make_due_available(now=first.available_at + timedelta(days=3))
    payout = pay_out(world, Money(50_000_00, "UZS"))
    move_entries(datetime(2026, 10, 31, 18, 59, 59, tzinfo=UTC), release_entry(first))
    # Midnight in Tashkent, to the second: already November.
    move_entries(datetime(2026, 10, 31, 19, 0, tzinfo=UTC), release_entry(second))
    move_entries(
        datetime(2026, 11, 20, tzinfo=UTC),
        payout,
        *JournalEntry.objects.filter(kind="AVAILABLE"),
    )

    october, november = issue(world, OCTOBER), issue(world, NOVEMBER)

    facts = october.facts
    assert (facts["opening_minor"], facts["closing_minor"]) == (0, 90_000_00)
    (row,) = facts["rows"]
    assert (row["kind"], row["amount_minor"], row["goods_minor"]) == (
        "RELEASE",
        90_000_00,
        100_000_00,
    )
    assert (row["commission_minor"], row["commission_vat_minor"]) == (8_928_57, 1_071_43)
    assert (row["delivery_minor"], row["refunded_minor"]) == (25_000_00, 0)
    facts = november.facts
    assert facts["opening_minor"] == october.facts["closing_minor"]
    # What became available moved between the seller's own accounts: no row of it.
    assert [(row["kind"], row["amount_minor"]) for row in facts["rows"]] == [
        ("RELEASE", 180_000_00),
        ("PAYOUT_REQUEST", -50_000_00),
    ]
    (balance,) = seller_balances(world.sellers[0].id)
    assert facts["closing_minor"] == balance.pending.minor + balance.available.minor == 220_000_00
    assert facts["closing"] == {"SELLER_AVAILABLE": 220_000_00, "SELLER_PENDING": 0}
    assert violations() == []


def test_statement_is_issued_once_and_stays_though_staff_ask_again(world: World) -> None:
    move_entries(datetime(2026, 11, 5, tzinfo=UTC), release_entry(settle(world)))

    first, again = issue(world, NOVEMBER), issue(world, NOVEMBER)

    assert first.id == again.id
    assert first.number == "S-2026-000001"
    assert first.period_on == NOVEMBER


def test_month_that_is_not_over_has_no_statement(world: World) -> None:
    settle(world)

    with pytest.raises(MonthIsOpen):
        issue(world, DECEMBER)
    # An hour after midnight in Tashkent, and not a second before.
    with pytest.raises(MonthIsOpen):
        issue(world, NOVEMBER, at=datetime(2026, 11, 30, 19, 59, 59, tzinfo=UTC))
    assert not Document.objects.filter(kind="STATEMENT").exists()


def test_month_in_which_there_was_no_money_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        issue(world, OCTOBER)


def test_books_that_contradict_themselves_give_no_statement(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_entries(datetime(2026, 11, 5, tzinfo=UTC), release_entry(settle(world)))
    real = ledger.balance_at
    monkeypatch.setattr(ledger, "balance_at", lambda *given: real(*given) + 1)
    monkeypatch.setattr(
        statements, "statement_facts", lambda *given: _shifted(ledger.statement_facts(*given))
    )

    with pytest.raises(StatementDoesNotSum):
        issue(world, NOVEMBER)
    assert not Document.objects.filter(kind="STATEMENT").exists()


def _shifted(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"closing_minor": facts["closing_minor"] + 1}


def test_timer_issues_the_last_month_of_every_seller_whose_money_moved(world: World) -> None:
    move_entries(
        datetime(2026, 11, 5, tzinfo=UTC),
        release_entry(settle(world)),
        release_entry(settle(world, offers=(1,))),
    )

    assert issue_due(now=datetime(2026, 11, 30, 19, 30, tzinfo=UTC)) == 0
    assert issue_due(now=IN_DECEMBER) == 1
    assert issue_due(now=IN_DECEMBER) == 0

    (paper,) = Document.objects.filter(kind="STATEMENT")
    assert (paper.seller_id, paper.currency, paper.period_on) == (
        world.sellers[0].id,
        "UZS",
        NOVEMBER,
    )
    assert len(paper.facts["rows"]) == 2


def test_closed_months_are_offered_until_they_have_their_statement(world: World) -> None:
    first, second = settle(world), settle(world)
    move_entries(datetime(2026, 10, 5, tzinfo=UTC), release_entry(first))
    move_entries(datetime(2026, 12, 1, 1, tzinfo=UTC), release_entry(second))
    owner, seller_id = viewer_of(owner_user(world.sellers[0])), world.sellers[0].id

    offered = closed_periods(owner, seller_id, IN_DECEMBER)
    assert [(period.month, period.currency) for period in offered] == [(OCTOBER, "UZS")]

    issue(world, OCTOBER)
    assert closed_periods(owner, seller_id, IN_DECEMBER) == []


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    moves=st.lists(
        st.tuples(
            st.integers(min_value=-5_000, max_value=20_000).filter(bool),
            st.integers(min_value=0, max_value=91 * 24 - 1),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_any_moves_of_money_sum_from_month_to_month(
    committed_db: None, moves: list[tuple[int, int]]
) -> None:
    """Each month opens where the one before closed, and its rows come to its closing balance."""
    seller = Seller(id=uuid4(), name="S", legal_name="S", tax_id="1", country="UZ", city="T")
    ref = books.seller_available(seller.id)
    adjust(ref, Money(1_000_000, "UZS"), datetime(2026, 8, 31, 18, 0, tzinfo=UTC))
    for minor, hours in moves:
        at = datetime(2026, 8, 31, 19, 0, tzinfo=UTC) + timedelta(hours=hours)
        adjust(ref, Money(minor, "UZS"), at)

    closing, seen = 1_000_000, 0
    for month in (date(2026, 9, 1), OCTOBER, NOVEMBER):
        facts = ledger.statement_facts(seller, ledger.period_of(month), "UZS")
        assert facts["opening_minor"] == closing
        closing = facts["opening_minor"] + sum(row["amount_minor"] for row in facts["rows"])
        assert facts["closing_minor"] == closing == sum(facts["closing"].values())
        seen += len(facts["rows"])
    # September to November have 91 days: every move is in one of them, once.
    assert seen == len(moves)
    assert closing == 1_000_000 + sum(minor for minor, _hours in moves)


def adjust(ref: books.AccountRef, amount: Money, at: datetime) -> None:
    key = f"test:{uuid4()}"
    books.post(
        key=key,
        kind="ADJUSTMENT",
        reference_type="test",
        reference_id=uuid4(),
        postings=[(ref, amount), (books.own("FX"), -amount)],
    )
    move_entries(at, JournalEntry.objects.get(key=key))


@pytest.mark.parametrize(
    ("month", "following"),
    [(date(2026, 12, 1), date(2027, 1, 1)), (date(2026, 1, 1), date(2026, 2, 1))],
)
def test_months_follow_each_other_without_a_gap(month: date, following: date) -> None:
    zone = ZoneInfo("Asia/Tashkent")

    assert next_month(month) == following
    assert month_bounds(month, zone)[1] == month_bounds(following, zone)[0]
    assert not is_closed(month, zone, month_bounds(month, zone)[1])
    assert is_closed(month, zone, month_bounds(month, zone)[1] + timedelta(hours=1))
