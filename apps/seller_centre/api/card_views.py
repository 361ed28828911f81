"""A seller's cards over the API: begin, fill, add pictures, send; the same services as the pages."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.selectors import card_desk
from apps.catalog.services import draft_pictures, drafts, moderation
from apps.catalog.services.draft_checks import problems_of
from apps.catalog.services.draft_parts import DraftPart, DraftValueRefused
from apps.catalog.services.images import MAX_BYTES
from apps.catalog.types import VariantPlan
from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.permissions import SignedIn
from apps.core.api.schema import described
from apps.core.api.serializers import Nothing
from apps.core.api.views import ApiView
from apps.seller_centre.api.card_serializers import (
    CardPatchIn,
    CardsQuery,
    CardStartIn,
    PictureIn,
    SellerCardOut,
    SellerCardsOut,
    VersionIn,
)

PAGE = 25


class CardView(ApiView):
    permission_classes = [SignedIn]

    def shown(self, draft_id: UUID) -> dict[str, Any]:
        draft: Any = card_desk.card_of(self.viewer, draft_id)
        draft.problems = [
            {"step": row.step.value, "text": str(row.text), "row": row.row}
            for row in problems_of(draft, self.language)
        ]
        return SellerCardOut.of(draft)

    def once(
        self, request: Request, draft_id: UUID, route: str, deed: Callable[[], object]
    ) -> Response:
        """Do it once per key and answer with the card as it is then."""

        def work() -> tuple[int, Any]:
            deed()
            return 200, self.shown(draft_id)

        return run_once(request, viewer=self.viewer, route=route, work=work)


class CardsView(CardView):
    @described(
        "A shop's own product cards, newest first",
        query=CardsQuery,
        answer=SellerCardsOut,
        errors=(404,),
    )
    def get(self, request: Request) -> Response:
        asked = self.read_query(CardsQuery)
        page = card_desk.shop_cards(
            self.viewer,
            asked["seller_id"],
            language=self.language,
            status=asked.get("status", ""),
            before=asked.get("before"),
            limit=int(asked.get("limit", PAGE)),
        )
        return Response(SellerCardsOut.of({"next_before": page.next_before, "results": page.cards}))

    @described(
        "Begin a product card",
        body=CardStartIn,
        answer=SellerCardOut,
        status=201,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request) -> Response:
        given = self.read(CardStartIn)

        def work() -> tuple[int, Any]:
            draft = drafts.start_draft(actor=self.viewer, now=clock.now(), **given)
            return 201, self.shown(draft.id)

        return run_once(request, viewer=self.viewer, route="seller.card.start", work=work)


class OneCardView(CardView):
    @described("One card with what is missing", answer=SellerCardOut, errors=(404,))
    def get(self, request: Request, draft_id: UUID) -> Response:
        return Response(self.shown(draft_id))

    @described(
        "Save parts of a card; a card in the shop stays as it is until the approval",
        body=CardPatchIn,
        answer=SellerCardOut,
        errors=(404, 409),
    )
    def patch(self, request: Request, draft_id: UUID) -> Response:
        card_desk.card_of(self.viewer, draft_id)
        given = self.read(CardPatchIn)
        drafts.save_draft(
            draft_id=draft_id,
            part=_part(given),
            step=None,
            seen_version=given["version"],
            actor=self.viewer,
            now=clock.now(),
        )
        return Response(self.shown(draft_id))


class SubmitView(CardView):
    @described(
        "Send a card to moderation",
        body=VersionIn,
        answer=SellerCardOut,
        errors=(404, 409),
        headers=("key",),
    )
    def post(self, request: Request, draft_id: UUID) -> Response:
        card_desk.card_of(self.viewer, draft_id)
        version = self.read(VersionIn)["version"]
        return self.once(
            request,
            draft_id,
            "seller.card.submit",
            lambda: moderation.submit_draft(
                draft_id=draft_id, seen_version=version, actor=self.viewer, now=clock.now()
            ),
        )


class WithdrawView(CardView):
    @described(
        "Take a card back from moderation",
        body=Nothing,
        answer=SellerCardOut,
        errors=(404, 409),
        headers=("key",),
    )
    def post(self, request: Request, draft_id: UUID) -> Response:
        card_desk.card_of(self.viewer, draft_id)
        self.read(Nothing)
        return self.once(
            request,
            draft_id,
            "seller.card.withdraw",
            lambda: moderation.withdraw_draft(
                draft_id=draft_id, actor=self.viewer, now=clock.now()
            ),
        )


class PicturesView(CardView):
    parser_classes = [MultiPartParser]

    @described(
        "Add a picture; the same file again changes nothing",
        body=PictureIn,
        answer=SellerCardOut,
        errors=(404, 409),
    )
    def post(self, request: Request, draft_id: UUID) -> Response:
        card_desk.card_of(self.viewer, draft_id)
        file = self.read(PictureIn)["picture"]
        draft_pictures.add_draft_picture(
            draft_id=draft_id,
            content=file.read(MAX_BYTES + 1),
            actor=self.viewer,
            now=clock.now(),
        )
        return Response(self.shown(draft_id))


class PictureView(CardView):
    @described("Delete a picture of a card", answer=SellerCardOut, errors=(404, 409))
    def delete(self, request: Request, draft_id: UUID, picture_id: int) -> Response:
        draft_pictures.delete_picture(
            draft_id=draft_id, picture_id=picture_id, actor=self.viewer, now=clock.now()
        )
        return Response(self.shown(draft_id))


def _part(given: dict[str, Any]) -> DraftPart:
    """:raises DraftValueRefused: no such category"""
    category_id = None
    if "category" in given:
        category_id = card_desk.category_with(given["category"])
        if category_id is None:
            raise DraftValueRefused(field="category")
    name = given.get("brand")
    brand = card_desk.brand_named(name) if name else None
    texts = given.get("texts")
    variants = given.get("variants")
    return DraftPart(
        category_id=category_id,
        texts={code: (row["title"], row["description"]) for code, row in texts.items()}
        if texts is not None
        else None,
        brand_id=brand.id if brand else None,
        brand_asked=None if name is None else ("" if brand else name),
        attributes=given.get("attributes"),
        choices=given.get("choices"),
        variants=[VariantPlan(**row) for row in variants] if variants is not None else None,
        handling_days=given.get("handling_days"),
    )
