"""Moderation of sellers' cards: sent and taken back by the seller, approved or rejected by staff.

Invariant: a card reaches the shop by an approval alone, in the version that was looked at; each step leaves its
row in CardDecision and in the audit.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import CardDecision, CardDraft, Product
from apps.catalog.rules import may_move
from apps.catalog.services.draft_checks import problems_of
from apps.catalog.services.draft_publishing import publish_draft
from apps.catalog.services.drafts import DraftChanged, locked_draft
from apps.catalog.types import DraftStatus
from apps.core.errors import DomainError, NotFound
from apps.core.locks import money_path
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.notifications.services import send_email
from apps.sellers.models import SellerMember

Kind = CardDecision.Kind
MODERATE = "catalog.change_carddraft"


class CardIncomplete(DomainError):
    code = "catalog.card_incomplete"
    message = _("The card is not complete yet: %(count)s points are left to mend.")
    http_status = 422


class DraftNotThere(DomainError):
    code = "catalog.draft_not_there"
    message = _("This card is not in moderation any more.")


class NothingToSend(DomainError):
    code = "catalog.nothing_to_send"
    message = _("Nothing has changed since the approval.")


@transaction.atomic
def submit_draft(*, draft_id: UUID, seen_version: int, actor: Viewer, now: datetime) -> CardDraft:
    """Send a card to moderation; sending twice sends once.

    :raises NotFound: the actor does not change products of its seller
    :raises DraftChanged, CardIncomplete, NothingToSend: see the classes
    """
    draft = locked_draft(draft_id, actor)
    if draft.status == DraftStatus.IN_REVIEW:
        return draft
    if draft.version != seen_version:
        raise DraftChanged
    if not may_move(draft.status, DraftStatus.IN_REVIEW):
        raise NothingToSend
    if draft.typed or (problems := problems_of(draft, "en")):
        raise CardIncomplete(count=len(draft.typed) or len(problems))
    draft.status, draft.submitted_at = DraftStatus.IN_REVIEW, now
    return _moved(draft, Kind.SUBMITTED, actor, now)


@transaction.atomic
def withdraw_draft(*, draft_id: UUID, actor: Viewer, now: datetime) -> CardDraft:
    """Take a card back from moderation to change it.

    :raises NotFound: the actor does not change products of its seller
    :raises DraftNotThere: it is not in moderation
    """
    draft = locked_draft(draft_id, actor)
    if draft.status != DraftStatus.IN_REVIEW:
        raise DraftNotThere
    draft.status = DraftStatus.DRAFT
    return _moved(draft, Kind.WITHDRAWN, actor, now)


@money_path
def approve_draft(*, draft_id: UUID, actor: Viewer, now: datetime, reason: str) -> Product:
    """Bring a card into the shop: the product, or its next version, with the offers and units of new variants.

    :raises NotFound: the actor does not moderate
    :raises DraftNotThere, CardIncomplete: see the classes
    """
    draft = _to_decide(draft_id, actor)
    # What was free when it was sent may be taken now: a barcode, the seller's article, the category.
    if problems := problems_of(draft, "en"):
        raise CardIncomplete(count=len(problems))
    product = publish_draft(draft, actor=actor, now=now, reason=reason)
    draft.product, draft.status, draft.decided_at = product, DraftStatus.APPROVED, now
    _moved(draft, Kind.APPROVED, actor, now, reason)
    _tell(draft, "card_approved", "", now)
    return product


@transaction.atomic
def reject_draft(*, draft_id: UUID, actor: Viewer, now: datetime, reason: str) -> CardDraft:
    """Send a card back; `reason` says what to mend, and its seller reads it.

    :raises NotFound: the actor does not moderate
    :raises DraftNotThere: it is not in moderation
    """
    draft = _to_decide(draft_id, actor)
    draft.status, draft.decided_at = DraftStatus.REJECTED, now
    _moved(draft, Kind.REJECTED, actor, now, reason)
    _tell(draft, "card_rejected", reason, now)
    return draft


def _to_decide(draft_id: UUID, actor: Viewer) -> CardDraft:
    if not actor.can(MODERATE):
        raise NotFound
    draft = CardDraft.objects.select_for_update(of=("self",)).filter(id=draft_id).first()
    if draft is None:
        raise NotFound
    if draft.status != DraftStatus.IN_REVIEW:
        raise DraftNotThere
    return draft


def _moved(draft: CardDraft, kind: Kind, actor: Viewer, now: datetime, note: str = "") -> CardDraft:
    draft.version += 1
    draft.save()
    CardDecision.objects.create(
        draft=draft,
        kind=kind,
        note=note,
        draft_version=draft.version,
        actor_id=actor.user_id,
        actor_label=actor.label,
        at=now,
    )
    audit.record(
        actor=actor,
        action=f"catalog.card_{kind.lower()}",
        target_type="card_draft",
        target_id=draft.id,
        after={"status": draft.status, "version": draft.version},
        reason=note,
    )
    return draft


def _tell(draft: CardDraft, kind: str, reason: str, now: datetime) -> None:
    """Write to the member who sent the card, while they are of the staff."""
    sent = draft.decisions.filter(kind=Kind.SUBMITTED, actor_id__isnull=False).last()
    member = (
        SellerMember.objects.filter(seller_id=draft.seller_id, user_id=str(sent.actor_id))
        .select_related("user", "seller")
        .first()
        if sent
        else None
    )
    if member is None:
        return
    user = member.user
    send_email(
        kind=kind,
        key=f"{kind}:{draft.id}:{draft.version}",
        recipient_id=user.id,
        address=user.email,
        language=user.language,
        context={
            "shop": member.seller.name,
            "title": draft.any_title,
            "words": reason,
            "url": f"{settings.SITE_URL}/{user.language}/seller/{draft.seller_id}/cards/{draft.id}/",
        },
    )
