"""Settling: ask the provider about whatever is still open, so that a lost webhook loses nothing."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from apps.core.http_client import ProviderPermanent
from apps.payments.models import PaymentAttempt
from apps.payments.providers import provider_of
from apps.payments.services.paying import ASK_AGAIN, OPEN_STATES, apply_report, call_provider

log = structlog.get_logger(__name__)

BATCH = 100
# A provider may settle a session some time after it ended.
GIVE_UP_AFTER = timedelta(days=2)


def settle_due_attempts(*, now: datetime) -> int:
    """Call or ask again for every open attempt whose time has come; return how many."""
    due = _claim_due(now=now)
    for attempt_id, session_id, provider in due:
        try:
            if session_id:
                ask(attempt_id=attempt_id, session_id=session_id, provider=provider, now=now)
            else:
                call_provider(attempt_id=attempt_id, now=now)
        except Exception as error:  # noqa: BLE001  one attempt must not stop the others
            log.warning("settle_failed", attempt_id=str(attempt_id), error=str(error))
    return len(due)


@transaction.atomic
def _claim_due(*, now: datetime) -> list[tuple[UUID, str, str]]:
    rows = list(
        PaymentAttempt.objects.filter(check_at__lte=now)
        .select_for_update(skip_locked=True)
        .order_by("check_at")[:BATCH]
    )
    for row in rows:
        is_open = row.state in OPEN_STATES and now < row.expires_at + GIVE_UP_AFTER
        row.check_at = now + ASK_AGAIN if is_open else None
        row.save(update_fields=["check_at"])
    return [(row.id, row.session_id, row.provider) for row in rows]


def ask(*, attempt_id: UUID, session_id: str, provider: str, now: datetime) -> None:
    """Read the session at the provider and book what it says."""
    report = provider_of(provider).read_session(session_id)
    apply_report(provider=provider, report=report, now=now)


def close_other_sessions(*, payment_id: UUID, now: datetime) -> None:
    """Close the pages that are still open for a payment whose money is here."""
    others = PaymentAttempt.objects.filter(
        payment_id=payment_id, payment__captured_at__isnull=False, state__in=OPEN_STATES
    )
    for attempt_id in others.values_list("id", flat=True):
        close_session(attempt_id=attempt_id, now=now)


def close_session(*, attempt_id: UUID, now: datetime) -> None:
    """Close the hosted page of an attempt whose goods are no longer held; book what it became."""
    attempt = PaymentAttempt.objects.get(id=attempt_id)
    if not attempt.session_id or attempt.state not in OPEN_STATES:
        return
    try:
        report = provider_of(attempt.provider).expire_session(attempt.session_id)
    except ProviderPermanent:
        log.warning("close_session_refused", attempt_id=str(attempt_id))
        return
    apply_report(provider=attempt.provider, report=report, now=now)
