"""Reviews over the API: a product's, one's own, photos, votes, the seller's answer."""

from typing import Any
from uuid import UUID

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.catalog.selectors.products import published_id
from apps.catalog.services.images import MAX_BYTES, UnusablePicture
from apps.core import clock
from apps.core.api.idempotency import run_once
from apps.core.api.permissions import Public, SignedIn
from apps.core.api.schema import described
from apps.core.api.serializers import PageQuery
from apps.core.api.views import ApiView
from apps.reviews import selectors
from apps.reviews.api.serializers import (
    AnswerIn,
    AnswerOut,
    HelpfulIn,
    HelpfulOut,
    OwnReviewOut,
    OwnReviewsOut,
    PhotoIn,
    PhotoOut,
    ReviewIn,
    ReviewOut,
    ReviewsOut,
    ReviewWordsIn,
    ToReviewListOut,
    ToReviewOut,
    draft_of,
)
from apps.reviews.models import Review
from apps.reviews.services.answering import answer_review, remove_answer
from apps.reviews.services.limits import count_photo, count_review
from apps.reviews.services.photos import add_photo
from apps.reviews.services.voting import set_helpful
from apps.reviews.services.writing import delete_review, edit_review, write_review


class ReviewsView(ApiView):
    permission_classes = [Public]

    @described("Reviews, newest first", query=PageQuery, answer=ReviewsOut, errors=(404,))
    def get(self, request: Request, short_id: str) -> Response:
        return self.page_of(selectors.published(published_id(short_id)), ReviewOut)


class OwnReviewsView(ApiView):
    permission_classes = [SignedIn]

    @described("My reviews, newest first", query=PageQuery, answer=OwnReviewsOut, errors=(404,))
    def get(self, request: Request) -> Response:
        return self.page_of(selectors.own_rows(self.viewer), OwnReviewOut)


class ToReviewView(ApiView):
    permission_classes = [SignedIn]

    @described(
        "What I have received and not reviewed, newest first",
        query=PageQuery,
        answer=ToReviewListOut,
        errors=(404,),
    )
    def get(self, request: Request) -> Response:
        return self.page_of(selectors.unreviewed(self.viewer), ToReviewOut)


class WriteView(ApiView):
    permission_classes = [SignedIn]

    @described(
        "Write a review of what I have received",
        body=ReviewIn,
        answer=OwnReviewOut,
        status=201,
        errors=(404,),
        headers=("key",),
    )
    def post(self, request: Request) -> Response:
        given = self.read(ReviewIn)
        count_review(self.viewer)

        def work() -> tuple[int, Any]:
            review = write_review(
                product_id=given["product_id"],
                draft=draft_of(given, self.language),
                actor=self.viewer,
                now=clock.now(),
            )
            return 201, _own(self, review)

        return run_once(request, viewer=self.viewer, route="reviews.write", work=work)


class ReviewView(ApiView):
    permission_classes = [SignedIn]

    @described("One review of mine", answer=OwnReviewOut, errors=(404,))
    def get(self, request: Request, review_id: UUID) -> Response:
        return Response(OwnReviewOut.of(selectors.get_own_review(self.viewer, review_id)))

    @described(
        "Change my review; other words or photos are read by staff before they show",
        body=ReviewWordsIn,
        answer=OwnReviewOut,
        errors=(404, 409),
    )
    def put(self, request: Request, review_id: UUID) -> Response:
        given = self.read(ReviewWordsIn)
        count_review(self.viewer)
        review = edit_review(
            review_id=review_id,
            draft=draft_of(given, self.language),
            actor=self.viewer,
            now=clock.now(),
        )
        return Response(_own(self, review))

    @described("Delete my review", answer=None, status=204, errors=(404,))
    def delete(self, request: Request, review_id: UUID) -> Response:
        delete_review(review_id=review_id, actor=self.viewer, now=clock.now())
        return Response(status=204)


class PhotosView(ApiView):
    permission_classes = [SignedIn]
    parser_classes = [MultiPartParser]

    @described(
        "Upload a photo for a review; it waits two days to be named by one",
        body=PhotoIn,
        answer=PhotoOut,
        status=201,
        errors=(409,),
    )
    def post(self, request: Request) -> Response:
        sent = self.read(PhotoIn)["photo"]
        count_photo(self.viewer)
        if sent.size > MAX_BYTES:
            raise UnusablePicture
        photo = add_photo(content=sent.read(), actor=self.viewer, now=clock.now())
        return Response(PhotoOut.of(photo), status=201)


class HelpfulView(ApiView):
    permission_classes = [SignedIn]

    @described(
        "Call a review helpful, or take that back",
        body=HelpfulIn,
        answer=HelpfulOut,
        errors=(404, 409),
    )
    def put(self, request: Request, review_id: UUID) -> Response:
        given = self.read(HelpfulIn)
        count_review(self.viewer)
        review, is_helpful = set_helpful(
            review_id=review_id,
            is_helpful=given["is_helpful"],
            actor=self.viewer,
            now=clock.now(),
        )
        answer = {"helpful_count": review.helpful_count, "is_helpful": is_helpful}
        return Response(HelpfulOut.of(answer))


class AnswerView(ApiView):
    permission_classes = [SignedIn]

    @described(
        "Answer a review in my shop's name, or change the answer",
        body=AnswerIn,
        answer=AnswerOut,
        errors=(404,),
    )
    def put(self, request: Request, review_id: UUID) -> Response:
        text = self.read(AnswerIn)["text"]
        count_review(self.viewer)
        answer = answer_review(review_id=review_id, text=text, actor=self.viewer, now=clock.now())
        return Response(AnswerOut.of(answer))

    @described("Take my shop's answer back", answer=None, status=204, errors=(404,))
    def delete(self, request: Request, review_id: UUID) -> Response:
        remove_answer(review_id=review_id, actor=self.viewer)
        return Response(status=204)


def _own(view: ApiView, review: Review) -> dict[str, Any]:
    return OwnReviewOut.of(selectors.get_own_review(view.viewer, review.id))
