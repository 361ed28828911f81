"""Reconciling: read a provider's statement, compare it with the books, note every difference once.

Invariant: nothing is booked here. A run and what it was the first to find are one transaction; while
anything is open, `has_open_differences` stops payouts; only a person, with a reason, closes an item.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, NotFound
from apps.core.locks import advisory_lock
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.payments.models import Incident, ReconciliationItem, ReconciliationRun
from apps.payments.providers import provider_of
from apps.payments.reconciling_rules import differences
from apps.payments.selectors_reconciling import book_lines, known_keys
from apps.payments.types_reconciling import (
    Difference,
    DifferenceKind,
    RunState,
    Terms,
)

log = structlog.get_logger(__name__)

# How far beyond the period both sides are read: the provider's line comes first, our booking of it
# late by a webhook; after the period only two clocks can be apart.
BEFORE, AFTER = timedelta(days=7), timedelta(days=1)
# A timer that was down makes up for so much and no more; older periods are `manage.py reconcile`.
MOST_DAYS = 31


class PeriodNotOver(DomainError):
    code = "payments.reconciliation_period_not_over"
    message = _("Only a period that is over can be compared with a statement.")


class DifferenceResolved(DomainError):
    code = "payments.difference_resolved"
    message = _("This difference was resolved before.")


def terms_of(provider: str) -> Terms:
    """Return the fees agreed with a provider.

    :raises LookupError: none are set
    """
    given = settings.PROVIDER_FEES[provider]
    return Terms(fee_bps=given["bps"], fee_fixed_minor=given["fixed_minor"])


def reconcile(
    *, provider: str, start: datetime, end: datetime, now: datetime, is_once: bool = False
) -> ReconciliationRun:
    """Compare [start, end) of a provider's statement with the books. Runs in a money worker.

    May be repeated: what a run before has noted is not noted again, resolved or not; with `is_once`
    the run that another process has made of this period is returned. New differences raise one
    incident.

    :raises PeriodNotOver: it is empty, or ends after `now`
    :raises ProviderError: the statement could not be read; nothing was written
    """
    if not start < end <= now:
        raise PeriodNotOver
    statement = provider_of(provider).read_statement(start=start - BEFORE, end=end + AFTER)
    books = book_lines(
        provider=provider,
        start=start - BEFORE,
        end=end + AFTER,
        references=[line.reference for line in statement],
    )
    found = differences(
        statement=statement, books=books, start=start, end=end, terms=terms_of(provider)
    )
    counts = (
        sum(start <= line.at < end for line in statement),
        sum(start <= line.at < end for line in books if line.is_booked),
    )
    run = ReconciliationRun(
        provider=provider,
        period_from=start,
        period_to=end,
        statement_count=counts[0],
        book_count=counts[1],
        difference_count=len(found),
        state=RunState.DIFFERS if found else RunState.AGREED,
        at=now,
    )
    return _write(run, found, is_once=is_once)


def reconcile_due(*, provider: str, now: datetime) -> ReconciliationRun | None:
    """Reconcile the whole days (UTC) that no run has reached yet; None when there are none."""
    end = now.replace(hour=0, minute=0, second=0, microsecond=0)
    runs = ReconciliationRun.objects.filter(provider=provider)
    reached = runs.order_by("-period_to").values_list("period_to", flat=True).first()
    start = max(reached or end - timedelta(days=1), end - timedelta(days=MOST_DAYS))
    if start >= end:
        return None
    return reconcile(provider=provider, start=start, end=end, now=now, is_once=True)


@transaction.atomic
def _write(
    run: ReconciliationRun, found: Sequence[Difference], *, is_once: bool
) -> ReconciliationRun:
    advisory_lock("payments.reconcile", run.provider)
    if is_once and (earlier := _run_of(run)):
        return earlier
    known = known_keys(run.provider, [one.key for one in found])
    new = [one for one in found if one.key not in known]
    run.new_count = len(new)
    run.save(force_insert=True)
    ReconciliationItem.objects.bulk_create(_item(run, one) for one in new)
    if new:
        _raise_incident(run, new)
    return run


def _run_of(run: ReconciliationRun) -> ReconciliationRun | None:
    return ReconciliationRun.objects.filter(
        provider=run.provider, period_from__lte=run.period_from, period_to__gte=run.period_to
    ).first()


def _item(run: ReconciliationRun, found: Difference) -> ReconciliationItem:
    theirs, ours = found.theirs, found.ours
    return ReconciliationItem(
        run=run,
        provider=run.provider,
        key=found.key,
        kind=found.kind,
        movement=found.line.kind,
        our_reference=ours.reference if ours else "",
        their_reference=theirs.transaction_id if theirs else "",
        our_amount_minor=ours.amount_minor if ours else None,
        our_currency=ours.currency if ours else "",
        their_amount_minor=theirs.amount_minor if theirs else None,
        their_currency=theirs.currency if theirs else "",
        expected_fee_minor=found.expected_fee_minor,
        their_fee_minor=theirs.fee_minor if theirs else None,
        our_at=ours.at if ours else None,
        their_at=theirs.at if theirs else None,
        found_at=run.at,
    )


def _raise_incident(run: ReconciliationRun, new: Sequence[Difference]) -> None:
    """One for all that a run is the first to find: people are called once."""
    counts = {
        str(kind): number
        for kind in DifferenceKind
        if (number := sum(one.kind == kind for one in new))
    }
    Incident.objects.create(
        kind=Incident.Kind.RECONCILIATION,
        key=f"reconciliation:{run.id}",
        details={
            "provider": run.provider,
            "from": run.period_from.isoformat(),
            "to": run.period_to.isoformat(),
            "differences": counts,
        },
    )
    log.error("reconciliation_differs", provider=run.provider, run_id=str(run.id), **counts)


@transaction.atomic
def resolve_difference(
    *, item_id: UUID, actor: Viewer, reason: str, now: datetime
) -> ReconciliationItem:
    """Close a difference that a person has explained; no money moves by it.

    :raises NotFound: there is no such difference
    :raises DifferenceResolved: somebody was quicker
    """
    item = (
        ReconciliationItem.objects.select_for_update(of=("self",), no_key=True)
        .filter(id=item_id)
        .first()
    )
    if item is None:
        raise NotFound
    if item.resolved_at is not None:
        raise DifferenceResolved
    item.resolved_at, item.resolved_by, item.resolution = now, actor.user_id, reason
    item.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    audit.record(
        actor=actor,
        action="payments.difference_resolved",
        target_type="reconciliationitem",
        target_id=item.id,
        reason=reason,
    )
    return item
