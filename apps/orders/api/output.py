"""What the API shows of carts, checkouts and orders."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.api.fields import MoneyField
from apps.core.api.serializers import Output


class CartLineOut(Output):
    id = serializers.UUIDField()
    offer_id = serializers.UUIDField()
    product_id = serializers.UUIDField()
    short_id = serializers.CharField()
    sku = serializers.CharField()
    title = serializers.CharField()
    options = serializers.CharField()
    seller_id = serializers.UUIDField()
    seller_name = serializers.CharField()
    quantity = serializers.IntegerField()
    free = serializers.IntegerField()
    price = MoneyField(help_text="As it is now.")
    seen_price = MoneyField(help_text="As it was when the shopper last saw the cart.")
    is_price_changed = serializers.BooleanField()
    is_sold_out = serializers.BooleanField()
    is_short = serializers.BooleanField()
    is_saved_for_later = serializers.BooleanField()


class CartOut(Output):
    lines = CartLineOut(many=True)
    cart_token = serializers.CharField(
        allow_null=True, help_text="A guest's: send it as X-Cart-Token from now on."
    )


class TaxOut(Output):
    code = serializers.CharField()
    rate_bps = serializers.IntegerField()
    amount = MoneyField()


class QuotedLineOut(Output):
    offer_id = serializers.UUIDField()
    seller_id = serializers.UUIDField()
    quantity = serializers.IntegerField()
    unit = MoneyField()
    total = MoneyField()
    taxes = TaxOut(many=True)


class QuotedDeliveryOut(Output):
    seller_id = serializers.UUIDField()
    kind = serializers.CharField()
    carrier = serializers.CharField()
    pickup_point_id = serializers.UUIDField(allow_null=True)
    price = MoneyField()
    promised_from = serializers.DateField()
    promised_to = serializers.DateField()


class QuoteOut(Output):
    currency = serializers.CharField()
    lines = QuotedLineOut(many=True)
    deliveries = QuotedDeliveryOut(many=True)
    items = MoneyField()
    delivery = MoneyField()
    tax = MoneyField(help_text="Inside the total already.")
    total = MoneyField()
    digest = serializers.CharField(help_text="Send it back as quote_digest to confirm this quote.")


class CheckoutOut(Output):
    id = serializers.UUIDField()
    state = serializers.CharField()
    currency = serializers.CharField()
    language = serializers.CharField()
    email = serializers.CharField()
    address = serializers.DictField(child=serializers.CharField())
    deliveries = serializers.DictField(help_text="Seller's id -> what was chosen.")


class OpenedCheckoutOut(CheckoutOut):
    quote = QuoteOut(allow_null=True, help_text="Where an address came with the request.")


class DeliveryOptionOut(Output):
    kind = serializers.CharField()
    carrier = serializers.CharField()
    price = MoneyField()
    promised_from = serializers.DateField()
    promised_to = serializers.DateField()


class SellerOptionsOut(Output):
    seller_id = serializers.UUIDField()
    options = DeliveryOptionOut(many=True)


class DeliveryOptionsOut(Output):
    results = SellerOptionsOut(many=True)


class OrderLineOut(Output):
    id = serializers.UUIDField()
    product_id = serializers.UUIDField()
    offer_id = serializers.UUIDField()
    sku = serializers.CharField()
    titles = serializers.DictField(child=serializers.CharField())
    quantity = serializers.IntegerField()
    shipped_quantity = serializers.IntegerField()
    delivered_quantity = serializers.IntegerField()
    cancelled_quantity = serializers.IntegerField()
    returned_quantity = serializers.IntegerField(help_text="Sent, and did not reach the buyer.")
    sent_back_quantity = serializers.IntegerField(
        help_text="Had by the buyer, sent back and accepted."
    )
    return_days = serializers.IntegerField(help_text="0: taken back only if something is wrong.")
    unit = MoneyField()
    total = MoneyField()


class OrderOut(Output):
    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.CharField()
    seller_id = serializers.UUIDField()
    seller_name = serializers.CharField(source="seller.name")
    delivery_kind = serializers.CharField()
    carrier = serializers.CharField()
    delivery_price = MoneyField()
    total = MoneyField()
    promised_from = serializers.DateField()
    promised_to = serializers.DateField()
    cancel_reason = serializers.CharField()
    release_due_at = serializers.DateTimeField(
        allow_null=True, help_text="When the seller is paid unless the buyer confirms before."
    )
    released_at = serializers.DateTimeField(allow_null=True)
    lines = OrderLineOut(many=True, source="lines.all")


class ShipmentItemOut(Output):
    line_id = serializers.UUIDField()
    quantity = serializers.IntegerField()


class TrackingOut(Output):
    status = serializers.CharField()
    at = serializers.DateTimeField()
    place = serializers.CharField(allow_blank=True)
    note = serializers.CharField(allow_blank=True)


class ShipmentOut(Output):
    id = serializers.UUIDField()
    number = serializers.CharField()
    kind = serializers.CharField()
    carrier = serializers.CharField()
    status = serializers.CharField()
    handover_code = serializers.CharField(
        allow_blank=True, help_text="The buyer's alone: to be told when the parcel changes hands."
    )
    promised_from = serializers.DateField()
    promised_to = serializers.DateField()
    storage_until = serializers.DateTimeField(allow_null=True)
    courier_name = serializers.CharField(allow_blank=True)
    courier_phone = serializers.CharField(allow_blank=True)
    items = ShipmentItemOut(many=True)
    events = TrackingOut(many=True)


class NextActionOut(Output):
    type = serializers.ChoiceField(
        choices=["wait", "redirect", "none"],
        help_text="wait: ask `url` again in a second; redirect: open `url` to pay; none: no payment is open.",
    )
    url = serializers.CharField(allow_blank=True)


class AddressQuoteOut(Output):
    address = serializers.DictField(child=serializers.CharField(allow_blank=True))
    before = MoneyField(help_text="What was paid for delivery.")
    delivery = MoneyField(help_text="What it costs to the new address.")
    surcharge = MoneyField(help_text="To be paid before the parcel goes there.")
    goes_back = MoneyField(help_text="To where it was paid from.")
    promised_from = serializers.DateField()
    promised_to = serializers.DateField()
    needs_consent = serializers.BooleanField(
        help_text="Price or days are other ones: send `digest` and `expires_at` with the address."
    )
    expires_at = serializers.DateTimeField()
    digest = serializers.CharField()


class AddressChangeOut(Output):
    """A dearer address that waits for its money."""

    id = serializers.UUIDField()
    address = serializers.DictField(child=serializers.CharField(allow_blank=True))
    surcharge = MoneyField(source="difference")
    promised_from = serializers.DateField()
    promised_to = serializers.DateField()
    expires_at = serializers.DateTimeField()
    next_action = serializers.SerializerMethodField()

    @extend_schema_field(NextActionOut)
    def get_next_action(self, change: Any) -> Any:
        return self.context["change_actions"][change.id]


class BuyerOrderOut(OrderOut):
    shipments = serializers.SerializerMethodField()
    can_cancel = serializers.SerializerMethodField()
    can_change_address = serializers.SerializerMethodField()
    can_confirm_receipt = serializers.SerializerMethodField()
    can_return = serializers.SerializerMethodField()
    can_dispute = serializers.SerializerMethodField()
    address_change = serializers.SerializerMethodField()

    def _state(self, order: Any) -> Any:
        return self.context["buyer_orders"][order.id]

    @extend_schema_field(ShipmentOut(many=True))
    def get_shipments(self, order: Any) -> Any:
        return ShipmentOut.of_many(self._state(order).shipments)

    def get_can_cancel(self, order: Any) -> bool:
        return bool(self._state(order).can_cancel)

    def get_can_change_address(self, order: Any) -> bool:
        return bool(self._state(order).can_change_address)

    def get_can_confirm_receipt(self, order: Any) -> bool:
        return bool(self._state(order).can_confirm_receipt)

    def get_can_return(self, order: Any) -> bool:
        return bool(self._state(order).can_return)

    def get_can_dispute(self, order: Any) -> bool:
        return bool(self._state(order).can_dispute)

    @extend_schema_field(AddressChangeOut(allow_null=True))
    def get_address_change(self, order: Any) -> Any:
        change = self._state(order).change
        return AddressChangeOut.of(change, **self.context) if change else None


class GroupOut(Output):
    id = serializers.UUIDField()
    number = serializers.CharField()
    status = serializers.CharField()
    total = MoneyField()
    items = MoneyField(source="items_total")
    delivery = MoneyField(source="delivery_total")
    tax = MoneyField(source="tax_total")
    placed_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    hold_expires_at = serializers.DateTimeField()
    cancel_reason = serializers.CharField()
    orders = OrderOut(many=True, source="orders.all")


class GroupsOut(Output):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = GroupOut(many=True)


class GroupWithActionOut(GroupOut):
    orders = BuyerOrderOut(many=True, source="orders.all")
    next_action = serializers.SerializerMethodField()

    @extend_schema_field(NextActionOut)
    def get_next_action(self, group: Any) -> Any:
        return self.context["next_action"]


class PlacedOut(GroupWithActionOut):
    order_token = serializers.CharField(
        read_only=True, allow_null=True, help_text="A guest's: send it as X-Order-Token."
    )
