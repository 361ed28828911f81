"""Answering chargebacks: staff say what is sent, a money worker sends it, and asks what became of it.

Invariant: a chargeback is answered once, while it waits for it; what the provider refused is an
incident, and may be answered anew.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.http_client import ProviderError, ProviderPermanent
from apps.core.locks import lock_row, money_path
from apps.core.outbox import emit
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.payments.events import ChargebackAnswered
from apps.payments.locks import PAYMENT
from apps.payments.models import Chargeback, Incident, Payment
from apps.payments.providers import provider_of
from apps.payments.services.chargebacks import ASK_AGAIN, apply_chargeback_report
from apps.payments.types_chargebacks import (
    ChargebackAnswer,
    ChargebackState,
    Evidence,
    ProviderChargeback,
)

log = structlog.get_logger(__name__)

ANSWER_PERMISSION = "payments.answer_chargeback"
SEND_AGAIN = timedelta(minutes=2)
BATCH = 100
FACTS = ("tracking_number", "carrier", "shipped_on", "delivered_on")


class ChargebackNotOpen(DomainError):
    code = "payments.chargeback_not_open"
    message = _("This chargeback does not wait for an answer any more. Look at it again.")


class ChargebackAlreadyAnswered(DomainError):
    code = "payments.chargeback_answered"
    message = _("This chargeback was answered before: the bank takes one answer.")


class AnswerTooLate(DomainError):
    code = "payments.chargeback_answer_late"
    message = _("The bank's term is over: it takes no evidence any more.")


class EvidenceMissing(InvalidInput):
    code = "payments.evidence_missing"
    message = _("Say what speaks for the shop: the bank reads nothing else.")


@money_path
def send_evidence(
    *, chargeback_id: UUID, evidence: Evidence, actor: Viewer, reason: str, now: datetime
) -> Chargeback:
    """Have evidence sent to the payer's bank; a worker sends it after the commit.

    Emits ChargebackAnswered.

    :raises NotFound: there is none, or the actor may not answer
    :raises EvidenceMissing: no words
    :raises ChargebackNotOpen, ChargebackAlreadyAnswered, AnswerTooLate: see the classes
    """
    row = _locked(chargeback_id, actor)
    if not evidence.text.strip():
        raise EvidenceMissing(field="text")
    _check_may_answer(row)
    if row.evidence_due_at is not None and now >= row.evidence_due_at:
        raise AnswerTooLate
    row.answer_text = evidence.text.strip()
    row.answer_facts = {name: getattr(evidence, name) for name in FACTS if getattr(evidence, name)}
    _answer(row, ChargebackAnswer.EVIDENCE, actor, reason, now)
    return row


@money_path
def accept_chargeback(
    *, chargeback_id: UUID, actor: Viewer, reason: str, now: datetime
) -> Chargeback:
    """Give in: the bank keeps the money. It cannot be undone. Emits ChargebackAnswered.

    :raises NotFound: there is none, or the actor may not answer
    :raises ChargebackNotOpen, ChargebackAlreadyAnswered: see the classes
    """
    row = _locked(chargeback_id, actor)
    _check_may_answer(row)
    # What the provider would not have before is no part of this answer.
    row.answer_text, row.answer_facts = "", {}
    _answer(row, ChargebackAnswer.ACCEPTED, actor, reason, now)
    return row


def _locked(chargeback_id: UUID, actor: Viewer) -> Chargeback:
    """Lock a chargeback by its payment, as reports of it do."""
    if not actor.can(ANSWER_PERMISSION):
        raise NotFound
    if lock_row(Payment.objects.filter(chargebacks=chargeback_id), rank=PAYMENT) is None:
        raise NotFound
    return Chargeback.objects.get(id=chargeback_id)


def _check_may_answer(row: Chargeback) -> None:
    if row.answer:
        raise ChargebackAlreadyAnswered
    if row.state != ChargebackState.NEEDS_RESPONSE:
        raise ChargebackNotOpen


def _answer(
    row: Chargeback, answer: ChargebackAnswer, actor: Viewer, reason: str, now: datetime
) -> None:
    row.answer, row.answered_at, row.check_at = answer, now, now + SEND_AGAIN
    row.save(update_fields=["answer", "answer_text", "answer_facts", "answered_at", "check_at"])
    audit.record(
        actor=actor,
        action=f"payments.chargeback_{answer.lower()}",
        target_type="chargeback",
        target_id=row.id,
        after={"answer": str(answer), **row.answer_facts},
        reason=reason,
    )
    emit(ChargebackAnswered(chargeback_id=row.id))


def send_answer(*, chargeback_id: UUID, now: datetime) -> None:
    """Tell the provider what staff answered. Runs in a money worker; safe to repeat.

    It is read first: an answer that arrived, or a bank that has decided, needs no more. Where the
    provider says nothing, `check_due_chargebacks` tries again.
    """
    row = Chargeback.objects.get(id=chargeback_id)
    if not row.answer or row.answer_sent_at is not None:
        return
    provider = provider_of(row.provider)
    name = row.provider_chargeback_id
    try:
        report = provider.read_chargeback(name)
        if report.state == ChargebackState.NEEDS_RESPONSE:
            report = (
                provider.accept_chargeback(name)
                if row.answer == ChargebackAnswer.ACCEPTED
                else provider.send_evidence(name, Evidence(row.answer_text, **row.answer_facts))
            )
    except ProviderPermanent as error:
        _refused(chargeback_id=row.id, code=str(error), now=now)
        return
    except ProviderError as error:
        log.warning("chargeback_answer_unknown", chargeback_id=str(row.id), error=str(error))
        Chargeback.objects.filter(id=row.id).update(check_at=now + SEND_AGAIN)
        return
    _record_sent(row.provider, report, now)


def _record_sent(provider: str, report: ProviderChargeback, now: datetime) -> None:
    Chargeback.objects.filter(
        provider=provider, provider_chargeback_id=report.chargeback_id, answer_sent_at=None
    ).update(answer_sent_at=now)
    apply_chargeback_report(provider=provider, report=report, now=now)


@money_path
def _refused(*, chargeback_id: UUID, code: str, now: datetime) -> None:
    """Take an answer back that the provider would not have; people are told."""
    lock_row(Payment.objects.filter(chargebacks=chargeback_id), rank=PAYMENT)
    row = Chargeback.objects.get(id=chargeback_id)
    if not row.answer or row.answer_sent_at is not None:
        return
    Incident.objects.get_or_create(
        key=f"chargeback_answer:{row.id}:{row.answered_at}"[:150],
        defaults={
            "kind": Incident.Kind.CHARGEBACK,
            "payment_id": row.payment_id,
            "details": {
                "chargeback_id": row.provider_chargeback_id,
                "answer": row.answer,
                "code": code[:60],
            },
        },
    )
    row.answer, row.answered_at, row.check_at = "", None, now + ASK_AGAIN
    row.save(update_fields=["answer", "answered_at", "check_at"])


def check_due_chargebacks(*, now: datetime) -> int:
    """Send what is not sent, and ask about whatever is open and due; return how many."""
    with transaction.atomic():
        due = list(
            Chargeback.objects.filter(check_at__lte=now)
            .select_for_update(skip_locked=True, no_key=True)
            .order_by("check_at")[:BATCH]
        )
        Chargeback.objects.filter(id__in=[row.id for row in due]).update(check_at=now + ASK_AGAIN)
    for row in due:
        try:
            if row.answer and row.answer_sent_at is None:
                send_answer(chargeback_id=row.id, now=now)
            else:
                report = provider_of(row.provider).read_chargeback(row.provider_chargeback_id)
                apply_chargeback_report(provider=row.provider, report=report, now=now)
        except Exception as error:  # noqa: BLE001  one chargeback must not stop the others
            log.warning("check_chargeback_failed", chargeback_id=str(row.id), error=str(error))
    return len(due)
