"""Words around a card: its state, its steps with what is left to do, its history."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.catalog.models import CardDecision, CardDraft
from apps.catalog.types import CardProblem, CardStep, DraftStatus
from apps.core.formats import format_moment

_TONES = {
    DraftStatus.DRAFT: "neutral",
    DraftStatus.IN_REVIEW: "info",
    DraftStatus.REJECTED: "danger",
    DraftStatus.APPROVED: "success",
}
_ICONS = {
    CardDecision.Kind.SUBMITTED: "send",
    CardDecision.Kind.WITHDRAWN: "undo-2",
    CardDecision.Kind.APPROVED: "circle-check",
    CardDecision.Kind.REJECTED: "circle-alert",
}


@dataclass(frozen=True, slots=True)
class ShownStep:
    step: CardStep
    number: int
    label: str
    url: str
    problems: tuple[str, ...]
    is_current: bool

    @property
    def is_done(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class ShownDecision:
    words: str
    at: str
    icon: str
    note: str


def status_words(draft: CardDraft) -> tuple[str, str]:
    """Return the words for a card's state and their tone; a card in the shop with a change under way says so."""
    status = DraftStatus(draft.status)
    if draft.product_id and status == DraftStatus.DRAFT:
        return _("In the shop; a change is not sent yet"), "warning"
    if draft.product_id and status == DraftStatus.IN_REVIEW:
        return _("In the shop; a change is in moderation"), "info"
    if draft.product_id and status == DraftStatus.REJECTED:
        return _("In the shop; a change is to mend"), "danger"
    return str(status.label), _TONES[status]


def shown_steps(
    draft: CardDraft, problems: Sequence[CardProblem], current: CardStep | None = None
) -> list[ShownStep]:
    """Return the steps in their order with what each still asks for; typed values that do not fit count too."""
    return [
        ShownStep(
            step=step,
            number=number,
            label=str(step.label),
            url=reverse("seller_centre:card_step", args=[draft.seller_id, draft.id, step.value]),
            problems=tuple(_words(problem) for problem in problems if problem.step == step)
            or (
                (_("Something was typed here that cannot be saved yet."),)
                if step in draft.typed
                else ()
            ),
            is_current=step == current,
        )
        for number, step in enumerate(CardStep, 1)
    ]


def shown_decisions(draft: CardDraft) -> list[ShownDecision]:
    """Return the card's history, the latest first (decisions loaded)."""
    return [
        ShownDecision(
            words=str(row.get_kind_display()),
            at=format_moment(row.at),
            icon=_ICONS[CardDecision.Kind(row.kind)],
            note=row.note if row.kind == CardDecision.Kind.REJECTED else "",
        )
        for row in reversed(draft.decisions.all())
    ]


def _words(problem: CardProblem) -> str:
    if not problem.row:
        return str(problem.text)
    return _("Variant %(number)s: %(words)s") % {"number": problem.row, "words": problem.text}
