"""Money on hold, from the ledger's page and back: with a reason, by the right people, and it works."""

import pytest
from django.urls import reverse

from apps.backoffice.tests.test_actions import REASON, confirm, entry_of
from apps.backoffice.tests.world import buy, client_of, staff, superuser_client
from apps.payments.models import EscrowHold, LedgerAccount
from apps.payments.services.releasing import EscrowFrozen
from apps.payments.tests.releases import paid_share, release, release_of
from marketplace.tests.world import make_world

pytestmark = pytest.mark.django_db


def account_of(kind: str) -> LedgerAccount:
    return LedgerAccount.objects.get(kind=kind)


def test_escrow_put_on_hold_with_a_reason_is_not_released() -> None:
    share = paid_share()

    confirm(superuser_client(), "payments_ledgeraccount", "hold", account_of("ESCROW"))

    hold = EscrowHold.objects.get()
    assert (hold.reference_id, hold.reason) == (share.reference_id, REASON)
    entry = entry_of("payments.escrow_held")
    assert (entry.target_type, entry.target_id) == ("order", str(share.reference_id))
    assert entry.reason == REASON
    with pytest.raises(EscrowFrozen):
        release(release_of(share))


def test_order_s_money_put_on_hold_from_the_order_s_page() -> None:
    order = buy(make_world(), 1).orders.order_by("number").first()
    client = superuser_client()
    page = client.get(reverse("admin:orders_order_change", args=[order.pk]))

    confirm(client, "orders_order", "hold", order)

    assert "hold" in [act.name for act in page.context["reasoned_actions"]]
    assert EscrowHold.objects.get().reference_id == order.pk
    assert entry_of("payments.escrow_held").reason == REASON


def test_hold_lifted_with_a_reason_lets_the_money_go() -> None:
    share = paid_share()
    client = superuser_client()
    confirm(client, "payments_ledgeraccount", "hold", account_of("ESCROW"))

    confirm(client, "payments_escrowhold", "lift", EscrowHold.objects.get(), reason="Clear")

    assert EscrowHold.objects.get().lifted_at is not None
    assert entry_of("payments.hold_lifted").reason == "Clear"
    assert release(release_of(share)).payout.minor == 9_000_000


def test_hold_after_the_release_is_refused_in_words() -> None:
    release(release_of(paid_share()))
    client = superuser_client()

    answer = confirm(client, "payments_ledgeraccount", "hold", account_of("ESCROW"))

    html = client.get(answer.headers["Location"]).content.decode()
    assert "The money of this order is with the seller already." in html
    assert not EscrowHold.objects.exists()


def test_hold_on_an_account_that_is_no_escrow_is_refused() -> None:
    paid_share()

    confirm(superuser_client(), "payments_ledgeraccount", "hold", account_of("PROVIDER_CLEARING"))

    assert not EscrowHold.objects.exists()


def test_buttons_stand_where_they_fit() -> None:
    paid_share()
    client = superuser_client()

    def buttons(kind: str) -> list[str]:
        url = reverse("admin:payments_ledgeraccount_change", args=[account_of(kind).pk])
        return [act.name for act in client.get(url).context["reasoned_actions"]]

    assert buttons("ESCROW") == ["hold"]
    assert buttons("PROVIDER_CLEARING") == []


def test_staff_without_the_right_cannot_hold_or_lift() -> None:
    paid_share()
    client = client_of(
        staff("book@staff.example", "payments.view_ledgeraccount", "payments.view_escrowhold")
    )

    confirm(client, "payments_ledgeraccount", "hold", account_of("ESCROW"))
    assert not EscrowHold.objects.exists()
    confirm(superuser_client(), "payments_ledgeraccount", "hold", account_of("ESCROW"))
    confirm(client, "payments_escrowhold", "lift", EscrowHold.objects.get())

    assert EscrowHold.objects.get().lifted_at is None


def test_staff_with_the_right_hold_and_lift() -> None:
    paid_share()
    holder = client_of(
        staff("hold@staff.example", "payments.view_ledgeraccount", "payments.add_escrowhold")
    )
    lifter = client_of(
        staff("lift@staff.example", "payments.view_escrowhold", "payments.change_escrowhold")
    )

    confirm(holder, "payments_ledgeraccount", "hold", account_of("ESCROW"))
    confirm(lifter, "payments_escrowhold", "lift", EscrowHold.objects.get())

    assert EscrowHold.objects.get().lifted_at is not None


def test_overview_counts_what_is_on_hold() -> None:
    paid_share()
    client = superuser_client()
    confirm(client, "payments_ledgeraccount", "hold", account_of("ESCROW"))

    queues = {str(row.title): row for row in client.get("/backoffice/").context["queues"]}

    assert queues["Money on hold"].queue.count == 1
    assert (
        client.get(reverse("admin:payments_escrowhold_changelist"), {"lifted_at__isempty": "1"})
        .context["cl"]
        .result_count
        == 1
    )


def test_settlement_page_shows_every_part_and_leads_to_its_entries() -> None:
    share = paid_share()
    settlement = release(release_of(share))

    url = reverse("admin:payments_settlement_change", args=[settlement.pk])
    html = superuser_client().get(url).content.decode()

    entries = reverse("admin:payments_journalentry_changelist")
    assert f'href="{entries}?reference_id={share.reference_id}"' in html
    for sum_ in ("8,928.57", "1,071.43", "22,321.43", "2,678.57"):
        assert sum_ in html
    assert html.count("90,000\u00a0UZS") == 2
