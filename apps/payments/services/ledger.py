"""The ledger's one writer.

Invariant: an entry is booked once per key; triggers check that it sums to zero and that no bounded
account falls below its floor (docs/ledger.md has worked numbers).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError
from apps.core.locks import lock_rows, note_lock, part_of_use_case
from apps.core.money import Money
from apps.core.sql import prepared_cursor
from apps.payments.locks import LEDGER
from apps.payments.models import LedgerAccount

Kind = LedgerAccount.Kind

# Floors of bounded accounts; the others are unbounded and hot, so they keep no stored balance.
FLOORS: dict[str, int] = {
    Kind.ESCROW: 0,
    Kind.REFUNDS_IN_TRANSIT: 0,
    Kind.SELLER_PENDING: 0,
    Kind.SELLER_AVAILABLE: 0,
    Kind.PAYOUTS_IN_TRANSIT: 0,
}


class InsufficientFunds(DomainError):
    code = "ledger.insufficient_funds"
    message = _("There is not enough money on the account for this.")


@dataclass(frozen=True, slots=True, order=True)
class AccountRef:
    owner_type: str
    owner_id: str
    kind: str


def clearing(provider: str) -> AccountRef:
    return AccountRef("provider", provider, Kind.PROVIDER_CLEARING)


def escrow(order_reference: object) -> AccountRef:
    return AccountRef("order", str(order_reference), Kind.ESCROW)


def refunds_in_transit(payment_id: object) -> AccountRef:
    return AccountRef("payment", str(payment_id), Kind.REFUNDS_IN_TRANSIT)


def seller_pending(payee_id: object) -> AccountRef:
    return AccountRef("seller", str(payee_id), Kind.SELLER_PENDING)


def seller_available(payee_id: object) -> AccountRef:
    return AccountRef("seller", str(payee_id), Kind.SELLER_AVAILABLE)


def seller_receivable(payee_id: object) -> AccountRef:
    """What a payee owes us: below zero after refunds of money that was paid out, never above."""
    return AccountRef("seller", str(payee_id), Kind.SELLER_RECEIVABLE)


def payouts_in_transit(payout_id: object) -> AccountRef:
    return AccountRef("payout", str(payout_id), Kind.PAYOUTS_IN_TRANSIT)


def own(kind: str) -> AccountRef:
    """The marketplace's own account of a kind: commission, delivery, VAT, chargebacks, currency exchange."""
    return AccountRef("platform", "marketplace", kind)


def suspense(provider: str) -> AccountRef:
    return AccountRef("provider", provider, Kind.SUSPENSE)


type Named = tuple[AccountRef, str]

# Which of the named accounts there are; where there are all, the bounded ones are locked by their ids.
_FIND = """
WITH named AS (
  SELECT * FROM unnest(
    %(owner_types)s::text[], %(owner_ids)s::text[], %(kinds)s::text[], %(currencies)s::text[]
  ) AS named (owner_type, owner_id, kind, currency)),
found AS MATERIALIZED (
  SELECT account.id, owner_type, owner_id, kind, currency, min_balance_minor IS NOT NULL AS is_bounded
  FROM payments_ledgeraccount AS account JOIN named USING (owner_type, owner_id, kind, currency)),
held AS MATERIALIZED (
  SELECT id FROM payments_ledgeraccount
  WHERE id IN (SELECT id FROM found WHERE is_bounded)
    AND (SELECT count(*) FROM found) = cardinality(%(kinds)s::text[])
  ORDER BY id FOR NO KEY UPDATE)
SELECT found.id, owner_type, owner_id, kind, currency, is_bounded
FROM found LEFT JOIN held ON held.id = found.id
"""
# One that another transaction has opened meanwhile is touched, and so locked.
_OPEN = """
INSERT INTO payments_ledgeraccount (owner_type, owner_id, kind, currency, min_balance_minor, balance_minor)
SELECT named.*, 0 FROM unnest(
  %(owner_types)s::text[], %(owner_ids)s::text[], %(kinds)s::text[], %(currencies)s::text[], %(floors)s::bigint[]
) AS named
ON CONFLICT (owner_type, owner_id, kind, currency) DO UPDATE SET touched_at = EXCLUDED.touched_at
RETURNING id, owner_type, owner_id, kind, currency
"""
_BALANCES = """
SELECT owner_type, owner_id, kind, currency, CASE
  WHEN min_balance_minor IS NOT NULL THEN balance_minor
  ELSE (SELECT coalesce(sum(amount_minor), 0) FROM payments_posting WHERE account_id = account.id)::bigint
END
FROM payments_ledgeraccount AS account JOIN unnest(
  %(owner_types)s::text[], %(owner_ids)s::text[], %(kinds)s::text[], %(currencies)s::text[]
) AS named (owner_type, owner_id, kind, currency) USING (owner_type, owner_id, kind, currency)
"""
# Of what has this key already nothing is written: no entry, so no posting.
_BOOK = """
WITH entry AS (
  INSERT INTO payments_journalentry (key, kind, reference_type, reference_id)
  VALUES (%(key)s, %(kind)s, %(reference_type)s, %(reference_id)s)
  ON CONFLICT (key) DO NOTHING RETURNING id)
INSERT INTO payments_posting (entry_id, account_id, currency, amount_minor)
SELECT entry.id, posting.* FROM entry,
  unnest(%(accounts)s::bigint[], %(currencies)s::text[], %(amounts)s::bigint[]) AS posting
"""


