"""Reads of the development app."""

from apps.core.errors import NotFound
from apps.sandbox.models import CaughtEmail

SHOWN = 100


def caught_emails() -> list[CaughtEmail]:
    """The latest mails, newest first, without their bodies."""
    return list(CaughtEmail.objects.defer("text", "html")[:SHOWN])


def caught_email(mail_id: int) -> CaughtEmail:
    """:raises NotFound: no such mail"""
    mail = CaughtEmail.objects.filter(id=mail_id).first()
    if mail is None:
        raise NotFound
    return mail
