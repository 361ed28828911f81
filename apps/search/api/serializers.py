"""What the search API takes and gives."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.core.api.fields import MoneyField
from apps.core.api.serializers import Output
from apps.search.types import Filters, SearchQuery, Sort

_FACET = r"^[-a-zA-Z0-9_]{1,80}:[-a-zA-Z0-9_]{1,80}$"


class SearchParameters(serializers.Serializer[Any]):
    """Of a search. Prices are in minor units of the shop's base currency."""

    q = serializers.CharField(default="", allow_blank=True, max_length=256, trim_whitespace=True)
    category_path = serializers.RegexField(r"^[0-9A-Z]{0,255}$", default="", allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, default="en")
    sort = serializers.ChoiceField(choices=Sort.choices, default=Sort.RELEVANCE)
    offset = serializers.IntegerField(default=0, min_value=0, max_value=900)
    limit = serializers.IntegerField(default=24, min_value=1, max_value=100)
    price_from = serializers.IntegerField(required=False, min_value=0, max_value=10**15)
    price_to = serializers.IntegerField(required=False, min_value=0, max_value=10**15)
    rating_from = serializers.FloatField(required=False, min_value=0, max_value=5)
    in_stock = serializers.BooleanField(default=False)
    brand = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        default=list,
        max_length=50,
    )
    seller = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=50)
    facet = serializers.ListField(
        child=serializers.RegexField(_FACET), default=list, max_length=50, help_text="color:red"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        low, high = attrs.get("price_from"), attrs.get("price_to")
        if low is not None and high is not None and low > high:
            raise serializers.ValidationError({"price_to": _("This is below price_from.")})
        return attrs

    def to_query(self) -> SearchQuery:
        given = self.validated_data
        facets: dict[str, list[str]] = {}
        for value in given["facet"]:
            code, _colon, option = value.partition(":")
            facets.setdefault(code, []).append(option)
        rating = given.get("rating_from")
        return SearchQuery(
            text=given["q"],
            category_path=given["category_path"],
            language=given["language"],
            filters=Filters(
                price_from_base_minor=given.get("price_from"),
                price_to_base_minor=given.get("price_to"),
                rating_from_hundredths=None if rating is None else round(rating * 100),
                brand_ids=tuple(given["brand"]),
                seller_ids=tuple(given["seller"]),
                in_stock=given["in_stock"],
                facets={code: tuple(options) for code, options in facets.items()},
            ),
            sort=Sort(given["sort"]),
            offset=given["offset"],
            limit=given["limit"],
        )


class SuggestParameters(serializers.Serializer[Any]):
    q = serializers.CharField(default="", allow_blank=True, max_length=256)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, default="en")
    limit = serializers.IntegerField(default=8, min_value=1, max_value=20)


class HitOut(Output):
    sku = serializers.CharField()
    product_id = serializers.UUIDField()
    title = serializers.CharField()
    brand = serializers.CharField()
    price = MoneyField()
    old_price = MoneyField(allow_null=True)
    rating = serializers.FloatField()
    rating_count = serializers.IntegerField()
    is_in_stock = serializers.BooleanField()
    seller = serializers.CharField(source="seller_name")


class FacetsOut(Output):
    attributes = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField())
    )
    brands = serializers.DictField(child=serializers.IntegerField())
    sellers = serializers.DictField(child=serializers.IntegerField())
    category_paths = serializers.DictField(child=serializers.IntegerField())
    price_range = serializers.ListField(child=serializers.IntegerField(), allow_null=True)


class SearchOut(Output):
    results = HitOut(many=True)
    total = serializers.IntegerField()
    is_total_exact = serializers.BooleanField()
    facets = FacetsOut()
    corrected = serializers.CharField(allow_null=True)


class SuggestionOut(Output):
    text = serializers.CharField()
    kind = serializers.CharField()
    category_code = serializers.CharField()
    product_id = serializers.UUIDField(allow_null=True)
    brand_id = serializers.IntegerField(allow_null=True)


class SuggestOut(Output):
    suggestions = SuggestionOut(many=True)
