"""The staff of a seller: take in, change the role, let go.

Invariant: a seller has an owner at any time; only an owner changes who works for it (the seller's row
is locked, so that two owners cannot remove each other at once).
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.errors import DomainError, NotFound
from apps.core.outbox import emit
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.notifications.services import send_email
from apps.sellers.events import SellerMemberChanged
from apps.sellers.models import Seller, SellerMember
from apps.sellers.selectors import get_membership
from apps.sellers.types import MemberRole, Power

MAX_MEMBERS = 50


class NoSuchPerson(DomainError):
    code = "sellers.no_such_person"
    message = _("Nobody has an account with this e-mail yet. Ask the person to register first.")
    http_status = 422


class AlreadyMember(DomainError):
    code = "sellers.already_member"
    message = _("This person is in your staff already.")


class LastOwner(DomainError):
    code = "sellers.last_owner"
    message = _("A shop needs an owner. Make somebody else an owner first.")


class TooManyMembers(DomainError):
    code = "sellers.too_many_members"
    message = _("A shop can have %(maximum)s people. Remove somebody first.")


class ShopNotOpen(DomainError):
    code = "sellers.shop_not_open"
    message = _("The shop is not open yet. This becomes possible once the application is approved.")


@transaction.atomic
def add_member(
    *, seller_id: UUID, email: str, role: MemberRole, actor: Viewer, now: datetime
) -> SellerMember:
    """Take a person with an account into the staff and tell them by e-mail.

    :raises NotFound: the actor is no owner of this seller
    :raises ShopNotOpen: before the approval nobody can be looked up
    :raises NoSuchPerson: no active account with this e-mail, confirmed by its owner
    :raises AlreadyMember, TooManyMembers: see the classes
    """
    seller = _locked_by_owner(seller_id, actor)
    if seller.activated_at is None:
        raise ShopNotOpen
    user = User.objects.filter(
        email=email.strip().lower(), is_active=True, emailaddress__verified=True
    ).first()
    if user is None:
        raise NoSuchPerson
    staff = SellerMember.objects.filter(seller=seller)
    if staff.filter(user=user).exists():
        raise AlreadyMember
    if staff.count() >= MAX_MEMBERS:
        raise TooManyMembers(maximum=MAX_MEMBERS)
    member = SellerMember.objects.create(seller=seller, user=user, role=role, added_at=now)
    _note("added", member, actor, after={"role": role})
    send_email(
        kind="seller_member_added",
        key=f"seller_member_added:{member.id}",
        recipient_id=user.id,
        address=user.email,
        language=user.language,
        context={
            "shop": seller.name,
            "role": role.value,
            "added_by": actor.label,
            "url": f"{settings.SITE_URL}/{user.language}/seller/{seller.id}/",
        },
    )
    return member


@transaction.atomic
def change_member_role(
    *, seller_id: UUID, member_id: int, role: MemberRole, actor: Viewer, now: datetime
) -> SellerMember:
    """Give a member another role.

    :raises NotFound: the actor is no owner, or the member is not of this seller
    :raises LastOwner: nobody would own the shop
    """
    seller = _locked_by_owner(seller_id, actor)
    member = _member(seller, member_id)
    before = member.role
    if before == role:
        return member
    _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    _note("role_changed", member, actor, before={"role": before}, after={"role": role})
    emit(SellerMemberChanged(seller_id=seller.id, user_id=member.user_id))
    return member


@transaction.atomic
def remove_member(*, seller_id: UUID, member_id: int, actor: Viewer, now: datetime) -> None:
    """Let a member go: what they did stays in the history under their name.

    :raises NotFound: the actor is no owner, or the member is not of this seller
    :raises LastOwner: nobody would own the shop
    """
    seller = _locked_by_owner(seller_id, actor)
    member = _member(seller, member_id)
    _keep_an_owner(member)
    _note("removed", member, actor, before={"role": member.role})
    user_id = member.user_id
    member.delete()
    emit(SellerMemberChanged(seller_id=seller.id, user_id=user_id))


def _locked_by_owner(seller_id: UUID, actor: Viewer) -> Seller:
    seller = (
        Seller.objects.select_for_update(of=("self",), no_key=True).filter(id=seller_id).first()
    )
    if seller is None:
        raise NotFound
    get_membership(actor, seller_id, Power.MANAGE_STAFF)
    return seller


def _member(seller: Seller, member_id: int) -> SellerMember:
    member = SellerMember.objects.filter(seller=seller, id=member_id).first()
    if member is None:
        raise NotFound
    return member


def _keep_an_owner(member: SellerMember) -> None:
    owners = SellerMember.objects.filter(seller_id=member.seller_id, role=MemberRole.OWNER)
    if member.role == MemberRole.OWNER and not owners.exclude(id=member.id).exists():
        raise LastOwner


def _note(
    verb: str,
    member: SellerMember,
    actor: Viewer,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.record(
        actor=actor,
        action=f"sellers.member_{verb}",
        target_type="seller",
        target_id=member.seller_id,
        before={"user_id": str(member.user_id), **before} if before else None,
        after={"user_id": str(member.user_id), **after} if after else None,
    )
