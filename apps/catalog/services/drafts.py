"""Cards that sellers make: begin, save step by step, throw away. Moderation is in moderation.py.

Invariant: only who may change products of the seller changes its drafts; nothing of a draft is shown to
shoppers; while moderators look at it nobody changes it; whoever saves says which version they saw.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import CardDraft, DraftPicture, Product
from apps.catalog.rules import may_move
from apps.catalog.selectors.asked import plans_of
from apps.catalog.services.draft_parts import (
    TITLE_LENGTH,
    DraftPart,
    DraftValueRefused,
    clean_text,
    take_over,
)
from apps.catalog.types import CardStep, DraftStatus, VariantPlan
from apps.core.errors import DomainError, NotFound
from apps.core.ids import short_id
from apps.core.locks import advisory_lock
from apps.core.services import audit
from apps.core.viewer import Viewer
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

MAX_OPEN, TYPED_LENGTH = 500, 200_000


class DraftInReview(DomainError):
    code = "catalog.draft_in_review"
    message = _("Moderators look at this card now. Take it back first, then change it.")


class DraftChanged(DomainError):
    code = "catalog.draft_changed"
    message = _(
        "Somebody saved this card meanwhile. Look whether your values still fit, then save again."
    )


class TooManyDrafts(DomainError):
    code = "catalog.too_many_drafts"
    message = _("There are %(maximum)s unfinished cards. Finish or delete some first.")


class DraftHasHistory(DomainError):
    code = "catalog.draft_has_history"
    message = _("This card was in moderation already: it stays in the list.")


@transaction.atomic
def start_draft(
    *, seller_id: UUID, title: str, gtin: str, language: str, actor: Viewer, now: datetime
) -> CardDraft:
    """Begin a card from what was looked for and not found.

    :raises NotFound: the actor does not change products of this seller
    :raises TooManyDrafts: see the class
    """
    get_membership(actor, seller_id, Power.CHANGE_PRODUCTS)
    advisory_lock("catalog.drafts", seller_id)
    _check_room(seller_id)
    first = VariantPlan(key=short_id(), gtin=clean_text(gtin, 14, "gtin"))
    title = clean_text(title, TITLE_LENGTH, "title")
    draft = CardDraft.objects.create(
        seller_id=seller_id,
        texts={language: {"title": title, "description": ""}} if title else {},
        variants=[asdict(first)],
        created_by_id=actor.user_id,
        changed_at=now,
    )
    _note("started", draft, actor)
    return draft


@transaction.atomic
def start_revision(*, seller_id: UUID, product_id: UUID, actor: Viewer, now: datetime) -> CardDraft:
    """Return the draft of a card that this seller made; a card without one gets it from what is shown.

    :raises NotFound: the actor does not change products of the seller, or another one made the card
    """
    get_membership(actor, seller_id, Power.CHANGE_PRODUCTS)
    product = (
        Product.objects.select_for_update(of=("self",), no_key=True)
        .filter(id=product_id, created_by_seller_id=seller_id)
        .first()
    )
    if product is None:
        raise NotFound
    draft = CardDraft.objects.filter(product=product).first()
    return draft or _copied(product, seller_id, actor, now)


@transaction.atomic
def save_draft(
    *,
    draft_id: UUID,
    part: DraftPart,
    step: CardStep | None,
    seen_version: int,
    actor: Viewer,
    now: datetime,
) -> CardDraft:
    """Save a part of a card; what was typed at `step` and could not be used before is forgotten.

    A card in the shop stays there as it is: the draft becomes its next version.

    :raises NotFound: the actor does not change products of its seller
    :raises DraftInReview, DraftChanged, DraftValueRefused, TooManyVariants: see the classes
    """
    draft = _to_change(draft_id, actor)
    before = _said(draft)
    take_over(draft, part)
    if step is not None:
        draft.typed.pop(step, None)
    if _said(draft) == before:
        return draft
    if draft.version != seen_version:
        raise DraftChanged
    touch_draft(draft, now)
    return draft


@transaction.atomic
def keep_typed(
    *,
    draft_id: UUID,
    step: CardStep,
    typed: Mapping[str, Sequence[str]],
    seen_version: int,
    actor: Viewer,
    now: datetime,
) -> CardDraft:
    """Keep what was typed at a step as it came: it cannot be used yet, and must not be lost.

    :raises NotFound, DraftInReview, DraftChanged: as in save_draft
    :raises DraftValueRefused: far more than a form holds
    """
    draft = _to_change(draft_id, actor)
    texts = {name: [text.replace("\x00", "") for text in rows] for name, rows in typed.items()}
    if sum(len(text) for rows in texts.values() for text in rows) > TYPED_LENGTH:
        raise DraftValueRefused(field=step.label)
    if draft.typed.get(step) == texts:
        return draft
    if draft.version != seen_version:
        raise DraftChanged
    draft.typed[step] = texts
    touch_draft(draft, now)
    return draft


@transaction.atomic
def discard_draft(*, draft_id: UUID, actor: Viewer) -> None:
    """Throw a draft away that was never in moderation.

    :raises NotFound: the actor does not change products of its seller
    :raises DraftHasHistory: see the class
    """
    draft = locked_draft(draft_id, actor)
    if draft.decisions.exists() or draft.product_id is not None:
        raise DraftHasHistory
    _note("discarded", draft, actor)
    draft.delete()


def locked_draft(draft_id: UUID, actor: Viewer) -> CardDraft:
    """:raises NotFound: there is none, or the actor does not change products of its seller"""
    draft = CardDraft.objects.select_for_update(of=("self",)).filter(id=draft_id).first()
    if draft is None:
        raise NotFound
    get_membership(actor, draft.seller_id, Power.CHANGE_PRODUCTS)
    return draft


def _to_change(draft_id: UUID, actor: Viewer) -> CardDraft:
    draft = locked_draft(draft_id, actor)
    if not draft.is_open:
        raise DraftInReview
    return draft


def _said(draft: CardDraft) -> str:
    """What a draft says, comparable: saving the same again changes nothing, whatever version was seen."""
    names = ("texts", "attributes", "variant_axes", "variants", "typed")
    values = {name: getattr(draft, name) for name in names}
    plain = (draft.category_id, draft.brand_id, draft.brand_asked, draft.handling_days)
    return json.dumps([values, plain], sort_keys=True)


def touch_draft(draft: CardDraft, now: datetime) -> None:
    """Save a locked draft after a change of it or of its pictures: its next version begins."""
    if may_move(draft.status, DraftStatus.DRAFT) and draft.status == DraftStatus.APPROVED:
        draft.status = DraftStatus.DRAFT
    draft.version += 1
    draft.changed_at = now
    draft.save()


def _check_room(seller_id: UUID) -> None:
    """:raises TooManyDrafts: see the class"""
    unfinished = (DraftStatus.DRAFT, DraftStatus.REJECTED)
    if CardDraft.objects.filter(seller_id=seller_id, status__in=unfinished).count() >= MAX_OPEN:
        raise TooManyDrafts(maximum=MAX_OPEN)


def _copied(product: Product, seller_id: UUID, actor: Viewer, now: datetime) -> CardDraft:
    """Make the draft of a card that came by another way, saying what the card says."""
    texts = {
        text.language: {"title": text.title, "description": text.description}
        for text in product.texts.all()
    }
    draft = CardDraft.objects.create(
        seller_id=seller_id,
        product=product,
        category_id=product.category_id,
        brand_id=product.brand_id,
        texts=texts,
        attributes=product.attributes,
        variant_axes=product.variant_axes,
        variants=[asdict(plan) for plan in plans_of(product)],
        status=DraftStatus.APPROVED,
        created_by_id=actor.user_id,
        changed_at=now,
        decided_at=product.published_at or now,
    )
    DraftPicture.objects.bulk_create(
        DraftPicture(
            draft=draft,
            content_hash=image.content_hash,
            width=image.width,
            height=image.height,
            renditions=image.renditions,
            preview=image.preview,
            alt=image.alt,
            options=image.options,
            position=image.position,
        )
        for image in product.images.all()
    )
    _note("revision_started", draft, actor)
    return draft


def _note(verb: str, draft: CardDraft, actor: Viewer) -> None:
    audit.record(
        actor=actor,
        action=f"catalog.card_{verb}",
        target_type="card_draft",
        target_id=draft.id,
        after={"title": draft.any_title, "version": draft.version},
    )
