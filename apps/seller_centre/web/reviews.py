"""Reviews of what the shop sold, and the shop's answers."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.catalog.selectors.briefs import ProductBrief, product_briefs
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.reviews.models import Review
from apps.reviews.rules import MAX_ANSWER
from apps.reviews.selectors_sellers import seller_review, seller_reviews, unanswered_count
from apps.reviews.services.answering import answer_review, remove_answer
from apps.reviews.services.limits import count_review
from apps.reviews.types import SellerReviewTab
from apps.seller_centre.desk import Desk
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.seller_centre.web.paging import before_of, tabs_of
from apps.sellers.types import Power


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Answer of the shop"),
        max_length=MAX_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Everybody reads it. No personal data of the buyer, please."),
    )


@dataclass(frozen=True, slots=True)
class ShownReview:
    """`form` is None where the role does not answer."""

    review: Review
    product: ProductBrief
    product_url: str
    form: AnswerForm | None


@require_safe
@desk_page()
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    return _page(request, desk, request.GET.get("tab", ""))


@require_POST
@desk_page(Power.ANSWER_REVIEWS)
def answer(request: ShopRequest, desk: Desk, review_id: UUID) -> HttpResponse:
    """Publish the shop's answer, or other words of it."""
    review = seller_review(request.viewer, desk.seller.id, review_id)
    form = AnswerForm(request.POST, auto_id=_auto_id(review.id))
    tab = _tab_of(request)
    if not form.is_valid():
        return _page(request, desk, tab, refused={review.id: form}, status=422)
    try:
        count_review(request.viewer)
        answer_review(
            review_id=review.id,
            text=form.cleaned_data["text"],
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error("text", str(refusal))
        return _page(request, desk, tab, refused={review.id: form}, status=422)
    messages.success(request, _("The answer stands under the review."))
    return _back(desk, tab)


@require_POST
@desk_page(Power.ANSWER_REVIEWS)
def remove(request: ShopRequest, desk: Desk, review_id: UUID) -> HttpResponse:
    review = seller_review(request.viewer, desk.seller.id, review_id)
    remove_answer(review_id=review.id, actor=request.viewer)
    messages.success(request, _("The answer is taken back."))
    return _back(desk, _tab_of(request))


def _page(
    request: ShopRequest,
    desk: Desk,
    tab: str,
    *,
    refused: dict[UUID, AnswerForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer, seller_id = request.viewer, desk.seller.id
    page = seller_reviews(viewer, seller_id, tab=tab, before=before_of(request))
    reviews = list(page.reviews)
    for review_id in set(refused or {}) - {review.id for review in reviews}:
        # Not on the list that was being looked at: what was typed is shown on top all the same.
        reviews.insert(0, seller_review(viewer, seller_id, review_id))
    labels: list[tuple[str, str, int | None]] = [("", _("All"), None)]
    counts = {SellerReviewTab.UNANSWERED: unanswered_count(viewer, seller_id)}
    labels += [(row.value, str(row.label), counts.get(row)) for row in SellerReviewTab]
    context = {
        "reviews": _shown(desk, reviews, refused or {}),
        "tabs": tabs_of(labels, tab),
        "tab": tab,
        "older_url": f"?tab={tab}&before={page.next_before}" if page.next_before else "",
        "newest_url": f"?tab={tab}" if request.GET.get("before") else "",
    }
    return desk_answer(request, desk, "reviews", context, section="reviews", status=status)


def _shown(desk: Desk, reviews: list[Review], refused: dict[UUID, AnswerForm]) -> list[ShownReview]:
    products = product_briefs([review.product_id for review in reviews], get_language() or "en")

    def address(product: ProductBrief) -> str:
        kept: dict[str, Any] = {"slug": product.slug, "short_id": product.short_id}
        return reverse("storefront:product", kwargs=kept) if product.is_public else ""

    return [
        ShownReview(
            review=review,
            product=products[review.product_id],
            product_url=address(products[review.product_id]),
            form=(refused.get(review.id) or _form(review)) if desk.can_answer_reviews else None,
        )
        for review in reviews
    ]


def _form(review: Review) -> AnswerForm:
    answer = getattr(review, "answer", None)
    initial = {"text": answer.text} if answer else {}
    return AnswerForm(initial=initial, auto_id=_auto_id(review.id))


def _auto_id(review_id: UUID) -> str:
    return f"answer-{review_id}-%s"


def _tab_of(request: ShopRequest) -> str:
    tab = request.POST.get("tab", "")
    return tab if tab in SellerReviewTab.values else ""


def _back(desk: Desk, tab: str) -> HttpResponseRedirect:
    url = reverse("seller_centre:reviews", args=[desk.seller.id])
    return HttpResponseRedirect(f"{url}?tab={tab}" if tab else url)
