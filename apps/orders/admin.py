"""Orders and their money: everything to look at; status moves through the services of the trade."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors.pictures import picture_of, thumb_of
from apps.core.admin import WindowAdmin, WindowInline
from apps.core.columns import email_column, link, money, thumbs
from apps.core.deeds import ReasonedAction
from apps.core.errors import NotFound
from apps.core.kinds import EMPTY
from apps.orders import deeds
from apps.orders.admin_cases import DisputeAdmin, ReturnAdmin
from apps.orders.admin_chargebacks import ChargebackAdmin
from apps.orders.models import (
    AddressChange,
    Order,
    OrderEvent,
    OrderGroup,
    OrderLine,
    OrderLineTax,
    Parcel,
)
from apps.orders.selectors_chargebacks import order_chargebacks
from apps.orders.selectors_money import order_money
from apps.orders.services.cancelling import cancel_order
from apps.orders.services.settling import release_order
from apps.orders.types import CancelReason, OrderStatus
from apps.payments.services.holds import hold_escrow

SEE_LEDGER = "payments.view_journalentry"
__all__ = ["ChargebackAdmin", "DisputeAdmin", "ReturnAdmin"]


class OrderInline(WindowInline):
    model = Order
    related = ("seller",)
    shown_fields = ("number", "seller", "status", money("total_minor"), "promised_to")


@admin.register(OrderGroup)
class OrderGroupAdmin(WindowAdmin):
    is_personal = True
    named_by = "number"
    audit_target = "order_group"
    related = ("user",)
    list_display = (
        "number",
        "status",
        money("total_minor"),
        email_column(),
        "hold_expires_at",
        "placed_at",
        "paid_at",
    )
    list_filter = ("status",)
    search_fields = ("=number", "=email", "=id")
    search_help_text = _("Number, e-mail or id, whole.")
    ordering = ("-id",)
    inlines = (OrderInline,)
    hidden_fields = ("checkout", "token_version")


def title_of(line: OrderLine) -> str:
    titles = line.titles
    return titles.get(get_language() or "en") or next(iter(titles.values()), line.sku)


class LineInline(WindowInline):
    model = OrderLine
    shown_fields = (
        "picture",
        "title",
        "sku",
        "quantity",
        money("unit_minor"),
        money("total_minor"),
    )

    @admin.display(description=_("picture"))
    def picture(self, line: OrderLine) -> str:
        return (
            thumbs([thumb_of(picture_of(line.image, get_language() or "en"))])
            if line.image
            else EMPTY
        )

    @admin.display(description=_("title"))
    def title(self, line: OrderLine) -> str:
        return title_of(line)


class AddressChangeInline(WindowInline):
    model = AddressChange
    show_change_link = False
    shown_fields = (
        "state",
        money("delivery_before_minor"),
        money("delivery_minor"),
        "asked_at",
        "expires_at",
        "applied_at",
        "ended_at",
    )
    ordering = ("id",)


class EventInline(WindowInline):
    model = OrderEvent
    show_change_link = False
    shown_fields = ("seq", "status", "actor_label", "reason", "at")
    ordering = ("seq",)


class ParcelInline(WindowInline):
    model = Parcel
    show_change_link = False
    shown_fields = ("number", "shipped_at", "delivered_at", "returned_at", "lost_at")
    ordering = ("number",)


@admin.register(Order)
class OrderAdmin(WindowAdmin):
    named_by = "number"
    related = ("group", "seller", "pickup_point")
    list_display = (
        "number",
        "status",
        "seller",
        money("total_minor"),
        money("commission_minor"),
        "promised_to",
        "placed_at",
    )
    list_filter = ("status",)
    search_fields = ("=number", "=id", "=group__number")
    search_help_text = _("Order's number or id, or the group's number, whole.")
    inlines = (LineInline, ParcelInline, AddressChangeInline, EventInline)
    shown_fields = (
        "number",
        "status",
        "group",
        "seller",
        "chargebacks",
        money("items_minor"),
        money("delivery_minor"),
        money("total_minor"),
        money("commission_minor"),
        "delivery_kind",
        "carrier",
        "pickup_point",
        "promised_from",
        "promised_to",
        "placed_at",
        "paid_at",
        "processing_at",
        "shipped_at",
        "delivered_at",
        "cancelled_at",
        "returned_at",
        "cancel_reason",
        "confirm_by",
        "ship_by",
        "escrow_days",
        "release_due_at",
        "released_at",
        link(_("Reservations"), _("Show reservations"), "catalog_reservation", group_id="group_id"),
    )
    reasoned_actions = (
        ReasonedAction(
            name="cancel",
            label=_("Cancel and give the money back"),
            permission="orders.change_order",
            run=lambda deed: cancel_order(
                order_id=deed.id,
                reason=CancelReason.BY_STAFF,
                actor=deed.actor,
                now=deed.now,
                why=deed.reason,
            ),
            consequence=_(
                "Everything that is held for it goes back to the buyer, its units to stock. Both sides"
                " are told."
            ),
            is_dangerous=True,
            fits=lambda order: order.status in {OrderStatus.PAID, OrderStatus.PROCESSING},
        ),
        ReasonedAction(
            name="refund",
            label=_("Give a part of the money back"),
            permission="orders.refund_order",
            run=deeds.refund,
            consequence=_(
                "The sum goes back to the buyer's card. Before the money is released it comes out of"
                " what is held, afterwards the marketplace gives its share of the commission and the"
                " seller the rest. It cannot be undone."
            ),
            is_dangerous=True,
            is_single=True,
            form=deeds.RefundForm,
            fits=lambda order: order.paid_at is not None and order.status != OrderStatus.CANCELLED,
        ),
        ReasonedAction(
            name="release",
            label=_("Pay the seller now"),
            permission="orders.change_order",
            run=lambda deed: release_order(
                order_id=deed.id, actor=deed.actor, now=deed.now, why=deed.reason
            ),
            consequence=_(
                "The seller gets the money before the term is over. It cannot be undone."
            ),
            is_dangerous=True,
            fits=lambda order: order.status == OrderStatus.DELIVERED and not order.released_at,
        ),
        ReasonedAction(
            name="hold",
            label=_("Put the money on hold"),
            permission="payments.add_escrowhold",
            run=lambda deed: hold_escrow(
                reference_id=deed.id, actor=deed.actor, reason=deed.reason, now=deed.now
            ),
            consequence=_(
                "The seller gets nothing of this order until the hold is lifted. Refunds stay possible."
            ),
            is_dangerous=True,
            fits=lambda order: order.paid_at is not None and order.released_at is None,
        ),
    )

    def pages_of(self, request: HttpRequest, row: Order) -> list[tuple[str, Any]]:
        if not request.user.has_perm(SEE_LEDGER):
            return []
        return [(reverse("admin:orders_order_money", args=[row.pk]), _("Who holds what of it"))]

    @admin.display(description=_("chargebacks"))
    def chargebacks(self, order: Order) -> str:
        rows = (
            (
                reverse("admin:payments_chargeback_change", args=[one.chargeback.pk]),
                one.chargeback,
                one.chargeback.get_state_display(),
            )
            for one in order_chargebacks(order)
        )
        return format_html_join(", ", '<a href="{}">{}</a>: {}', rows) or EMPTY

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.money_view)
        return [
            path("<uuid:order_id>/money/", page, name="orders_order_money"),
            *super().get_urls(),
        ]

    def money_view(self, request: HttpRequest, order_id: UUID) -> HttpResponse:
        """Show each party's amount and the ledger entries behind it."""
        may_see_ledger = request.user.has_perm(SEE_LEDGER)
        if not self.has_view_permission(request) or not may_see_ledger:
            raise PermissionDenied
        try:
            found = order_money(order_id)
        except NotFound:
            raise Http404 from None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Money of order %(number)s") % {"number": found.order.number},
            "opts": self.opts,
            "found": found,
        }
        return TemplateResponse(request, "admin/orders/order/money.html", context)


