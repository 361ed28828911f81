"""Letters about orders: whole, in three languages, one per cause."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail

from apps.core.tests.templates import missing_variables_shown
from apps.notifications.models import Delivery
from apps.notifications.services import deliver, render_email, send_email

KINDS = ["order_placed", "order_paid", "order_expired", "order_cancelled", "order_refunded"]
CONTEXT: dict[str, Any] = {
    "number": "K-100001",
    "total": "125,000 UZS",
    "refund": "125,000 UZS",
    "reason": "It was not paid in time.",
    "url": "http://127.0.0.1:8000/en/orders/open/token/",
    "lines": [{"title": "Lamp <b>", "options": "Colour: red", "quantity": 2, "total": "100 UZS"}],
}
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_letter_renders_whole_in_every_language(kind: str, language: str) -> None:
    with missing_variables_shown():
        message = render_email(kind, language, CONTEXT)

    html = message.alternatives[0].content
    for text in (message.subject, message.body, html):
        assert "MISSING" not in text
        assert "{{" not in text
    assert message.subject
    assert "\n" not in message.subject
    assert CONTEXT["url"] in message.body
    assert f'href="{CONTEXT["url"]}"' in html
    assert "Lamp <b>" in message.body
    assert "Lamp &lt;b&gt;" in html
    assert f'<html lang="{language}">' in html


@pytest.mark.django_db
def test_repeated_cause_sends_one_letter() -> None:
    for _ in range(2):
        send_email(
            kind="order_paid",
            key="order_paid:1",
            recipient_id=None,
            address="buyer@people.example",
            language="ru",
            context=CONTEXT,
        )
    delivery = Delivery.objects.get()
    deliver(delivery_id=delivery.id, now=NOW)
    deliver(delivery_id=delivery.id, now=NOW)

    assert [letter.to for letter in mail.outbox] == [["buyer@people.example"]]
