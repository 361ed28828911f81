"""Queue a message to an address; a worker sends it. Templates: templates/emails/<kind>.{txt,html}.

Invariant: one message per key, however often its cause is reported.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from apps.core.outbox import emit
from apps.notifications.events import DeliveryQueued
from apps.notifications.models import Delivery

MAX_ATTEMPTS = 8


@transaction.atomic
def send_email(
    *,
    kind: str,
    key: str,
    recipient_id: UUID | None,
    address: str,
    language: str,
    context: dict[str, Any],
) -> Delivery:
    """Queue an e-mail of a kind; a repeated key returns the first. Emits DeliveryQueued."""
    delivery, created = Delivery.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "recipient_id": recipient_id,
            "address": address,
            "language": language,
            "context": context,
        },
    )
    if created:
        emit(DeliveryQueued(delivery_id=delivery.id))
    return delivery


def deliver(*, delivery_id: UUID, now: datetime) -> None:
    """Send a queued message. A failure is noted and raised: the worker tries again."""
    delivery = Delivery.objects.get(id=delivery_id)
    if delivery.state == Delivery.State.SENT:
        return
    message = render_email(delivery.kind, delivery.language, delivery.context)
    message.to = [delivery.address]
    delivery.attempts += 1
    try:
        message.send()
    except OSError as error:
        delivery.last_error = str(error)[:1000]
        if delivery.attempts >= MAX_ATTEMPTS:
            delivery.state = Delivery.State.FAILED
        delivery.save(update_fields=["attempts", "last_error", "state"])
        raise
    delivery.state = Delivery.State.SENT
    delivery.sent_at = now
    delivery.save(update_fields=["attempts", "state", "sent_at"])


def render_email(kind: str, language: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Render subject (the first line of the text), text and HTML in the reader's language."""
    values = context | {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "language": language,
    }
    with translation.override(language):
        subject, _, text = render_to_string(f"emails/{kind}.txt", values).lstrip().partition("\n")
        html = render_to_string(f"emails/{kind}.html", values | {"subject": subject})
    message = EmailMultiAlternatives(subject=subject.strip(), body=text.strip() + "\n")
    message.attach_alternative(html, "text/html")
    return message
