"""Who may open a page of the seller centre, and the frame around it.

Invariant: who is not of the staff, or whose role has not the power of a page, gets 404 and learns
nothing; a shop that was never approved shows its first page alone.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from apps.core.errors import NotFound
from apps.core.web.personal import personal_page
from apps.core.web.requests import ShopRequest
from apps.seller_centre.desk import Desk, desk_of
from apps.sellers.types import Power


def member_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Guard a page of people who work here: guests sign in first, other people's things are 404."""
    return personal_page(login_required(view))


def desk_page(
    power: Power | None = None, *, is_before_approval: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Give a view the desk of `seller_id` in place of it."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @member_page
        @wraps(view)
        def answer(request: ShopRequest, seller_id: UUID, **kwargs: Any) -> HttpResponse:
            desk = desk_of(request.viewer, seller_id)
            if not desk.is_approved and not is_before_approval:
                return HttpResponseRedirect(reverse("seller_centre:home", args=[seller_id]))
            if power is not None and not desk.member.may(power):
                raise NotFound
            return view(request, desk, **kwargs)

        return answer

    return guard


def desk_answer(
    request: ShopRequest,
    desk: Desk,
    page: str,
    context: dict[str, Any],
    *,
    section: str,
    status: int = 200,
) -> HttpResponse:
    """Render seller_centre/<page>.html within the desk's frame; `section` is the menu's entry."""
    values = {"desk": desk, "section": section, **context}
    return render(request, f"seller_centre/{page}.html", values, status=status)
