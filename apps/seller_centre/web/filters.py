"""A member's saved filters of the shop's lists."""

from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.seller_centre.desk import Desk
from apps.seller_centre.web.guards import desk_page
from apps.sellers.services import filters

OFFERS = "offers"
_KEPT = ("tab", "q")


@require_POST
@desk_page()
def save(request: ShopRequest, desk: Desk) -> HttpResponse:
    query = clean_query(request.POST.get("query", ""))
    try:
        filters.save_filter(
            seller_id=desk.seller.id,
            page=OFFERS,
            name=request.POST.get("name", ""),
            query=query,
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The filter is saved."))
    return _back(desk, query)


@require_POST
@desk_page()
def delete(request: ShopRequest, desk: Desk, filter_id: int) -> HttpResponse:
    filters.delete_filter(seller_id=desk.seller.id, filter_id=filter_id, actor=request.viewer)
    messages.success(request, _("The filter is deleted."))
    return _back(desk, "")


def clean_query(text: str) -> str:
    """Keep of an address's query what narrows the list: no page, nothing foreign."""
    given = dict(parse_qsl(text[:1000]))
    return urlencode({name: given[name][:100] for name in _KEPT if given.get(name)})


def _back(desk: Desk, query: str) -> HttpResponse:
    address = reverse("seller_centre:offers", args=[desk.seller.id])
    return HttpResponseRedirect(f"{address}?{query}" if query else address)
