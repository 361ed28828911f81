"""Making good what a carrier lost: the marketplace pays the seller what the units would have brought.

Invariant: one compensation for one parcel, in one balanced entry; it becomes available as every
settlement does. docs/money.md has worked numbers.
"""

from datetime import datetime

from apps.core.locks import money_path
from apps.core.money import Money
from apps.core.viewer import Viewer
from apps.payments.models import LedgerAccount, Settlement
from apps.payments.rules import release_key
from apps.payments.services import ledger
from apps.payments.services.releasing import announce_release, write_settlement
from apps.payments.types import Release

Kind = LedgerAccount.Kind


@money_path
def compensate_loss(*, release: Release, actor: Viewer, now: datetime) -> Settlement:
    """Put the payout of `release` on the seller's pending balance at the marketplace's cost.

    `release` names the parcel as its reference and has no part but the seller's: no commission is
    earned on what was lost. The caller holds the lock of the parcel's order; repeating returns the
    first. Emits EscrowReleased.
    """
    if earlier := Settlement.objects.filter(reference_id=release.reference_id).first():
        return earlier
    if release.total != release.split.seller:
        raise ValueError("a loss has no part but the seller's")
    settlement = write_settlement(release, now)
    ledger.post(
        key=release_key(release.reference_id),
        kind="LOSS",
        reference_type="parcel",
        reference_id=release.reference_id,
        postings=_postings(release),
    )
    announce_release(release, settlement, actor)
    return settlement


def _postings(release: Release) -> list[tuple[ledger.AccountRef, Money]]:
    split = release.split
    is_exchanged = split.payout.currency != split.seller.currency
    exchange = ledger.own(Kind.FX)
    return [
        (ledger.own(Kind.CARRIER_LOSS), -split.seller),
        *([(exchange, split.seller), (exchange, -split.payout)] if is_exchanged else []),
        (ledger.seller_pending(release.payee_id), split.payout),
    ]
