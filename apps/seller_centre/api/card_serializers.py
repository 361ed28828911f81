"""What the API of a seller's cards takes and shows."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from apps.catalog.services.draft_parts import (
    DESCRIPTION_LENGTH,
    MAX_DAYS,
    MAX_GRAMS,
    MAX_MM,
    MAX_PRICE_MINOR,
    MAX_UNITS,
    MAX_VARIANTS,
    TITLE_LENGTH,
)
from apps.catalog.types import DraftStatus
from apps.core.api.serializers import Input, Output, WholeNumberField

MAX_ROWS = 200
LANGUAGES = [code for code, _name in settings.LANGUAGES]


class CardsQuery(Input):
    seller_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=DraftStatus.choices, required=False)
    before = serializers.UUIDField(required=False, help_text="`next_before` of the page before.")
    limit = serializers.RegexField(
        r"^([1-9]|[1-9][0-9]|100)$", required=False, help_text="1 to 100"
    )


class CardStartIn(Input):
    seller_id = serializers.UUIDField()
    title = serializers.CharField(max_length=TITLE_LENGTH, required=False, default="")
    gtin = serializers.CharField(max_length=14, required=False, default="")
    language = serializers.ChoiceField(choices=LANGUAGES, required=False, default="en")


class CardTextIn(Input):
    title = serializers.CharField(max_length=TITLE_LENGTH, allow_blank=True)
    description = serializers.CharField(
        max_length=DESCRIPTION_LENGTH, allow_blank=True, required=False, default=""
    )


class CardVariantIn(Input):
    """A variant as GET shows it; all of a card's variants are sent together."""

    key = serializers.CharField(
        max_length=20, help_text="As GET shows it; a new one for a new variant."
    )
    variant_id = serializers.CharField(
        max_length=36, allow_blank=True, required=False, default="",
        help_text="Of a variant in the shop; empty for a new one.",
    )  # fmt: skip
    options = serializers.DictField(
        child=serializers.CharField(max_length=80), required=False, default=dict,
        help_text="Axis code to option code.",
    )  # fmt: skip
    seller_sku = serializers.CharField(max_length=80, allow_blank=True, required=False, default="")
    gtin = serializers.CharField(max_length=14, allow_blank=True, required=False, default="")
    weight_grams = WholeNumberField(
        min_value=1, max_value=MAX_GRAMS, required=False, allow_null=True
    )
    length_mm = WholeNumberField(min_value=1, max_value=MAX_MM, required=False, allow_null=True)
    width_mm = WholeNumberField(min_value=1, max_value=MAX_MM, required=False, allow_null=True)
    height_mm = WholeNumberField(min_value=1, max_value=MAX_MM, required=False, allow_null=True)
    price_minor = WholeNumberField(
        min_value=1, max_value=MAX_PRICE_MINOR, required=False, allow_null=True,
        help_text="In minor units of the seller's currency.",
    )  # fmt: skip
    units = serializers.DictField(
        child=WholeNumberField(min_value=0, max_value=MAX_UNITS), required=False, default=dict,
        help_text="Warehouse id to units on hand after the approval.",
    )  # fmt: skip
    is_left_out = serializers.BooleanField(required=False, default=False)


class CardPatchIn(Input):
    """What is left out stays as it is. `attributes` and `texts` are replaced as wholes."""

    version = WholeNumberField(min_value=1, help_text="The version that you saw.")
    category = serializers.SlugField(required=False, help_text="A category's code.")
    texts = serializers.DictField(
        child=CardTextIn(), required=False, help_text="Language to title and description."
    )
    brand = serializers.CharField(max_length=120, allow_blank=True, required=False)
    attributes = serializers.JSONField(
        required=False, help_text="Attribute code to option code, number, text, true or false."
    )
    choices = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=80), max_length=50),
        required=False,
        help_text="Axis code to option codes: makes a variant of each combination.",
    )
    variants = serializers.ListField(
        child=CardVariantIn(), required=False, min_length=1, max_length=MAX_VARIANTS
    )
    handling_days = WholeNumberField(min_value=0, max_value=MAX_DAYS, required=False)

    def validate_attributes(self, value: Any) -> Any:
        if not isinstance(value, dict) or not all(
            isinstance(one, str | int | float | bool) for one in value.values()
        ):
            raise serializers.ValidationError("An object of plain values.")
        return value


