"""What the seller's API takes and shows."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import MoneyField
from apps.core.api.serializers import Input, Output, WholeNumberField
from apps.orders.types import SELLER_REASONS, SellerTab

MAX_LINES = 100


class OrdersQuery(Input):
    seller_id = serializers.UUIDField()
    tab = serializers.ChoiceField(choices=SellerTab.choices, required=False)
    q = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=100,
        help_text=(
            "An order's number from its beginning, a part of a title or an article; of the recipient's"
            " name where the role packs."
        ),
    )
    before = serializers.UUIDField(required=False, help_text="`next_before` of the page before.")
    limit = serializers.RegexField(
        r"^([1-9]|[1-9][0-9]|100)$", required=False, help_text="1 to 100"
    )


class UnitsIn(Input):
    line_id = serializers.UUIDField()
    quantity = WholeNumberField(min_value=1, max_value=10_000)


class ShipIn(Input):
    items = serializers.ListField(
        child=UnitsIn(),
        required=False,
        min_length=1,
        max_length=MAX_LINES,
        help_text="Left out: all units that are left.",
    )


class CancelIn(Input):
    reason = serializers.ChoiceField(choices=[reason.value for reason in SELLER_REASONS])
    items = serializers.ListField(
        child=UnitsIn(),
        required=False,
        min_length=1,
        max_length=MAX_LINES,
        help_text="Left out: the whole order.",
    )


class ShopOut(Output):
    seller_id = serializers.UUIDField()
    name = serializers.CharField(source="seller.name")
    status = serializers.CharField(source="seller.status")
    role = serializers.CharField()


class ShopsOut(Output):
    results = ShopOut(many=True)


class SellerLineOut(Output):
    id = serializers.UUIDField()
    offer_id = serializers.UUIDField()
    sku = serializers.CharField()
    titles = serializers.DictField(child=serializers.CharField())
    quantity = serializers.IntegerField()
    cancelled_quantity = serializers.IntegerField()
    shipped_quantity = serializers.IntegerField()
    delivered_quantity = serializers.IntegerField()
    returned_quantity = serializers.IntegerField()
    sent_back_quantity = serializers.IntegerField()
    unshipped_quantity = serializers.IntegerField(help_text="What can go into the next parcel.")


class EconomicsOut(Output):
    """What the order brings its seller: the first five sum to what is held for it."""

    commission = MoneyField()
    commission_vat = MoneyField()
    delivery = MoneyField()
    delivery_vat = MoneyField()
    seller = MoneyField()
    payout = MoneyField(help_text="The seller's part in its own currency.")


class ParcelItemOut(Output):
    line_id = serializers.UUIDField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField()


class ParcelOut(Output):
    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.CharField()
    items = ParcelItemOut(many=True)


class SellerOrderOut(Output):
    id = serializers.UUIDField(source="order.id")
    number = serializers.CharField(source="order.number")
    seller_id = serializers.UUIDField(source="order.seller_id")
    status = serializers.CharField(source="order.status")
    paid_at = serializers.DateTimeField(source="order.paid_at")
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when to confirm, then to send."
    )
    is_late = serializers.BooleanField()
    cancels_at = serializers.DateTimeField(
        allow_null=True, help_text="When it is cancelled by itself."
    )
    cancel_reason = serializers.CharField(source="order.cancel_reason")
    delivery_kind = serializers.CharField(source="order.delivery_kind")
    promised_to = serializers.DateField(source="order.promised_to")
    ship_to = serializers.SerializerMethodField()
    lines = SellerLineOut(many=True)
    parcels = ParcelOut(many=True, source="shipments")
    economics = EconomicsOut(allow_null=True, help_text="Null where the role sees no money.")
    can_confirm = serializers.BooleanField()
    can_ship = serializers.BooleanField()
    can_cancel = serializers.BooleanField()

    def get_ship_to(self, shown: Any) -> dict[str, str] | None:
        """Null where the role does not pack."""
        address: dict[str, str] = shown.order.ship_to
        return address if self.context["sees_address"](shown) else None


class SellerOrdersOut(Output):
    next_before = serializers.UUIDField(allow_null=True)
    results = SellerOrderOut(many=True)
