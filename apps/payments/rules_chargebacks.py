"""Pure rules of chargebacks: who bears one, which orders it concerns, how its entries are named."""

from collections.abc import Mapping
from uuid import UUID

from apps.core.money import Money
from apps.core.rules import allocate
from apps.payments.types import Split
from apps.payments.types_chargebacks import Bearer, ChargebackState

# The buyer says that it was not the buyer: no seller could have known.
FRAUD_REASONS = frozenset({"fraudulent", "unrecognized"})
RANK = {
    ChargebackState.NEEDS_RESPONSE: 0,
    ChargebackState.UNDER_REVIEW: 1,
    ChargebackState.WON: 2,
    ChargebackState.LOST: 2,
}


def bearer_of(reason: str) -> Bearer:
    """Return who bears a chargeback of a reason (the provider's code) once it is lost."""
    return Bearer.MARKETPLACE if reason in FRAUD_REASONS else Bearer.SELLER


def moves_on(current: ChargebackState, reported: ChargebackState) -> bool:
    """Tell whether news moves a chargeback; late news of a lower rank has no effect."""
    return RANK[reported] > RANK[current]


def assigned(amount_minor: int, left_minor: Mapping[int, int]) -> dict[int, int]:
    """Share a chargeback between parts of a payment, each with what is left of it, by its key.

    In proportion to what is left (largest remainder, the earlier part first), never more than that:
    what is beyond it was refunded before, and is nobody's part. Parts of nothing are left out.
    """
    keys = sorted(left_minor)
    whole = sum(left_minor.values())
    if not whole:
        return {}
    shares = allocate(min(amount_minor, whole), [left_minor[key] for key in keys])
    return {key: share for key, share in zip(keys, shares, strict=True) if share}


def at_stake(part: Money, left: Split) -> Money:
    """Return what of a payee's payout an order may have to give back, once a bank keeps a part of it.

    The whole part, as if none of it were commission or delivery, but no more than the payee has of the
    order; in the payout's currency, rounded up.
    """
    if not left.seller:
        return Money.zero(left.payout.currency)
    taken = min(part, left.seller)
    minor = -(-left.payout.minor * taken.minor // left.seller.minor)
    return Money(minor, left.payout.currency)


def withdrawn_key(chargeback_id: UUID) -> str:
    return f"chargeback:{chargeback_id}:withdrawn"


def reinstated_key(chargeback_id: UUID) -> str:
    return f"chargeback:{chargeback_id}:reinstated"


def loss_key(chargeback_id: UUID) -> str:
    return f"chargeback:{chargeback_id}:loss"


def borne_key(chargeback_id: UUID, reference_id: UUID) -> str:
    """Name the refund that a lost chargeback is for one order."""
    return f"chargeback:{chargeback_id}:{reference_id}"
