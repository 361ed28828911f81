"""The webhook inbox: store first, answer, then process.

Invariant: an event id of a provider is stored once; what it speaks of is read again from the
provider before anything is booked, so a forged or stale body cannot move money.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from apps.core.outbox import emit
from apps.payments.events import ProviderEventReceived
from apps.payments.models import ProviderEvent
from apps.payments.providers import payout_provider_of, provider_of
from apps.payments.services.chargebacks import apply_chargeback_report
from apps.payments.services.paying import apply_report
from apps.payments.services.payout_accounts import apply_account_report
from apps.payments.services.payout_reports import apply_payout_report, apply_transfer_report
from apps.payments.services.refund_sending import apply_refund_report
from apps.payments.types import ProviderPayment, ProviderRefund
from apps.payments.types_chargebacks import ProviderChargeback
from apps.payments.types_payouts import ProviderAccount, ProviderPayout, ProviderTransfer

log = structlog.get_logger(__name__)

# With the pause doubling from 20 s, the last try comes 11 hours after the first.
MAX_ATTEMPTS = 12
RETRY_AFTER = timedelta(seconds=20)
BATCH = 100
KEPT_HEADERS = ("Stripe-Signature", "Content-Type", "User-Agent")


def receive(
    *,
    provider: str,
    body: bytes,
    headers: Mapping[str, str],
    now: datetime,
    is_connected: bool = False,
) -> ProviderEvent:
    """Verify a webhook and store it durably; a repeat returns the first row and does nothing.

    `is_connected`: it came where events about payees' accounts come, and is signed with their secret.

    Emits ProviderEventReceived, whose job processes the event.

    :raises BadNotification: forged, stale, malformed or of another mode
    """
    verify = (
        payout_provider_of(provider).verify_connected
        if is_connected
        else provider_of(provider).verify
    )
    notification = verify(body=body, headers=headers, now=now)
    with transaction.atomic():
        row, created = ProviderEvent.objects.get_or_create(
            provider=provider,
            event_id=notification.event_id,
            defaults={
                "kind": notification.kind,
                "object_id": notification.object_id,
                "account_id": notification.account_id if is_connected else "",
                "raw": body,
                "headers": {name: headers[name] for name in KEPT_HEADERS if name in headers},
                "received_at": now,
            },
        )
        if created:
            emit(ProviderEventReceived(provider_event_id=row.id))
    return row


def process(*, provider_event_id: int, now: datetime) -> None:
    """Read what an event speaks of and book it. Idempotent; failures are tried again by `retry_due`."""
    row = ProviderEvent.objects.get(id=provider_event_id)
    if row.state != ProviderEvent.State.NEW:
        return
    try:
        report = _read_again(row)
        match report:
            case ProviderPayment():
                apply_report(provider=row.provider, report=report, now=now)
            case ProviderRefund():
                apply_refund_report(report=report, now=now)
            case ProviderChargeback():
                apply_chargeback_report(provider=row.provider, report=report, now=now)
            case ProviderTransfer():
                apply_transfer_report(report=report, now=now)
            case ProviderPayout():
                apply_payout_report(report=report, now=now)
            case ProviderAccount():
                apply_account_report(provider=row.provider, report=report, now=now)
    except Exception as error:  # noqa: BLE001  one event that cannot be read must not stop the others
        _note_failure(row, error)
        return
    row.state = ProviderEvent.State.DONE if report else ProviderEvent.State.IGNORED
    row.processed_at = now
    row.save(update_fields=["state", "processed_at"])


type Report = (
    ProviderPayment
    | ProviderRefund
    | ProviderChargeback
    | ProviderTransfer
    | ProviderPayout
    | ProviderAccount
)


def _read_again(row: ProviderEvent) -> Report | None:
    if row.account_id:
        provider = payout_provider_of(row.provider)
        return provider.read_connected(row.kind, row.object_id, row.account_id)
    return provider_of(row.provider).read_notified(row.kind, row.object_id)


def _note_failure(row: ProviderEvent, error: Exception) -> None:
    row.attempts += 1
    row.error = f"{type(error).__name__}: {error}"[:1000]
    if row.attempts >= MAX_ATTEMPTS:
        row.state = ProviderEvent.State.DEAD
    row.save(update_fields=["attempts", "error", "state"])
    log.warning("provider_event_failed", event_id=row.event_id, attempts=row.attempts)


def retry_due(*, now: datetime) -> int:
    """Process again what is still new, each time after twice the pause."""
    is_due = Q()
    for attempts in range(MAX_ATTEMPTS):
        is_due |= Q(attempts=attempts, received_at__lt=now - RETRY_AFTER * 2**attempts)
    due = list(
        ProviderEvent.objects.filter(is_due, state=ProviderEvent.State.NEW).order_by("id")[:BATCH]
    )
    for row in due:
        process(provider_event_id=row.id, now=now)
    return len(due)
