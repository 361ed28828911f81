"""What the API takes and shows of returns and disputes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.catalog.services.images import MAX_BYTES
from apps.core.api.fields import MoneyField
from apps.core.api.serializers import Input, Output, WholeNumberField
from apps.orders.types_returns import NOTE_LENGTH, PHOTO_LIMIT, DisputeReason, ReturnReason

MAX_LINES = 100


class ReturnUnitsIn(Input):
    line_id = serializers.UUIDField()
    quantity = WholeNumberField(min_value=1, max_value=10_000)


class ReturnIn(Input):
    items = serializers.ListField(child=ReturnUnitsIn(), min_length=1, max_length=MAX_LINES)
    reason = serializers.ChoiceField(choices=ReturnReason.choices)
    note = serializers.CharField(max_length=NOTE_LENGTH, required=False, allow_blank=True)


class SentIn(Input):
    carrier = serializers.CharField(max_length=80, required=False, allow_blank=True)
    tracking_number = serializers.CharField(max_length=80, required=False, allow_blank=True)


class DisputeIn(Input):
    reason = serializers.ChoiceField(choices=DisputeReason.choices)
    wanted_minor = WholeNumberField(
        min_value=1, max_value=2**53, help_text="In the order's currency."
    )
    text = serializers.CharField(max_length=NOTE_LENGTH)
    return_id = serializers.UUIDField(
        required=False, help_text="For RETURN_REJECTED and REFUND_TOO_SMALL."
    )


class PhotosIn(Input):
    photos = serializers.ListField(
        child=serializers.FileField(help_text="JPEG, PNG or WebP."),
        min_length=1,
        max_length=PHOTO_LIMIT,
        help_text="10 MB together.",
    )

    def validate_photos(self, photos: list[Any]) -> list[Any]:
        if sum(photo.size for photo in photos) > MAX_BYTES:
            raise serializers.ValidationError(_("The pictures are larger than 10 MB together."))
        return photos


class WordsIn(PhotosIn):
    text = serializers.CharField(max_length=NOTE_LENGTH)
    photos = serializers.ListField(
        child=serializers.FileField(help_text="JPEG, PNG or WebP."),
        max_length=PHOTO_LIMIT,
        required=False,
        help_text="10 MB together.",
    )


class EvidencePhotoOut(Output):
    """A picture of a case; its file is read by those who may see the case, at `evidence/<id>/`."""

    id = serializers.UUIDField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class ReturnLineOut(Output):
    line_id = serializers.UUIDField()
    sku = serializers.CharField(source="line.sku")
    titles = serializers.DictField(child=serializers.CharField(), source="line.titles")
    quantity = serializers.IntegerField()
    accepted_quantity = serializers.IntegerField(allow_null=True)
    condition = serializers.CharField(allow_blank=True)
    why = serializers.CharField(allow_blank=True)


class ReturnOut(Output):
    """`due_at` is the end of the clock that runs; docs/returns.md says what silence brings."""

    id = serializers.UUIDField(source="case.id")
    number = serializers.CharField(source="case.number")
    order_id = serializers.UUIDField(source="case.order_id")
    order_number = serializers.CharField(source="case.order.number")
    state = serializers.CharField(source="case.state")
    reason = serializers.CharField(source="case.reason")
    note = serializers.CharField(source="case.note", allow_blank=True)
    answer = serializers.CharField(source="case.answer", allow_blank=True)
    due_at = serializers.DateTimeField(source="case.due_at", allow_null=True)
    requested_at = serializers.DateTimeField(source="case.requested_at")
    ship_to = serializers.DictField(
        child=serializers.CharField(), source="case.ship_to", allow_null=True
    )
    code = serializers.CharField(source="case.code")
    carrier = serializers.CharField(source="case.carrier", allow_blank=True)
    tracking_number = serializers.CharField(source="case.tracking_number", allow_blank=True)
    refund = serializers.SerializerMethodField()
    lines = ReturnLineOut(many=True)
    photos = EvidencePhotoOut(many=True, source="case.photos.all")

    def get_refund(self, view: Any) -> dict[str, Any] | None:
        """Null until it is refunded, and where the role sees no money."""
        refund = view.case.refund
        if refund is None or not view.sees_money:
            return None
        return {"amount_minor": refund.minor, "currency": refund.currency}


class BuyerReturnOut(ReturnOut):
    can_cancel = serializers.BooleanField()
    can_send = serializers.BooleanField()
    can_dispute = serializers.BooleanField()


class SellerReturnOut(ReturnOut):
    can_answer = serializers.BooleanField()
    can_receive = serializers.BooleanField()
    can_report_missing = serializers.BooleanField()
    can_inspect = serializers.BooleanField()


class BuyerReturnsOut(Output):
    next_before = serializers.UUIDField(allow_null=True)
    results = BuyerReturnOut(many=True)


class SellerReturnsOut(Output):
    next_before = serializers.UUIDField(allow_null=True)
    results = SellerReturnOut(many=True)


class DisputeMessageOut(Output):
    side = serializers.CharField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    asked_of = serializers.CharField(help_text="BUYER, SELLER or BOTH; empty: nobody is asked.")
    answer_by = serializers.DateTimeField(
        allow_null=True, help_text="It is not decided before, unless who was asked has answered."
    )
    photos = EvidencePhotoOut(many=True, source="photos.all")


class DisputeOut(Output):
    id = serializers.UUIDField(source="case.id")
    number = serializers.CharField(source="case.number")
    order_id = serializers.UUIDField(source="case.order_id")
    return_id = serializers.UUIDField(source="case.return_case_id", allow_null=True)
    state = serializers.CharField(source="case.state")
    reason = serializers.CharField(source="case.reason")
    wanted = MoneyField(source="case.wanted")
    refund = MoneyField(source="case.refund", allow_null=True)
    decision = serializers.CharField(source="case.decision", allow_blank=True)
    due_at = serializers.DateTimeField(source="case.due_at", allow_null=True)
    opened_at = serializers.DateTimeField(source="case.open_at")
    decided_at = serializers.DateTimeField(source="case.decided_at", allow_null=True)
    messages = DisputeMessageOut(many=True)
    can_say = serializers.BooleanField()
    can_escalate = serializers.BooleanField()
    can_withdraw = serializers.BooleanField()


class DisputesOut(Output):
    next_before = serializers.UUIDField(allow_null=True)
    results = DisputeOut(many=True)
