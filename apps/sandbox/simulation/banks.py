"""Simulated payouts: sellers ask, staff stop some, the bank pays, fails or sends back, by reports alone.

Only accounts that a simulation opened are paid to: those at the sandbox's provider are left alone.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import Payout, PayoutAccount
from apps.payments.selectors_payouts import payable_balance
from apps.payments.services import payout_accounts, payout_reports, payouts
from apps.payments.types_payouts import (
    BankLabel,
    PayoutOrder,
    PayoutState,
    ProviderAccount,
    ProviderPayout,
    ProviderTransfer,
    TransferOutcome,
)
from apps.sandbox.simulation import habits
from apps.sandbox.simulation.agenda import Agenda
from apps.sellers.models import Seller

PREFIX = "acct_sim_"


def ask_for_payouts(agenda: Agenda) -> int:
    """Let every seller with money think about a payout; return how many were asked for."""
    asked = 0
    for seller in Seller.objects.filter(status=Seller.Status.ACTIVE).order_by("slug"):
        amount = payable_balance(seller.id, seller.currency)
        is_enough = amount >= payouts.least_amount(seller.currency)
        if is_enough and agenda.happens(habits.SELLER_ASKS_FOR_A_PAYOUT):
            asked += _ask(agenda, seller, amount)
    return asked


def _ask(agenda: Agenda, seller: Seller, whole: Money) -> bool:
    account = PayoutAccount.objects.filter(payee_id=seller.id, currency=seller.currency)
    if not account.exists():
        _open_account(agenda, seller)
    elif not account.filter(provider_account_id__startswith=PREFIX).exists():
        return False
    order = PayoutOrder(
        seller.id, seller.currency, whole, f"sim:{seller.slug}:{agenda.now.isoformat()}"
    )
    payout = payouts.request_payout(order=order, actor=SYSTEM, now=agenda.now)
    agenda.within(10, lambda: _treat(agenda, payout.id))
    return True


def _open_account(agenda: Agenda, seller: Seller) -> None:
    account = PayoutAccount.objects.create(
        payee_id=seller.id,
        currency=seller.currency,
        country=seller.country,
        provider="stripe",
        provider_account_id=f"{PREFIX}{uuid4().hex}",
        return_url="http://127.0.0.1:8000/",
        opened_at=agenda.now,
    )
    report = ProviderAccount(
        account_id=account.provider_account_id,
        our_account_id=account.id,
        can_pay_out=True,
        bank=BankLabel("ba_sim", seller.legal_name, "SIM BANK", "6789", seller.currency),
    )
    payout_accounts.apply_account_report(provider="stripe", report=report, now=agenda.now)


def _treat(agenda: Agenda, payout_id: UUID) -> str:
    """What staff and the provider make of a payout that was asked for."""
    payout = Payout.objects.select_related("account").get(id=payout_id)
    if agenda.happens(habits.PAYOUT_IS_STOPPED):
        payouts.stop_payout(payout_id=payout_id, actor=SYSTEM, reason="Doubt", now=agenda.now)
        return "payout stopped"
    if payout.state == PayoutState.HELD:
        payouts.approve_payout(payout_id=payout_id, actor=SYSTEM, reason="Known", now=agenda.now)
    Payout.objects.filter(id=payout_id).update(
        transfer_called_at=agenda.now, payout_called_at=agenda.now
    )
    payout_reports.apply_transfer_report(
        report=ProviderTransfer(
            transfer_id=f"tr_sim_{payout.id.hex}",
            our_payout_id=payout.id,
            account_id=payout.account.provider_account_id,
            amount=payout.amount,
            reversed=Money.zero(payout.currency),
        ),
        now=agenda.now,
    )
    _report(agenda, payout, TransferOutcome.SENT)
    fails = agenda.happens(habits.PAYOUT_FAILS)
    outcome = TransferOutcome.FAILED if fails else TransferOutcome.PAID
    agenda.within(48, lambda: _settle(agenda, payout, outcome))
    return "payout sent"


def _settle(agenda: Agenda, payout: Payout, outcome: TransferOutcome) -> str:
    _report(agenda, payout, outcome)
    if outcome == TransferOutcome.PAID and agenda.happens(habits.PAYOUT_BOUNCES):
        agenda.plan(timedelta(days=3), lambda: _settle(agenda, payout, TransferOutcome.FAILED))
    return f"payout {outcome}"


def _report(agenda: Agenda, payout: Payout, outcome: TransferOutcome) -> None:
    payout_reports.apply_payout_report(
        report=ProviderPayout(
            payout_id=f"po_sim_{payout.id.hex}",
            our_payout_id=payout.id,
            account_id=payout.account.provider_account_id,
            outcome=outcome,
            amount=payout.amount,
            arrives_on=agenda.now.date() + timedelta(days=2),
            failure_code="account_closed" if outcome == TransferOutcome.FAILED else "",
        ),
        now=agenda.now,
    )
