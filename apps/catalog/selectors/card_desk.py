"""A seller's cards as its staff see them: the list, one card with its history; strangers find nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from apps.catalog.models import (
    Brand,
    BulkChange,
    BulkRow,
    CardDecision,
    CardDraft,
    Category,
    DraftPicture,
    Product,
    ProductText,
    Variant,
)
from apps.catalog.rules import power_for
from apps.catalog.selectors.attributes import named_attributes, options_in_words
from apps.catalog.selectors.keepers import check_kept
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import BulkKind, DraftStatus, Picture
from apps.core.errors import NotFound
from apps.core.paging import newest_page
from apps.core.viewer import Viewer
from apps.sellers.selectors import get_membership
from apps.sellers.types import Power

SIMILAR = 8


@dataclass(frozen=True, slots=True)
class ShopCard:
    """`note` is what moderators said last, while it is to mend."""

    draft: CardDraft
    title: str
    picture: Picture | None
    note: str


@dataclass(frozen=True, slots=True)
class ShopCardPage:
    cards: list[ShopCard]
    next_before: UUID | None


@dataclass(frozen=True, slots=True)
class SimilarCard:
    """A card that the catalogue has: `sku` leads to an offer on it."""

    product_id: UUID
    short_id: str
    slug: str
    title: str
    brand: str
    sku: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class ShopBulkRow:
    row: BulkRow
    title: str
    options: str
    seller_sku: str


def shop_cards(
    viewer: Viewer,
    seller_id: UUID,
    *,
    language: str,
    status: str = "",
    text: str = "",
    before: UUID | None = None,
    limit: int = 25,
) -> ShopCardPage:
    """Return a page of a seller's cards, newest first. The same number of queries for any number.

    :raises NotFound: the viewer does not change products of the seller, or there is no such status
    """
    get_membership(viewer, seller_id, Power.CHANGE_PRODUCTS)
    rows = CardDraft.objects.filter(seller_id=seller_id)
    if status and status not in DraftStatus.values:
        raise NotFound
    if status:
        rows = rows.filter(status=status)
    if text:
        titles = [Q(**{f"texts__{code}__title__icontains": text}) for code in ("en", "ru", "uz")]
        rows = rows.filter(titles[0] | titles[1] | titles[2])
    found, next_before = newest_page(_loaded(rows), before=before, limit=limit)
    return ShopCardPage([_shown(draft, language) for draft in found], next_before)


def shop_card(viewer: Viewer, seller_id: UUID, draft_id: UUID) -> CardDraft:
    """Return one card with its category, pictures and history loaded.

    :raises NotFound: the viewer does not change products of the seller, or it is another's
    """
    get_membership(viewer, seller_id, Power.CHANGE_PRODUCTS)
    rows = CardDraft.objects.filter(seller_id=seller_id, id=draft_id)
    draft = (
        rows.select_related("category", "brand", "product", "seller")
        .prefetch_related("pictures", "decisions")
        .first()
    )
    if draft is None:
        raise NotFound
    return draft


def card_of(viewer: Viewer, draft_id: UUID) -> CardDraft:
    """Return a card of any shop whose products the viewer changes.

    :raises NotFound: there is none
    """
    seller_ids = CardDraft.objects.filter(id=draft_id).values_list("seller_id", flat=True)
    if not seller_ids:
        raise NotFound
    return shop_card(viewer, seller_ids[0], draft_id)


def cards_to_mend(viewer: Viewer, seller_id: UUID) -> int:
    """Count rejected cards; none for those who do not change products.

    :raises NotFound: the viewer is not of its staff
    """
    member = get_membership(viewer, seller_id)
    if not member.may(Power.CHANGE_PRODUCTS):
        return 0
    return CardDraft.objects.filter(seller_id=seller_id, status=DraftStatus.REJECTED).count()


def picture_in(picture: DraftPicture, language: str) -> Picture:
    return Picture(
        content_hash=picture.content_hash,
        widths=tuple(picture.renditions),
        width=picture.width,
        height=picture.height,
        preview=picture.preview,
        alt=in_language(picture.alt, language) or "",
    )


def cards_by_code(code: str, seller_id: UUID, language: str) -> list[SimilarCard]:
    """Return published cards with this barcode or SKU."""
    rows = Variant.objects.filter(Q(sku=code) | Q(codes__gtin=code), is_active=True)
    ids = rows.values_list("product_id", flat=True)
    return similar_cards(list(ids[:SIMILAR]), seller_id, language)


def similar_cards(product_ids: Sequence[UUID], seller_id: UUID, language: str) -> list[SimilarCard]:
    """Return published cards in the order of their ids given. Three queries."""
    rows = (
        Product.objects.filter(id__in=product_ids, status=Product.Status.PUBLISHED)
        .select_related("brand")
        .prefetch_related(
            Prefetch("texts", ProductText.objects.order_by("language")),
            Prefetch("variants", Variant.objects.filter(is_active=True)),
        )
    )
    by_id = {row.id: row for row in rows}
    found = []
    for product_id in dict.fromkeys(product_ids):
        product = by_id.get(product_id)
        variants = list(product.variants.all()) if product else []
        text = (
            in_language({row.language: row for row in product.texts.all()}, language)
            if product
            else None
        )
        if product and variants and text:
            found.append(
                SimilarCard(
                    product_id=product.id,
                    short_id=product.short_id,
                    slug=text.slug,
                    title=text.title,
                    brand=product.brand.name if product.brand else "",
                    sku=variants[0].sku,
                    is_own=product.created_by_seller_id == seller_id,
                )
            )
    return found


def leaf_categories(text: str, language: str) -> list[tuple[int, str]]:
    """Return visible categories without others below, each with the way down to it; `text` narrows."""
    rows = Category.objects.filter(is_visible=True).order_by("path").prefetch_related("texts")
    names: dict[str, str] = {}
    found = []
    for row in rows:
        name = in_language({t.language: t.name for t in row.texts.all()}, language) or row.code
        above = names.get(row.path[:-4])
        names[row.path] = f"{above} › {name}" if above else name
        if not row.numchild and text.lower() in names[row.path].lower():
            found.append((row.pk, names[row.path]))
    return found


def category_with(code: str) -> int | None:
    """Return the id of a visible category."""
    found: Category | None = Category.objects.filter(code=code, is_visible=True).first()
    return found.pk if found else None


def brand_named(name: str) -> Brand | None:
    """Return the brand of this name, whatever its letters' case."""
    return Brand.objects.filter(name__iexact=name.strip()).order_by("id").first()


