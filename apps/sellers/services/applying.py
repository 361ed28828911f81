"""Applying to sell: a person describes the shop, a moderator decides (services.activate_seller)."""

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.locks import advisory_lock
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.sellers import rules
from apps.sellers.models import Seller, SellerMember
from apps.sellers.services import register_seller
from apps.sellers.types import MemberRole, SellerDetails


class ApplicationRefused(DomainError):
    """Base of refusals that speak of one field of the form."""

    code = "sellers.application_refused"
    field = ""
    http_status = 422


class ShopNameTaken(ApplicationRefused):
    code = "sellers.shop_name_taken"
    message = _("Another shop has this name. Choose another one.")
    field = "name"


class TaxNumberTaken(ApplicationRefused):
    code = "sellers.tax_number_taken"
    message = _("A shop with this tax number exists. Its owner can add you to the staff.")
    field = "tax_id"


class TaxNumberInvalid(ApplicationRefused):
    code = "sellers.tax_number_invalid"
    message = _(
        "This is not a tax number of this country: 9 or 14 digits in Uzbekistan, 10 or 12 in Russia."
    )
    field = "tax_id"


class ApplicationWaiting(DomainError):
    code = "sellers.application_waiting"
    message = _("Your application is being looked at. You can send another one after the decision.")


_UNDECIDED = (Seller.Status.APPLIED, Seller.Status.IN_REVIEW)


@transaction.atomic
def apply_to_sell(*, details: SellerDetails, actor: Viewer, now: datetime) -> Seller:
    """Write an application of the actor, who becomes the shop's owner.

    :raises NotFound: nobody is signed in
    :raises TaxNumberInvalid, ShopNameTaken, TaxNumberTaken: see the classes
    :raises ApplicationWaiting: one at a time
    """
    if actor.user_id is None:
        raise NotFound
    tax_id = rules.clean_tax_id(details.tax_id, details.country)
    if tax_id is None:
        raise TaxNumberInvalid
    advisory_lock("sellers.apply", actor.user_id)
    if SellerMember.objects.filter(
        user_id=actor.user_id, role=MemberRole.OWNER, seller__status__in=_UNDECIDED
    ).exists():
        raise ApplicationWaiting
    if Seller.objects.filter(name__iexact=details.name).exists() or _is_taken(slug=details.slug):
        raise ShopNameTaken
    if _is_taken(country=details.country, tax_id=tax_id):
        raise TaxNumberTaken
    try:
        with transaction.atomic():
            seller = register_seller(
                details=replace(details, tax_id=tax_id), owner_id=actor.user_id, now=now
            )
    except IntegrityError as error:
        raise (TaxNumberTaken if "tax_id" in str(error) else ShopNameTaken) from error
    audit.record(actor=actor, action="sellers.applied", target_type="seller", target_id=seller.id)
    return seller


def _is_taken(**fields: str) -> bool:
    return Seller.objects.filter(**fields).exists()
