"""One step of a card: shown, saved, saved by itself while somebody types. Nothing that was typed is lost."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.catalog.models import CardDraft
from apps.catalog.selectors import card_desk
from apps.catalog.selectors.shop_desk import warehouses_of
from apps.catalog.services import drafts
from apps.catalog.types import CardStep
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.seller_centre.desk import Desk
from apps.seller_centre.web.card_forms import StepContext, StepForm
from apps.seller_centre.web.card_pictures import pictures_page
from apps.seller_centre.web.card_step_forms import form_of
from apps.seller_centre.web.cards import card_context, language
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.sellers.types import Power

_NOT_TYPED = {"csrfmiddlewaretoken", "version", "deed"}
_SAVED, _TYPED, _REFUSED = "saved", "typed", "refused"


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Power.CHANGE_PRODUCTS)
def step(request: ShopRequest, desk: Desk, draft_id: UUID, name: str) -> HttpResponse:
    if name not in CardStep.values:
        raise NotFound
    draft = card_desk.shop_card(request.viewer, desk.seller.id, draft_id)
    here = CardStep(name)
    if here == CardStep.PICTURES:
        return pictures_page(request, desk, draft)
    if request.method != "POST":
        return _page(request, desk, draft, here, form_of(here, _context(request, draft, here)))
    form = form_of(here, _context(request, draft, here), request.POST)
    outcome, draft = _save(request, draft, here, form)
    if request.headers.get("X-Autosave"):
        return _autosaved(draft, outcome, form)
    if outcome != _SAVED:
        return _page(request, desk, draft, here, form, status=422)
    return HttpResponseRedirect(_next_url(desk, draft, here, request.POST.get("deed", "")))


def _context(request: ShopRequest, draft: CardDraft, here: CardStep) -> StepContext:
    is_offer = here == CardStep.OFFER
    return StepContext(
        draft=draft,
        language=language(),
        warehouses=warehouses_of(request.viewer, draft.seller_id) if is_offer else (),
        search=request.GET.get("find", "").replace("\x00", "").strip()[:100],
    )


def _save(
    request: ShopRequest, draft: CardDraft, here: CardStep, form: StepForm
) -> tuple[str, CardDraft]:
    """Save what can be saved, else keep what was typed; a refusal becomes an error of the form."""
    common: dict[str, Any] = {
        "draft_id": draft.id,
        "actor": request.viewer,
        "now": clock.now(),
        "step": here,
    }
    seen = _seen_version(request)
    try:
        if not form.is_valid():
            typed = {key: row for key, row in request.POST.lists() if key not in _NOT_TYPED}
            return _TYPED, drafts.keep_typed(typed=typed, seen_version=seen, **common)
        for part in form.parts():
            saved = drafts.save_draft(part=part, seen_version=seen, **common)
            seen = saved.version
        return _SAVED, saved
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        fresh = card_desk.shop_card(request.viewer, draft.seller_id, draft.id)
        return _REFUSED, fresh


def _seen_version(request: ShopRequest) -> int:
    text = request.POST.get("version", "")
    return int(text[:9]) if text.isascii() and text.isdigit() else 0


def _autosaved(draft: CardDraft, outcome: str, form: StepForm) -> HttpResponse:
    """Answer the script that saves by itself: the version to go on from, and words for the status line."""
    if outcome == _REFUSED:
        words = " ".join(str(error) for error in form.non_field_errors())
        return JsonResponse({"words": words}, status=409)
    words = _("Saved") if outcome == _SAVED else _("Kept as it is; something does not fit yet")
    return JsonResponse({"version": draft.version, "words": words})


def _next_url(desk: Desk, draft: CardDraft, here: CardStep, deed: str) -> str:
    steps = list(CardStep)
    place = steps.index(here) + 1
    if deed == "stay":
        return reverse("seller_centre:card_step", args=[desk.seller.id, draft.id, here.value])
    if deed == "next" and place < len(steps):
        return reverse(
            "seller_centre:card_step", args=[desk.seller.id, draft.id, steps[place].value]
        )
    return reverse("seller_centre:card", args=[desk.seller.id, draft.id])


def _page(
    request: ShopRequest,
    desk: Desk,
    draft: CardDraft,
    here: CardStep,
    form: StepForm,
    status: int = 200,
) -> HttpResponse:
    fresh = card_desk.shop_card(request.viewer, desk.seller.id, draft.id) if form.errors else draft
    context = card_context(fresh, here)
    context |= {
        "form": form,
        "here": here,
        "part": f"seller_centre/card_{here.value}.html",
        "find": request.GET.get("find", ""),
    }
    return desk_answer(request, desk, "card_step", context, section="cards", status=status)
