"""The pictures of a card: sent, put in order, described, deleted. Each works without a script."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.catalog.models import CardDraft
from apps.catalog.selectors import card_desk
from apps.catalog.services import draft_pictures
from apps.catalog.services.images import MAX_BYTES
from apps.catalog.types import CardStep
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.seller_centre.desk import Desk
from apps.seller_centre.web.cards import card_context, language
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.sellers.types import Power


def pictures_page(request: ShopRequest, desk: Desk, draft: CardDraft) -> HttpResponse:
    """Show the step; what is posted to it are the pictures' descriptions."""
    if request.method == "POST":
        alts = _alts(request)
        return _done(
            request, desk, draft.id, _("Saved"), draft_pictures.describe_pictures, alts=alts
        )
    rows = list(draft.pictures.all())
    context = card_context(draft, CardStep.PICTURES)
    context |= {
        "here": CardStep.PICTURES,
        "part": "seller_centre/card_pictures.html",
        "pictures": [
            (row, card_desk.picture_in(row, language()), _alt_fields(row)) for row in rows
        ],
        "room": draft_pictures.MAX_PICTURES - len(rows),
        "maximum": draft_pictures.MAX_PICTURES,
    }
    return desk_answer(request, desk, "card_step", context, section="cards")


@require_POST
@desk_page(Power.CHANGE_PRODUCTS)
def upload(request: ShopRequest, desk: Desk, draft_id: UUID) -> HttpResponse:
    """Take in the files one by one: those that cannot be used are named, the others stay."""
    card_desk.shop_card(request.viewer, desk.seller.id, draft_id)
    files = request.FILES.getlist("pictures")
    if not files:
        messages.error(request, _("Choose a file first."))
    taken = 0
    for file in files[: draft_pictures.MAX_PICTURES]:
        try:
            # One byte more than allowed is enough to see that it is too much.
            draft_pictures.add_draft_picture(
                draft_id=draft_id,
                content=file.read(MAX_BYTES + 1),
                actor=request.viewer,
                now=clock.now(),
            )
        except NotFound:
            raise
        except DomainError as refusal:
            messages.error(request, f"{_shown_name(file.name)}: {refusal}")
        else:
            taken += 1
    if taken:
        words = ngettext("%(count)s picture is added.", "%(count)s pictures are added.", taken)
        messages.success(request, words % {"count": taken})
    return _back(desk, draft_id)


@require_POST
@desk_page(Power.CHANGE_PRODUCTS)
def move(request: ShopRequest, desk: Desk, draft_id: UUID, picture_id: int) -> HttpResponse:
    draft = card_desk.shop_card(request.viewer, desk.seller.id, draft_id)
    places = {row.pk: place for place, row in enumerate(draft.pictures.all())}
    step = -1 if request.POST.get("to") == "up" else 1
    position = 0 if request.POST.get("to") == "first" else places.get(picture_id, 0) + step
    return _done(
        request,
        desk,
        draft_id,
        "",
        draft_pictures.move_picture,
        picture_id=picture_id,
        position=position,
    )


@require_POST
@desk_page(Power.CHANGE_PRODUCTS)
def delete(request: ShopRequest, desk: Desk, draft_id: UUID, picture_id: int) -> HttpResponse:
    card_desk.shop_card(request.viewer, desk.seller.id, draft_id)
    words = _("The picture is deleted.")
    return _done(
        request, desk, draft_id, words, draft_pictures.delete_picture, picture_id=picture_id
    )


def _done(
    request: ShopRequest, desk: Desk, draft_id: UUID, words: str, use_case: Any, **given: Any
) -> HttpResponse:
    try:
        use_case(draft_id=draft_id, actor=request.viewer, now=clock.now(), **given)
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return _back(desk, draft_id)
    if words:
        messages.success(request, words)
    if request.POST.get("deed") == "next":
        return HttpResponseRedirect(
            reverse("seller_centre:card_step", args=[desk.seller.id, draft_id, CardStep.OFFER])
        )
    return _back(desk, draft_id)


def _alt_fields(row: Any) -> list[tuple[str, str, str]]:
    """Return the field's name, the language's name and the text of each language."""
    return [
        (f"alt-{row.pk}-{code}", str(name), row.alt.get(code, ""))
        for code, name in settings.LANGUAGES
    ]


def _alts(request: ShopRequest) -> dict[int, dict[str, str]]:
    known = {code for code, _name in settings.LANGUAGES}
    found: dict[int, dict[str, str]] = {}
    for name, text in request.POST.items():
        prefix, _dash, rest = name.partition("-")
        number, _dash, code = rest.partition("-")
        if prefix == "alt" and number.isascii() and number.isdigit() and code in known:
            found.setdefault(int(number[:18]), {})[code] = str(text).replace("\x00", "")
    return found


def _shown_name(name: str | None) -> str:
    """Write a stranger's file name plainly: no control or direction marks, not long."""
    return "".join(letter for letter in name or "" if letter.isprintable())[:60]


def _back(desk: Desk, draft_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(
        reverse("seller_centre:card_step", args=[desk.seller.id, draft_id, CardStep.PICTURES])
    )
