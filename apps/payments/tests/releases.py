"""Escrow that is released: payments captured by a report, split for their payees."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from apps.core.money import Money
from apps.core.viewer import SYSTEM, Viewer
from apps.payments.models import Payment, Posting, Settlement
from apps.payments.services import ledger, paying, refunds, releasing
from apps.payments.types import PaymentState, ProviderPayment, Release, Share, Split

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DUE = NOW + timedelta(days=7)
STAFF = Viewer(user_id=UUID(int=7), label="Finance", is_staff=True)
# 100,000 soʻm of goods and 25,000 of delivery: 10 % commission, VAT of 12 % inside both fees.
TOTAL = Money(125_000_00, "UZS")
# Of the split of release_of, what a refund of 50,000 of the goods takes back.
HALF = Split(
    commission=Money(4_464_28, "UZS"),
    commission_vat=Money(535_72, "UZS"),
    delivery=Money(0, "UZS"),
    delivery_vat=Money(0, "UZS"),
    seller=Money(45_000_00, "UZS"),
    payout=Money(45_000_00, "UZS"),
)


def paid_shares(*amounts: Money, payees: tuple[UUID, ...] = ()) -> list[Share]:
    """One captured payment; each amount is an order of another payee."""
    given = payees or tuple(uuid4() for _ in amounts)
    shares = [Share(uuid4(), payee, amount) for payee, amount in zip(given, amounts, strict=True)]
    _pay(shares)
    return shares


def paid_on_top(share: Share, amount: Money) -> Payment:
    """Another captured payment for the order of a share."""
    return _pay([replace(share, amount=amount)])


def _pay(shares: list[Share]) -> Payment:
    whole = sum((share.amount for share in shares[1:]), start=shares[0].amount)
    attempt = paying.start_payment(
        intent=paying.PaymentIntent(
            reference_type="test",
            reference_id=uuid4(),
            payer_id=None,
            payer_email="buyer@people.example",
            description="Karvon order K-100001",
            language="en",
            amount=whole,
            shares=shares,
        ),
        return_url="http://shop.test/en/orders/",
        now=NOW,
    )
    paying.apply_report(
        provider="stripe",
        report=ProviderPayment(
            session_id=f"cs_{attempt.id}",
            intent_id=f"pi_{attempt.id}",
            attempt_id=attempt.id,
            state=PaymentState.CAPTURED,
            amount=whole,
            captured=whole,
        ),
        now=NOW,
    )
    return Payment.objects.get(id=attempt.payment_id)


def paid_share(amount: Money = TOTAL, payee_id: UUID | None = None) -> Share:
    return paid_shares(amount, payees=(payee_id or uuid4(),))[0]


def release_of(share: Share, **changes: Any) -> Release:
    """The split of TOTAL; `changes` replace parts of it, or its day."""
    available_at = changes.pop("available_at", DUE)
    split = Split(
        commission=Money(8_928_57, "UZS"),
        commission_vat=Money(1_071_43, "UZS"),
        delivery=Money(22_321_43, "UZS"),
        delivery_vat=Money(2_678_57, "UZS"),
        seller=Money(90_000_00, "UZS"),
        payout=Money(90_000_00, "UZS"),
    )
    return Release(share.reference_id, share.payee_id, replace(split, **changes), available_at)


def all_to_seller(share: Share) -> Release:
    """No commission, no delivery: the whole share is the payee's."""
    nothing = Money.zero(share.amount.currency)
    split = Split(nothing, nothing, nothing, nothing, share.amount, share.amount)
    return Release(share.reference_id, share.payee_id, split, DUE)


def release(given: Release, *, now: datetime = NOW) -> Settlement:
    return releasing.release_escrow(release=given, actor=STAFF, now=now)


def take_back(share: Share, amount: Money, key: str = "", taken_back: Split | None = None) -> Any:
    return refunds.issue_refund(
        key=key or f"order:{share.reference_id}:refund",
        reference_id=share.reference_id,
        amount=amount,
        reason="TEST",
        actor=SYSTEM,
        now=NOW,
        taken_back=taken_back,
    )


def postings_of(kind: str) -> list[tuple[str, int, str]]:
    """(account, minor units, currency) of every entry of a kind, as booked."""
    rows = Posting.objects.filter(entry__kind=kind).order_by("id")
    return list(rows.values_list("account__kind", "amount_minor", "currency"))


def escrow_of(share: Share) -> int:
    return ledger.balance(ledger.escrow(share.reference_id), share.amount.currency).minor


def balances_of(payee_id: UUID, currency: str = "UZS") -> tuple[int, int]:
    """(pending, available) by the ledger."""
    return (
        ledger.balance(ledger.seller_pending(payee_id), currency).minor,
        ledger.balance(ledger.seller_available(payee_id), currency).minor,
    )


def spend(payee_id: UUID, amount: Money) -> None:
    """Let money leave the available balance, as a payout does."""
    if amount:
        ledger.post(
            key=f"spent:{payee_id}",
            kind="TEST",
            reference_type="test",
            reference_id=payee_id,
            postings=[
                (ledger.seller_available(payee_id), -amount),
                (ledger.clearing("stripe"), amount),
            ],
        )
