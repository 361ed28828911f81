"""Warehouses of sellers: where goods lie and leave from, and until when a day's orders leave."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Warehouse
from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.ids import short_id
from apps.core.page_store import EVERYTHING, forget_pages
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

MAX_WAREHOUSES = 20
LAST_HOUR, WEEKDAYS = 23, frozenset(range(1, 8))
TIME_ZONES = {"UZ": ("Asia/Tashkent",), "RU": ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Vladivostok")}  # fmt: skip


class TooManyWarehouses(DomainError):
    code = "catalog.too_many_warehouses"
    message = _("A shop can have %(maximum)s warehouses.")


class WarehouseInvalid(InvalidInput):
    code = "catalog.warehouse_invalid"
    message = _("Some particulars of the warehouse are missing or cannot be used.")


@dataclass(frozen=True, slots=True)
class WarehouseFields:
    """`cutoff_hour` is local; `working_days` are ISO weekdays."""

    name: str
    country: str
    city: str
    address: str
    time_zone: str
    cutoff_hour: int
    working_days: tuple[int, ...]


@transaction.atomic
def add_warehouse(
    *, seller_id: UUID, fields: WarehouseFields, actor: Viewer, now: datetime
) -> Warehouse:
    """Open a warehouse of a seller.

    :raises NotFound: the actor does not change offers of this seller
    :raises WarehouseInvalid, TooManyWarehouses: see the classes
    """
    get_membership(actor, seller_id, Power.CHANGE_OFFERS)
    _check(fields)
    if Warehouse.objects.filter(seller_id=seller_id).count() >= MAX_WAREHOUSES:
        raise TooManyWarehouses(maximum=MAX_WAREHOUSES)
    warehouse = Warehouse.objects.create(seller_id=seller_id, code=short_id(), **_values(fields))
    _note("added", warehouse, actor, None)
    return warehouse


@transaction.atomic
def change_warehouse(
    *, warehouse_id: UUID, fields: WarehouseFields, actor: Viewer, now: datetime
) -> Warehouse:
    """Change a warehouse; promises made before stay as they are.

    :raises NotFound: the actor does not change offers of its seller, or it is the marketplace's
    :raises WarehouseInvalid: see the class
    """
    warehouse = Warehouse.objects.select_for_update(of=("self",)).filter(id=warehouse_id).first()
    if warehouse is None or warehouse.seller_id is None:
        raise NotFound
    get_membership(actor, warehouse.seller_id, Power.CHANGE_OFFERS)
    _check(fields)
    before = {name: getattr(warehouse, name) for name in _values(fields)}
    for name, value in _values(fields).items():
        setattr(warehouse, name, value)
    warehouse.save(update_fields=list(_values(fields)))
    _note("changed", warehouse, actor, before)
    forget_pages(EVERYTHING)
    return warehouse


def _values(fields: WarehouseFields) -> dict[str, object]:
    return asdict(fields) | {"working_days": sorted(set(fields.working_days))}


def _check(fields: WarehouseFields) -> None:
    texts = (fields.name, fields.city, fields.address)
    if (
        not all(text.strip() and "\x00" not in text for text in texts)
        or fields.time_zone not in TIME_ZONES.get(fields.country, ())
        or not 0 <= fields.cutoff_hour <= LAST_HOUR
        or not fields.working_days
        or not set(fields.working_days) <= WEEKDAYS
    ):
        raise WarehouseInvalid


def _note(verb: str, warehouse: Warehouse, actor: Viewer, before: dict[str, object] | None) -> None:
    audit.record(
        actor=actor,
        action=f"catalog.warehouse_{verb}",
        target_type="warehouse",
        target_id=warehouse.id,
        before=before,
        after={"name": warehouse.name, "city": warehouse.city},
    )
