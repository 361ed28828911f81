"""Sellers, their staff and contracts."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.core.admin import WindowAdmin, WindowInline
from apps.core.deeds import ReasonedAction
from apps.sellers.models import Contract, Seller, SellerMember
from apps.sellers.services import activate_seller, suspend_seller


class MemberInline(WindowInline):
    model = SellerMember
    related = ("user", "seller")
    shown_fields = ("user", "role", "added_at")


class ContractInline(WindowInline):
    model = Contract
    related = ("seller",)
    shown_fields = ("version", "escrow_days", "valid_from")


@admin.register(Seller)
class SellerAdmin(WindowAdmin):
    named_by = "name"
    list_display = ("name", "status", "country", "city", "legal_kind", "currency", "applied_at")
    list_filter = ("status", "country", "legal_kind", "is_vat_payer")
    search_fields = ("name", "legal_name", "=tax_id")
    search_help_text = _("Shop or legal name; tax number, whole.")
    inlines = (MemberInline, ContractInline)
    reasoned_actions = (
        ReasonedAction(
            name="activate",
            label=_("Activate"),
            permission="sellers.change_seller",
            run=lambda deed: activate_seller(
                seller_id=deed.id, actor=deed.actor, now=deed.now, reason=deed.reason
            ),
            consequence=_("The shop opens under the first version of the contract."),
            fits=lambda seller: seller.status != Seller.Status.ACTIVE,
        ),
        ReasonedAction(
            name="suspend",
            label=_("Suspend"),
            permission="sellers.change_seller",
            run=lambda deed: suspend_seller(
                seller_id=deed.id, actor=deed.actor, reason=deed.reason
            ),
            consequence=_(
                "What the shop offers leaves the catalogue; orders that are placed go on."
            ),
            is_dangerous=True,
            fits=lambda seller: seller.status == Seller.Status.ACTIVE,
        ),
    )


@admin.register(SellerMember)
class SellerMemberAdmin(WindowAdmin):
    related = ("seller", "user")
    list_display = ("user", "seller", "role", "added_at")
    list_filter = ("role",)
    search_fields = ("=user__email", "seller__name")


@admin.register(Contract)
class ContractAdmin(WindowAdmin):
    related = ("seller",)
    list_display = ("seller", "version", "escrow_days", "valid_from")
    search_fields = ("seller__name",)
