"""Change many offers or stock rows at once: shown first, done in one go, undone for ten minutes.

Invariant: only rows that are as they were shown are changed, and only rows that are as they were changed are
restored; doing or undoing twice does it once; each row leaves its own audit entry.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import BulkChange, BulkRow, Offer
from apps.catalog.rules import power_for
from apps.catalog.selectors.keepers import check_kept, kept_warehouses
from apps.catalog.selectors.shop_desk import matching_offers
from apps.catalog.services.bulk_rows import apply_rows, plan_rows, restore_rows
from apps.catalog.services.shop import MAX_ON_HAND, MAX_PRICE_MINOR
from apps.catalog.types import BulkKind
from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.locks import advisory_lock, money_path
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.sellers.models import SellerMember
from apps.sellers.selectors import get_membership

MAX_ROWS = 500
UNDO_TERM = timedelta(minutes=10)
# A preview that lay too long says nothing of today's prices.
PREVIEW_TERM = timedelta(hours=1)
MAX_DAYS, MAX_PERCENT_HUNDREDTHS = 30, 100_000

_STATES, _OUTCOMES = BulkChange.State, BulkRow.Outcome


class NothingChosen(InvalidInput):
    code = "catalog.bulk_nothing_chosen"
    message = _("Choose one row at least.")


class TooManyRows(InvalidInput):
    code = "catalog.bulk_too_many_rows"
    message = _("%(count)s rows are chosen; %(maximum)s can be changed at once. Narrow the filter.")


class BulkValueRefused(InvalidInput):
    code = "catalog.bulk_value_refused"
    message = _("Such a change is not possible: look at the number.")


class PreviewTooOld(DomainError):
    code = "catalog.bulk_preview_too_old"
    message = _("This preview is more than an hour old. Make it again.")


class UndoTooLate(DomainError):
    code = "catalog.bulk_undo_too_late"
    message = _("The ten minutes for undoing are over.")


class NotApplied(DomainError):
    code = "catalog.bulk_not_applied"
    message = _("This change was not made: there is nothing to undo.")


@dataclass(frozen=True, slots=True)
class BulkWish:
    """What to change: `value` is in hundredths of a percent, minor units, days or units, by `kind`."""

    kind: BulkKind
    value: int = 0
    warehouse_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class BulkChoice:
    """Chosen offers, or all that match a filter where `offer_ids` is None."""

    offer_ids: Collection[UUID] | None = None
    tab: str = ""
    text: str = ""


@transaction.atomic
def preview_bulk(
    *, seller_id: UUID, wish: BulkWish, choice: BulkChoice, actor: Viewer, now: datetime
) -> BulkChange:
    """Write down what would be changed, row by row, and what would not, and why. Nothing is changed.

    :raises NotFound: the actor may not change this of the seller, or the warehouse is not theirs to count
    :raises NothingChosen, TooManyRows, BulkValueRefused: see the classes
    """
    member = get_membership(actor, seller_id, power_for(wish.kind))
    _check(wish, member)
    offers = _chosen(member, choice)
    change = BulkChange.objects.create(
        seller_id=seller_id,
        kind=wish.kind,
        value=wish.value,
        warehouse_id=wish.warehouse_id,
        made_by_id=actor.user_id,
        made_by_label=actor.label,
        made_at=now,
    )
    BulkRow.objects.bulk_create(plan_rows(change, offers))
    return change


@money_path
def apply_bulk(*, change_id: UUID, actor: Viewer, now: datetime) -> BulkChange:
    """Do what the preview showed. Rows that changed meanwhile stay; a repeat changes nothing.

    :raises NotFound: the actor may not change this of the seller
    :raises PreviewTooOld: see the class
    """
    change = _locked(change_id, actor)
    if change.state != _STATES.PREVIEWED:
        return change
    if now - change.made_at > PREVIEW_TERM:
        raise PreviewTooOld
    rows = apply_rows(change, actor=actor, now=now)
    change.state, change.applied_at = _STATES.APPLIED, now
    _finish(change, rows, "bulk_applied", actor)
    return change


@money_path
def undo_bulk(*, change_id: UUID, actor: Viewer, now: datetime) -> BulkChange:
    """Put back what nobody touched since; what was changed again is left alone. A repeat changes nothing.

    :raises NotFound: the actor may not change this of the seller
    :raises NotApplied, UndoTooLate: see the classes
    """
    change = _locked(change_id, actor)
    if change.state == _STATES.UNDONE:
        return change
    if change.applied_at is None:
        raise NotApplied
    if not can_undo(change, now):
        raise UndoTooLate
    rows = restore_rows(change, actor=actor, now=now)
    change.state, change.undone_at = _STATES.UNDONE, now
    _finish(change, rows, "bulk_undone", actor)
    return change


def can_undo(change: BulkChange, now: datetime) -> bool:
    return (
        change.state == _STATES.APPLIED
        and change.applied_at is not None
        and now - change.applied_at <= UNDO_TERM
    )


def _locked(change_id: UUID, actor: Viewer) -> BulkChange:
    """One change of a shop at a time: two that overlap could wait for each other's cards."""
    change = BulkChange.objects.filter(id=change_id).first()
    if change is None:
        raise NotFound
    member = get_membership(actor, change.seller_id, power_for(BulkKind(change.kind)))
    if change.warehouse_id:
        check_kept(member, change.warehouse_id)
    advisory_lock("catalog.bulk", change.seller_id)
    return BulkChange.objects.select_for_update(of=("self",)).get(id=change_id)


