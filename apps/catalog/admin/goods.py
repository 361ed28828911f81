"""Offers and stock: prices and units are looked at here and changed by sellers and orders alone."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.words import product_title
from apps.catalog.models import (
    InventoryItem,
    Offer,
    OfferComponent,
    OfferPrice,
    Reservation,
    Stock,
    StockMovement,
    Warehouse,
)
from apps.core.admin import WindowAdmin, WindowInline
from apps.core.columns import link, money
from apps.core.formats import format_money
from apps.core.money import Money


class PriceInline(WindowInline):
    model = OfferPrice
    related = ("offer",)
    show_change_link = False
    shown_fields = ("min_quantity", money("price_minor", "offer__currency"), "valid")


class ComponentInline(WindowInline):
    model = OfferComponent
    related = ("item",)
    show_change_link = False
    shown_fields = ("item", "quantity")


@admin.register(Offer)
class OfferAdmin(WindowAdmin):
    related = ("seller", "variant__product")
    prefetched = ("variant__product__texts",)
    list_display = (
        "title",
        "variant",
        "seller",
        "condition",
        money("price_minor"),
        money("old_price_minor"),
        "is_active",
        "version",
    )
    list_filter = ("is_active", "condition")
    search_fields = ("=id", "=variant__sku", "seller__name")
    search_help_text = _("Offer's id or SKU, whole; or a part of the seller's name.")
    inlines = (PriceInline, ComponentInline)

    def name_of(self, row: Offer) -> str:
        return f"{row.variant.sku}, {format_money(Money(row.price_minor, row.currency))}"

    @admin.display(description=_("title"))
    def title(self, offer: Offer) -> str:
        return product_title(offer.variant.product)


@admin.register(OfferPrice)
class OfferPriceAdmin(WindowAdmin):
    related = ("offer__variant",)
    currency_path = "offer__currency"
    list_display = ("id", "offer", "min_quantity", money("price_minor", "offer__currency"), "valid")
    search_fields = ("=offer__id", "=offer__variant__sku")


@admin.register(Warehouse)
class WarehouseAdmin(WindowAdmin):
    related = ("seller",)
    list_display = ("code", "name", "seller", "country", "city", "cutoff_hour")
    list_filter = ("country",)
    search_fields = ("code", "name", "city")


@admin.register(InventoryItem)
class InventoryItemAdmin(WindowAdmin):
    related = ("seller", "variant")
    list_display = ("seller_sku", "seller", "variant", "condition")
    list_filter = ("condition",)
    search_fields = ("=seller_sku", "=variant__sku")


@admin.register(Stock)
class StockAdmin(WindowAdmin):
    related = ("item", "warehouse")
    list_display = ("item", "warehouse", "on_hand", "reserved", "free")
    search_fields = ("=item__seller_sku", "=warehouse__code")
    search_help_text = _("Seller's SKU or warehouse code, whole.")
    shown_fields = (
        "item",
        "warehouse",
        "on_hand",
        "reserved",
        "free",
        link(_("Movements"), _("Show"), "catalog_stockmovement", stock__id__exact="pk"),
        link(_("Reservations"), _("Show"), "catalog_reservation", stock__id__exact="pk"),
    )

    def name_of(self, row: Stock) -> str:
        return f"{row.item.seller_sku} · {row.warehouse.name}"

    @admin.display(description=_("free"))
    def free(self, stock: Stock) -> int:
        return stock.on_hand - stock.reserved


@admin.register(StockMovement)
class StockMovementAdmin(WindowAdmin):
    related = ("stock__item", "stock__warehouse")
    list_display = ("id", "kind", "quantity", "item", "warehouse", "reason", "created_at")
    list_filter = ("kind",)
    search_fields = ("=key", "=stock__item__seller_sku")

    def name_of(self, row: StockMovement) -> str:
        return f"{row.get_kind_display()}: {row.quantity:+}"

    @admin.display(description=_("item"))
    def item(self, movement: StockMovement) -> str:
        return movement.stock.item.seller_sku

    @admin.display(description=_("warehouse"))
    def warehouse(self, movement: StockMovement) -> str:
        return movement.stock.warehouse.name


@admin.register(Reservation)
class ReservationAdmin(WindowAdmin):
    related = ("stock__item", "stock__warehouse")
    list_display = ("id", "state", "quantity", "item", "attempt", "expires_at", "ended_at")
    list_filter = ("state",)
    search_fields = ("=group_id", "=line_id", "=stock__item__seller_sku")
    search_help_text = _("Order group's or line's id, or seller's SKU, whole.")

    def name_of(self, row: Reservation) -> str:
        return f"{row.stock.item.seller_sku} × {row.quantity}"

    @admin.display(description=_("item"))
    def item(self, reservation: Reservation) -> str:
        return reservation.stock.item.seller_sku
