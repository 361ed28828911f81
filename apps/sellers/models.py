"""Sellers: the party that offers and ships, its staff and its contract."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.core.ids import UUID7Field
from apps.sellers import rules
from apps.sellers.types import MemberRole, Power


class Seller(models.Model):
    class LegalKind(models.TextChoices):
        PERSON = "PERSON", _("Person")
        SELF_EMPLOYED = "SELF_EMPLOYED", _("Self-employed")
        SOLE_TRADER = "SOLE_TRADER", _("Sole trader")
        COMPANY = "COMPANY", _("Company")

    class Status(models.TextChoices):
        APPLIED = "APPLIED", _("Applied")
        IN_REVIEW = "IN_REVIEW", _("In review")
        ACTIVE = "ACTIVE", _("Active")
        SUSPENDED = "SUSPENDED", _("Suspended")
        CLOSED = "CLOSED", _("Closed")

    id = UUID7Field()
    name = models.CharField(_("shop name"), max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    legal_name = models.CharField(_("legal name"), max_length=200)
    legal_kind = models.CharField(_("legal kind"), max_length=13, choices=LegalKind)
    country = models.CharField(_("country"), max_length=2)
    city = models.CharField(_("city"), max_length=100, blank=True, default="")
    tax_id = models.CharField(_("tax number"), max_length=20)
    is_vat_payer = models.BooleanField(_("pays VAT"), default=False)
    status = models.CharField(max_length=9, choices=Status, default=Status.APPLIED)
    currency = models.CharField(max_length=3)
    rating_hundredths = models.PositiveSmallIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    applied_at = models.DateTimeField(db_default=Now())
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "tax_id"], name="seller_tax_id"),
            models.CheckConstraint(
                name="seller_active_since",
                condition=~models.Q(status="ACTIVE") | models.Q(activated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="seller_rating", condition=models.Q(rating_hundredths__lte=500)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SellerMember(models.Model):
    Role = MemberRole

    seller = models.ForeignKey(Seller, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="seller_memberships"
    )
    role = models.CharField(max_length=7, choices=MemberRole)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "user"], name="seller_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"

    def may(self, power: Power) -> bool:
        return rules.may(self.role, power)


class Contract(models.Model):
    """Terms between the marketplace and a seller; a new version never changes an old one."""

    seller = models.ForeignKey(Seller, on_delete=models.PROTECT, related_name="contracts")
    version = models.PositiveSmallIntegerField()
    escrow_days = models.PositiveSmallIntegerField(default=14)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "version"], name="contract_version"),
        ]

    def __str__(self) -> str:
        return f"{self.seller} v{self.version}"


class SavedFilter(models.Model):
    """A member's own way of looking at a list: `query` is the part of the address after "?"."""

    member = models.ForeignKey(SellerMember, on_delete=models.CASCADE, related_name="filters")
    page = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=300)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "page", "name"], name="saved_filter_once"),
        ]

    def __str__(self) -> str:
        return self.name