class TaxInline(WindowInline):
    model = OrderLineTax
    related = ("line",)
    show_change_link = False
    shown_fields = (
        "code",
        "rate_bps",
        money("base_minor", "line__currency"),
        money("amount_minor", "line__currency"),
    )


@admin.register(OrderLine)
class OrderLineAdmin(WindowAdmin):
    related = ("order", "offer__variant", "variant", "product")
    prefetched = ("product__texts",)
    list_display = ("sku", "title", "order", "quantity", money("unit_minor"), money("total_minor"))
    search_fields = ("=sku", "=order__number", "=id")
    search_help_text = _("SKU, order's number or line's id, whole.")
    inlines = (TaxInline,)
    shown_fields = (
        "order",
        "title",
        "sku",
        "chosen",
        "offer",
        "product",
        "quantity",
        money("unit_minor"),
        money("total_minor"),
        money("offer_unit_minor", "offer_currency"),
        "fx_rate",
        "fx_on",
        "commission_bps",
        money("commission_minor"),
        "shipped_quantity",
        "delivered_quantity",
        "cancelled_quantity",
        "returned_quantity",
        "sent_back_quantity",
        "return_days",
    )

    def name_of(self, row: OrderLine) -> str:
        return f"{row.quantity} × {title_of(row)}"

    @admin.display(description=_("title"))
    def title(self, line: OrderLine) -> str:
        return title_of(line)

    @admin.display(description=pgettext_lazy("field", "options"))
    def chosen(self, line: OrderLine) -> str:
        return line.option_labels.get(get_language() or "en") or EMPTY


@admin.register(OrderEvent)
class OrderEventAdmin(WindowAdmin):
    related = ("order",)
    list_display = ("at", "order", "seq", "status", "actor_label", "reason")
    list_filter = ("status",)
    search_fields = ("=order__number",)

    def name_of(self, row: OrderEvent) -> str:
        return f"{row.order.number}: {row.get_status_display()}"
