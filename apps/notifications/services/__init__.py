"""Queue a message to an address; a worker sends it. Templates: templates/emails/<kind>.{txt,html}.

Invariant: one message per key, however often its cause is reported; one worker at a time sends it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from apps.core.compiled import get_row
from apps.core.locks import part_of_use_case
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.rows import insert_once, update
from apps.core.sql import prepared_cursor
from apps.notifications.events import DeliveryQueued
from apps.notifications.models import Delivery

MAX_ATTEMPTS = 8
# Longer than a mail server may take: ten seconds for each word of its protocol (settings.MAILERS).
LEASE = timedelta(minutes=2)


class BeingSent(RuntimeError):
    """Another worker is sending this message; whether it will succeed is not known yet."""


@part_of_use_case
def send_email(
    *,
    kind: str,
    key: str,
    recipient_id: UUID | None,
    address: str,
    language: str,
    context: dict[str, Any],
) -> None:
    """Queue an e-mail of a kind; a repeated key queues nothing. Emits DeliveryQueued."""
    delivery = Delivery(
        kind=kind,
        key=key,
        recipient_id=recipient_id,
        address=address,
        language=language,
        context=context,
    )
    if insert_once(delivery):
        emit(DeliveryQueued(delivery_id=delivery.id))


def deliver(*, delivery_id: UUID, now: datetime) -> None:
    """Send a queued message. A failure is noted and raised: the worker tries again.

    The message is claimed first, in a statement of its own: of two workers that hold the same job one
    sends. What a dead worker had claimed is free again after the lease.

    :raises BeingSent: another worker has it at this moment
    """
    delivery = get_row(Delivery, delivery_id)
    if delivery.state == Delivery.State.SENT:
        return
    message = render_email(delivery.kind, delivery.language, delivery.context)
    message.to = [delivery.address]
    if not _claim(delivery):
        return
    pause_point("notifications.send")
    delivery.claimed_until = None
    try:
        message.send()
    except OSError as error:
        delivery.refresh_from_db(fields=["attempts"])
        delivery.last_error = str(error)[:1000]
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.state = Delivery.State.FAILED
        update(delivery, "last_error", "state", "claimed_until")
        raise
    delivery.state = Delivery.State.SENT
    delivery.sent_at = now
    update(delivery, "state", "sent_at", "claimed_until")


_CLAIM = """
UPDATE notifications_delivery
SET claimed_until = statement_timestamp() + %(lease)s, attempts = attempts + 1
WHERE id = %(delivery)s AND state <> 'SENT'
  AND (claimed_until IS NULL OR claimed_until <= statement_timestamp())
"""


def _claim(delivery: Delivery) -> bool:
    """Take a message for the length of a lease; tell whether it is still to be sent.

    By the database's clock alone: that of a worker may be off by more than the lease.

    :raises BeingSent: another worker has it
    """
    values: dict[str, Any] = {"delivery": delivery.id, "lease": LEASE}
    with prepared_cursor() as cursor:
        cursor.execute(_CLAIM, values)
        if cursor.rowcount:
            return True
    delivery.refresh_from_db()
    if delivery.state != Delivery.State.SENT:
        raise BeingSent(str(delivery.id))
    return False


def render_email(kind: str, language: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Render subject (the first line of the text), text and HTML in the reader's language."""
    values = context | {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "support_email": settings.SUPPORT_EMAIL,
        "language": language,
    }
    with translation.override(language):
        subject, _, text = render_to_string(f"emails/{kind}.txt", values).lstrip().partition("\n")
        html = render_to_string(f"emails/{kind}.html", values | {"subject": subject})
    message = EmailMultiAlternatives(subject=subject.strip(), body=text.strip() + "\n")
    message.attach_alternative(html, "text/html")
    return message
