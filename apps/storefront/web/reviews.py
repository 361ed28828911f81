"""Reviews by the visitor: write, change, delete; the lists in the account; calling others' helpful."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.catalog.selectors.briefs import product_briefs
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.caching import private_page
from apps.core.web.origins import same_origin_only
from apps.core.web.requests import ShopRequest
from apps.reviews import selectors
from apps.reviews.models import Review, ReviewPhoto
from apps.reviews.rules import MAX_PHOTOS
from apps.reviews.services.limits import count_review
from apps.reviews.services.voting import set_helpful
from apps.reviews.services.writing import delete_review, edit_review, write_review
from apps.reviews.types import ReviewStatus
from apps.storefront.own_reviews import shown_lines, shown_own
from apps.storefront.web.refusals import is_htmx, led_to, own_address, personal_page
from apps.storefront.web.review_forms import ReviewForm, form_of, sent_photos

MINE = "mine"


@require_safe
@private_page
def mine(request: ShopRequest, product_id: UUID) -> HttpResponse:
    """The part of the reviews block that is the visitor's own: the way to write, or what they wrote."""
    own = selectors.own_review(request.viewer, product_id)
    context = {
        "product_id": product_id,
        "own": shown_own([own], clock.now())[0] if own else None,
        "may_write": own is None and selectors.may_review(request.viewer, product_id),
        "is_guest": request.viewer.user_id is None,
    }
    return render(request, "storefront/partials/review_mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@personal_page
@login_required
def write(request: ShopRequest, product_id: UUID) -> HttpResponse:
    """Ask for a review of a product, or for changes of the one that is there."""
    own = selectors.own_review(request.viewer, product_id)
    is_open = (
        selectors.may_edit(own, clock.now())
        if own
        else selectors.may_review(request.viewer, product_id)
    )
    if request.method != "POST" or not is_open:
        photos = list(own.photos.all()) if own else []
        form = form_of(own) if is_open else None
        status = 409 if request.method == "POST" else 200
        return _form_page(request, product_id, own, form, photos=photos, status=status)
    form = ReviewForm(request.POST)
    photos, faults = sent_photos(request)
    if not form.is_valid() or faults:
        return _form_page(request, product_id, own, form, photos=photos, faults=faults, status=422)
    draft = form.to_draft(get_language() or "en", photos)
    common: dict[str, Any] = {"draft": draft, "actor": request.viewer, "now": clock.now()}
    try:
        count_review(request.viewer)
        if own:
            review = edit_review(review_id=own.id, **common)
        else:
            review = write_review(product_id=product_id, **common)
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, product_id, own, form, photos=photos, status=422)
    messages.success(request, _thanks(review))
    return HttpResponseRedirect(f"{reverse('storefront:reviews')}?tab={MINE}")


def _thanks(review: Review) -> str:
    if review.status == ReviewStatus.PUBLISHED:
        return _("Thank you. Your review is on the product's page.")
    return _("Thank you. We read your review, then it appears on the product's page.")


def _form_page(
    request: ShopRequest,
    product_id: UUID,
    own: Review | None,
    form: ReviewForm | None,
    *,
    photos: list[ReviewPhoto],
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = product_briefs([product_id], get_language() or "en")
    if product_id not in found:
        raise NotFound
    context = {
        "product": found[product_id],
        "own": own,
        "form": form,
        "photos": photos,
        "faults": faults or [],
        "max_photos": MAX_PHOTOS,
        "is_published": own is not None and own.status == ReviewStatus.PUBLISHED,
    }
    return render(request, "storefront/review_form.html", context, status=status)


@require_safe
@personal_page
@login_required
def index(request: ShopRequest) -> HttpResponse:
    """What the visitor may review, and (?tab=mine) what they wrote."""
    viewer, tab = request.viewer, request.GET.get("tab", "")
    if tab not in {"", MINE}:
        raise NotFound
    before = _cursor(request.GET.get("before", ""))
    read = selectors.own_reviews if tab == MINE else selectors.lines_to_review
    page = read(viewer, before=before)
    kept = f"tab={tab}&" if tab else ""
    context = {
        "tab": tab,
        "tabs": _tabs(request, tab),
        "reviews": shown_own(page.rows, clock.now()) if tab == MINE else [],
        "lines": shown_lines(page.rows) if tab != MINE else [],
        "older_url": f"?{kept}before={page.next_before}" if page.next_before else "",
        "newest_url": f"?{kept}" if before else "",
    }
    return render(request, "storefront/reviews.html", context)


def _tabs(request: ShopRequest, tab: str) -> list[dict[str, Any]]:
    counts = {
        "": selectors.to_review_count(request.viewer),
        MINE: selectors.own_review_count(request.viewer),
    }
    labels = {"": _("To write"), MINE: _("My reviews")}
    return [
        {
            "label": labels[name],
            "count": count,
            "url": f"?tab={name}" if name else "?",
            "is_current": name == tab,
        }
        for name, count in counts.items()
    ]


@require_POST
@personal_page
@login_required
def remove(request: ShopRequest, review_id: UUID) -> HttpResponse:
    delete_review(review_id=review_id, actor=request.viewer, now=clock.now())
    messages.success(request, _("The review is deleted."))
    return HttpResponseRedirect(f"{reverse('storefront:reviews')}?tab={MINE}")


@require_POST
@same_origin_only
@private_page
def vote(request: ShopRequest, review_id: UUID) -> HttpResponse:
    """Call a review helpful, or take that back; guests sign in first. The form stands on a public page."""
    back = own_address(request, request.POST.get("next", ""), reverse("storefront:home"))
    if request.viewer.user_id is None:
        return led_to(request, f"{reverse('account_login')}?{urlencode({'next': back})}")
    context: dict[str, Any] = {"review_id": review_id, "back": back}
    try:
        count_review(request.viewer)
        review, is_helpful = set_helpful(
            review_id=review_id, is_helpful=None, actor=request.viewer, now=clock.now()
        )
    except NotFound as refusal:
        raise Http404 from refusal
    except DomainError as refusal:
        context["note"] = str(refusal)
        if not is_htmx(request):
            messages.error(request, str(refusal))
    else:
        context |= {"count": review.helpful_count, "is_helpful": is_helpful}
    if is_htmx(request):
        return render(request, "storefront/partials/review_helpful.html", context)
    return HttpResponseRedirect(back)


def _cursor(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
