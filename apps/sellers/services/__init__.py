"""Sellers: register, activate, take over ratings from above."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.sellers.models import Contract, Seller, SellerMember


@dataclass(frozen=True, slots=True)
class SellerDetails:
    name: str
    slug: str
    legal_name: str
    legal_kind: str
    country: str
    city: str
    tax_id: str
    currency: str
    is_vat_payer: bool = False


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
    """Open a seller's shop under the first version of the contract."""
    seller = Seller.objects.select_for_update(of=("self",)).get(id=seller_id)
    if seller.status == Seller.Status.ACTIVE:
        return seller
    before = seller.status
    seller.status = Seller.Status.ACTIVE
    seller.activated_at = seller.activated_at or now
    seller.save(update_fields=["status", "activated_at"])
    Contract.objects.get_or_create(seller=seller, version=1, defaults={"valid_from": now.date()})
    audit.record(
        actor=actor,
        action="sellers.activate",
        target_type="seller",
        target_id=seller.id,
        before={"status": before},
        after={"status": seller.status},
        reason=reason,
    )
    return seller


def set_rating(*, seller_id: UUID, rating_hundredths: int, rating_count: int) -> None:
    """Take over the rating that was computed above."""
    Seller.objects.filter(id=seller_id).update(
        rating_hundredths=rating_hundredths, rating_count=rating_count
    )
