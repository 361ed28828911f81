"""Staff in a dispute before it is decided: words to both sides, questions with a term for the answer.

Invariant: while somebody who was asked has neither answered nor run out of time, nothing is decided.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from apps.core.errors import DomainError, InvalidInput, NotFound
from apps.core.formats import format_moment
from apps.core.locks import money_path
from apps.core.viewer import Viewer
from apps.orders import rules_returns
from apps.orders.models import Dispute, DisputeMessage, Order
from apps.orders.selectors_buyers import is_buyer
from apps.orders.services.disputing import (
    DECIDE_PERMISSION,
    DisputeMoveNotAllowed,
    announce,
    opened_dispute,
)
from apps.orders.services.speaking import write_words
from apps.orders.types_returns import ANSWER_HOURS, OPEN_DISPUTES, AnswerRequest, Side, Words
from apps.sellers.selectors import memberships


class ArbiterIsASide(DomainError):
    code = "orders.arbiter_is_a_side"
    message = _("You are a side of this dispute: somebody else has to decide it.")


class AnswerAwaited(DomainError):
    code = "orders.answer_awaited"
    message = _("An answer is awaited until %(until)s: it can be decided when it came, or then.")


class AnswerTermUnknown(InvalidInput):
    code = "orders.answer_term_unknown"


@money_path
def address_sides(
    *,
    dispute_id: UUID,
    words: Words,
    asks: AnswerRequest | None,
    actor: Viewer,
    now: datetime,
) -> Dispute:
    """Say something to both sides of an open dispute; `asks` waits for an answer of one or both.

    Both read it, whoever is asked. A repeated key says nothing twice. Emits DisputeChanged.

    :raises NotFound: the actor may not decide disputes
    :raises ArbiterIsASide: the actor placed the order or works for its seller
    :raises DisputeMoveNotAllowed: it is over
    :raises ReasonMissing: no words
    :raises AnswerTermUnknown: the hours are none of ANSWER_HOURS
    """
    if not actor.can(DECIDE_PERMISSION):
        raise NotFound
    dispute, order = opened_dispute(dispute_id)
    check_impartial(actor, order)
    if dispute.messages.filter(key=words.key).exists():
        return dispute
    if dispute.state not in OPEN_DISPUTES:
        raise DisputeMoveNotAllowed
    if asks and asks.hours not in ANSWER_HOURS:
        raise AnswerTermUnknown(field="hours")
    message = write_words(dispute, Side.STAFF, words, actor, now, asks)
    announce(dispute, order, "orders.dispute_mediated", actor, message.id)
    return dispute


def check_impartial(actor: Viewer, order: Order) -> None:
    """:raises ArbiterIsASide: the actor placed the order or works for its seller"""
    works_there = any(row.seller_id == order.seller_id for row in memberships(actor))
    if works_there or is_buyer(actor, order.group):
        raise ArbiterIsASide


def check_nothing_awaited(dispute: Dispute, now: datetime) -> None:
    """:raises AnswerAwaited: somebody who was asked may still answer"""
    said = list(DisputeMessage.objects.filter(dispute=dispute).order_by("id"))
    for place, row in enumerate(said):
        if row.answer_by is None or row.answer_by <= now:
            continue
        if rules_returns.awaited(row.asked_of, [later.side for later in said[place + 1 :]]):
            raise AnswerAwaited(until=format_moment(row.answer_by))
