"""Whatever happens to payouts in whatever order: no money is made, none is lost, none leaves undebited."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.errors import DomainError
from apps.core.tests.undoing import rolled_back
from apps.core.viewer import SYSTEM
from apps.payments.models import Incident, Payout
from apps.payments.rules_payouts import OPEN
from apps.payments.services import payouts
from apps.payments.tests.payouts import DAY, ask_payout, balances, ready_payee, send, uzs
from apps.payments.tests.world import assert_consistent
from apps.payments.types_payouts import PayoutState
from apps.sandbox.stripe.testing import RunningSandbox

pytestmark = pytest.mark.django_db
BANKS = ("000123456789", "000111111116", "000999999991")
CALLS = ("POST /v1/transfers", "POST /v1/payouts", "GET .*", "POST .*/reversals")
FAULTS = ("timeout_after", "timeout_before", "error_after", "rate_limit", "html")
acts = st.one_of(
    st.tuples(st.just("ask"), st.integers(50_000, 400_000)),
    st.tuples(st.just("approve"), st.integers(0, 3)),
    st.tuples(st.just("stop"), st.integers(0, 3)),
    st.tuples(st.just("sweep"), st.just(0)),
    st.tuples(st.just("bank"), st.just(0)),
    st.tuples(st.just("fault"), st.tuples(st.sampled_from(FAULTS), st.sampled_from(CALLS))),
)


def act(name: str, what: Any, payee_id: Any, sandbox: RunningSandbox, at: Any) -> None:
    rows = list(Payout.objects.order_by("id"))
    match name:
        case "ask":
            ask_payout(payee_id, uzs(what), now=at)
        case "approve" | "stop" if rows:
            use_case = payouts.approve_payout if name == "approve" else payouts.stop_payout
            use_case(payout_id=rows[what % len(rows)].id, actor=SYSTEM, reason="x", now=at)
        case "sweep":
            for row in rows:
                send(row, now=at)
        case "bank":
            sandbox.settle_payouts()
        case "fault":
            sandbox.fault(what[0], what[1])


def check_sums(payee_id: Any, sandbox: RunningSandbox) -> None:
    rows = list(Payout.objects.all())
    paid = sum(row.amount_minor for row in rows if row.state == PayoutState.PAID)
    on_way = sum(row.amount_minor for row in rows if row.state in OPEN)
    assert balances(payee_id)[0] + on_way + paid == 100_000_000
    owed = {str(row.id): row.amount_minor for row in rows if row.state not in ("STOPPED", "FAILED")}
    for payout_id, minor in sandbox.paid_out().items():
        assert minor == owed.get(payout_id), payout_id


@given(bank=st.sampled_from(BANKS), story=st.lists(acts, min_size=4, max_size=16))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_money_is_where_the_books_and_the_provider_say(
    sandbox: RunningSandbox, bank: str, story: list[tuple[str, Any]]
) -> None:
    with rolled_back():
        sandbox.faults.clear()
        sandbox.store.clear()
        payee_id = ready_payee(uzs(1_000_000), bank=bank)
        for number, (name, what) in enumerate(story, start=1):
            at = DAY + timedelta(hours=2 * number)
            try:
                act(name, what, payee_id, sandbox, at)
            except DomainError:
                continue
            finally:
                check_sums(payee_id, sandbox)
        assert_consistent()
        assert not Incident.objects.exclude(kind="PAYOUT_STUCK").exists()
