"""R08: what a worker will do to the ledger, and what must have come of it, from a seed alone.

The plan knows no database: a worker that was killed goes on with the same plan after the last
operation that it had acknowledged, and the test computes the same outcome beside it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID, uuid5

from apps.core.money import Money
from apps.core.rules import allocate
from apps.payments.types import Split

SPACE = UUID("0198f000-0000-7000-8000-000000000008")
REPEATS_PERCENT = 5
# The payees of all workers: few, so that their accounts are fought for. The last is paid in roubles.
PAYEES = tuple(uuid5(SPACE, f"payee:{number}") for number in range(5))
ROUBLES = PAYEES[-1]
SO_M_A_ROUBLE = 150
FRAUD, NOT_RECEIVED = "fraudulent", "product_not_received"
CHARGEBACK_FEE = 15_00


class Kind(StrEnum):
    CAPTURE = "CAPTURE"
    RELEASE = "RELEASE"
    REFUND = "REFUND"
    PAY_REFUND = "PAY_REFUND"
    FAIL_REFUND = "FAIL_REFUND"
    MAKE_AVAILABLE = "MAKE_AVAILABLE"
    PAYOUT = "PAYOUT"
    PAY_PAYOUT = "PAY_PAYOUT"
    STOP_PAYOUT = "STOP_PAYOUT"
    CHARGE_BACK = "CHARGE_BACK"
    WIN_CHARGEBACK = "WIN_CHARGEBACK"
    LOSE_CHARGEBACK = "LOSE_CHARGEBACK"


@dataclass
class Escrow:
    """One payee's part of a payment as it must stand: `left` is what a settlement has, part by part."""

    reference_id: UUID
    payee_id: UUID
    amount: Money
    escrow: int
    refunded: int = 0
    left: Split | None = None
    # While a bank has its payment nothing is released or refunded; what was lost is not refunded again.
    is_frozen: bool = False
    was_lost: bool = False

    @property
    def payout_currency(self) -> str:
        return "RUB" if self.payee_id == ROUBLES else self.amount.currency


@dataclass
class AskedRefund:
    key: str
    share: Escrow
    amount: Money
    is_paid: bool = False
    is_failed: bool = False


@dataclass
class Taken:
    """A chargeback of one payment: `parts` are what of it each share is to bear, in minor units."""

    payment_id: UUID
    shares: list[Escrow]
    amount: Money
    reason: str
    parts: dict[UUID, int]

    @property
    def is_fraud(self) -> bool:
        return self.reason == FRAUD


@dataclass(frozen=True)
class Operation:
    """One call of a service; carried out again, it changes nothing."""

    kind: Kind
    reference_id: UUID = SPACE
    shares: tuple[tuple[UUID, UUID, Money], ...] = ()
    split: Split | None = None
    payee_id: UUID = SPACE
    key: str = ""
    amount: Money | None = None
    # Of a chargeback: its reason, and what each order bears: in all, and of that what was released.
    reason: str = ""
    borne: tuple[tuple[UUID, Money, Split | None], ...] = ()


@dataclass
class Plan:
    """The operations of one worker and the outcome of all of them."""

    seed: str
    operations: list[Operation] = field(default_factory=list)
    shares: list[Escrow] = field(default_factory=list)
    refunds: list[AskedRefund] = field(default_factory=list)
    open_payouts: list[Operation] = field(default_factory=list)
    # The shares of each payment, and the payments that banks have.
    purchases: dict[UUID, list[Escrow]] = field(default_factory=dict)
    open_chargebacks: list[Taken] = field(default_factory=list)
    charged_back: set[UUID] = field(default_factory=set)
    # Minor units by currency: claims that are open, fees, what the marketplace bore.
    claims: dict[str, int] = field(default_factory=dict)
    fees: dict[str, int] = field(default_factory=dict)
    losses: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    payments: int = 0

    def count(self, entry: str) -> None:
        self.counts[entry] = self.counts.get(entry, 0) + 1


def plan_of(seed: str, count: int) -> Plan:
    """Plan `count` operations: the same for the same seed, on whichever machine."""
    chance, plan = random.Random(seed), Plan(seed)
    weights = [weight for weight, _choose in CHOICES]
    while len(plan.operations) < count:
        if plan.operations and chance.randrange(100) < REPEATS_PERCENT:
            plan.operations.append(chance.choice(plan.operations))
            continue
        choose = chance.choices(CHOICES, weights)[0][1]
        if operation := choose(plan, chance):
            plan.operations.append(operation)
    return plan


