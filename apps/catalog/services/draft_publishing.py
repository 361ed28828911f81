"""From an approved draft to the shop: the product with its offers and units, or the next version of it.

Invariant: called under the draft's lock, by the approval alone. A variant that was sold once is never
deleted: left out, it becomes inactive.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.catalog.events import CardSourceChanged
from apps.catalog.models import (
    Brand,
    CardDraft,
    InventoryItem,
    Product,
    ProductImage,
    StockMovement,
    Variant,
    VariantCode,
    Warehouse,
)
from apps.catalog.selectors.asked import asked_attributes, plans_of, read_plans
from apps.catalog.services import offers, stock
from apps.catalog.services.draft_checks import own_attributes
from apps.catalog.services.editing import ProductEdit, edit_product
from apps.catalog.services.images import StoredPicture
from apps.catalog.services.products import (
    PictureDraft,
    ProductDraft,
    VariantDraft,
    add_pictures,
    create_product,
    publish_product,
    slug_of,
)
from apps.catalog.types import VariantPlan
from apps.core.ids import short_id
from apps.core.money import Money
from apps.core.outbox import emit
from apps.core.viewer import Viewer


def publish_draft(draft: CardDraft, *, actor: Viewer, now: datetime, reason: str) -> Product:
    """Write what the draft says into the shop, and the ids of new variants into the draft. Emits CardSourceChanged."""
    brand = _brand(draft)
    product = draft.product
    if product is None:
        product = create_product(draft=_product_draft(draft, brand))
        fresh = dict(
            zip(
                (plan.key for plan in _kept(draft)),
                product.variants.order_by("position"),
                strict=True,
            )
        )
    else:
        fresh = _revise(draft, product, brand, actor, reason)
    _put_up(draft, fresh, now)
    _remember(draft, product, brand)
    product = publish_product(product_id=product.id, actor=actor, now=now, reason=reason)
    emit(CardSourceChanged(product_id=product.id))
    return product


def _kept(draft: CardDraft) -> list[VariantPlan]:
    return [plan for plan in read_plans(draft) if not plan.is_left_out]


def _brand(draft: CardDraft) -> Brand | None:
    """The chosen brand, or the one asked for: moderators have agreed to it with the card."""
    if not draft.brand_asked:
        return draft.brand
    found = Brand.objects.filter(name__iexact=draft.brand_asked).order_by("id").first()
    if found:
        return found
    slug = slug_of(draft.brand_asked)
    if Brand.objects.filter(slug=slug).exists():
        slug = f"{slug}-{short_id()}"
    return Brand.objects.create(name=draft.brand_asked, slug=slug)


def _attributes(draft: CardDraft) -> dict[str, Any]:
    """What the category asks for: values of a category chosen before stay in the draft."""
    asked = asked_attributes(draft.category.path, "en") if draft.category else []
    codes = [row.code for row in own_attributes(asked)]
    return {code: draft.attributes[code] for code in codes if code in draft.attributes}


def _texts(draft: CardDraft) -> dict[str, tuple[str, str]]:
    return {
        language: (text["title"], text["description"])
        for language, text in draft.texts.items()
        if text["title"]
    }


def _product_draft(draft: CardDraft, brand: Brand | None) -> ProductDraft:
    return ProductDraft(
        category=draft.category,  # type: ignore[arg-type]  # a complete draft has one
        texts=_texts(draft),
        variants=[_variant_draft(plan) for plan in _kept(draft)],
        brand=brand,
        attributes=_attributes(draft),
        variant_axes=draft.variant_axes,
        pictures=_pictures(draft),
        created_by_seller_id=draft.seller_id,
    )


def _variant_draft(plan: VariantPlan) -> VariantDraft:
    return VariantDraft(
        sku=short_id().upper(),
        options=plan.options,
        weight_grams=plan.weight_grams or 0,
        size_mm=(plan.length_mm or 0, plan.width_mm or 0, plan.height_mm or 0),
        gtins=[plan.gtin] if plan.gtin else [],
    )


def _pictures(draft: CardDraft) -> list[PictureDraft]:
    return [
        PictureDraft(
            stored=StoredPicture(
                content_hash=row.content_hash,
                width=row.width,
                height=row.height,
                widths=row.renditions,
                preview=row.preview,
            ),
            options=row.options,
            alt=row.alt,
        )
        for row in draft.pictures.all()
    ]


def _revise(
    draft: CardDraft, product: Product, brand: Brand | None, actor: Viewer, reason: str
) -> dict[str, Variant]:
    """Bring a card in the shop to what the draft says; return the variants that are new, by key."""
    edit_product(
        product_id=product.id,
        edit=ProductEdit(
            category_id=draft.category_id or product.category_id,
            brand_id=brand.id if brand else None,
            tax_class=product.tax_class,
            attributes=_attributes(draft),
            texts=_texts(draft),
        ),
        actor=actor,
        reason=reason,
    )
    Product.objects.filter(id=product.id).update(variant_axes=draft.variant_axes)
    ProductImage.objects.filter(product=product).delete()
    add_pictures(product_id=product.id, pictures=_pictures(draft))
    fresh = {}
    for position, plan in enumerate(read_plans(draft)):
        if not plan.is_new:
            _change_variant(plan, product, position)
        elif not plan.is_left_out:
            fresh[plan.key] = _add_variant(plan, product, position)
    return fresh


def _change_variant(plan: VariantPlan, product: Product, position: int) -> None:
    variant = Variant.objects.get(id=plan.variant_id, product=product)
    if not plan.is_left_out:
        variant.weight_grams = plan.weight_grams or variant.weight_grams
        variant.length_mm = plan.length_mm or 0
        variant.width_mm = plan.width_mm or 0
        variant.height_mm = plan.height_mm or 0
        variant.position = position
        if plan.gtin and not variant.codes.filter(gtin=plan.gtin).exists():
            variant.codes.all().delete()
            VariantCode.objects.create(variant=variant, gtin=plan.gtin)
    variant.is_active = not plan.is_left_out
    variant.save()


def _add_variant(plan: VariantPlan, product: Product, position: int) -> Variant:
    draft = _variant_draft(plan)
    variant = Variant.objects.create(
        product=product,
        sku=draft.sku,
        options=draft.options,
        weight_grams=draft.weight_grams,
        length_mm=draft.size_mm[0],
        width_mm=draft.size_mm[1],
        height_mm=draft.size_mm[2],
        position=position,
    )
    if plan.gtin:
        VariantCode.objects.create(variant=variant, gtin=plan.gtin)
    return variant


def _put_up(draft: CardDraft, fresh: dict[str, Variant], now: datetime) -> None:
    """Offer the new variants at the draft's prices and receive their first units."""
    currency = draft.seller.currency
    plans = [plan for plan in _kept(draft) if plan.key in fresh]
    for plan in plans:
        offers.create_offer(
            seller_id=draft.seller_id,
            variant_id=fresh[plan.key].id,
            seller_sku=plan.seller_sku,
            terms=offers.OfferTerms(
                price=Money(plan.price_minor or 0, currency), handling_days=draft.handling_days
            ),
            now=now,
        )
    own = {
        str(pk)
        for pk in Warehouse.objects.filter(seller_id=draft.seller_id).values_list("id", flat=True)
    }
    for plan in plans:
        item = InventoryItem.objects.get(seller_id=draft.seller_id, seller_sku=plan.seller_sku)
        for warehouse_id, units in sorted(plan.units.items()):
            if units and warehouse_id in own:
                stock.move_stock(
                    item_id=item.id,
                    warehouse_id=UUID(warehouse_id),
                    quantity=units,
                    kind=StockMovement.Kind.RECEIPT,
                    key=f"card:{draft.id}:{plan.key}:{warehouse_id}",
                    actor_id=draft.created_by_id,
                )


def _remember(draft: CardDraft, product: Product, brand: Brand | None) -> None:
    """Let the draft say what the shop says now: the next change starts from there."""
    draft.brand, draft.brand_asked, draft.attributes = brand, "", _attributes(draft)
    draft.texts = {
        language: {"title": title, "description": description}
        for language, (title, description) in _texts(draft).items()
    }
    draft.variants = [asdict(plan) for plan in plans_of(product)]
