"""Simulated payouts: sellers ask, staff stop some, the bank pays, fails or sends back, by reports alone.

Only accounts that a simulation opened are paid to: those at the sandbox's provider are left alone.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from apps.core.money import Money
from apps.core.viewer import SYSTEM
from apps.payments.models import Payout, PayoutAccount
from apps.payments.selectors_payouts import current_account, payable_balance
from apps.payments.services import payout_accounts, payout_reports, payout_sending, payouts
from apps.payments.types_payouts import (
    BANK_REFUSED,
    BankLabel,
    PayoutAccountState,
    PayoutOrder,
    PayoutState,
    ProviderAccount,
    ProviderPayout,
    ProviderReversal,
    ProviderTransfer,
    TransferOutcome,
)
from apps.sandbox.simulation import habits
from apps.sandbox.simulation.agenda import Agenda
from apps.sellers.models import Seller

PREFIX = "acct_sim_"
CLOSED = "account_closed"
S = PayoutAccountState


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
    account = current_account(seller.id, seller.currency) or _open_account(agenda, seller.id)
    is_ours = account.provider_account_id.startswith(PREFIX)
    if not is_ours or account.state != S.VERIFIED or not account.is_usable(agenda.now):
        return False
    order = PayoutOrder(
        seller.id, seller.currency, whole, f"sim:{seller.slug}:{agenda.now.isoformat()}"
    )
    payout = payouts.request_payout(order=order, actor=SYSTEM, now=agenda.now)
    agenda.within(10, lambda: _treat(agenda, payout.id))
    return True


def _open_account(agenda: Agenda, seller_id: UUID) -> PayoutAccount:
    """The first bank of a seller, or the next one."""
    seller = Seller.objects.get(id=seller_id)
    number = PayoutAccount.objects.filter(payee_id=seller.id).count()
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
        bank=BankLabel(
            f"ba_sim_{number}", seller.legal_name, "SIM BANK", f"{6789 + number}", seller.currency
        ),
    )
    payout_accounts.apply_account_report(provider="stripe", report=report, now=agenda.now)
    account.refresh_from_db()
    return account


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
    """A bank that has closed the account sends back whatever comes to it from then on."""
    is_closed = PayoutAccount.objects.filter(
        id=payout.account_id, requirement=BANK_REFUSED
    ).exists()
    if is_closed or outcome == TransferOutcome.FAILED:
        return _send_back(agenda, payout, CLOSED)
    _report(agenda, payout, outcome)
    if agenda.happens(habits.PAYOUT_BOUNCES):
        agenda.plan(timedelta(days=3), lambda: _send_back(agenda, payout, "could_not_process"))
    return f"payout {outcome}"


def _send_back(agenda: Agenda, payout: Payout, code: str) -> str:
    """The bank sends it back, the provider takes the transfer back, the seller names another bank."""
    _report(agenda, payout, TransferOutcome.FAILED, code)
    payout_sending.record_reversal(
        payout_id=payout.id,
        made=ProviderReversal(f"trr_sim_{payout.id.hex}", payout.amount),
        now=agenda.now,
    )
    if code == CLOSED:
        agenda.within(36, lambda: _name_another(agenda, payout))
    return f"payout {TransferOutcome.FAILED}"


def _name_another(agenda: Agenda, payout: Payout) -> str:
    current = current_account(payout.payee_id, payout.currency)
    if current is None or current.state != S.RESTRICTED:
        return "another bank is there"
    _open_account(agenda, payout.payee_id)
    return "another bank named"


def _report(agenda: Agenda, payout: Payout, outcome: TransferOutcome, code: str = "") -> None:
    payout_reports.apply_payout_report(
        report=ProviderPayout(
            payout_id=f"po_sim_{payout.id.hex}",
            our_payout_id=payout.id,
            account_id=payout.account.provider_account_id,
            outcome=outcome,
            amount=payout.amount,
            arrives_on=agenda.now.date() + timedelta(days=2),
            failure_code=code,
        ),
        now=agenda.now,
    )
