"""Warehouses: where the shop's goods lie and leave from."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.catalog.models import Warehouse
from apps.catalog.selectors.shop_desk import warehouses_of
from apps.catalog.services.warehouses import add_warehouse, change_warehouse
from apps.core import clock
from apps.core.errors import DomainError, NotFound
from apps.core.formats import format_weekdays
from apps.core.web.requests import ShopRequest
from apps.seller_centre.desk import Desk
from apps.seller_centre.web.forms import WarehouseForm
from apps.seller_centre.web.guards import desk_answer, desk_page
from apps.sellers.types import Power

_NAMES = ("name", "country", "city", "address", "time_zone", "cutoff_hour", "working_days")


@require_safe
@desk_page()
def index(request: ShopRequest, desk: Desk) -> HttpResponse:
    rows = [
        (row, format_weekdays(row.working_days))
        for row in warehouses_of(request.viewer, desk.seller.id)
    ]
    return desk_answer(request, desk, "warehouses", {"warehouses": rows}, section="warehouses")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Power.CHANGE_OFFERS)
def add(request: ShopRequest, desk: Desk) -> HttpResponse:
    if request.method != "POST":
        initial = {"country": desk.seller.country, "city": desk.seller.city}
        return _form_page(request, desk, WarehouseForm(initial=initial), None)
    return _save(request, desk, None)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Power.CHANGE_OFFERS)
def edit(request: ShopRequest, desk: Desk, warehouse_id: UUID) -> HttpResponse:
    own = warehouses_of(request.viewer, desk.seller.id)
    warehouse = next((row for row in own if row.id == warehouse_id), None)
    if warehouse is None:
        raise NotFound
    if request.method != "POST":
        initial = {name: getattr(warehouse, name) for name in _NAMES}
        return _form_page(request, desk, WarehouseForm(initial=initial), warehouse)
    return _save(request, desk, warehouse)


def _save(request: ShopRequest, desk: Desk, warehouse: Warehouse | None) -> HttpResponse:
    form = WarehouseForm(request.POST)
    if not form.is_valid():
        return _form_page(request, desk, form, warehouse, status=422)
    fields, actor, now = form.to_fields(), request.viewer, clock.now()
    try:
        if warehouse:
            change_warehouse(warehouse_id=warehouse.id, fields=fields, actor=actor, now=now)
        else:
            add_warehouse(seller_id=desk.seller.id, fields=fields, actor=actor, now=now)
    except NotFound:
        raise
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, desk, form, warehouse, status=422)
    messages.success(request, _("The warehouse is saved."))
    return HttpResponseRedirect(reverse("seller_centre:warehouses", args=[desk.seller.id]))


def _form_page(
    request: ShopRequest,
    desk: Desk,
    form: WarehouseForm,
    warehouse: Warehouse | None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "warehouse": warehouse}
    return desk_answer(request, desk, "warehouse", context, section="warehouses", status=status)
