"""The demo's mailbox: mails go to the console and to a table that a page shows."""

from collections.abc import Sequence

import structlog
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from apps.sandbox.models import CaughtEmail

log = structlog.get_logger(__name__)


class DemoMailboxBackend(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            html = next((part.content for part in getattr(message, "alternatives", [])), "")
            CaughtEmail.objects.create(
                to=", ".join(message.to),
                subject=str(message.subject),
                text=str(message.body),
                html=html,
            )
            log.info("mail_caught", to=message.to, subject=message.subject)
        return len(email_messages)