class VersionIn(Input):
    version = WholeNumberField(min_value=1, help_text="The version that you saw.")


class PictureIn(Input):
    picture = serializers.FileField(help_text="JPEG, PNG or WebP, at most 10 MB and 25 megapixels.")


class CardPictureOut(Output):
    id = serializers.IntegerField()
    content_hash = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    alt = serializers.DictField(child=serializers.CharField())


class CardProblemOut(Output):
    step = serializers.CharField()
    text = serializers.CharField()
    row = serializers.IntegerField(help_text="The variant's place from 1, or 0.")


class CardDecisionOut(Output):
    kind = serializers.CharField()
    note = serializers.SerializerMethodField(help_text="What to mend, after a rejection.")
    at = serializers.DateTimeField()

    def get_note(self, decision: Any) -> str:
        return str(decision.note) if decision.kind == "REJECTED" else ""


class SellerCardOut(Output):
    id = serializers.UUIDField()
    seller_id = serializers.UUIDField()
    status = serializers.CharField()
    version = serializers.IntegerField()
    product_id = serializers.UUIDField(allow_null=True, help_text="Set by the first approval.")
    category = serializers.CharField(source="category.code", allow_null=True, default=None)
    brand = serializers.SerializerMethodField()
    texts = serializers.JSONField()
    attributes = serializers.JSONField()
    variant_axes = serializers.JSONField()
    variants = serializers.JSONField(help_text="As PATCH takes them.")
    handling_days = serializers.IntegerField()
    pictures = CardPictureOut(many=True)
    decisions = CardDecisionOut(many=True)
    problems = CardProblemOut(many=True, help_text="What is missing before it can be sent.")

    def get_brand(self, draft: Any) -> str:
        return str(draft.brand.name if draft.brand else draft.brand_asked)


class CardRowOut(Output):
    id = serializers.UUIDField(source="draft.id")
    status = serializers.CharField(source="draft.status")
    version = serializers.IntegerField(source="draft.version")
    product_id = serializers.UUIDField(source="draft.product_id", allow_null=True)
    title = serializers.CharField()
    note = serializers.CharField(help_text="What to mend, after a rejection.")


class SellerCardsOut(Output):
    next_before = serializers.UUIDField(allow_null=True)
    results = CardRowOut(many=True)


class BulkRowIn(Input):
    """A price, or a count of one warehouse, or both."""

    offer_id = serializers.UUIDField()
    version = WholeNumberField(
        min_value=1, required=False, help_text="Of the offer; needed with a price."
    )
    price_minor = WholeNumberField(min_value=1, max_value=MAX_PRICE_MINOR, required=False)
    old_price_minor = WholeNumberField(
        min_value=1, max_value=MAX_PRICE_MINOR, required=False, allow_null=True
    )
    warehouse_id = serializers.UUIDField(required=False)
    on_hand = WholeNumberField(min_value=0, max_value=MAX_UNITS, required=False)
    seen_on_hand = WholeNumberField(
        min_value=0, max_value=MAX_UNITS, required=False, help_text="Needed with a count."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        price, count = {"price_minor", "version"}, {"warehouse_id", "on_hand", "seen_on_hand"}
        has_price, has_count = price & set(attrs), count & set(attrs)
        if not (has_price or has_count) or any(
            part and part != whole for part, whole in ((has_price, price), (has_count, count))
        ):
            raise serializers.ValidationError(
                "A price with its version, or a count with warehouse_id, on_hand and seen_on_hand."
            )
        return attrs


class BulkIn(Input):
    seller_id = serializers.UUIDField()
    rows = serializers.ListField(child=BulkRowIn(), min_length=1, max_length=MAX_ROWS)


class BulkAnswerOut(Output):
    offer_id = serializers.UUIDField()
    is_done = serializers.BooleanField()
    code = serializers.CharField(help_text="Why not; empty when it is done.")
    detail = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)


class BulkOut(Output):
    results = BulkAnswerOut(many=True, help_text="In the order of the rows.")
