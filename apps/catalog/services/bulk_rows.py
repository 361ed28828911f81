"""The rows of a bulk change: what each becomes, doing it, putting it back. Called by bulk_changes.py under its lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.catalog.events import CardSourceChanged
from apps.catalog.locks import STOCK
from apps.catalog.models import BulkChange, BulkRow, Offer, Stock, StockMovement
from apps.catalog.rules import changed_by_percent
from apps.catalog.services import offers, stock
from apps.catalog.services.shop import MAX_ON_HAND, MAX_PRICE_MINOR
from apps.catalog.types import BulkKind
from apps.core.locks import lock_rows
from apps.core.money import Money
from apps.core.outbox import emit
from apps.core.services import audit
from apps.core.viewer import Viewer

_OUTCOMES = BulkRow.Outcome
# A refusal's code -> what people read.
REFUSALS: dict[str, Any] = {
    "same": _("It is so already."),
    "price_too_low": _("The price would be less than the smallest coin."),
    "price_too_high": _("This price is too high."),
    "bundle": _("A set takes several goods: count them one by one."),
    "too_many_units": _("So many units cannot lie in a warehouse."),
    "changed_meanwhile": _("Somebody changed it after the preview."),
}


def plan_rows(change: BulkChange, chosen: Sequence[Offer]) -> list[BulkRow]:
    """Say what becomes of each offer (components loaded)."""
    on_hand = _on_hand(change, chosen) if change.kind == BulkKind.ADD_STOCK else {}
    return [_planned(change, offer, on_hand) for offer in chosen]


def _planned(change: BulkChange, offer: Offer, on_hand: dict[Any, int]) -> BulkRow:
    row = BulkRow(change=change, offer=offer, seen_version=offer.version)
    match change.kind:
        case BulkKind.PRICE_PERCENT | BulkKind.PRICE_AMOUNT:
            _plan_price(row, change, offer)
        case BulkKind.ON_SALE | BulkKind.OFF_SALE:
            _plan_value(row, "is_active", offer.is_active, change.kind == BulkKind.ON_SALE)
        case BulkKind.HANDLING_DAYS:
            _plan_value(row, "handling_days", offer.handling_days, change.value)
        case _:
            _plan_units(row, change, offer, on_hand)
    row.outcome = _OUTCOMES.REFUSED if row.refusal else _OUTCOMES.READY
    return row


def _plan_price(row: BulkRow, change: BulkChange, offer: Offer) -> None:
    """An old price that is no longer above the new one goes: there is no discount any more."""
    price = change.value
    if change.kind == BulkKind.PRICE_PERCENT:
        price = changed_by_percent(offer.price_minor, change.value)
    old = offer.old_price_minor
    kept = old if old is not None and old > price else None
    row.before = {"price_minor": offer.price_minor, "old_price_minor": old}
    row.after = {"price_minor": price, "old_price_minor": kept}
    if price <= 0:
        row.refusal = "price_too_low"
    elif price > MAX_PRICE_MINOR:
        row.refusal = "price_too_high"
    elif row.before == row.after:
        row.refusal = "same"


def _plan_value(row: BulkRow, name: str, before: Any, after: Any) -> None:
    row.before, row.after = {name: before}, {name: after}
    if before == after:
        row.refusal = "same"


def _plan_units(row: BulkRow, change: BulkChange, offer: Offer, on_hand: dict[Any, int]) -> None:
    parts = list(offer.components.all())
    if len(parts) != 1:
        row.refusal = "bundle"
        return
    before = on_hand.get(parts[0].item_id, 0)
    row.before = {"item_id": str(parts[0].item_id), "on_hand": before}
    row.after = {"item_id": str(parts[0].item_id), "on_hand": before + change.value}
    if before + change.value > MAX_ON_HAND:
        row.refusal = "too_many_units"


def _on_hand(change: BulkChange, chosen: Sequence[Offer]) -> dict[Any, int]:
    items = {part.item_id for offer in chosen for part in offer.components.all()}
    rows = Stock.objects.filter(item_id__in=items, warehouse_id=change.warehouse_id)
    return dict(rows.values_list("item_id", "on_hand"))


def apply_rows(change: BulkChange, *, actor: Viewer, now: datetime) -> list[BulkRow]:
    """Change what is still as it was shown; return every row with its outcome."""
    rows = list(
        change.rows.select_related("offer__variant").order_by("offer__variant__product_id", "id")
    )
    ready = [row for row in rows if row.outcome == _OUTCOMES.READY]
    if change.kind == BulkKind.ADD_STOCK:
        _add_units(change, ready, actor)
        return rows
    fresh = _locked_offers(ready)
    for row in ready:
        offer = fresh[row.offer_id]
        if offer.version != row.seen_version:
            row.outcome, row.refusal = _OUTCOMES.REFUSED, "changed_meanwhile"
            continue
        row.made_version = _write(change, offer, row.after, now)
        row.outcome = _OUTCOMES.DONE
        _note(row, "changed", actor, row.before, row.after)
    return rows


def restore_rows(change: BulkChange, *, actor: Viewer, now: datetime) -> list[BulkRow]:
    """Put back what is still as the change left it; return every row with its outcome."""
    rows = list(
        change.rows.select_related("offer__variant").order_by("offer__variant__product_id", "id")
    )
    done = [row for row in rows if row.outcome == _OUTCOMES.DONE]
    if change.kind == BulkKind.ADD_STOCK:
        _take_units_back(change, done, actor)
        return rows
    fresh = _locked_offers(done)
    for row in done:
        offer = fresh[row.offer_id]
        if offer.version != row.made_version:
            row.outcome = _OUTCOMES.KEPT
            continue
        _write(change, offer, row.before, now)
        row.outcome = _OUTCOMES.RESTORED
        _note(row, "restored", actor, row.after, row.before)
    return rows


def _locked_offers(rows: Sequence[BulkRow]) -> dict[Any, Offer]:
    found = Offer.objects.select_for_update(of=("self",)).select_related("variant")
    return {
        offer.id: offer for offer in found.filter(id__in=[r.offer_id for r in rows]).order_by("id")
    }


def _write(change: BulkChange, offer: Offer, values: dict[str, Any], now: datetime) -> int:
    """Give a locked offer its values; return its version."""
    if "price_minor" in values:
        old = values["old_price_minor"]
        return offers.change_price(
            offer_id=offer.id,
            price=Money(values["price_minor"], offer.currency),
            old_price=Money(old, offer.currency) if old else None,
            now=now,
        ).version
    if "is_active" in values:
        return offers.set_active(offer_id=offer.id, is_active=values["is_active"]).version
    offer.handling_days = values["handling_days"]
    offer.version += 1
    offer.save(update_fields=["handling_days", "version"])
    emit(CardSourceChanged(product_id=offer.variant.product_id))
    return offer.version


def _add_units(change: BulkChange, rows: Sequence[BulkRow], actor: Viewer) -> None:
    """Receive units: an addition is right whatever was sold since the preview."""
    stocks = _locked_stocks(change, rows)
    for row in rows:
        item_id = row.after["item_id"]
        before = stocks.get(item_id, 0)
        if before + change.value > MAX_ON_HAND:
            row.outcome, row.refusal = _OUTCOMES.REFUSED, "too_many_units"
            continue
        _move(change, row, change.value, StockMovement.Kind.RECEIPT, "add", actor)
        # Twin offers share an item: the second finds what the first has left.
        stocks[item_id] = before + change.value
        row.after = {"item_id": item_id, "on_hand": before + change.value}
        row.outcome = _OUTCOMES.DONE
        _note(row, "received", actor, {"on_hand": before}, row.after)


def _take_units_back(change: BulkChange, rows: Sequence[BulkRow], actor: Viewer) -> None:
    """Correct what was added where nothing has moved since, the last addition first."""
    stocks = _locked_stocks(change, rows)
    for row in reversed(rows):
        item_id = row.after["item_id"]
        held = stocks.get(f"{item_id}:reserved", 0)
        left = row.after["on_hand"] - change.value
        if stocks.get(item_id) != row.after["on_hand"] or left < held:
            row.outcome = _OUTCOMES.KEPT
            continue
        _move(change, row, -change.value, StockMovement.Kind.CORRECTION, "undo", actor)
        stocks[item_id] = left
        row.outcome = _OUTCOMES.RESTORED
        _note(row, "restored", actor, row.after, {"on_hand": left})


def _locked_stocks(change: BulkChange, rows: Sequence[BulkRow]) -> dict[str, int]:
    """Lock the stock rows that exist; return units on hand by item, and those held for orders beside them."""
    items = {row.after["item_id"] for row in rows}
    found = lock_rows(
        Stock.objects.filter(item_id__in=items, warehouse_id=change.warehouse_id), rank=STOCK
    )
    units = {str(row.item_id): row.on_hand for row in found}
    return units | {f"{row.item_id}:reserved": row.reserved for row in found}


def _move(
    change: BulkChange,
    row: BulkRow,
    quantity: int,
    kind: StockMovement.Kind,
    verb: str,
    actor: Viewer,
) -> None:
    stock.move_stock(
        item_id=row.after["item_id"],
        warehouse_id=change.warehouse_id,  # type: ignore[arg-type]  # a change of stock has one, by constraint
        quantity=quantity,
        kind=kind,
        key=f"bulk:{change.id}:{row.offer_id}:{verb}",
        actor_id=actor.user_id,
    )


def _note(
    row: BulkRow, verb: str, actor: Viewer, before: dict[str, Any], after: dict[str, Any]
) -> None:
    audit.record(
        actor=actor,
        action=f"catalog.offer_bulk_{verb}",
        target_type="offer",
        target_id=row.offer_id,
        before=before,
        after=after,
    )