def _check(wish: BulkWish, member: SellerMember) -> None:
    """:raises BulkValueRefused, NotFound: see preview_bulk"""
    bounds = {
        BulkKind.PRICE_PERCENT: (-9_999, MAX_PERCENT_HUNDREDTHS),
        BulkKind.PRICE_AMOUNT: (1, MAX_PRICE_MINOR),
        BulkKind.HANDLING_DAYS: (0, MAX_DAYS),
        BulkKind.ADD_STOCK: (1, MAX_ON_HAND),
    }
    lowest, highest = bounds.get(wish.kind, (0, 0))
    is_idle = wish.kind == BulkKind.PRICE_PERCENT and wish.value == 0
    if not lowest <= wish.value <= highest or is_idle:
        raise BulkValueRefused
    if wish.kind != BulkKind.ADD_STOCK:
        return
    if wish.warehouse_id is None:
        raise NotFound
    if not member.seller.warehouses.filter(id=wish.warehouse_id).exists():
        raise NotFound
    check_kept(member, wish.warehouse_id)


def _chosen(member: SellerMember, choice: BulkChoice) -> list[Offer]:
    """:raises NothingChosen, TooManyRows, NotFound: see preview_bulk; an offer of another seller is not found"""
    rows = Offer.objects.filter(seller_id=member.seller_id)
    if choice.offer_ids is None:
        rows = matching_offers(rows, choice.tab, choice.text, kept_warehouses(member))
    else:
        rows = rows.filter(id__in=choice.offer_ids)
    count = rows.count()
    if choice.offer_ids is not None and count != len(set(choice.offer_ids)):
        raise NotFound
    if not count:
        raise NothingChosen
    if count > MAX_ROWS:
        raise TooManyRows(count=count, maximum=MAX_ROWS)
    return list(rows.prefetch_related("components__item").order_by("-id"))


def _finish(change: BulkChange, rows: Sequence[BulkRow], verb: str, actor: Viewer) -> None:
    BulkRow.objects.bulk_update(rows, ["outcome", "refusal", "made_version", "after"])
    change.save()
    counts: dict[str, Any] = {}
    for row in rows:
        counts[row.outcome] = counts.get(row.outcome, 0) + 1
    audit.record(
        actor=actor,
        action=f"catalog.{verb}",
        target_type="bulk_change",
        target_id=change.id,
        after={"kind": change.kind, "value": change.value, "rows": counts},
    )
