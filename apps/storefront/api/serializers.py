"""What the API shows of products, in the language and currency asked for."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.catalog.api.serializers import CardOut, PictureOut
from apps.catalog.types import ProductView
from apps.core.api.fields import MoneyField
from apps.core.api.serializers import Input, Output
from apps.search.types import Sort


class CurrencyQuery(Input):
    currency = serializers.ChoiceField(choices=settings.SHOP_CURRENCIES, required=False)


class ProductQuery(CurrencyQuery):
    sku = serializers.CharField(max_length=80, required=False)


class ProductsQuery(CurrencyQuery):
    """Facets are given as `facets=color:red,color:blue,size:m`: values of one code are alternatives."""

    category = serializers.CharField(max_length=80, required=False)
    price_from_minor = serializers.IntegerField(min_value=0, max_value=10**15, required=False)
    price_to_minor = serializers.IntegerField(min_value=0, max_value=10**15, required=False)
    rating_from = serializers.IntegerField(min_value=1, max_value=5, required=False)
    brand_id = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    seller_id = serializers.UUIDField(required=False)
    in_stock = serializers.BooleanField(required=False, default=False)
    facets = serializers.RegexField(
        r"^[\w.\-]{1,80}:[\w.\-]{1,80}(,[\w.\-]{1,80}:[\w.\-]{1,80}){0,59}$", required=False
    )
    sort = serializers.ChoiceField(choices=Sort.choices, default=Sort.POPULARITY)
    cursor = serializers.CharField(max_length=60, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=100, default=settings.LISTING_PAGE_SIZE)


class ProductCardOut(CardOut):
    url = serializers.CharField()
    promise = serializers.CharField()


class ProductsOut(Output):
    next = serializers.CharField(allow_null=True)
    total = serializers.IntegerField()
    is_total_exact = serializers.BooleanField()
    results = ProductCardOut(many=True)


class OptionOut(Output):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    sku = serializers.CharField()
    is_selected = serializers.BooleanField()
    is_available = serializers.BooleanField()


class AxisOut(Output):
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a declared field
    options = OptionOut(many=True)


class OfferOut(Output):
    offer_id = serializers.UUIDField()
    seller_id = serializers.UUIDField()
    seller_name = serializers.CharField()
    seller_rating = serializers.FloatField()
    price = MoneyField()
    old_price = MoneyField(allow_null=True)
    lowest_30_days = MoneyField(
        allow_null=True, help_text="The lowest price of the 30 days before this price began."
    )
    free = serializers.IntegerField(help_text="Units left, at most 99 are told.")
    handling_days = serializers.IntegerField()


class ProductOut(Output):
    product_id = serializers.UUIDField()
    short_id = serializers.CharField()
    url = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    brand = serializers.CharField()
    variant_id = serializers.UUIDField()
    sku = serializers.CharField()
    codes = serializers.ListField(child=serializers.CharField())
    weight_grams = serializers.IntegerField()
    axes = AxisOut(many=True)
    attributes = serializers.SerializerMethodField()
    pictures = PictureOut(many=True)
    offers = OfferOut(many=True)
    rating = serializers.FloatField()
    rating_count = serializers.IntegerField()
    sales_count = serializers.IntegerField()

    @extend_schema_field(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"label": {"type": "string"}, "value": {"type": "string"}},
            },
        }
    )
    def get_attributes(self, product: ProductView) -> list[dict[str, Any]]:
        rows = product["attributes"] if isinstance(product, dict) else product.attributes
        return [{"label": label, "value": value} for label, value in rows]
