"""Money workers: the only processes that call payment providers."""

from uuid import UUID

from celery import shared_task
from django.conf import settings

from apps.core import clock
from apps.core.http_client import ProviderError
from apps.core.services.seals import seal
from apps.payments.journals import LEDGER_JOURNAL
from apps.payments.services import (
    chargeback_answers,
    inbox,
    paying,
    payout_accounts,
    payout_schedules,
    payout_sending,
    reconciling,
    refund_sending,
    releasing,
    settling,
)


@shared_task
def call_provider(*, attempt_id: str) -> None:
    paying.call_provider(attempt_id=UUID(attempt_id), now=clock.now())


@shared_task
def call_refund(*, refund_id: str) -> None:
    refund_sending.call_refund(refund_id=UUID(refund_id), now=clock.now())


@shared_task
def close_session(*, attempt_id: str) -> None:
    settling.close_session(attempt_id=UUID(attempt_id), now=clock.now())


@shared_task
def close_other_sessions(*, payment_id: str) -> None:
    settling.close_other_sessions(payment_id=UUID(payment_id), now=clock.now())


@shared_task
def process_provider_event(*, provider_event_id: int) -> None:
    inbox.process(provider_event_id=provider_event_id, now=clock.now())


@shared_task
def settle_unknown() -> None:
    now = clock.now()
    inbox.retry_due(now=now)
    settling.settle_due_attempts(now=now)
    refund_sending.settle_due_refunds(now=now)
    chargeback_answers.check_due_chargebacks(now=now)


@shared_task
def answer_chargeback(*, chargeback_id: str) -> None:
    chargeback_answers.send_answer(chargeback_id=UUID(chargeback_id), now=clock.now())


@shared_task
def make_due_available() -> None:
    releasing.make_due_available(now=clock.now())


@shared_task(
    autoretry_for=(ProviderError,),
    retry_backoff=60,
    retry_backoff_max=3600,
    max_retries=7,
    # A day of many charges is many pages.
    soft_time_limit=1800,
    time_limit=1860,
)
def reconcile_provider() -> None:
    reconciling.reconcile_due(provider=settings.PAYMENT_PROVIDER, now=clock.now())


@shared_task
def send_payout(*, payout_id: str) -> None:
    payout_sending.send_payout(payout_id=UUID(payout_id), now=clock.now())


@shared_task
def settle_payouts() -> None:
    now = clock.now()
    payout_sending.settle_due_payouts(now=now)
    payout_accounts.check_due_accounts(now=now)


@shared_task
def call_payout_account(*, account_id: str) -> None:
    payout_accounts.call_account(account_id=UUID(account_id), now=clock.now())


@shared_task
def run_payout_schedules() -> None:
    payout_schedules.run_schedules(now=clock.now())


@shared_task
def seal_ledger() -> None:
    seal(LEDGER_JOURNAL)