def bulk_change(
    viewer: Viewer, seller_id: UUID, change_id: UUID, *, language: str
) -> tuple[BulkChange, list[ShopBulkRow]]:
    """Return a change of many offers with its rows in one language.

    :raises NotFound: the viewer may not make such a change of the seller, or it is another's
    """
    rows = BulkChange.objects.filter(id=change_id, seller_id=seller_id).select_related(
        "warehouse", "seller"
    )
    change = rows.first()
    if change is None:
        raise NotFound
    member = get_membership(viewer, seller_id, power_for(BulkKind(change.kind)))
    if change.warehouse_id:
        check_kept(member, change.warehouse_id)
    found = list(
        change.rows.select_related("offer__variant__product")
        .prefetch_related("offer__components__item", "offer__variant__product__texts")
        .order_by("-offer_id")
    )
    attributes = named_attributes({code for row in found for code in row.offer.variant.options})
    return change, [
        ShopBulkRow(
            row=row,
            title=in_language(
                {t.language: t.title for t in row.offer.variant.product.texts.all()}, language
            )
            or row.offer.variant.sku,
            options=options_in_words(row.offer.variant.options, attributes, language),
            seller_sku=", ".join(p.item.seller_sku for p in row.offer.components.all()),
        )
        for row in found
    ]


def _loaded(rows: QuerySet[CardDraft]) -> QuerySet[CardDraft]:
    decisions = CardDecision.objects.filter(kind=CardDecision.Kind.REJECTED).order_by("id")
    return rows.select_related("category").prefetch_related(
        "pictures", Prefetch("decisions", decisions)
    )


def _shown(draft: CardDraft, language: str) -> ShopCard:
    pictures = list(draft.pictures.all())
    titles = {code: text["title"] for code, text in draft.texts.items() if text.get("title")}
    notes = [row.note for row in draft.decisions.all()]
    return ShopCard(
        draft=draft,
        title=in_language(titles, language) or draft.any_title,
        picture=picture_in(pictures[0], language) if pictures else None,
        note=notes[-1] if notes and draft.status == DraftStatus.REJECTED else "",
    )