@part_of_use_case
def post(
    *,
    key: str,
    kind: str,
    reference_type: str,
    reference_id: object,
    postings: Sequence[tuple[AccountRef, Money]],
) -> None:
    """Book one entry; zero amounts are left out. What has this key already is not booked again.

    Locks the bounded accounts in the order of their ids.

    :raises InsufficientFunds: a bounded account would fall below its floor
    :raises ValueError: the postings of a currency do not sum to zero
    """
    rows = [(ref, amount) for ref, amount in postings if amount]
    for currency in {amount.currency for _ref, amount in rows}:
        if sum(amount.minor for _ref, amount in rows if amount.currency == currency):
            raise ValueError(f"entry {key} does not balance in {currency}")
    accounts = _locked({(ref, amount.currency) for ref, amount in rows})
    entry: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "reference_type": reference_type,
        "reference_id": str(reference_id),
        "accounts": [accounts[ref, amount.currency] for ref, amount in rows],
        "currencies": [amount.currency for _ref, amount in rows],
        "amounts": [amount.minor for _ref, amount in rows],
    }
    try:
        with prepared_cursor() as cursor:
            cursor.execute(_BOOK, entry)
    except IntegrityError as error:
        if "ledger_account_floor" in str(error):
            raise InsufficientFunds from error
        raise


def lock(accounts: Iterable[Named]) -> None:
    """Lock accounts, each with its currency, before their balances are read and decided on.

    Name all that the entry will touch: what `post` locks after it must be held already.
    """
    _locked(set(accounts))


def _locked(named: Collection[Named]) -> dict[Named, int]:
    """Return the ids of accounts: the bounded ones locked, the missing ones opened.

    Missing ones are opened before the others are locked, so that nobody waits for another's new account
    while he holds one that the other needs.
    """
    note_lock(LEDGER)
    found: dict[Named, int] = {}
    bounded = []
    with prepared_cursor() as cursor:
        cursor.execute(_FIND, _columns(named))
        for id_, owner_type, owner_id, kind, currency, is_bounded in cursor.fetchall():
            found[AccountRef(owner_type, owner_id, kind), currency] = id_
            if is_bounded:
                bounded.append(id_)
    if len(found) == len(named):
        return found
    opened = _opened(sorted(set(named) - set(found)))
    lock_rows(LedgerAccount.objects.filter(id__in=bounded), rank=LEDGER)
    return found | opened


def _columns(named: Collection[Named]) -> dict[str, list[str]]:
    return {
        "owner_types": [ref.owner_type for ref, _currency in named],
        "owner_ids": [ref.owner_id for ref, _currency in named],
        "kinds": [ref.kind for ref, _currency in named],
        "currencies": [currency for _ref, currency in named],
    }


def _opened(missing: Sequence[Named]) -> dict[Named, int]:
    floors = [FLOORS.get(ref.kind) for ref, _currency in missing]
    with prepared_cursor() as cursor:
        cursor.execute(_OPEN, {**_columns(missing), "floors": floors})
        return {
            (AccountRef(owner_type, owner_id, kind), currency): id_
            for id_, owner_type, owner_id, kind, currency in cursor.fetchall()
        }


def balance(ref: AccountRef, currency: str) -> Money:
    """Return an account's balance: stored for bounded accounts, summed for the others."""
    return balances([ref], currency)[ref]


def balances(refs: Collection[AccountRef], currency: str) -> dict[AccountRef, Money]:
    """Return the balances of several accounts, all in one currency; of one never opened it is zero."""
    found = dict.fromkeys(refs, Money.zero(currency))
    with prepared_cursor() as cursor:
        cursor.execute(_BALANCES, _columns([(ref, currency) for ref in refs]))
        for owner_type, owner_id, kind, _currency, minor in cursor.fetchall():
            found[AccountRef(owner_type, owner_id, kind)] = Money(minor, currency)
    return found
