"""Reports of chargebacks: late, twice, shuffled, contradicting; the books are the same."""

from dataclasses import replace
from itertools import permutations

import pytest

from apps.core.money import Money
from apps.payments.models import Chargeback, ChargebackPart, Incident
from apps.payments.services.chargebacks import PaymentNotCaptured, apply_chargeback_report
from apps.payments.tests.chargebacks import (
    FRAUD,
    HUNDRED,
    S,
    apply,
    bear,
    claims,
    entries,
    given_back,
    lost,
    marketplace_losses,
    opened,
    payment_of,
    told,
    told_topics,
    won,
)
from apps.payments.tests.releases import (
    NOW,
    TOTAL,
    escrow_of,
    paid_share,
    release,
    release_of,
)
from apps.payments.tests.world import assert_consistent, make_purchase, start

pytestmark = pytest.mark.django_db


def test_reports_three_times_in_any_order_leave_the_same_books() -> None:
    for index, order in enumerate(permutations(("asked", "review", "won"))):
        share = paid_share()
        reports = {
            "asked": told(share),
            "review": told(share, state=S.UNDER_REVIEW),
            "won": given_back(told(share)),
        }
        for _time in range(3):
            for name in order:
                apply(reports[name])
        row = Chargeback.objects.get(payment=payment_of(share))
        assert (row.state, row.is_frozen) == (S.WON, False)
        assert entries() == ["CHARGEBACK", "CHARGEBACK_WON"] * (index + 1)
    assert Incident.objects.count() == 0
    assert_consistent()


def test_late_news_of_a_lower_rank_moves_nothing_back() -> None:
    share = paid_share()
    bear(lost(share))

    row = opened(share)

    assert (row.state, row.settled_at) == (S.LOST, NOW)
    assert entries() == ["CHARGEBACK", "CHARGEBACK_LOST"]


def test_inquiry_freezes_nothing_until_it_takes_the_money() -> None:
    share = paid_share()
    row = opened(share, withdrawn=None)
    assert (row.is_frozen, entries(), told_topics()) == (False, [], [])

    row = opened(share)

    assert (row.is_frozen, entries(), told_topics()) == (True, ["CHARGEBACK"], ["opened"])
    assert_consistent()


def test_inquiry_that_is_closed_moves_no_money() -> None:
    share = paid_share()
    opened(share, withdrawn=None)

    row = opened(share, withdrawn=None, state=S.WON)
    release(release_of(share))

    assert (row.settled_at, row.check_at, entries()) == (NOW, None, [])
    assert_consistent()


def test_loss_that_is_told_before_its_money_left_is_borne_when_it_left() -> None:
    share = paid_share()
    row = lost(share, withdrawn=None, reason=FRAUD)
    assert (row.settled_at, entries()) == (None, [])
    assert row.check_at is not None

    row = lost(share, reason=FRAUD)

    assert (row.settled_at, entries()) == (NOW, ["CHARGEBACK", "CHARGEBACK_LOSS"])
    assert_consistent()


@pytest.mark.parametrize(
    "changes",
    [
        {"is_live": True},
        {"amount": Money(0, "UZS"), "withdrawn": None},
        {"amount": Money(100, "USD"), "withdrawn": None},
        {"amount": Money(100, "UZS")},
        {"intent_id": "pi_other"},
        {"state": S.LOST, "reinstated": "withdrawn"},
        {"withdrawn": None, "reinstated": "withdrawn"},
    ],
)
def test_report_that_contradicts_the_books_is_an_incident_and_books_nothing(
    changes: dict[str, object],
) -> None:
    share = paid_share()
    report = told(share)
    given = {
        name: report.withdrawn if value == "withdrawn" else value for name, value in changes.items()
    }

    apply_chargeback_report(provider="stripe", report=replace(report, **given), now=NOW)  # type: ignore[arg-type]

    assert Incident.objects.get().kind == "CONTRADICTION"
    assert (entries(), Chargeback.objects.count()) == ([], 0)
    release(release_of(share))


def test_end_that_turns_into_the_other_is_an_incident_and_moves_nothing() -> None:
    share = paid_share()
    bear(lost(share))

    row = won(share)

    assert row.state == S.LOST
    assert Incident.objects.get().kind == "CONTRADICTION"
    assert entries() == ["CHARGEBACK", "CHARGEBACK_LOST"]
    assert_consistent()


def test_sum_that_changes_after_it_was_taken_is_an_incident() -> None:
    share = paid_share()
    opened(share, HUNDRED)

    row = opened(share, TOTAL)

    assert (row.amount, claims()) == (HUNDRED, HUNDRED.minor)
    assert Incident.objects.get().kind == "CONTRADICTION"


def test_chargeback_of_a_stranger_s_payment_is_an_incident() -> None:
    report = replace(told(paid_share()), attempt_id=None, intent_id="pi_of_nobody")

    assert apply_chargeback_report(provider="stripe", report=report, now=NOW) is None

    assert Incident.objects.get().kind == "UNKNOWN_PAYMENT"
    assert entries() == []


def test_chargeback_before_its_capture_is_told_again_later() -> None:
    purchase = make_purchase()
    attempt = start(purchase, at=NOW)
    report = replace(told(paid_share()), attempt_id=attempt.id)

    with pytest.raises(PaymentNotCaptured):
        apply_chargeback_report(provider="stripe", report=report, now=NOW)

    assert (Chargeback.objects.count(), Incident.objects.count()) == (0, 0)


def test_second_chargeback_of_a_payment_takes_what_the_first_left() -> None:
    share = paid_share()
    bear(lost(share, HUNDRED))

    bear(lost(share, HUNDRED, chargeback_id="du_second"))

    parts = ChargebackPart.objects.order_by("id").values_list("amount_minor", flat=True)
    assert list(parts) == [100_000_00, 25_000_00]
    assert (escrow_of(share), marketplace_losses()[1]) == (0, 75_000_00)
    assert_consistent()
