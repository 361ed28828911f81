"""Tables of commission, tax and exchange rates."""

from django.db import models
from django.db.models.functions import Now


class CommissionRate(models.Model):
    """The marketplace's share of a line, by category branch and, above that, by seller.

    The most specific row wins: seller and category, seller, the deepest category, the default (both null).
    """

    seller = models.ForeignKey(
        "sellers.Seller", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    category = models.ForeignKey(
        "catalog.Category", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    rate_bps = models.PositiveIntegerField()
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "category", "valid_from"],
                name="commission_rate_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="commission_rate_range", condition=models.Q(rate_bps__lte=10_000)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate_bps} bps"


class TaxRate(models.Model):
    """VAT by country and product tax class; prices include it where the seller pays VAT."""

    country = models.CharField(max_length=2)
    tax_class = models.CharField(max_length=8)
    code = models.CharField(max_length=20)
    rate_bps = models.PositiveIntegerField()
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["country", "tax_class", "valid_from"], name="tax_rate_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.rate_bps} bps"


class ExchangeRate(models.Model):
    """How many units of `quote` one unit of `base` is worth from `valid_on` on."""

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    valid_on = models.DateField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["base", "quote", "valid_on"], name="exchange_rate_once"
            ),
            models.CheckConstraint(name="exchange_rate_positive", condition=models.Q(rate__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.rate}"
