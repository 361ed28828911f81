"""Carts of guests and customers, and the checkout in progress."""

from django.db import models
from django.db.models.functions import Now

from apps.core.ids import UUID7Field


class Cart(models.Model):
    """A guest's cart has no user; whoever holds its signed token of this version may use it."""

    id = UUID7Field()
    user = models.OneToOneField(
        "accounts.User", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    token_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.id)


class CartLine(models.Model):
    """`seen_price_minor` is the offer's price when the shopper last saw the cart: changes are shown."""

    id = UUID7Field()
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    is_saved_for_later = models.BooleanField(default=False)
    seen_price_minor = models.BigIntegerField()
    seen_currency = models.CharField(max_length=3)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "offer"], name="cart_line_once"),
            models.CheckConstraint(
                name="cart_line_quantity",
                condition=models.Q(quantity__gte=1, quantity__lte=99),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.offer_id}"


class Checkout(models.Model):
    """Where, how and in which currency one cart is about to be ordered; OPEN until it is placed."""

    class State(models.TextChoices):
        OPEN = "OPEN"
        PLACED = "PLACED"

    id = UUID7Field()
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="checkouts")
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=2)
    email = models.EmailField(blank=True, default="")
    # Same keys as accounts.Address; see orders.rules.ADDRESS_FIELDS.
    address = models.JSONField(default=dict)
    # {seller id: {"kind": ..., "carrier": ..., "pickup_point_id": ...}}
    deliveries = models.JSONField(default=dict)
    # The last quote that was shown, as stored by orders.services.quotes.
    quote = models.JSONField(null=True)
    quote_digest = models.CharField(max_length=64, blank=True, default="")
    quoted_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    placed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cart"], condition=models.Q(state="OPEN"), name="checkout_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"