def _capture(plan: Plan, chance: random.Random) -> Operation:
    """A payment of one to three payees."""
    number, plan.payments = plan.payments, plan.payments + 1
    currency = chance.choice(("UZS", "UZS", "USD"))
    shares = []
    for index, payee_id in enumerate(chance.sample(PAYEES, chance.randint(1, 3))):
        amount = Money(chance.randint(100, 300_000_00), currency)
        reference_id = uuid5(SPACE, f"{plan.seed}:share:{number}:{index}")
        shares.append((reference_id, payee_id, amount))
        plan.shares.append(Escrow(reference_id, payee_id, amount, escrow=amount.minor))
    plan.count("CAPTURE")
    reference_id = uuid5(SPACE, f"{plan.seed}:payment:{number}")
    plan.purchases[reference_id] = plan.shares[-len(shares) :]
    return Operation(Kind.CAPTURE, reference_id, tuple(shares))


def _release(plan: Plan, chance: random.Random) -> Operation | None:
    ready = [
        share
        for share in plan.shares[-60:]
        if share.left is None and share.escrow and not share.is_frozen
    ]
    if not ready:
        return None
    share = chance.choice(ready)
    parts = allocate(share.escrow, [8, 1, 4, 1, 86])
    share.left = _split(share, parts)
    share.escrow = 0
    plan.count("RELEASE")
    return Operation(Kind.RELEASE, share.reference_id, split=share.left, payee_id=share.payee_id)


def _split(share: Escrow, parts: list[int], payout: int | None = None) -> Split:
    """Five parts of the charge; a payee of another currency gets a payout in it."""
    seller, currency = parts[4], share.amount.currency
    if payout is None:
        is_same = share.payout_currency == currency
        payout = seller if is_same else seller // SO_M_A_ROUBLE
    amounts = [Money(part, currency) for part in parts]
    return Split(*amounts, payout=Money(payout, share.payout_currency))


def _refund(plan: Plan, chance: random.Random) -> Operation | None:
    """Out of escrow first, then out of what was released."""
    paid = [
        share
        for share in plan.shares[-60:]
        if share.refunded < share.amount.minor and not share.is_frozen and not share.was_lost
    ]
    if not paid:
        return None
    share = chance.choice(paid)
    most = share.amount.minor - share.refunded
    minor = most if chance.random() < 0.3 else chance.randint(1, most)
    taken = _take_back(share, minor - min(minor, share.escrow))
    share.escrow -= min(minor, share.escrow)
    share.refunded += minor
    amount = Money(minor, share.amount.currency)
    asked = AskedRefund(f"{plan.seed}:refund:{len(plan.refunds)}", share, amount)
    plan.refunds.append(asked)
    plan.count("REFUND_REQUEST")
    return Operation(Kind.REFUND, share.reference_id, key=asked.key, amount=amount, split=taken)


def _take_back(share: Escrow, minor: int) -> Split | None:
    if not minor or share.left is None:
        return None
    left = share.left
    parts = allocate(minor, [part.minor for part in left.amounts[:5]])
    is_same = share.payout_currency == share.amount.currency
    is_all = parts[4] == left.seller.minor
    kept = left.payout.minor if is_all else left.payout.minor * parts[4] // left.seller.minor
    taken = _split(share, parts, parts[4] if is_same else kept)
    share.left = left - taken
    return taken


def _pay_refund(plan: Plan, chance: random.Random) -> Operation | None:
    asked = [one for one in plan.refunds[-40:] if not one.is_paid and not one.is_failed]
    if not asked:
        return None
    one = chance.choice(asked)
    one.is_paid = True
    plan.count("REFUND")
    return Operation(Kind.PAY_REFUND, key=one.key)


def _fail_refund(plan: Plan, chance: random.Random) -> Operation | None:
    """Before it was paid or after: the money is in escrow again, whatever was released."""
    asked = [one for one in plan.refunds[-40:] if not one.is_failed]
    if not asked:
        return None
    one = chance.choice(asked)
    one.is_failed = True
    one.share.escrow += one.amount.minor
    one.share.refunded -= one.amount.minor
    plan.count("REFUND_FAILED")
    return Operation(Kind.FAIL_REFUND, key=one.key)


def _make_available(_plan: Plan, _chance: random.Random) -> Operation:
    return Operation(Kind.MAKE_AVAILABLE)


def _payout(plan: Plan, chance: random.Random) -> Operation:
    """All that a payee has at that moment, which the others' work decides: a part, or nothing."""
    payee_id = chance.choice(PAYEES)
    currency = "RUB" if payee_id == ROUBLES else chance.choice(("UZS", "USD"))
    key = f"{plan.seed}:payout:{len(plan.operations)}"
    asked = Operation(Kind.PAYOUT, payee_id=payee_id, key=key, amount=Money.zero(currency))
    plan.open_payouts.append(asked)
    return asked


