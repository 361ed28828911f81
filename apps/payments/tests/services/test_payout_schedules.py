"""Schedules: one payout a day, week or month, however often they are run, and never before the account."""

from datetime import UTC, datetime, timedelta

import pytest

from apps.core.viewer import SYSTEM
from apps.payments.models import Payout, PayoutSchedule
from apps.payments.rules_payouts import MOVES, last_due, next_due
from apps.payments.services.payout_schedules import run_schedules, set_schedule
from apps.payments.tests.payouts import (
    NO_ACCOUNT,
    ask_payout,
    balances,
    open_account,
    ready_payee,
    rich_payee,
    uzs,
)
from apps.payments.types_payouts import PayoutOrigin, PayoutRhythm, PayoutState

R = PayoutRhythm


def at(day: int, hour: int = 3, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rhythm", "weekday", "now", "last", "following"),
    [
        (R.NONE, 1, at(24), None, None),
        (R.DAILY, 1, at(24), at(24), at(25)),
        (R.DAILY, 1, at(24, 2, 59), at(23), at(24)),
        # The 24th is a Tuesday.
        (R.WEEKLY, 2, at(24), at(24), at(1, month=12)),
        (R.WEEKLY, 2, at(24, 2, 59), at(17), at(24)),
        (R.WEEKLY, 1, at(24), at(23), at(30)),
        (R.WEEKLY, 7, at(24), at(22), at(29)),
        (R.MONTHLY, 1, at(24), at(1), at(1, month=12)),
        (R.MONTHLY, 1, at(1, 2), at(1, month=10), at(1)),
        (R.MONTHLY, 1, at(31, 12, month=12), at(1, month=12), datetime(2027, 1, 1, 3, tzinfo=UTC)),
    ],
)
def test_due_moments(
    rhythm: PayoutRhythm,
    weekday: int,
    now: datetime,
    last: datetime | None,
    following: datetime | None,
) -> None:
    assert last_due(rhythm, weekday, now) == last
    assert next_due(rhythm, weekday, now) == following


def test_every_state_has_its_moves_and_two_are_the_end() -> None:
    assert set(MOVES) == set(PayoutState)
    assert [state for state in PayoutState if not MOVES[state]] == ["STOPPED", "FAILED"]


def schedule(payee_id: object, rhythm: PayoutRhythm, now: datetime, weekday: int = 1) -> None:
    row = PayoutSchedule(payee_id=payee_id, currency="UZS", rhythm=rhythm, weekday=weekday)
    set_schedule(schedule=row, actor=SYSTEM, now=now)


@pytest.mark.django_db
@pytest.mark.usefixtures("sandbox")
class TestRunning:
    def test_due_schedule_pays_all_once_however_often_it_is_run(self) -> None:
        payee_id = ready_payee()
        schedule(payee_id, R.DAILY, at(24, 12))

        assert run_schedules(now=at(25, 2)) == 0
        assert [run_schedules(now=at(25, hour)) for hour in (3, 3, 4)] == [1, 0, 0]

        payout = Payout.objects.get()
        assert (payout.amount, payout.origin) == (uzs(1_000_000), PayoutOrigin.SCHEDULED)
        assert payout.key == f"schedule:{payee_id}:UZS:2026-11-25"
        assert balances(payee_id)[0] == 0

    def test_weekly_schedule_waits_for_its_day_after_it_was_set(self) -> None:
        schedule(ready_payee(), R.WEEKLY, at(24, 12), weekday=2)

        assert run_schedules(now=at(30, 23)) == 0
        assert run_schedules(now=at(1, 3, month=12)) == 1

    def test_too_small_balance_waits_for_the_next_day(self) -> None:
        payee_id = ready_payee(uzs(60_000))
        ask_payout(payee_id, uzs(50_000))
        schedule(payee_id, R.DAILY, at(24, 12))

        assert run_schedules(now=at(25)) == 0

        assert PayoutSchedule.objects.get().ran_for == at(25)
        assert Payout.objects.count() == 1

    def test_account_that_was_changed_holds_the_payout_and_does_not_lose_it(self) -> None:
        payee_id = ready_payee()
        schedule(payee_id, R.WEEKLY, at(24, 12), weekday=3)
        open_account(payee_id, bank=NO_ACCOUNT, now=at(24, 20))

        assert [run_schedules(now=at(day)) for day in (25, 26, 27)] == [0, 0, 0]
        assert run_schedules(now=at(27, 20)) == 1
        assert Payout.objects.get().key.endswith(":2026-11-25")

    def test_payee_without_an_account_and_one_without_a_rhythm_get_none(self) -> None:
        schedule(rich_payee(uzs(1_000_000)), R.DAILY, at(24, 12))
        schedule(ready_payee(), R.NONE, at(24, 12))

        assert run_schedules(now=at(26)) == 0

    def test_schedule_set_again_is_one_schedule(self) -> None:
        payee_id = ready_payee()
        schedule(payee_id, R.DAILY, at(24, 12))
        schedule(payee_id, R.MONTHLY, at(24, 13) + timedelta(hours=1))

        kept = PayoutSchedule.objects.get()
        assert (kept.rhythm, kept.changed_at) == (R.MONTHLY, at(24, 14))
