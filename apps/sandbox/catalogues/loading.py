"""Write a catalogue in the common form into the shop; what is there already is left as it is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from apps.catalog.models import (
    Attribute,
    AttributeOption,
    Brand,
    Category,
    CategoryAttribute,
    Product,
    Warehouse,
)
from apps.catalog.selectors.tree import forget_tree
from apps.catalog.services import loading, products, tree
from apps.catalog.services.offers import OfferTerms
from apps.core.viewer import SYSTEM
from apps.reviews.models import Review
from apps.reviews.services import refresh_rating
from apps.sandbox.catalogues.plans import (
    AttributePlan,
    Catalogue,
    CategoryPlan,
    OfferPlan,
    ProductPlan,
    ReviewPlan,
)
from apps.sellers.models import Seller

CHUNK = 1000
OLD_PRICE_ENDED = timedelta(days=6)
Progress = Callable[[str, int, int], None]


def load(catalogue: Catalogue, *, now: datetime, progress: Progress) -> None:
    """Load attributes, categories, products and reviews; fills catalogue.report."""
    report = catalogue.report
    report.loaded["attributes"] = load_attributes(catalogue.attributes)
    report.loaded["categories"] = load_categories(catalogue.categories)
    writer = ProductWriter(catalogue.source, now)
    done = 0
    for chunk in chunks(catalogue.products):
        made = writer.write(chunk)
        done += len(chunk)
        report.loaded["products"] += len(made)
        report.loaded["variants"] += sum(
            len(plan.variants) for plan in chunk if plan.source_id in made
        )
        progress("products", done, done)
    report.loaded["reviews"] = load_reviews(catalogue.source, catalogue.reviews)


def chunks(plans: Iterable[ProductPlan]) -> Iterator[list[ProductPlan]]:
    rest = iter(plans)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


@transaction.atomic
def load_attributes(plans: Sequence[AttributePlan]) -> int:
    known = set(Attribute.objects.values_list("code", flat=True))
    made = Attribute.objects.bulk_create(
        (
            Attribute(
                code=plan.code,
                kind=plan.kind,
                unit=plan.unit,
                units=dict(plan.units),
                labels=dict(plan.labels),
            )
            for plan in plans
            if plan.code not in known
        ),
        batch_size=CHUNK,
    )
    ids = dict(Attribute.objects.values_list("code", "id"))
    AttributeOption.objects.bulk_create(
        (
            AttributeOption(
                attribute_id=ids[plan.code],
                code=option.code,
                labels=dict(option.labels),
                swatch=option.swatch,
                position=position,
            )
            for plan in plans
            for position, option in enumerate(plan.options)
        ),
        batch_size=CHUNK,
        ignore_conflicts=True,
    )
    return len(made)


@transaction.atomic
def load_categories(plans: Sequence[CategoryPlan]) -> int:
    """Add categories (parents before children) and the attributes that they ask for."""
    known = {category.code: category for category in Category.objects.all()}
    made = 0
    for plan in plans:
        if plan.code not in known:
            known[plan.code] = tree.add_category(
                code=plan.code,
                names=plan.names,
                parent=known[plan.parent] if plan.parent else None,
                picture_kind=plan.picture_kind,
            )
            made += 1
    by_code = {row.code: row for row in Attribute.objects.all()}
    CategoryAttribute.objects.bulk_create(
        (
            CategoryAttribute(
                category=known[plan.code],
                attribute=by_code[code],
                is_filter=by_code[code].kind in {"CHOICE", "FLAG"},
                is_variant_axis=code in plan.axes,
                position=position,
            )
            for plan in plans
            for position, code in enumerate(plan.attributes)
        ),
        ignore_conflicts=True,
    )
    transaction.on_commit(forget_tree)
    return made


class ProductWriter:
    """Turns plans into drafts of the bulk service, with rows looked up once.

    Several processes may write at once where the brands are there already (load_brands).
    """

    def __init__(self, source: str, now: datetime) -> None:
        self._source, self._now = source, now
        self._categories = {row.code: row for row in Category.objects.all()}
        self._sellers = dict(Seller.objects.values_list("slug", "id"))
        self._warehouses = dict(Warehouse.objects.values_list("code", "id"))
        self._brands = {row.name: row for row in Brand.objects.all()}

    def write(self, plans: Sequence[ProductPlan]) -> dict[str, UUID]:
        return loading.load_products(
            source=self._source,
            loads=[self._load(plan) for plan in plans],
            actor=SYSTEM,
            now=self._now,
        )

    def _load(self, plan: ProductPlan) -> loading.ProductLoad:
        return loading.ProductLoad(
            draft=products.ProductDraft(
                category=self._categories[plan.category],
                brand=self._brand(plan.brand),
                texts=plan.texts,
                attributes=plan.attributes,
                variant_axes=plan.axes,
                variants=[
                    products.VariantDraft(
                        sku=variant.sku,
                        options=variant.options,
                        weight_grams=variant.weight_grams,
                        size_mm=variant.size_mm,
                        gtins=variant.gtins,
                    )
                    for variant in plan.variants
                ],
                pictures=[
                    products.PictureDraft(
                        stored=picture.stored, options=picture.options, alt=picture.alt
                    )
                    for picture in plan.pictures
                ],
                source=self._source,
                source_id=plan.source_id,
                tax_class=plan.tax_class,
            ),
            offers=[self._offer(offer, plan) for offer in plan.offers],
            published_at=plan.published_at,
            sales_count=plan.sales_count,
        )

    def _offer(self, offer: OfferPlan, plan: ProductPlan) -> loading.OfferDraft:
        earlier = (offer.old_price, self._now - OLD_PRICE_ENDED) if offer.old_price else None
        return loading.OfferDraft(
            seller_id=self._sellers[offer.seller],
            sku=offer.sku,
            terms=OfferTerms(
                price=offer.price, old_price=offer.old_price, handling_days=offer.handling_days
            ),
            since=min(plan.published_at, self._now - 2 * OLD_PRICE_ENDED),
            units={self._warehouses[code]: units for code, units in offer.units.items()},
            earlier=earlier,
        )

    def _brand(self, name: str) -> Brand | None:
        if name and name not in self._brands:
            self._brands[name] = _new_brand(name)
        return self._brands.get(name)


@transaction.atomic
def load_brands(names: Iterable[str]) -> None:
    """Add the brands that are not there yet."""
    known = set(Brand.objects.values_list("name", flat=True))
    for name in names:
        if name not in known:
            _new_brand(name)


def _new_brand(name: str) -> Brand:
    slug = slugify(name) or "brand"
    taken = Brand.objects.filter(slug__startswith=slug).count()
    return Brand.objects.create(name=name, slug=f"{slug}-{taken}" if taken else slug)


@transaction.atomic
def load_reviews(source: str, plans: Sequence[ReviewPlan]) -> int:
    """Publish the reviews of products that have none yet, and hand their ratings down."""
    product_ids = dict(Product.objects.filter(source=source).values_list("source_id", "id"))
    reviewed = set(
        Review.objects.filter(product_id__in=product_ids.values()).values_list(
            "product_id", flat=True
        )
    )
    rows = [
        Review(
            product_id=product_ids[plan.source_id],
            author_name=plan.author_name,
            rating=plan.rating,
            title=plan.title,
            text=plan.text,
            language=plan.language,
            # Bought elsewhere: the verified mark comes from an order line alone.
            is_verified_purchase=False,
            status=Review.Status.PUBLISHED,
            created_at=plan.at,
            published_at=plan.at,
        )
        for plan in sorted(plans, key=lambda plan: plan.at)
        if plan.source_id in product_ids and product_ids[plan.source_id] not in reviewed
    ]
    Review.objects.bulk_create(rows, batch_size=CHUNK)
    for product_id in sorted({row.product_id for row in rows}):
        refresh_rating(product_id=product_id)
    return len(rows)