def _pay_payout(plan: Plan, chance: random.Random) -> Operation | None:
    return _end_payout(plan, chance, Kind.PAY_PAYOUT)


def _stop_payout(plan: Plan, chance: random.Random) -> Operation | None:
    return _end_payout(plan, chance, Kind.STOP_PAYOUT)


def _end_payout(plan: Plan, chance: random.Random, kind: Kind) -> Operation | None:
    if not plan.open_payouts:
        return None
    asked = plan.open_payouts.pop(chance.randrange(len(plan.open_payouts)))
    return Operation(kind, key=asked.key)


def _charge_back(plan: Plan, chance: random.Random) -> Operation | None:
    """A bank takes one of the newest payments back, whole or in part, refunded before or not.

    Once: the worker names a chargeback by its payment, also one that was won.
    """
    newest = list(plan.purchases.items())[-30:]
    free = [(name, shares) for name, shares in newest if name not in plan.charged_back]
    if not free:
        return None
    payment_id, shares = chance.choice(free)
    plan.charged_back.add(payment_id)
    whole, currency = sum(share.amount.minor for share in shares), shares[0].amount.currency
    amount = Money(whole if chance.random() < 0.7 else chance.randint(1, whole), currency)
    left = [share.amount.minor - share.refunded for share in shares]
    parts = allocate(min(amount.minor, sum(left)), left) if any(left) else [0] * len(shares)
    taken = Taken(
        payment_id,
        shares,
        amount,
        chance.choice((FRAUD, NOT_RECEIVED, NOT_RECEIVED)),
        {share.reference_id: part for share, part in zip(shares, parts, strict=True)},
    )
    for share in shares:
        share.is_frozen = True
    plan.open_chargebacks.append(taken)
    plan.count("CHARGEBACK")
    plan.claims[currency] = plan.claims.get(currency, 0) + amount.minor
    plan.fees[currency] = plan.fees.get(currency, 0) + CHARGEBACK_FEE
    return Operation(Kind.CHARGE_BACK, payment_id, amount=amount, reason=taken.reason)


def _win_chargeback(plan: Plan, chance: random.Random) -> Operation | None:
    if not plan.open_chargebacks:
        return None
    taken = plan.open_chargebacks.pop(chance.randrange(len(plan.open_chargebacks)))
    _end(plan, taken)
    plan.count("CHARGEBACK_WON")
    return Operation(
        Kind.WIN_CHARGEBACK, taken.payment_id, amount=taken.amount, reason=taken.reason
    )


def _lose_chargeback(plan: Plan, chance: random.Random) -> Operation | None:
    """For fraud the marketplace bears it; else each share its part: escrow first, then what was released."""
    if not plan.open_chargebacks:
        return None
    taken = plan.open_chargebacks.pop(chance.randrange(len(plan.open_chargebacks)))
    _end(plan, taken)
    borne = []
    for share in taken.shares:
        share.was_lost = True
        minor = 0 if taken.is_fraud else taken.parts[share.reference_id]
        if minor:
            split = _take_back(share, minor - min(minor, share.escrow))
            share.escrow -= min(minor, share.escrow)
            share.refunded += minor
            borne.append((share.reference_id, Money(minor, taken.amount.currency), split))
            plan.count("CHARGEBACK_LOST")
    rest = taken.amount.minor - sum(amount.minor for _reference, amount, _split in borne)
    if rest:
        plan.count("CHARGEBACK_LOSS")
        currency = taken.amount.currency
        plan.losses[currency] = plan.losses.get(currency, 0) + rest
    return Operation(
        Kind.LOSE_CHARGEBACK,
        taken.payment_id,
        amount=taken.amount,
        reason=taken.reason,
        borne=tuple(borne),
    )


def _end(plan: Plan, taken: Taken) -> None:
    for share in taken.shares:
        share.is_frozen = False
    plan.claims[taken.amount.currency] -= taken.amount.minor


# What is done, how often.
CHOICES: tuple[tuple[int, Callable[[Plan, random.Random], Operation | None]], ...] = (
    (35, _capture),
    (22, _release),
    (20, _refund),
    (13, _pay_refund),
    (4, _fail_refund),
    (3, _make_available),
    (5, _payout),
    (3, _pay_payout),
    (1, _stop_payout),
    (4, _charge_back),
    (1, _win_chargeback),
    (2, _lose_chargeback),
)
