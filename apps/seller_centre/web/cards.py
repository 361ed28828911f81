"""Product cards of a shop: the list, the search before a new one, one card with its way through moderation."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.catalog.models import CardDraft
from apps.catalog.rules import is_valid_gtin
from apps.catalog.selectors import card_desk
from apps.catalog.services import drafts, moderation
from apps.catalog.services.draft_checks import problems_of
from apps.catalog.types import CardStep, DraftStatus
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.search.selectors import find
from apps.search.types import SearchQuery
from apps.seller_centre.card_page import shown_decisions, shown_steps, status_words
from apps.seller_centre.desk import Desk
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.seller_centre.web.paging import before_of, tabs_of
from apps.sellers.types import Power


@require_safe
@desk_page(Power.CHANGE_PRODUCTS)
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    status, text = request.GET.get("tab", ""), _search_text(request)
    page = card_desk.shop_cards(
        request.viewer,
        desk.seller.id,
        language=language(),
        status=status,
        text=text,
        before=before_of(request),
    )
    labels: list[tuple[str, str, int | None]] = [("", _("All"), None)]
    labels += [(row.value, str(row.label), None) for row in DraftStatus]
    kept = "?" + urlencode({name: value for name, value in (("tab", status), ("q", text)) if value})
    context = {
        "cards": [(row, *status_words(row.draft)) for row in page.cards],
        "tabs": tabs_of(labels, status, q=text),
        "tab": status,
        "text": text,
        "older_url": f"{kept}&before={page.next_before}" if page.next_before else "",
        "newest_url": kept if request.GET.get("before") else "",
    }
    return desk_answer(request, desk, "cards", context, section="cards")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Power.CHANGE_PRODUCTS)
def add(request: ShopRequest, desk: Desk) -> HttpResponse:
    """Look first whether the catalogue has it: then an offer is enough."""
    if request.method == "POST":
        return _start(request, desk)
    text = _search_text(request)
    similar = _similar(text, desk.seller.id) if text else []
    context = {"text": text, "similar": similar, "is_code": is_valid_gtin(text)}
    return desk_answer(request, desk, "card_new", context, section="cards")


def _similar(text: str, seller_id: UUID) -> list[card_desk.SimilarCard]:
    if text.isdigit() and (found := card_desk.cards_by_code(text, seller_id, language())):
        return found
    result = find(
        SearchQuery(text=text, language=language(), limit=card_desk.SIMILAR), with_facets=False
    )
    return card_desk.similar_cards(result.product_ids, seller_id, language())


def _start(request: ShopRequest, desk: Desk) -> HttpResponse:
    text = request.POST.get("q", "").replace("\x00", "").strip()[:250]
    is_code = is_valid_gtin(text)
    try:
        draft = drafts.start_draft(
            seller_id=desk.seller.id,
            title="" if is_code else text,
            gtin=text if is_code else "",
            language=language(),
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("seller_centre:cards", args=[desk.seller.id]))
    return HttpResponseRedirect(
        reverse("seller_centre:card_step", args=[desk.seller.id, draft.id, "category"])
    )


@require_safe
@desk_page(Power.CHANGE_PRODUCTS)
def show(request: ShopRequest, desk: Desk, draft_id: UUID) -> HttpResponse:
    draft = card_desk.shop_card(request.viewer, desk.seller.id, draft_id)
    return desk_answer(request, desk, "card", card_context(draft), section="cards")


@require_POST
@desk_page(Power.CHANGE_PRODUCTS)
def submit(request: ShopRequest, desk: Desk, draft_id: UUID) -> HttpResponse:
    card_desk.shop_card(request.viewer, desk.seller.id, draft_id)
    version = request.POST.get("version", "")
    return _done(
        request,
        desk,
        draft_id,
        _("The card is sent. Moderators usually answer within a day."),
        moderation.submit_draft,
        seen_version=int(version) if version.isascii() and version.isdigit() else 0,
        now=clock.now(),
    )


@require_POST
@desk_page(Power.CHANGE_PRODUCTS)
def withdraw(request: ShopRequest, desk: Desk, draft_id: UUID) -> HttpResponse:
    card_desk.shop_card(request.viewer, desk.seller.id, draft_id)
    words = _("The card is taken back. You can change it.")
    return _done(request, desk, draft_id, words, moderation.withdraw_draft, now=clock.now())


@require_POST
@desk_page(Power.CHANGE_PRODUCTS)
def discard(request: ShopRequest, desk: Desk, draft_id: UUID) -> HttpResponse:
    card_desk.shop_card(request.viewer, desk.seller.id, draft_id)
    return _done(request, desk, draft_id, _("The draft is deleted."), drafts.discard_draft)


@require_POST
@desk_page(Power.CHANGE_PRODUCTS)
def revise(request: ShopRequest, desk: Desk, product_id: UUID) -> HttpResponse:
    draft = drafts.start_revision(
        seller_id=desk.seller.id, product_id=product_id, actor=request.viewer, now=clock.now()
    )
    return _to(desk, draft.id)


def card_context(draft: CardDraft, here: CardStep | None = None) -> dict[str, Any]:
    """What a card's pages share: its steps with what is missing, its state and history."""
    problems = problems_of(draft, language())
    titles = {code: text["title"] for code, text in draft.texts.items() if text.get("title")}
    pictures = list(draft.pictures.all())
    steps = shown_steps(draft, problems, here)
    is_complete = all(step.is_done for step in steps)
    return {
        "draft": draft,
        "title": titles.get(language()) or draft.any_title or _("A card without a title"),
        "steps": steps,
        "state": status_words(draft),
        "decisions": shown_decisions(draft),
        "picture": card_desk.picture_in(pictures[0], language()) if pictures else None,
        "is_complete": is_complete,
        "can_send": is_complete and draft.status in {DraftStatus.DRAFT, DraftStatus.REJECTED},
        "can_discard": draft.product_id is None and not draft.decisions.all(),
    }


def _done(
    request: ShopRequest, desk: Desk, draft_id: UUID, words: str, use_case: Any, **given: Any
) -> HttpResponse:
    try:
        use_case(draft_id=draft_id, actor=request.viewer, **given)
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return _to(desk, draft_id)
    messages.success(request, words)
    if use_case is drafts.discard_draft:
        return HttpResponseRedirect(reverse("seller_centre:cards", args=[desk.seller.id]))
    return _to(desk, draft_id)


def _to(desk: Desk, draft_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("seller_centre:card", args=[desk.seller.id, draft_id]))


def _search_text(request: ShopRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


def language() -> str:
    return get_language() or "en"
