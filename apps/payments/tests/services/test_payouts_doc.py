"""The tables of docs/payouts.md: its states are the rules', its examples are booked for real."""

from datetime import timedelta

import pytest
from django.conf import settings

from apps.core.errors import DomainError
from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import Payout, Posting
from apps.payments.rules_payouts import DUE_HOUR, MOVES
from apps.payments.services import payout_reports, payout_sending, payouts
from apps.payments.tests.payouts import (
    DAY,
    LATE,
    NO_ACCOUNT,
    balances,
    clearing,
    fresh,
    open_account,
    order_of,
    rich_payee,
    send,
    settle,
)
from apps.payments.tests.world import assert_consistent
from apps.payments.types_payouts import PayoutAccountState
from apps.sandbox.stripe.testing import RunningSandbox

PAGE = (settings.BASE_DIR / "docs/payouts.md").read_text(encoding="utf-8")


def table(head: str) -> list[list[str]]:
    """The rows of the table whose first line begins so."""
    lines = PAGE.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(head))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


CASES = table("| # | Case |")


def money(text: str, currency: str) -> Money:
    plain = text.replace(",", "").replace("−", "-").replace("+", "")
    return Money.from_major(plain, currency)


def test_states_of_the_page_are_those_of_the_rules() -> None:
    written = {
        row[0]: {name for name in row[2].split(", ") if name}
        for row in table("| State | Means | May")
    }

    assert written == {str(state): {str(to) for to in after} for state, after in MOVES.items()}
    assert PAGE.count("| State | Means |") == 2
    for state in PayoutAccountState:
        assert f"\n| {state} | " in PAGE


def test_clocks_of_the_page_are_those_of_the_code() -> None:
    lengths = {row[0]: row[1] for row in table("| Clock |")}

    assert timedelta(seconds=90) == payout_sending.LEASE
    assert timedelta(seconds=60) == payout_sending.ASK_AGAIN
    assert timedelta(minutes=10) == payout_reports.ASK_ON_THE_WAY
    assert timedelta(days=1) == payout_reports.ASK_AFTER_PAID
    assert timedelta(days=10) == payout_reports.WATCH_AFTER_PAID
    assert timedelta(hours=1) == payout_sending.TAKE_BACK_AGAIN
    assert settings.PAYOUT_ACCOUNT_HOLD_HOURS == 72
    assert DUE_HOUR == 3
    assert list(lengths.values()) == [
        "90 s",
        "60 s",
        "10 min",
        "1 day, for 10 days",
        "1 h",
        "72 h (`PAYOUT_ACCOUNT_HOLD_HOURS`)",
        "03:00 UTC of its day",
    ]


def tell(payout: Payout, step: str, sandbox: RunningSandbox) -> None:
    match step:
        case "held":
            assert payout.state == "HELD"
        case "approved":
            payouts.approve_payout(payout_id=payout.id, actor=SYSTEM, reason="x", now=DAY)
        case "stopped":
            payouts.stop_payout(payout_id=payout.id, actor=SYSTEM, reason="x", now=DAY)
        case "answer lost":
            sandbox.fault("timeout_after", "POST /v1/transfers")
            assert send(payout).state == "UNKNOWN"
        case "sent":
            at = DAY + timedelta(minutes=2)
            assert send(payout, now=at).state == "IN_TRANSIT"
        case "paid":
            assert settle(payout, sandbox).state == "PAID"
        case "refused" | "sent back":
            assert settle(payout, sandbox, now=DAY + timedelta(days=2)).state == "FAILED"


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES, ids=[f"{row[0]} {row[1]}" for row in CASES])
def test_example_of_the_page_is_what_is_booked(case: list[str], sandbox: RunningSandbox) -> None:
    _number, name, before, asked, story, *after = case
    currency = before.split()[1]
    balance = money(before.split()[0], currency)
    bank = {"the bank refuses": NO_ACCOUNT, "paid, then sent back": LATE}.get(name, "000123456789")
    payee_id = rich_payee(balance)
    open_account(payee_id, bank=bank, currency=currency)
    held_by_provider = clearing(currency)
    amount = None if asked == "all" else money(asked, currency)
    order = order_of(payee_id, amount, currency=currency)

    payout = None
    if story.startswith("payouts."):
        with pytest.raises(DomainError) as refusal:
            payouts.request_payout(order=order, actor=SYSTEM, now=DAY)
        assert refusal.value.code == story
    else:
        payout = payouts.request_payout(order=order, actor=SYSTEM, now=DAY)
        for step in story.split(", "):
            tell(fresh(payout), step, sandbox)

    found = (*balances(payee_id, payout, currency), clearing(currency) - held_by_provider)
    assert found == tuple(money(cell, currency).minor for cell in after)
    assert len(sandbox.transfers()) == (1 if "sent" in story else 0)
    assert_consistent()
    if name == "paid, then sent back":
        check_entries(payout)


def check_entries(payout: Payout | None) -> None:
    rows = Posting.objects.filter(entry__reference_id=str(payout and payout.id)).order_by("id")
    booked = [
        [row.entry.kind, row.account.kind, Money(row.amount_minor, row.currency)]
        for row in rows.select_related("entry", "account")
    ]
    written = [
        [entry, account, money(posting.split()[0], posting.split()[1])]
        for entry, account, posting in table("| Entry | Account |")
    ]
    assert booked == written
