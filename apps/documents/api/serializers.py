"""What the API of documents takes and shows."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from apps.core.api.serializers import Input, Output
from apps.documents.types import PARCEL_KINDS, DocumentKind, FileState


class DocumentOut(Output):
    """A document, and its file in the language of the request (Accept-Language)."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    number = serializers.CharField()
    issued_at = serializers.DateTimeField()
    order_id = serializers.UUIDField(allow_null=True, help_text="Null for a statement.")
    period_on = serializers.DateField(
        allow_null=True, help_text="The first day of a statement's month."
    )
    currency = serializers.CharField(help_text="Empty for the papers of a parcel.")
    language = serializers.CharField()
    file_state = serializers.ChoiceField(
        source="state",
        choices=FileState.choices,
        help_text="NOT_ASKED and FAILED: post to the document to have the file made.",
    )
    size_bytes = serializers.IntegerField()
    file_url = serializers.SerializerMethodField()

    def get_file_url(self, shown: Any) -> str | None:
        """Where the PDF is; null until it is READY."""
        return self.context["file_url"](shown) if shown.is_ready else None


class DocumentsOut(Output):
    results = DocumentOut(many=True)


class ParcelPaperIn(Input):
    kind = serializers.ChoiceField(choices=[kind.value for kind in PARCEL_KINDS])
    parcel_id = serializers.UUIDField(
        required=False,
        help_text="A label needs it. A packing slip without it lists what is still to be packed.",
    )


class StatementsQuery(Input):
    seller_id = serializers.UUIDField()


class StatementIn(Input):
    seller_id = serializers.UUIDField()
    month = serializers.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", help_text="2026-10")
    currency = serializers.RegexField(r"^[A-Z]{3}$")


def buyer_file_url(group_id: Any) -> Any:
    return lambda shown: reverse(
        "api:order-document-file", kwargs={"group_id": group_id, "document_id": shown.id}
    )


def seller_file_url(shown: Any) -> str:
    return reverse("api:seller-document-file", kwargs={"document_id": shown.id})
