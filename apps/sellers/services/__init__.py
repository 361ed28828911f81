"""Sellers: register, activate, suspend, take over ratings from above."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.core.models import AuditEntry
from apps.core.outbox import emit
from apps.core.page_store import EVERYTHING, forget_pages
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.notifications.services import send_email
from apps.sellers.events import SellerStatusChanged
from apps.sellers.models import Contract, Seller, SellerMember
from apps.sellers.types import SellerDetails

__all__ = ["SellerDetails", "activate_seller", "register_seller", "set_rating", "suspend_seller"]


@transaction.atomic
def register_seller(*, details: SellerDetails, owner_id: UUID, now: datetime) -> Seller:
    """Write an application to sell; its owner is the first member."""
    seller = Seller.objects.create(
        name=details.name,
        slug=details.slug,
        legal_name=details.legal_name,
        legal_kind=details.legal_kind,
        country=details.country,
        city=details.city,
        tax_id=details.tax_id,
        currency=details.currency,
        is_vat_payer=details.is_vat_payer,
        applied_at=now,
    )
    SellerMember.objects.create(seller=seller, user_id=owner_id, role=SellerMember.Role.OWNER)
    return seller


@transaction.atomic
def activate_seller(*, seller_id: UUID, actor: Viewer, now: datetime, reason: str = "") -> Seller:
    """Open a seller's shop, a new one under the first version of the contract; its owners are told by e-mail.

    Emits SellerStatusChanged where the shop was open before: until then it has sold nothing.
    """
    seller = Seller.objects.select_for_update(of=("self",)).get(id=seller_id)
    if seller.status == Seller.Status.ACTIVE:
        return seller
    before = seller.status
    seller.status = Seller.Status.ACTIVE
    seller.activated_at = seller.activated_at or now
    seller.save(update_fields=["status", "activated_at"])
    Contract.objects.get_or_create(seller=seller, version=1, defaults={"valid_from": now.date()})
    entry = audit.record(
        actor=actor,
        action="sellers.activate",
        target_type="seller",
        target_id=seller.id,
        before={"status": before},
        after={"status": seller.status},
        reason=reason,
    )
    was_open = before in {Seller.Status.SUSPENDED, Seller.Status.CLOSED}
    if not actor.is_system:
        _tell_owners(seller, "seller_reopened" if was_open else "seller_activated", entry)
    if was_open:
        emit(SellerStatusChanged(seller_id=seller.id, status=seller.status))
    return seller


@transaction.atomic
def suspend_seller(*, seller_id: UUID, actor: Viewer, reason: str) -> Seller:
    """Take a shop that is open out of the catalogue; orders that are placed go on. Its owners are told.

    The letter does not quote the reason: staff write it for the audit. Emits SellerStatusChanged.
    """
    seller = Seller.objects.select_for_update(of=("self",)).get(id=seller_id)
    if seller.status != Seller.Status.ACTIVE:
        return seller
    seller.status = Seller.Status.SUSPENDED
    seller.save(update_fields=["status"])
    entry = audit.record(
        actor=actor,
        action="sellers.suspend",
        target_type="seller",
        target_id=seller.id,
        before={"status": Seller.Status.ACTIVE},
        after={"status": seller.status},
        reason=reason,
    )
    if not actor.is_system:
        _tell_owners(seller, "seller_suspended", entry)
    emit(SellerStatusChanged(seller_id=seller.id, status=seller.status))
    return seller


def _tell_owners(seller: Seller, kind: str, cause: AuditEntry) -> None:
    owners = SellerMember.objects.filter(seller=seller, role=SellerMember.Role.OWNER)
    for member in owners.select_related("user"):
        user = member.user
        send_email(
            kind=kind,
            key=f"{kind}:{cause.id}:{user.id}",
            recipient_id=user.id,
            address=user.email,
            language=user.language,
            context={
                "shop": seller.name,
                "url": f"{settings.SITE_URL}/{user.language}/seller/{seller.id}/",
            },
        )


def set_rating(*, seller_id: UUID, rating_hundredths: int, rating_count: int) -> None:
    """Take over the rating that was computed above."""
    Seller.objects.filter(id=seller_id).update(
        rating_hundredths=rating_hundredths, rating_count=rating_count
    )
    forget_pages(EVERYTHING)
