"""Cards that the demo's sellers make: one waits for a moderator, one came back with a reason."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.catalog.models import CardDraft, DraftPicture, Product, Warehouse
from apps.catalog.rules import may_move
from apps.catalog.selectors.asked import asked_attributes, read_plans
from apps.catalog.services import drafts, moderation
from apps.catalog.services.draft_checks import own_attributes, problems_of
from apps.catalog.services.draft_parts import DraftPart
from apps.catalog.types import AskedAttribute, DraftStatus
from apps.core.viewer import Viewer, viewer_of
from apps.sandbox.demo.people import TASHKENT
from apps.sellers.models import Seller, SellerMember
from apps.sellers.types import MemberRole

# A word of the English title to take a category and pictures from; texts; what moderators say, or nothing.
CARDS = (
    (
        "teapot",
        {
            "en": (
                "Rishton teapot with a pomegranate",
                "Hand-painted clay, 900 ml, glazed inside.",
            ),
            "ru": (
                "Риштанский чайник с гранатом",
                "Глина, ручная роспись, 900 мл, глазурь внутри.",
            ),
            "uz": ("Rishton choynagi, anorli", "Qoʻlda boʻyalgan sopol, 900 ml, ichi sirlangan."),
        },
        "RISHTON-TEAPOT",
        "",
    ),
    (
        "lamp",
        {
            "uz": ("Yogʻoch oyoqli stol chirogʻi", "Zarang yogʻochi, mato soya, E27 lampa."),
            "ru": ("Настольная лампа на деревянной ножке", "Клён, тканевый абажур, лампа E27."),
        },
        "WOOD-LAMP",
        "На картинке другой цвет абажура. Замените картинку и укажите мощность лампы в описании.",
    ),
)


@transaction.atomic
def ensure_cards(*, now: datetime) -> None:
    """Make the cards that are not there yet, with pictures that the catalogue has."""
    seller = Seller.objects.get(slug=TASHKENT)
    manager = _viewer(seller, MemberRole.MANAGER)
    moderator = viewer_of(User.objects.get(email="moderator@karvon.example"))
    for word, texts, article, words in CARDS:
        model = _model(word)
        if (
            model is None
            or CardDraft.objects.filter(seller=seller, variants__0__seller_sku=article).exists()
        ):
            continue
        draft = _filled(seller, model, texts, article, manager, now - timedelta(hours=5))
        if problems_of(draft, "en") or not may_move(draft.status, DraftStatus.IN_REVIEW):
            continue
        moderation.submit_draft(
            draft_id=draft.id,
            seen_version=draft.version,
            actor=manager,
            now=now - timedelta(hours=4),
        )
        if words:
            moderation.reject_draft(
                draft_id=draft.id, actor=moderator, now=now - timedelta(hours=1), reason=words
            )


def _filled(
    seller: Seller,
    model: Product,
    texts: dict[str, tuple[str, str]],
    article: str,
    actor: Viewer,
    now: datetime,
) -> CardDraft:
    draft = drafts.start_draft(
        seller_id=seller.id, title=article, gtin="", language="en", actor=actor, now=now
    )
    asked = asked_attributes(model.category.path, "en")
    place = Warehouse.objects.filter(seller=seller).earliest("id")
    attributes = {row.code: _value(row, model) for row in own_attributes(asked) if row.is_required}
    axes = {row.code: [row.options[0][0]] for row in asked if row.is_variant_axis and row.options}
    for part in (
        DraftPart(category_id=model.category_id, texts=texts, attributes=attributes, choices=axes),
        None,
    ):
        plan = replace(
            read_plans(draft)[0], seller_sku=article, weight_grams=900, length_mm=260,
            width_mm=200, height_mm=180, price_minor=189_000_00, units={str(place.id): 12},
        )  # fmt: skip
        draft = drafts.save_draft(
            draft_id=draft.id,
            part=part or DraftPart(variants=[plan]),
            step=None,
            seen_version=draft.version,
            actor=actor,
            now=now,
        )
    DraftPicture.objects.bulk_create(
        DraftPicture(
            draft=draft,
            content_hash=image.content_hash,
            width=image.width,
            height=image.height,
            renditions=image.renditions,
            preview=image.preview,
            alt={language: text[0] for language, text in texts.items()},
            position=position,
        )
        for position, image in enumerate(model.images.all()[:3])
    )
    return draft


def _model(word: str) -> Product | None:
    """A product of the catalogue that is such a thing."""
    rows = Product.objects.filter(
        texts__language="en", texts__title__icontains=word, category__numchild=0
    )
    return rows.exclude(images=None).select_related("category").order_by("id").first()


def _value(row: AskedAttribute, model: Product) -> Any:
    if row.code in model.attributes:
        return model.attributes[row.code]
    return {"CHOICE": row.options[0][0] if row.options else "", "NUMBER": 1, "FLAG": True}.get(
        row.kind, "–"
    )


def _viewer(seller: Seller, role: MemberRole) -> Viewer:
    return viewer_of(SellerMember.objects.filter(seller=seller, role=role).earliest("id").user)
