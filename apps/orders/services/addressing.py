"""Changing where an order goes, until anything of it is shipped.

Invariant: under the locks of group and order; what the buyer confirmed is what is computed then. A
cheaper way gives its difference back in the same transaction, a dearer one is paid before the parcel
goes there. docs/money.md has worked numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.locks import money_path
from apps.core.outbox import emit
from apps.core.pauses import pause_point
from apps.core.viewer import SYSTEM, Viewer
from apps.orders.events import AddressChangeAsked, OrderAddressChanged
from apps.orders.models import AddressChange, Order, OrderLine
from apps.orders.services.access import check_buyer, locked_lines, locked_with_group
from apps.orders.services.address_quotes import (
    check_untouched,
    is_untouched,
    last_moment,
    quote_until,
)
from apps.orders.services.fulfilment import note
from apps.orders.services.refunding import give_back
from apps.orders.services.surcharges import (
    drop_waiting,
    end_change,
    start_surcharge,
    waiting_change,
)
from apps.orders.types import AddressChangeState, AddressQuote
from apps.payments.models import Refund
from apps.payments.selectors import escrow_balance
from apps.payments.services.refunds import issue_refund

S = AddressChangeState
REASON = "ADDRESS_CHANGE"


class AddressQuoteChanged(DomainError):
    """Price or days are other than confirmed, or nothing was confirmed."""

    code = "orders.address_quote_changed"
    message = _(
        "Delivery there has another price or other days. Look at them and confirm: nothing is changed"
        " before that."
    )


@dataclass(frozen=True, slots=True)
class AddressConsent:
    """The quote that the buyer saw and confirmed."""

    digest: str
    expires_at: datetime


@money_path
def change_address(
    *,
    order_id: UUID,
    address: Mapping[str, Any],
    consent: AddressConsent | None,
    return_url: str,
    viewer: Viewer,
    now: datetime,
) -> AddressChange | None:
    """Send an order elsewhere, as its buyer confirmed; None where it goes there already.

    What changes neither price nor days needs no consent. A dearer way WAITS for its money: its payment
    is started here, and `accept_surcharge` sends the parcel there. Whoever names the old address again
    drops the change that waits; another one takes its place. A repeat returns the first.
    Emits OrderAddressChanged or AddressChangeAsked.

    :raises NotFound: not the viewer's order
    :raises MoveNotAllowed: something of it is shipped, or it ended
    :raises AddressIncomplete: a required part is missing
    :raises AddressNotReached: the carrier does not go there
    :raises AddressQuoteChanged: the quote computed now differs from the confirmed one
    """
    order = locked_with_group(order_id)
    check_buyer(viewer, order)
    lines = locked_lines(order)
    check_untouched(order, lines)
    until = consent.expires_at if consent else last_moment(now)
    quote = quote_until(order, lines, address, until, now)
    if quote.address == order.ship_to:
        drop_waiting(order, now)
        return None
    waiting = waiting_change(order)
    if waiting and _is_of(waiting, quote):
        return waiting
    _check_consent(quote, consent, now)
    pause_point("orders.change_address")
    if not quote.surcharge:
        change = _write(order, quote, now)
        _apply(order, lines, change, viewer, now)
        drop_waiting(order, now)
        return change
    drop_waiting(order, now)
    change = _write(order, quote, now)
    start_surcharge(order=order, change=change, return_url=return_url, now=now)
    emit(AddressChangeAsked(group_id=order.group_id, order_id=order.id, change_id=change.id))
    return change


def _is_of(change: AddressChange, quote: AddressQuote) -> bool:
    same = (quote.address, quote.delivery, quote.promised_to)
    return (change.address, change.delivery_price, change.promised_to) == same


def _check_consent(quote: AddressQuote, consent: AddressConsent | None, now: datetime) -> None:
    if not quote.needs_consent:
        return
    is_in_time = consent is not None and now < consent.expires_at <= last_moment(now)
    if consent is None or not is_in_time or consent.digest != quote.digest:
        raise AddressQuoteChanged(price=quote.delivery)


def _write(order: Order, quote: AddressQuote, now: datetime) -> AddressChange:
    is_dearer = bool(quote.surcharge)
    paid_by = now + timedelta(seconds=settings.ADDRESS_PAYMENT_SECONDS)
    return AddressChange.objects.create(
        order=order,
        state=S.WAITING if is_dearer else S.APPLIED,
        address=quote.address,
        currency=order.currency,
        delivery_before_minor=quote.before.minor,
        delivery_minor=quote.delivery.minor,
        promised_from=quote.promised_from,
        promised_to=quote.promised_to,
        asked_at=now,
        expires_at=paid_by if is_dearer else None,
        applied_at=None if is_dearer else now,
    )


def _apply(
    order: Order, lines: list[OrderLine], change: AddressChange, actor: Viewer, now: datetime
) -> None:
    """Send a locked order there: address, days and price; what it costs less goes back."""
    group, difference = order.group, change.difference
    order.address = change.address
    order.promised_from, order.promised_to = change.promised_from, change.promised_to
    order.delivery_minor += difference.minor
    order.total_minor += difference.minor
    order.save(
        update_fields=["address", "promised_from", "promised_to", "delivery_minor", "total_minor"]
    )
    group.delivery_minor += difference.minor
    group.total_minor += difference.minor
    group.save(update_fields=["delivery_minor", "total_minor"])
    note(order, "orders.change_address", actor, {"difference_minor": difference.minor})
    if difference.minor < 0:
        give_back(
            order=order,
            lines=lines,
            amount=min(-difference, escrow_balance(order.id, order.currency)),
            key=f"refund:address:{change.id}",
            reason=REASON,
            actor=actor,
            now=now,
        )
    emit(OrderAddressChanged(group_id=order.group_id, order_id=order.id))


@money_path
def accept_surcharge(*, change_id: UUID, payment_id: UUID, now: datetime) -> None:
    """React to captured money of a change: send the parcel there, or give the money back.

    It goes back when the change ended before, or the parcel left or was cancelled. Idempotent.
    """
    order_id = AddressChange.objects.values_list("order_id", flat=True).get(id=change_id)
    order = locked_with_group(order_id)
    lines = locked_lines(order)
    change = AddressChange.objects.get(id=change_id)
    if change.state == S.APPLIED:
        return
    pause_point("orders.accept_surcharge")
    if change.state == S.WAITING and is_untouched(order, lines):
        change.state = S.APPLIED
        change.applied_at = now
        change.save(update_fields=["state", "applied_at"])
        _apply(order, lines, change, SYSTEM, now)
        return
    _send_back(order, change, payment_id, now)
    if change.state == S.WAITING:
        end_change(order, change, S.DROPPED, now)


def _send_back(order: Order, change: AddressChange, payment_id: UUID, now: datetime) -> None:
    """Return late money; a cancellation that came between has taken it along."""
    key = f"order:{order.id}:refund:address:{change.id}"
    amount = min(change.difference, escrow_balance(order.id, order.currency))
    if not amount or Refund.objects.filter(key=key).exists():
        return
    issue_refund(
        key=key,
        reference_id=order.id,
        amount=amount,
        reason=REASON,
        actor=SYSTEM,
        now=now,
        payment_id=payment_id,
    )
