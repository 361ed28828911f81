"""Documents over the API: lists, one document, asking for its file, the file."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.permissions import Public, SignedIn
from apps.core.api.schema import described
from apps.core.api.serializers import Nothing
from apps.core.api.views import ApiView
from apps.core.errors import NotFound
from apps.documents import selectors
from apps.documents.api.serializers import (
    DocumentOut,
    DocumentsOut,
    ParcelPaperIn,
    StatementIn,
    StatementsQuery,
    buyer_file_url,
    seller_file_url,
)
from apps.documents.files import file_answer
from apps.documents.models import Document
from apps.documents.services.filing import ask_for_file
from apps.documents.services.parcels import make_label, make_packing_slip
from apps.documents.services.statements import issue_statement
from apps.documents.types import DocumentKind, DocumentView


class PdfRenderer(BaseRenderer):
    """Lets a client ask for application/pdf; refusals come as problem details all the same."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return bytes(JSONRenderer().render(data))


class BuyerView(ApiView):
    permission_classes = [Public]

    def shown(self, group_id: UUID, document: DocumentView) -> dict[str, Any]:
        context = {"file_url": buyer_file_url(group_id)}
        return DocumentOut.of(document, **context)

    def one(self, group_id: UUID, document_id: UUID) -> DocumentView:
        return selectors.buyer_document(self.viewer, group_id, document_id, self.language)


class OrderDocumentsView(BuyerView):
    @described(
        "The receipts of an order group", answer=DocumentsOut, errors=(404,), headers=("order",)
    )
    def get(self, request: Request, group_id: UUID) -> Response:
        found = selectors.order_documents(self.viewer, group_id, self.language)
        context = {"file_url": buyer_file_url(group_id)}
        return Response(DocumentsOut.of({"results": found}, **context))


class OrderDocumentView(BuyerView):
    @described("One receipt", answer=DocumentOut, errors=(404,), headers=("order",))
    def get(self, request: Request, group_id: UUID, document_id: UUID) -> Response:
        return Response(self.shown(group_id, self.one(group_id, document_id)))

    @described(
        "Have its file made in the language of the request; ask again until it is READY",
        body=Nothing,
        answer=DocumentOut,
        status=202,
        errors=(404,),
        headers=("order",),
    )
    def post(self, request: Request, group_id: UUID, document_id: UUID) -> Response:
        self.read(Nothing)
        self.one(group_id, document_id)
        ask_for_file(document_id=document_id, language=self.language, now=clock.now())
        return Response(self.shown(group_id, self.one(group_id, document_id)), status=202)


class OrderDocumentFileView(BuyerView):
    renderer_classes = [PdfRenderer, JSONRenderer]

    @described("The PDF", answer=OpenApiTypes.BINARY, errors=(404,), headers=("order",))
    def get(self, request: Request, group_id: UUID, document_id: UUID) -> HttpResponse:
        return file_answer(self.one(group_id, document_id))


class SellerView(ApiView):
    permission_classes = [SignedIn]

    def one(self, document_id: UUID) -> DocumentView:
        return selectors.seller_document(self.viewer, document_id, self.language)

    def shown(self, document_id: UUID) -> dict[str, Any]:
        context = {"file_url": seller_file_url}
        return DocumentOut.of(self.one(document_id), **context)

    def listed(self, found: list[DocumentView]) -> Response:
        context = {"file_url": seller_file_url}
        return Response(DocumentsOut.of({"results": found}, **context))

    def once(self, request: Request, route: str, make: Callable[[], Document]) -> Response:
        """Make it once per key, ask for its file in this language, and answer with it."""

        def work() -> tuple[int, Any]:
            made = make()
            ask_for_file(document_id=made.id, language=self.language, now=clock.now())
            return 202, self.shown(made.id)

        return run_once(request, viewer=self.viewer, route=route, work=work)


class SellerOrderDocumentsView(SellerView):
    @described("The papers of a shop's order that my role sees", answer=DocumentsOut, errors=(404,))
    def get(self, request: Request, order_id: UUID) -> Response:
        return self.listed(selectors.seller_order_documents(self.viewer, order_id, self.language))

    @described(
        "Make a packing slip or a label",
        body=ParcelPaperIn,
        answer=DocumentOut,
        status=202,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request, order_id: UUID) -> Response:
        given = self.read(ParcelPaperIn)
        parcel_id = given.get("parcel_id")
        common: dict[str, Any] = {
            "order_id": order_id,
            "language": self.language,
            "actor": self.viewer,
            "now": clock.now(),
        }

        def make() -> Document:
            if given["kind"] == DocumentKind.PACKING_SLIP:
                return make_packing_slip(shipment_id=parcel_id, **common)
            if parcel_id is None:
                raise NotFound
            return make_label(shipment_id=parcel_id, **common)

        return self.once(request, "seller.document", make)


class StatementsView(SellerView):
    @described(
        "A shop's statements, the newest month first",
        query=StatementsQuery,
        answer=DocumentsOut,
        errors=(404,),
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(StatementsQuery)
        found = selectors.seller_statements(self.viewer, asked["seller_id"], self.language)
        return self.listed(found)

    @described(
        "Issue the statement of a month that is over",
        body=StatementIn,
        answer=DocumentOut,
        status=202,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request) -> Response:
        given = self.read(StatementIn)

        def make() -> Document:
            return issue_statement(
                seller_id=given["seller_id"],
                month=date.fromisoformat(f"{given['month']}-01"),
                currency=given["currency"],
                actor=self.viewer,
                now=clock.now(),
            )

        return self.once(request, "seller.statement", make)


class SellerDocumentView(SellerView):
    @described("One document of a shop", answer=DocumentOut, errors=(404,))
    def get(self, request: Request, document_id: UUID) -> Response:
        return Response(self.shown(document_id))

    @described(
        "Have its file made in the language of the request; ask again until it is READY",
        body=Nothing,
        answer=DocumentOut,
        status=202,
        errors=(404,),
    )
    def post(self, request: Request, document_id: UUID) -> Response:
        self.read(Nothing)
        self.one(document_id)
        ask_for_file(document_id=document_id, language=self.language, now=clock.now())
        return Response(self.shown(document_id), status=202)


class SellerDocumentFileView(SellerView):
    renderer_classes = [PdfRenderer, JSONRenderer]

    @described("The PDF", answer=OpenApiTypes.BINARY, errors=(404,))
    def get(self, request: Request, document_id: UUID) -> HttpResponse:
        return file_answer(self.one(document_id))
