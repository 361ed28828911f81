"""Reads of people's own addresses: other people's are not found."""

from uuid import UUID

from allauth.account.models import EmailAddress

from apps.accounts.models import Address, User
from apps.core.errors import NotFound
from apps.core.viewer import Viewer


def addresses(viewer: Viewer) -> list[Address]:
    """The viewer's own addresses, the one to use first on top; nothing for guests."""
    if viewer.user_id is None:
        return []
    rows = Address.objects.filter(user_id=viewer.user_id)
    return list(rows.order_by("-is_default", "-created_at", "-id"))


def address(viewer: Viewer, address_id: UUID) -> Address:
    """:raises NotFound: another's, or none"""
    found = None
    if viewer.user_id is not None:
        found = Address.objects.filter(user_id=viewer.user_id, id=address_id).first()
    if found is None:
        raise NotFound
    return found


def verified_emails(user_id: UUID) -> list[str]:
    """Return the e-mail addresses that a person has proved to be theirs, in lower case."""
    rows = EmailAddress.objects.filter(user_id=user_id, verified=True)
    return [email.lower() for email in rows.values_list("email", flat=True)]


def account(viewer: Viewer) -> User:
    """Return the viewer's own account.

    :raises NotFound: the viewer is a guest
    """
    found = User.objects.filter(id=viewer.user_id).first() if viewer.user_id else None
    if found is None:
        raise NotFound
    return found
