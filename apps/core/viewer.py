"""The viewer: on whose behalf something is read or done.

Invariant: an edge gets objects only through selectors that take a viewer, so what a viewer
may see is decided in one place per model.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Grant:
    """A capability that its bearer holds without an account: a guest's cart, a guest's order.

    `version` is compared with the row's; raising the row's revokes every token given out before.
    """

    kind: str
    id: UUID
    version: int = 1


@dataclass(frozen=True, slots=True)
class Viewer:
    user_id: UUID | None = None
    label: str = ""
    is_staff: bool = False
    permissions: frozenset[str] = frozenset()
    grants: frozenset[Grant] = field(default_factory=frozenset)
    is_system: bool = False

    def can(self, permission: str) -> bool:
        return self.is_system or (self.is_staff and permission in self.permissions)

    def holds(self, kind: str) -> list[Grant]:
        return [grant for grant in self.grants if grant.kind == kind]

    def with_grant(self, grant: Grant) -> "Viewer":
        return Viewer(
            user_id=self.user_id,
            label=self.label,
            is_staff=self.is_staff,
            permissions=self.permissions,
            grants=self.grants | {grant},
            is_system=self.is_system,
        )

    @property
    def actor_key(self) -> str:
        """A stable name of who acts, for idempotency rows and audit."""
        if self.is_system:
            return "system"
        if self.user_id:
            return f"user:{self.user_id}"
        carts = sorted(str(grant.id) for grant in self.grants)
        return f"guest:{carts[0]}" if carts else "anonymous"


SYSTEM = Viewer(label="system", is_system=True)
ANONYMOUS = Viewer(label="anonymous")


def viewer_of(account: Any, grants: frozenset[Grant] = frozenset()) -> Viewer:
    """Build the viewer of a Django account (or AnonymousUser). Permissions are read for staff alone."""
    if not account.is_authenticated:
        return Viewer(label="anonymous", grants=grants)
    permissions = frozenset(account.get_all_permissions()) if account.is_staff else frozenset()
    return Viewer(
        user_id=account.pk,
        label=str(account),
        is_staff=bool(account.is_staff),
        permissions=permissions,
        grants=grants,
    )


class GrantExpired(DomainError):
    code = "grant.invalid"
    message = _("This link is not valid any more. Ask for a new one.")
    http_status = 404


class GrantToken:
    """Signed text form of a grant, for cookies, headers and links."""

    _SALT: ClassVar[str] = "core.grant"

    @classmethod
    def write(cls, grant: Grant) -> str:
        return signing.dumps([grant.kind, grant.id.hex, grant.version], salt=cls._SALT)

    @classmethod
    def read(cls, token: str, *, kind: str) -> Grant:
        """:raises GrantExpired: forged, malformed or of another kind"""
        try:
            found_kind, hex_id, version = signing.loads(token, salt=cls._SALT)
            grant = Grant(kind=str(found_kind), id=UUID(hex=hex_id), version=int(version))
        except (signing.BadSignature, ValueError, TypeError, AttributeError):
            raise GrantExpired from None
        if grant.kind != kind:
            raise GrantExpired
        return grant
