"""Releasing escrow: from the buyer's money to the seller's balance.

Invariant: an order's escrow is released once, whole, in one balanced entry; what is pending becomes
available once, on its day, less what the payee owes. docs/money.md has the accounts, the rounding and worked numbers.
"""

from datetime import datetime
from uuid import UUID

import structlog
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.locks import lock_row, money_path
from apps.core.money import Money
from apps.core.outbox import emit
from apps.core.rows import insert
from apps.core.services import audit
from apps.core.viewer import SYSTEM, Viewer
from apps.payments.events import EscrowReleased
from apps.payments.locks import PAYMENT
from apps.payments.models import EscrowHold, LedgerAccount, Settlement
from apps.payments.rules import available_key, release_key
from apps.payments.selectors_chargebacks import is_charged_back
from apps.payments.services import ledger
from apps.payments.services.allocating import lock_payments_of
from apps.payments.services.ledger import AccountRef
from apps.payments.types import Release, SettlementState

log = structlog.get_logger(__name__)

Kind = LedgerAccount.Kind
BATCH = 500


class EscrowDiffers(DomainError):
    code = "payments.escrow_differs"
    message = _("The parts are not what is in escrow for this order. Nothing was released.")


class EscrowFrozen(DomainError):
    code = "payments.escrow_frozen"
    message = _("The money of this order is on hold. It can be released when the hold is lifted.")


class EscrowChargedBack(EscrowFrozen):
    code = "payments.escrow_charged_back"
    message = _(
        "The buyer's bank is taking this payment back. The money can be released when it has decided."
    )


class ReleaseDiffers(DomainError):
    code = "payments.release_differs"
    message = _("The money of this order was released before, in other parts.")


@money_path
def release_escrow(*, release: Release, actor: Viewer, now: datetime) -> Settlement:
    """Split the whole escrow of one order and put the payout on the seller's pending balance.

    Repeating returns the first settlement. Emits EscrowReleased.

    :raises EscrowDiffers: the parts do not sum to the escrow's balance, or it is empty
    :raises EscrowFrozen, EscrowChargedBack: a hold is on, or a bank is taking the payment back
    :raises ReleaseDiffers: it was released before in other parts
    """
    reference_id = release.reference_id
    payment = lock_payments_of([reference_id])[0]
    if not payment.allocations.filter(
        reference_id=reference_id, payee_id=release.payee_id
    ).exists():
        raise LookupError(f"nothing was paid to {release.payee_id} for {reference_id}")
    if earlier := Settlement.objects.filter(reference_id=reference_id).first():
        if earlier.split != release.split:
            raise ReleaseDiffers
        return earlier
    check_not_frozen(reference_id)
    held = ledger.balance(ledger.escrow(reference_id), payment.currency)
    if not held or held != release.total:
        raise EscrowDiffers
    settlement = write_settlement(release, now)
    ledger.post(
        key=release_key(reference_id),
        kind="RELEASE",
        reference_type="order",
        reference_id=reference_id,
        postings=release_postings(release),
    )
    announce_release(release, settlement, actor)
    return settlement


def check_not_frozen(reference_id: UUID) -> None:
    """Refuse where the escrow of an order has to stay; its payments are locked.

    :raises EscrowFrozen: a hold is on
    :raises EscrowChargedBack: a bank is taking one of its payments back
    """
    if EscrowHold.objects.filter(reference_id=reference_id, lifted_at=None).exists():
        raise EscrowFrozen
    if is_charged_back(reference_id):
        raise EscrowChargedBack


def announce_release(release: Release, settlement: Settlement, actor: Viewer) -> None:
    """Leave the audit entry of a release and emit EscrowReleased."""
    reference_id = release.reference_id
    audit.record(
        actor=actor,
        action="payments.escrow_released",
        target_type="settlement",
        target_id=settlement.id,
        after={
            "reference_id": str(reference_id),
            "total_minor": release.total.minor,
            "currency": release.total.currency,
            "payout_minor": release.split.payout.minor,
            "payout_currency": release.split.payout.currency,
        },
    )
    emit(
        EscrowReleased(
            reference_id=reference_id, payee_id=release.payee_id, payout=release.split.payout
        )
    )


