"""Payouts on a shop's pages: what it may ask for, what it is told, who may change where money goes."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.core import clock
from apps.core.formats import format_moment
from apps.core.services.relay import deliver_all
from apps.notifications.models import Delivery
from apps.payments.models import Payout, PayoutAccount, PayoutSchedule
from apps.payments.services.payout_accounts import apply_account_report, refuse_bank
from apps.payments.services.payout_sending import record_reversal
from apps.payments.services.payouts import stop_payout
from apps.payments.services.releasing import make_due_available
from apps.payments.tests.chargebacks import opened
from apps.payments.tests.payouts import (
    ask_payout,
    pay_in,
    plain_account,
    reported,
    uzs,
)
from apps.payments.tests.releases import NOW, all_to_seller, paid_share, release
from apps.payments.types_payouts import ProviderAccount, ProviderReversal, TransferOutcome
from apps.seller_centre.tests.shop import browser, member_user, owner, page, strangers
from apps.seller_centre.tests.web.test_finance import plain
from apps.sellers.models import Seller
from apps.sellers.types import MemberRole
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db

LIST_QUERIES = 11


@pytest.fixture
def world() -> World:
    world = make_world(offers_each=1)
    pay_in(world.sellers[0].id, uzs(1_000_000))
    return world


@pytest.fixture
def client(world: World) -> Client:
    return owner(world)


@pytest.fixture
def account(world: World) -> PayoutAccount:
    return plain_account(world.sellers[0].id)


def url(world: World, tail: str = "payouts/") -> str:
    return f"/en/seller/{world.sellers[0].id}/finance/{tail}"


def form_of(html: str, **changes: str) -> dict[str, str]:
    (key,) = re.findall(r'name="key" value="(\w+)"', html)
    return {"currency": "UZS", "key": key, "amount": ""} | changes


def told(answer: Any) -> str:
    return plain(answer.content.decode()).replace("&#x27;", "'")


def test_shop_without_an_account_is_led_to_it(world: World, client: Client) -> None:
    html = page(client, url(world))

    assert "Payouts need a bank account first." in html
    assert f'href="{url(world, "account/")}"' in html
    assert 'name="key"' not in html
    assert "Nothing was paid out yet" in html


@pytest.mark.usefixtures("account")
class TestAsking:
    def test_sum_is_asked_for_once_however_often_the_form_is_sent(
        self, world: World, client: Client
    ) -> None:
        html = page(client, url(world))
        assert "TEST BANK ···· 6789" in html
        assert "Usually arrives by" in html
        form = form_of(html, amount="400 000")

        answers = [client.post(url(world), form) for _ in range(2)]

        payout = Payout.objects.get()
        assert payout.amount == uzs(400_000)
        where = url(world, f"payouts/{payout.id}/")
        assert [answer["Location"] for answer in answers] == [where, where]
        text = plain(page(client, f"/en/seller/{world.sellers[0].id}/"))
        assert "On its way" in text
        assert "400,000 UZS" in text
        assert "600,000 UZS" in text

    def test_nothing_filled_in_is_all(self, world: World, client: Client) -> None:
        client.post(url(world), form_of(page(client, url(world))))

        assert Payout.objects.get().amount == uzs(1_000_000)

    @pytest.mark.parametrize(
        ("amount", "words"),
        [
            ("1 000 001", "There is less on the balance: 1,000,000 UZS."),
            ("10", "The least that is paid out is 50,000 UZS."),
            ("much", "Enter a sum such as"),
            ("0.001", "fewer digits"),
        ],
    )
    def test_sum_that_cannot_be_is_refused_at_the_field(
        self, world: World, client: Client, amount: str, words: str
    ) -> None:
        answer = client.post(url(world), form_of(page(client, url(world)), amount=amount))

        assert answer.status_code == 422
        assert words in told(answer)
        assert f'value="{amount}"' in answer.content.decode()
        assert Payout.objects.count() == 0

    def test_currency_of_somebody_else_is_not_found(self, world: World, client: Client) -> None:
        form = form_of(page(client, url(world)), currency="USD")

        assert client.post(url(world), form).status_code == 404

    def test_finance_asks_and_manager_looks_on(self, world: World) -> None:
        form = form_of(page(owner(world), url(world)))
        manager = browser(member_user(world.sellers[0], MemberRole.MANAGER))
        assert "Owners and people with the role of finance ask" in page(manager, url(world))
        assert manager.post(url(world), form).status_code == 404
        assert Payout.objects.count() == 0

        finance = browser(member_user(world.sellers[0], MemberRole.FINANCE))

        assert finance.post(url(world), form).status_code == 302
        assert Payout.objects.count() == 1


@pytest.mark.usefixtures("account")
class TestOnHold:
    """A bank decides about an order whose 125,000 the shop has beside its million."""

    @pytest.fixture(autouse=True)
    def _charged_back(self, world: World) -> None:
        share = paid_share(payee_id=world.sellers[0].id)
        release(replace(all_to_seller(share), available_at=NOW))
        make_due_available(now=NOW)
        opened(share)

    def test_page_says_what_is_on_hold_and_pays_out_the_rest(
        self, world: World, client: Client
    ) -> None:
        html = page(client, url(world))
        on_hold = "125,000 UZS of it is on hold: a bank is deciding about a chargeback."
        assert "1,125,000 UZS" in plain(html)
        assert on_hold in plain(html)
        assert on_hold in plain(page(client, f"/en/seller/{world.sellers[0].id}/"))

        client.post(url(world), form_of(html))

        assert Payout.objects.get().amount == uzs(1_000_000)
        rest = plain(page(client, url(world)))
        assert on_hold in rest
        assert "The least that is paid out is 50,000 UZS." in rest
        assert 'name="key"' not in rest

    def test_more_than_may_be_paid_out_is_refused_at_the_field(
        self, world: World, client: Client
    ) -> None:
        answer = client.post(url(world), form_of(page(client, url(world)), amount="1000001"))

        assert answer.status_code == 422
        assert "Until then 1,000,000 UZS can be paid out." in told(answer)
        assert Payout.objects.count() == 0


def test_balance_below_the_least_sum_says_so(world: World, client: Client) -> None:
    plain_account(world.sellers[0].id)
    ask_payout(world.sellers[0].id, uzs(960_000))

    html = plain(page(client, url(world)))

    assert "The least that is paid out is 50,000 UZS." in html


def test_changed_account_says_until_when_payouts_wait(world: World, client: Client) -> None:
    until = clock.now() + timedelta(hours=72)
    plain_account(world.sellers[0].id, usable_from=until)

    html = plain(page(client, url(world)))

    assert f"Payouts start again: {format_moment(until)}." in html
    assert "New account" in plain(page(client, url(world, "account/")))


STORIES = {
    "held": ("Waits for approval", "We look at payouts of this size ourselves"),
    "created": ("To be sent", "Leaves for the bank"),
    "unknown": ("Being sent", "Leaves for the bank"),
    "transit": ("On its way to the bank", "Arrives at the bank"),
    "paid": ("Paid out", "Left for the bank"),
    "returning": ("Coming back", "Comes back to your balance"),
    "stopped": ("Stopped", "The marketplace stopped this payout."),
}


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("story", STORIES)
def test_payout_is_told_step_by_step_with_its_entries(
    world: World, client: Client, story: str, settings: Any
) -> None:
    if story == "held":
        settings.PAYOUT_APPROVAL_OVER = {}
    payout = ask_payout(world.sellers[0].id, uzs(400_000))
    _tell(payout, story)

    text = plain(page(client, url(world, f"payouts/{payout.id}/")))

    for words in STORIES[story]:
        assert words in text
    assert "The sum leaves your balance" in text
    assert "−400,000 UZS" in text
    assert STORIES[story][0] in page(client, url(world))


def _tell(payout: Payout, story: str) -> None:
    match story:
        case "unknown":
            Payout.objects.filter(id=payout.id).update(
                state="UNKNOWN", unknown_at=payout.requested_at
            )
        case "transit":
            reported(payout, TransferOutcome.SENT)
        case "paid":
            reported(payout, TransferOutcome.SENT, TransferOutcome.PAID)
        case "returning":
            reported(payout, TransferOutcome.SENT, TransferOutcome.FAILED)
        case "stopped":
            from apps.core.viewer import SYSTEM

            stop_payout(payout_id=payout.id, actor=SYSTEM, reason="x", now=payout.requested_at)


def test_strangers_find_no_payout_and_no_account(world: World, account: PayoutAccount) -> None:
    payout = ask_payout(world.sellers[0].id)
    reads = [url(world), url(world, f"payouts/{payout.id}/"), url(world, "account/")]
    writes = [url(world), url(world, "account/change/"), url(world, "schedule/")]
    for client in [
        *strangers(world),
        browser(member_user(world.sellers[0], MemberRole.STOCK)),
    ]:
        assert [client.get(path).status_code for path in reads] == [404] * 3
        assert [client.post(path).status_code for path in writes] == [404] * 3
    other = owner(world, 1)
    own = f"/en/seller/{world.sellers[1].id}/finance/payouts/{payout.id}/"
    assert other.get(own).status_code == 404


@pytest.mark.usefixtures("account")
class TestAccount:
    def test_consequence_of_a_change_is_told_before_the_click(
        self, world: World, client: Client
    ) -> None:
        html = plain(page(client, url(world, "account/")))

        assert "TEST BANK ···· 6789" in html
        assert "Then they wait for 3 days" in html

    def test_owner_alone_changes_it(self, world: World, client: Client) -> None:
        path = url(world, "account/change/")
        for role in (MemberRole.MANAGER, MemberRole.FINANCE):
            member = browser(member_user(world.sellers[0], role))
            assert "Only an owner of the shop changes the account." in page(
                member, url(world, "account/")
            )
            assert member.post(path, {"currency": "UZS"}).status_code == 404
        assert client.post(path, {"currency": "USD"}).status_code == 404
        assert PayoutAccount.objects.count() == 1

        assert client.post(path, {"currency": "UZS"}).status_code == 302

        begun = PayoutAccount.objects.get(state="PENDING")
        assert begun.return_url.endswith(url(world, "account/"))
        html = page(client, url(world, "account/"))
        assert 'http-equiv="refresh"' in html
        assert "is being opened" in html

    def test_page_of_the_provider_is_shown_to_the_owner_alone(
        self, world: World, client: Client
    ) -> None:
        client.post(url(world, "account/change/"), {"currency": "UZS"})
        link = "https://connect.stripe.example/one-visit"
        PayoutAccount.objects.filter(state="PENDING").update(
            link_url=link, link_expires_at=clock.now() + timedelta(minutes=5)
        )
        finance = browser(member_user(world.sellers[0], MemberRole.FINANCE))

        assert link in page(client, url(world, "account/"))
        assert link not in page(finance, url(world, "account/"))
        PayoutAccount.objects.filter(state="PENDING").update(link_expires_at=clock.now())
        assert link not in page(client, url(world, "account/"))
        assert "Get a new page" in page(client, url(world, "account/"))

    def test_schedule_is_kept_and_tells_its_next_day(self, world: World) -> None:
        finance = browser(member_user(world.sellers[0], MemberRole.FINANCE))
        form = {"currency": "UZS", "rhythm": "WEEKLY", "weekday": "5"}

        answer = finance.post(url(world, "schedule/"), form, follow=True)

        row = PayoutSchedule.objects.get()
        assert (row.rhythm, row.weekday, row.currency) == ("WEEKLY", 5, "UZS")
        assert "The schedule is saved." in told(answer)
        assert "Next by schedule" in told(answer)
        wrong = finance.post(url(world, "schedule/"), form | {"rhythm": "HOURLY"}, follow=True)
        assert "Choose a schedule from the list." in told(wrong)

    def test_way_back_from_the_provider_is_answered(self, world: World, client: Client) -> None:
        assert "Thank you" in page(client, url(world, "account/?told=1"))
        assert "open for too long" in page(client, url(world, "account/?told=0"))


class TestRefusedBank:
    """The bank said that the account is closed: the owner reads so and names another one."""

    @pytest.fixture
    def payout(self, account: PayoutAccount) -> Payout:
        payout = ask_payout(account.payee_id, uzs(400_000))
        payout = reported(payout, TransferOutcome.SENT, TransferOutcome.FAILED)
        refuse_bank(payout_id=payout.id, now=payout.requested_at)
        return payout

    def test_pages_say_so_and_lead_to_another_account(
        self, world: World, client: Client, payout: Payout
    ) -> None:
        asking, where = page(client, url(world)), page(client, url(world, "account/"))

        words = (
            "The bank refused a payout to this account. Nothing is paid out until you name another."
        )
        assert words in asking
        assert 'name="key"' not in asking
        assert words in where
        assert "Refused by the bank" in where
        assert "Verified" not in where
        assert "Name another account" in where
        assert "Get a new page" not in where

        client.post(url(world, "account/change/"), {"currency": "UZS"})

        old, begun = PayoutAccount.objects.order_by("opened_at")
        assert (old.id, old.state, begun.state) == (payout.account_id, "RESTRICTED", "PENDING")
        assert "Name another account" not in page(client, url(world, "account/"))

    def test_letter_asks_for_another_account(self, world: World, payout: Payout) -> None:
        deliver_all()

        letter = Delivery.objects.get(kind="seller_bank_restricted")
        assert letter.context["is_refused"] is True
        assert letter.context["account"] == "TEST BANK ···· 6789"

    def test_after_the_change_there_is_nothing_to_do(
        self, world: World, client: Client, payout: Payout
    ) -> None:
        made = ProviderReversal("trr_1", payout.amount)
        record_reversal(payout_id=payout.id, made=made, now=payout.requested_at)
        assert "Change the account." in page(client, url(world))

        plain_account(payout.payee_id)

        html = page(client, url(world))
        assert "The bank refused this account. Another one is in use now." in html
        assert "Change the account." not in html

    def test_finance_is_told_and_cannot_name_one(self, world: World, payout: Payout) -> None:
        finance = browser(member_user(world.sellers[0], MemberRole.FINANCE))

        html = page(finance, url(world, "account/"))

        assert "Only an owner of the shop changes the account." in html
        assert "Name another account" not in html


def test_payout_to_a_bank_that_was_changed_since_does_not_name_the_new_one(
    world: World, client: Client, account: PayoutAccount
) -> None:
    payout = ask_payout(account.payee_id, uzs(400_000))
    later = payout.requested_at + timedelta(days=1)
    PayoutAccount.objects.filter(id=account.id).update(
        last4="4321", changed_at=later, usable_from=later
    )

    html = page(client, url(world, f"payouts/{payout.id}/"))

    assert "An earlier account" in html
    assert "4321" not in html


@pytest.mark.usefixtures("account")
def test_list_costs_the_same_for_one_payout_and_three(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ask_payout(world.sellers[0].id, uzs(100_000))
    page(client, url(world))
    with django_assert_num_queries(LIST_QUERIES):
        page(client, url(world))
    ask_payout(world.sellers[0].id, uzs(100_000))
    ask_payout(world.sellers[0].id, uzs(100_000))
    with django_assert_num_queries(LIST_QUERIES):
        page(client, url(world))


def letters() -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(kind__startswith="seller_").order_by("id")
    return [(row.kind, row.address) for row in rows]


def test_owners_get_letters_and_nobody_else(world: World) -> None:
    for role in (MemberRole.MANAGER, MemberRole.FINANCE):
        member_user(world.sellers[0], role)
    seller_id = world.sellers[0].id
    plain_account(seller_id)
    reported(ask_payout(seller_id, uzs(100_000)), TransferOutcome.SENT, TransferOutcome.PAID)
    from apps.core.viewer import SYSTEM

    stopped = ask_payout(seller_id, uzs(200_000))
    stop_payout(payout_id=stopped.id, actor=SYSTEM, reason="x", now=stopped.requested_at)
    _restrict(stopped.account)
    deliver_all()
    deliver_all()

    to = world.sellers[0].members.get(role="OWNER").user.email
    assert sorted(letters()) == [
        ("seller_bank_changed", to),
        ("seller_bank_restricted", to),
        ("seller_payout_returned", to),
        ("seller_payout_sent", to),
    ]
    returned = Delivery.objects.get(kind="seller_payout_returned")
    assert returned.context["sum"] == "200,000\u00a0UZS"
    assert returned.context["url"].endswith(url(world, f"payouts/{stopped.id}/"))


def _restrict(account: PayoutAccount) -> None:
    """The provider says that it pays nothing there, twice."""
    report = ProviderAccount(
        account_id=account.provider_account_id,
        our_account_id=account.id,
        can_pay_out=False,
        bank=None,
        requirement="individual.verification.document",
    )
    for _time in range(2):
        apply_account_report(provider=account.provider, report=report, now=account.opened_at)


def test_suspended_shop_reads_why_nothing_is_paid_out(
    world: World, client: Client, account: PayoutAccount
) -> None:
    Seller.objects.filter(id=account.payee_id).update(status="SUSPENDED")

    html = page(client, url(world))

    assert "The shop is suspended: its money waits here until that is over." in html
    assert 'name="key"' not in html


@pytest.mark.parametrize("kind", ["sent", "returned", "bank", "restricted"])
@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_letter_reads_whole_in_every_language(kind: str, language: str) -> None:
    from apps.notifications.services import render_email

    banks = {"bank": "seller_bank_changed", "restricted": "seller_bank_restricted"}
    name = banks.get(kind, f"seller_payout_{kind}")
    values: dict[str, Any] = {
        word: f"<{word}>"
        for word in ("shop", "url", "number", "sum", "account", "arrives", "why", "usable")
    }
    for is_so in (True, False):
        message = render_email(name, language, values | {"is_held": is_so, "is_refused": is_so})
        (html, _kind) = message.alternatives[0]
        assert not re.search(r"\{\{|\{%|%\(", message.subject + message.body + str(html))
        assert "<url>" in message.body
        assert "&lt;url&gt;" in str(html)
