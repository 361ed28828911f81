"""Payouts by schedule.

Invariant: one payout per payee, currency and due day, whoever runs the schedules and however often:
the schedule's row is locked while it is run, and the payout's key is the day's.
"""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from apps.core.errors import DomainError
from apps.core.locks import lock_row, money_path
from apps.core.services import audit
from apps.core.viewer import SYSTEM, Viewer
from apps.payments.locks import PAYOUT_ACCOUNT
from apps.payments.models import PayoutAccount, PayoutSchedule
from apps.payments.rules_payouts import last_due, schedule_key
from apps.payments.services.payouts import (
    NoPayoutAccount,
    PayeeSuspended,
    PayoutAccountOnHold,
    request_payout,
)
from apps.payments.types_payouts import (
    PayoutAccountState,
    PayoutOrder,
    PayoutOrigin,
    PayoutRhythm,
)

log = structlog.get_logger(__name__)

BATCH = 500


@money_path
def set_schedule(*, schedule: PayoutSchedule, actor: Viewer, now: datetime) -> PayoutSchedule:
    """Keep when a payee's balance in a currency is paid out by itself; `schedule` is not saved yet.

    Its first payout is at the first due moment after now.
    """
    values = {"rhythm": schedule.rhythm, "weekday": schedule.weekday, "changed_at": now}
    kept, _created = PayoutSchedule.objects.update_or_create(
        payee_id=schedule.payee_id, currency=schedule.currency, defaults=values
    )
    audit.record(
        actor=actor,
        action="payments.payout_schedule_set",
        target_type="payee",
        target_id=kept.payee_id,
        after={"currency": kept.currency, "rhythm": kept.rhythm, "weekday": kept.weekday},
    )
    return kept


def run_schedules(*, now: datetime) -> int:
    """Ask for the payout of every schedule that is due; return how many were made.

    What stands below the least sum waits for the next due day; what waits for an account, or for the end of a suspension, is tried again.
    """
    made = 0
    for schedule_id in _due_ids(now):
        try:
            made += _run_one(schedule_id=schedule_id, now=now)
        except Exception as error:  # noqa: BLE001  one schedule must not stop the others
            log.warning("payout_schedule_failed", schedule_id=schedule_id, error=str(error))
    return made


def _due_ids(now: datetime) -> list[int]:
    """Schedules that are due and have an account to pay to; looked at again under the lock."""
    found = Q(pk__in=[])
    for rhythm in PayoutRhythm:
        for weekday in range(1, 8):
            due = last_due(rhythm, weekday, now)
            if due is not None:
                found |= Q(rhythm=rhythm, weekday=weekday, changed_at__lt=due) & (
                    Q(ran_for=None) | Q(ran_for__lt=due)
                )
    account = PayoutAccount.objects.filter(
        payee_id=OuterRef("payee_id"),
        currency=OuterRef("currency"),
        state=PayoutAccountState.VERIFIED,
        usable_from__lte=now,
    )
    rows = PayoutSchedule.objects.filter(found, Exists(account)).order_by(
        F("ran_for").asc(nulls_first=True), "id"
    )
    return list(rows.values_list("id", flat=True)[:BATCH])


@money_path
def _run_one(*, schedule_id: int, now: datetime) -> bool:
    """Run one schedule for its last due moment; return whether a payout was made."""
    schedule = lock_row(PayoutSchedule.objects.filter(id=schedule_id), rank=PAYOUT_ACCOUNT)
    if schedule is None:
        return False
    due = last_due(PayoutRhythm(schedule.rhythm), schedule.weekday, now)
    if due is None or due <= schedule.changed_at or (schedule.ran_for and schedule.ran_for >= due):
        return False
    order = PayoutOrder(
        payee_id=schedule.payee_id,
        currency=schedule.currency,
        amount=None,
        key=schedule_key(schedule.payee_id, schedule.currency, due),
        origin=PayoutOrigin.SCHEDULED,
    )
    is_made = False
    try:
        with transaction.atomic():
            request_payout(order=order, actor=SYSTEM, now=now)
        is_made = True
    except (NoPayoutAccount, PayoutAccountOnHold, PayeeSuspended):
        return False
    except DomainError as refusal:
        log.info("payout_schedule_skipped", schedule_id=schedule_id, code=refusal.code)
    schedule.ran_for = due
    schedule.save(update_fields=["ran_for"])
    return is_made
