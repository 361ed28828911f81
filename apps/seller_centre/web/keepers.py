"""Stock keepers and their warehouses: who counts one place alone. For owners and managers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.catalog.selectors.keepers import keepers_of
from apps.catalog.selectors.shop_desk import warehouses_of
from apps.catalog.services.keepers import set_kept_warehouses
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.web.requests import ShopRequest
from apps.seller_centre.desk import Desk
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.sellers.selectors import stock_keepers
from apps.sellers.types import Power


@require_safe
@desk_page(Power.ASSIGN_KEEPERS)
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    members = stock_keepers(request.viewer, desk.seller.id)
    kept = keepers_of(members)
    context = {
        "members": [(row, kept.get((row.seller_id, row.user_id), frozenset())) for row in members],
        "warehouses": warehouses_of(request.viewer, desk.seller.id),
    }
    section = "staff" if desk.can_manage_staff else "warehouses"
    return desk_answer(request, desk, "keepers", context, section=section)


@require_POST
@desk_page(Power.ASSIGN_KEEPERS)
def change(request: ShopRequest, desk: Desk, member_id: int) -> HttpResponse:
    try:
        chosen = {UUID(text) for text in request.POST.getlist("warehouse")}
    except ValueError:
        raise NotFound from None
    try:
        set_kept_warehouses(
            seller_id=desk.seller.id,
            member_id=member_id,
            warehouse_ids=chosen,
            actor=request.viewer,
            now=clock.now(),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is saved: it holds from now on."))
    return HttpResponseRedirect(reverse("seller_centre:keepers", args=[desk.seller.id]))