def write_settlement(release: Release, now: datetime) -> Settlement:
    return insert(
        Settlement(
            reference_id=release.reference_id,
            payee_id=release.payee_id,
            currency=release.total.currency,
            commission_minor=release.split.commission.minor,
            commission_vat_minor=release.split.commission_vat.minor,
            delivery_minor=release.split.delivery.minor,
            delivery_vat_minor=release.split.delivery_vat.minor,
            seller_minor=release.split.seller.minor,
            payout_currency=release.split.payout.currency,
            payout_minor=release.split.payout.minor,
            released_at=now,
            available_at=max(release.available_at, now),
        )
    )


def release_postings(release: Release) -> list[tuple[AccountRef, Money]]:
    """Return the entry of a release; it sums to zero in each currency.

    With two currencies the exchange account takes the seller's part in and gives the payout out:
    what the conversion rounds off stays there.
    """
    split = release.split
    is_exchanged = split.payout.currency != release.total.currency
    exchange = ledger.own(Kind.FX)
    return [
        (ledger.escrow(release.reference_id), -release.total),
        (ledger.own(Kind.COMMISSION), split.commission),
        (ledger.own(Kind.DELIVERY), split.delivery),
        (ledger.own(Kind.VAT_PAYABLE), split.commission_vat + split.delivery_vat),
        *([(exchange, split.seller), (exchange, -split.payout)] if is_exchanged else []),
        (ledger.seller_pending(release.payee_id), split.payout),
    ]


def make_due_available(*, now: datetime) -> int:
    """Move every payout whose day has come from pending to available; return how many moved."""
    due = Settlement.objects.filter(state=SettlementState.PENDING, available_at__lte=now)
    moved = 0
    for settlement_id in list(due.order_by("available_at").values_list("id", flat=True)[:BATCH]):
        try:
            moved += _make_available(settlement_id=settlement_id, now=now)
        except Exception as error:  # noqa: BLE001  one settlement must not stop the others
            log.warning("make_available_failed", settlement_id=str(settlement_id), error=str(error))
    return moved


@money_path
def _make_available(*, settlement_id: UUID, now: datetime) -> bool:
    """Move one payout; return False when another process was quicker."""
    waiting = Settlement.objects.filter(id=settlement_id, state=SettlementState.PENDING)
    settlement = lock_row(waiting, rank=PAYMENT)
    if settlement is None:
        return False
    payout = settlement.left.payout
    if payout:
        ledger.post(
            key=available_key(settlement.id),
            kind="AVAILABLE",
            reference_type="order",
            reference_id=settlement.reference_id,
            postings=_available_postings(settlement.payee_id, payout),
        )
    settlement.state = SettlementState.AVAILABLE
    settlement.made_available_at = now
    settlement.save(update_fields=["state", "made_available_at"])
    audit.record(
        actor=SYSTEM,
        action="payments.payout_available",
        target_type="settlement",
        target_id=settlement.id,
    )
    return True


def _available_postings(payee_id: UUID, payout: Money) -> list[tuple[AccountRef, Money]]:
    """Pay back first what the payee owes; the accounts are locked before the debt is read."""
    currency = payout.currency
    pending, available = ledger.seller_pending(payee_id), ledger.seller_available(payee_id)
    ledger.lock([(pending, currency), (available, currency)])
    receivable = ledger.seller_receivable(payee_id)
    has = ledger.balances([available, receivable], currency)
    # A payout that came back may lie there beside a debt.
    kept = min(-has[receivable], payout + has[available])
    return [(pending, -payout), (available, payout - kept), (receivable, kept)]
