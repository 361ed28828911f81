"""Order groups, orders, lines and their history.

Invariant: the total of a group is the sum of its orders', an order's the sum of its lines and its
delivery; a status changes only along rules.ALLOWED_MOVES (a trigger holds it) and leaves an event.
"""

from django.db import models
from django.db.models.functions import Lower

from apps.core.ids import UUID7Field
from apps.core.money import Money
from apps.orders.types import CancelReason, GroupStatus, OrderStatus


class OrderGroup(models.Model):
    """What the buyer placed and pays at once."""

    id = UUID7Field()
    number = models.CharField(max_length=20, unique=True)
    checkout = models.OneToOneField(
        "orders.Checkout", on_delete=models.PROTECT, related_name="order_group"
    )
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    email = models.EmailField()
    language = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    address = models.JSONField()
    items_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    status = models.CharField(
        max_length=16, choices=GroupStatus, default=GroupStatus.AWAITING_PAYMENT
    )
    # Guests open the group with a signed token of this version.
    token_version = models.PositiveIntegerField(default=1)
    hold_expires_at = models.DateTimeField()
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    expired_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=12, choices=CancelReason, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="order_group_total",
                condition=models.Q(
                    total_minor=models.F("items_minor") + models.F("delivery_minor"),
                    total_minor__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="order_group_paid_at",
                condition=~models.Q(status="PAID") | models.Q(paid_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_group_cancelled_at",
                condition=~models.Q(status="CANCELLED") | models.Q(cancelled_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="order_group_of_user"),
            models.Index(
                fields=["hold_expires_at"],
                name="order_group_unpaid",
                condition=models.Q(status__in=["AWAITING_PAYMENT", "EXPIRED"]),
            ),
            # Guests' purchases are looked for by their address (selectors_claims).
            models.Index(
                Lower("email"), name="order_group_of_guest", condition=models.Q(user=None)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def items_total(self) -> Money:
        return Money(self.items_minor, self.currency)

    @property
    def delivery_total(self) -> Money:
        return Money(self.delivery_minor, self.currency)

    @property
    def tax_total(self) -> Money:
        return Money(self.tax_minor, self.currency)


class Order(models.Model):
    """One seller's part of a group, with the status machine."""

    id = UUID7Field()
    group = models.ForeignKey(OrderGroup, on_delete=models.PROTECT, related_name="orders")
    seller = models.ForeignKey("sellers.Seller", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=24, unique=True)
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.CREATED)
    currency = models.CharField(max_length=3)
    items_minor = models.BigIntegerField()
    delivery_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    commission_minor = models.BigIntegerField()
    # Where this part goes when its buyer changed it after placing; null: where the group goes.
    address = models.JSONField(null=True, blank=True)
    # The working days that the slowest offer promised to need, copied at placing.
    handling_days = models.PositiveSmallIntegerField(default=1, db_default=1)
    # Days from delivery to release, frozen at placing; null on orders older than that: the contract's.
    escrow_days = models.PositiveSmallIntegerField(null=True, blank=True)
    delivery_kind = models.CharField(max_length=7)
    carrier = models.CharField(max_length=40)
    pickup_point = models.ForeignKey(
        "logistics.PickupPoint", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    promised_from = models.DateField()
    promised_to = models.DateField()
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    processing_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    # The clocks (docs/fulfilment.md): null where the order is not waiting for that step.
    confirm_by = models.DateTimeField(null=True, blank=True)
    ship_by = models.DateTimeField(null=True, blank=True)
    release_due_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(
        max_length=12, choices=CancelReason, blank=True, default="", db_default=""
    )

    class Meta:
        permissions = [
            ("refund_order", "Can give back a part of an order's money"),
            ("refund_any_amount", "Can give back more than the limit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["group", "seller"], name="order_seller_once"),
            models.CheckConstraint(
                name="order_total",
                condition=models.Q(
                    total_minor=models.F("items_minor") + models.F("delivery_minor"),
                    commission_minor__gte=0,
                    commission_minor__lte=models.F("items_minor"),
                ),
            ),
            models.CheckConstraint(
                name="order_paid_at",
                condition=models.Q(status__in=["CREATED", "CANCELLED"])
                | models.Q(paid_at__isnull=False),
            ),
            models.CheckConstraint(
                name="order_released_once_delivered",
                condition=models.Q(released_at=None) | models.Q(delivered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "status", "-id"], name="order_of_seller"),
            models.Index(
                fields=["confirm_by"],
                name="order_confirm_due",
                condition=models.Q(confirm_by__isnull=False),
            ),
            models.Index(
                fields=["ship_by"], name="order_ship_due", condition=models.Q(ship_by__isnull=False)
            ),
            models.Index(
                fields=["release_due_at"],
                name="order_release_due",
                condition=models.Q(release_due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def delivery_price(self) -> Money:
        return Money(self.delivery_minor, self.currency)

    @property
    def ship_to(self) -> dict[str, str]:
        """The address that this part goes to."""
        address: dict[str, str] = self.address or self.group.address
        return address


class OrderLine(models.Model):
    """Everything is copied at placing: later changes of card, offer or rate change no order."""

    id = UUID7Field()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey("catalog.Variant", on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey("catalog.Product", on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=80)
    # {language: title}, {language: "Colour: red"}
    titles = models.JSONField()
    option_labels = models.JSONField(default=dict)
    image = models.JSONField(null=True)
    quantity = models.PositiveSmallIntegerField()
    offer_currency = models.CharField(max_length=3)
    offer_unit_minor = models.BigIntegerField()
    fx_rate = models.DecimalField(max_digits=18, decimal_places=8)
    fx_on = models.DateField()
    currency = models.CharField(max_length=3)
    unit_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    commission_bps = models.PositiveIntegerField()
    commission_minor = models.BigIntegerField()
    shipped_quantity = models.PositiveSmallIntegerField(default=0)
    delivered_quantity = models.PositiveSmallIntegerField(default=0)
    cancelled_quantity = models.PositiveSmallIntegerField(default=0)
    # Units of parcels that did not reach the buyer.
    returned_quantity = models.PositiveSmallIntegerField(default=0)
    # Units that the buyer had and sent back, accepted by the seller.
    sent_back_quantity = models.PositiveSmallIntegerField(default=0, db_default=0)
    # For how many days after delivery it is taken back, frozen at placing; 0: only if faulty.
    return_days = models.PositiveSmallIntegerField(default=14, db_default=14)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "offer"], name="order_line_once"),
            models.CheckConstraint(
                name="order_line_total",
                condition=models.Q(
                    quantity__gt=0,
                    total_minor=models.F("unit_minor") * models.F("quantity"),
                ),
            ),
            models.CheckConstraint(
                name="order_line_quantities",
                condition=models.Q(
                    delivered_quantity__lte=models.F("shipped_quantity"),
                    returned_quantity__lte=models.F("shipped_quantity"),
                    shipped_quantity__lte=models.F("quantity") - models.F("cancelled_quantity"),
                ),
            ),
            models.CheckConstraint(
                name="order_line_sent_back",
                condition=models.Q(sent_back_quantity__lte=models.F("delivered_quantity")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku}"

    @property
    def active_quantity(self) -> int:
        """Units that are still wanted."""
        return self.quantity - self.cancelled_quantity

    @property
    def unshipped_quantity(self) -> int:
        return self.active_quantity - self.shipped_quantity

    @property
    def kept_quantity(self) -> int:
        """Units that the buyer keeps, or is still to get."""
        return self.active_quantity - self.returned_quantity - self.sent_back_quantity

    @property
    def unit(self) -> Money:
        return Money(self.unit_minor, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


class OrderLineTax(models.Model):
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="taxes")
    code = models.CharField(max_length=20)
    rate_bps = models.PositiveIntegerField()
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    is_inclusive = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "order line taxes"
        constraints = [
            models.UniqueConstraint(fields=["line", "code"], name="order_line_tax_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount_minor}"


class OrderEvent(models.Model):
    """History of one order: every status it had, who moved it and why. Append-only."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    # 1, 2, 3, ... per order: a page that reconnects asks for what came after its last.
    seq = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=OrderStatus)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    reason = models.CharField(max_length=60, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="order_event_seq"),
        ]

    def __str__(self) -> str:
        return f"{self.status} #{self.seq}"
