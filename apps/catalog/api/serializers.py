"""What the catalogue's API sends and takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.catalog.selectors.pictures import image_url
from apps.catalog.types import CardView, Picture
from apps.core.api.fields import MoneyField
from apps.core.api.serializers import Input, Output


class CategoryOut(Output):
    code = serializers.CharField()
    name = serializers.CharField()
    slug = serializers.CharField()
    children = serializers.SerializerMethodField()

    @extend_schema_field(
        {"type": "array", "items": {"$ref": "#/components/schemas/CategoryOut"}},
    )
    def get_children(self, node: Any) -> list[Any]:
        return CategoryOut.of_many(node.children)


class PictureOut(Output):
    alt = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    urls = serializers.SerializerMethodField(help_text="Width in pixels -> address.")

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
    def get_urls(self, picture: Picture) -> dict[str, str]:
        return {str(width): image_url(picture.content_hash, width) for width in picture.widths}


class CardOut(Output):
    product_id = serializers.UUIDField()
    short_id = serializers.CharField()
    title = serializers.CharField()
    brand = serializers.CharField()
    price = MoneyField()
    old_price = MoneyField(allow_null=True)
    lowest_30_days = MoneyField(
        allow_null=True, help_text="The lowest price of the 30 days before this price began."
    )
    discount_percent = serializers.IntegerField()
    rating = serializers.FloatField()
    rating_count = serializers.IntegerField()
    is_in_stock = serializers.BooleanField()
    has_choice = serializers.BooleanField()
    offer_id = serializers.UUIDField(allow_null=True)
    seller_name = serializers.CharField()
    picture = serializers.SerializerMethodField()

    @extend_schema_field(PictureOut(allow_null=True))
    def get_picture(self, card: CardView) -> Any:
        return PictureOut.of(card.pictures[0]) if card.pictures else None


class FavoritesOut(Output):
    results = CardOut(many=True)


class FavoriteIn(Input):
    product_id = serializers.UUIDField()
    is_favorite = serializers.BooleanField()
