"""Balances, settlements and their entries: a payee's own, and nobody else's."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.errors import NotFound
from apps.core.money import Money
from apps.payments import selectors
from apps.payments.models import LedgerAccount, Settlement
from apps.payments.services.holds import hold_escrow, lift_hold
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.releases import (
    DUE,
    NOW,
    STAFF,
    TOTAL,
    paid_share,
    paid_shares,
    release,
    release_of,
)
from apps.payments.types import SellerBalance

pytestmark = pytest.mark.django_db
SELLER, STRANGER = UUID(int=1), UUID(int=2)


def settle(count: int, payee_id: UUID = SELLER) -> list[Settlement]:
    return [release(release_of(paid_share(payee_id=payee_id))) for _ in range(count)]


def test_escrow_balance_is_what_is_held_and_zero_before_and_after() -> None:
    share = paid_share()

    assert selectors.escrow_balance(uuid4(), "UZS") == Money(0, "UZS")
    assert selectors.escrow_balance(share.reference_id, "UZS") == TOTAL
    assert selectors.escrow_balance(share.reference_id, "RUB") == Money(0, "RUB")
    release(release_of(share))
    assert selectors.escrow_balance(share.reference_id, "UZS") == Money(0, "UZS")


def test_seller_balances_stand_by_currency_and_kind() -> None:
    settle(2)
    release(release_of(paid_share(payee_id=SELLER), payout=Money(600_00, "RUB")))
    make_due_available(now=DUE)
    late = release_of(paid_share(payee_id=SELLER), available_at=DUE + timedelta(days=1))
    release(late)

    assert selectors.seller_balances(SELLER) == [
        SellerBalance(
            "RUB",
            pending=Money(0, "RUB"),
            available=Money(600_00, "RUB"),
            owed=Money(0, "RUB"),
            on_hold=Money(0, "RUB"),
        ),
        SellerBalance(
            "UZS",
            pending=Money(90_000_00, "UZS"),
            available=Money(180_000_00, "UZS"),
            owed=Money(0, "UZS"),
            on_hold=Money(0, "UZS"),
        ),
    ]


def test_stranger_has_no_balances_and_no_settlements() -> None:
    (mine,) = settle(1)

    assert selectors.seller_balances(STRANGER) == []
    assert selectors.settlements_of(STRANGER) == []
    with pytest.raises(NotFound):
        selectors.settlement_of(STRANGER, mine.id)
    with pytest.raises(NotFound):
        selectors.settlement_of(SELLER, uuid4())
    assert selectors.settlement_of(SELLER, mine.id).id == mine.id


def test_settlements_are_paged_newest_first() -> None:
    made = settle(3)
    settle(1, STRANGER)
    newest_first = [row.id for row in reversed(made)]

    first = selectors.settlements_of(SELLER, limit=2)
    rest = selectors.settlements_of(SELLER, before=first[-1].id, limit=2)

    assert [row.id for row in first] == newest_first[:2]
    assert [row.id for row in rest] == newest_first[2:]


def test_settlements_of_orders_are_found_with_what_was_taken_back_in_two_queries() -> None:
    made = settle(3)
    held = paid_share(payee_id=SELLER)

    with CaptureQueriesContext(connection) as queries:
        found = selectors.settlements_for(
            [*(row.reference_id for row in made), held.reference_id, uuid4()]
        )

        assert [row.left for row in found.values()] == [row.split for row in found.values()]

    assert {key: row.id for key, row in found.items()} == {row.reference_id: row.id for row in made}
    assert len(queries) == 2


def test_entries_behind_a_settlement_are_its_own_alone() -> None:
    first, second = paid_shares(TOTAL, TOTAL, payees=(SELLER, STRANGER))
    settlement = release(release_of(first))
    settlement = selectors.settlement_of(SELLER, settlement.id)
    release(release_of(second))

    assert [entry.kind for entry in selectors.entries_of_settlement(settlement)] == ["RELEASE"]
    make_due_available(now=DUE)
    with CaptureQueriesContext(connection) as queries:
        release_entry, available = selectors.entries_of_settlement(settlement)
        shown = [
            (posting.account.kind, posting.account.owner_id, posting.amount_minor)
            for entry in (release_entry, available)
            for posting in entry.postings.all()
        ]

    assert (release_entry.kind, available.kind) == ("RELEASE", "AVAILABLE")
    assert len(queries) == 2
    assert str(STRANGER) not in {owner for _kind, owner, _minor in shown}
    assert str(second.reference_id) not in {owner for _kind, owner, _minor in shown}
    assert ("SELLER_AVAILABLE", str(SELLER), 90_000_00) in shown


def test_holds_that_are_on_are_counted_since_the_first() -> None:
    first, second, third = (paid_share() for _ in range(3))
    for hours, share in enumerate((first, second, third)):
        hold_escrow(
            reference_id=share.reference_id,
            actor=STAFF,
            reason="Doubt",
            now=NOW + timedelta(hours=hours),
        )
    lifted = selectors.open_holds_of([first.reference_id])[first.reference_id]
    lift_hold(hold_id=lifted.id, actor=STAFF, reason="Clear", now=NOW + timedelta(hours=9))

    queue = selectors.open_holds()

    assert (queue.count, queue.oldest_at) == (2, NOW + timedelta(hours=1))
    assert not selectors.is_held(first.reference_id)
    assert selectors.is_held(second.reference_id)


def test_account_that_is_no_escrow_names_no_order() -> None:
    share = paid_share()
    escrow = LedgerAccount.objects.get(kind="ESCROW")
    clearing = LedgerAccount.objects.get(kind="PROVIDER_CLEARING")

    assert selectors.held_reference(escrow.id) == share.reference_id
    with pytest.raises(NotFound):
        selectors.held_reference(clearing.id)
