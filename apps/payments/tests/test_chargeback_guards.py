"""What PostgreSQL itself refuses of chargebacks, whoever writes, and that each refusal is a guard's."""
# ruff: noqa: S608  the statements are put together from our own constants

from collections.abc import Iterator

import pytest

from apps.payments.models import Chargeback
from apps.payments.tests.chargebacks import bear, lost, opened
from apps.payments.tests.guarded import (
    CHECK,
    DENIED,
    UNIQUE,
    expected,
    refused_to_application,
    refused_without_guards,
)
from apps.payments.tests.releases import HALF, paid_share
from apps.payments.tests.world import assert_consistent

OPEN, OVER = "settled_at IS NULL", "settled_at IS NOT NULL"


def change(what: str, where: str = OPEN) -> str:
    return f"UPDATE payments_chargeback SET {what} WHERE {where}"


FORBIDDEN = {
    "take more": (change("amount_minor = amount_minor + 1"), DENIED),
    "cost more when it is over": (change("fee_minor = fee_minor + 1", OVER), DENIED),
    "cost less than nothing": (change("fee_minor = -1"), CHECK),
    "be of another payment": (
        change("payment_id = (SELECT payment_id FROM payments_chargeback WHERE state = 'LOST')"),
        DENIED,
    ),
    "be borne by another": (change("bearer = 'MARKETPLACE'"), DENIED),
    "be renamed": (change("provider_chargeback_id = 'du_x'"), DENIED),
    "be won after it was lost": (change("state = 'WON'", OVER), CHECK),
    "wait again": (change("state = 'NEEDS_RESPONSE', closed_at = NULL", OVER), CHECK),
    "be withdrawn again": (change("withdrawn_at = now()"), DENIED),
    "never have been withdrawn": (change("withdrawn_at = NULL"), DENIED),
    "be settled again": (change("settled_at = now()", OVER), DENIED),
    "be settled while it is open": (change("settled_at = now()"), CHECK),
    "end without a moment": (change("state = 'LOST'"), CHECK),
    "have a moment without an end": (change("closed_at = now()"), CHECK),
    "be reinstated while it is open": (change("reinstated_at = now()"), CHECK),
    "be answered without a moment": (change("answer = 'EVIDENCE'"), CHECK),
    "be deleted": ("DELETE FROM payments_chargeback", DENIED),
    "bear another part": ("UPDATE payments_chargebackpart SET amount_minor = 1", DENIED),
    "bear no part": ("DELETE FROM payments_chargebackpart", DENIED),
    "be told twice": (
        (
            "INSERT INTO payments_chargeback (payment_id, provider, provider_chargeback_id, reason,"
            " state, bearer, currency, amount_minor, fee_minor, answer, answer_text, answer_facts,"
            " opened_at) SELECT payment_id, provider, provider_chargeback_id, reason,"
            " 'NEEDS_RESPONSE', bearer, currency, 1, 0, '', '', '{}', now() FROM payments_chargeback"
            f" WHERE {OPEN}"
        ),
        UNIQUE,
    ),
    "bear twice": (
        (
            "INSERT INTO payments_chargebackpart (chargeback_id, allocation_id, amount_minor)"
            " SELECT chargeback_id, allocation_id, 1 FROM payments_chargebackpart LIMIT 1"
        ),
        UNIQUE,
    ),
    "bear nothing": (
        (
            "INSERT INTO payments_chargebackpart (chargeback_id, allocation_id, amount_minor)"
            " SELECT c.id, p.allocation_id, 0 FROM payments_chargebackpart p, payments_chargeback c"
            " WHERE c.id <> p.chargeback_id LIMIT 1"
        ),
        CHECK,
    ),
}


@pytest.fixture
def _books(committed_db: None) -> Iterator[None]:
    opened(paid_share())
    bear(lost(paid_share(), HALF.total))
    assert sorted(Chargeback.objects.values_list("state", flat=True)) == ["LOST", "NEEDS_RESPONSE"]
    yield
    assert_consistent()


@pytest.mark.usefixtures("_books")
def test_forbidden_statements_are_refused_by_the_database() -> None:
    assert refused_to_application(FORBIDDEN) == expected(FORBIDDEN)


@pytest.mark.usefixtures("_books")
def test_without_its_guards_the_database_takes_every_one_of_them() -> None:
    assert refused_without_guards(FORBIDDEN, "payments_chargeback") == {}
