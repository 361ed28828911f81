"""Types that cross the edge of catalog."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from apps.core.money import Money

STEP = 4  # treebeard's characters of a category's `path` per level


class OfferTab(TextChoices):
    """The saved filters of a seller's offers."""

    ON_SALE = "on_sale", _("On sale")
    SOLD_OUT = "sold_out", _("Sold out")
    PAUSED = "paused", _("Paused")


class DraftStatus(TextChoices):
    """A seller's card on its way to the shop; rules.DRAFT_MOVES says what may follow what."""

    DRAFT = "DRAFT", _("Draft")
    IN_REVIEW = "IN_REVIEW", _("In moderation")
    REJECTED = "REJECTED", _("To mend")
    APPROVED = "APPROVED", _("In the shop")


class CardStep(TextChoices):
    """The steps of making a card, in their order."""

    CATEGORY = "category", _("Category")
    TEXTS = "texts", _("Title and description")
    ATTRIBUTES = "attributes", _("Particulars")
    VARIANTS = "variants", _("Variants")
    PICTURES = "pictures", _("Pictures")
    OFFER = "offer", _("Price and stock")


class BulkKind(TextChoices):
    PRICE_PERCENT = "PRICE_PERCENT", _("Change the price by percent")
    PRICE_AMOUNT = "PRICE_AMOUNT", _("Set the price")
    ON_SALE = "ON_SALE", _("Put on sale")
    OFF_SALE = "OFF_SALE", _("Take off sale")
    HANDLING_DAYS = "HANDLING_DAYS", _("Set the days to prepare")
    ADD_STOCK = "ADD_STOCK", _("Add units to a warehouse")


@dataclass(frozen=True, slots=True)
class CardProblem:
    """Why a card cannot be sent yet: `row` is the variant's place in the list, from 1, or 0."""

    step: CardStep
    text: Any
    row: int = 0


@dataclass(frozen=True, slots=True)
class VariantPlan:
    """A variant of a draft, as CardDraft.variants keeps it. `units` maps a warehouse's id to units.

    `variant_id` is that of the approved variant which this one changes, or empty.
    """

    key: str
    options: dict[str, str] = field(default_factory=dict)
    variant_id: str = ""
    seller_sku: str = ""
    gtin: str = ""
    weight_grams: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    price_minor: int | None = None
    units: dict[str, int] = field(default_factory=dict)
    is_left_out: bool = False

    @property
    def is_new(self) -> bool:
        return not self.variant_id


@dataclass(frozen=True, slots=True)
class AskedAttribute:
    """An attribute that a category asks for, in one language. `options` are (code, label)."""

    code: str
    kind: str
    label: str
    unit: str
    is_required: bool
    is_variant_axis: bool
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """Units of an offer wanted for one ordered line."""

    line_id: UUID
    offer_id: UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture: addresses of its renditions are made by selectors.image_url."""

    content_hash: str
    widths: tuple[int, ...]
    width: int
    height: int
    preview: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class DispatchPoint:
    """Where goods leave from, and when: `cutoff_hour` and ISO `working_days` are in `time_zone`."""

    country: str = ""
    city: str = ""
    time_zone: str = "UTC"
    cutoff_hour: int = 0
    working_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CardView:
    """What a grid shows of one product, in one language."""

    product_id: UUID
    short_id: str
    slug: str
    title: str
    brand: str
    price: Money
    old_price: Money | None
    lowest_30_days: Money | None
    rating: float
    rating_count: int
    is_in_stock: bool
    has_choice: bool
    offer_id: UUID | None
    seller_name: str
    handling_days: int
    pictures: tuple[Picture, ...]
    dispatch: DispatchPoint = field(default_factory=DispatchPoint)

    @property
    def discount_percent(self) -> int:
        """Whole percent off the old price, rounded down; 0 without one."""
        if self.old_price is None:
            return 0
        return (self.old_price.minor - self.price.minor) * 100 // self.old_price.minor


@dataclass(frozen=True, slots=True)
class OfferView:
    """One seller's offer of a variant, as the product page compares them. `free` is capped at 99."""

    offer_id: UUID
    seller_id: UUID
    seller_name: str
    seller_slug: str
    seller_rating: float
    seller_since: datetime | None
    price: Money
    old_price: Money | None
    lowest_30_days: Money | None
    free: int
    handling_days: int
    warehouse_country: str
    warehouse_city: str
    dispatch: DispatchPoint = field(default_factory=DispatchPoint)


@dataclass(frozen=True, slots=True)
class OptionView:
    code: str
    label: str
    swatch: str
    is_selected: bool
    is_available: bool
    variant_id: UUID | None
    sku: str = ""


@dataclass(frozen=True, slots=True)
class AxisView:
    code: str
    label: str
    options: tuple[OptionView, ...]


@dataclass(frozen=True, slots=True)
class ProductView:
    """The product page's data for one chosen variant, in one language."""

    product_id: UUID
    short_id: str
    slug: str
    slugs: dict[str, str]
    title: str
    description: str
    brand: str
    brand_slug: str
    category_path: str
    variant_id: UUID
    sku: str
    codes: tuple[str, ...]
    weight_grams: int
    axes: tuple[AxisView, ...]
    attributes: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]
    offers: tuple[OfferView, ...]
    rating: float
    rating_count: int
    sales_count: int
    published_at: datetime | None = None
    brand_id: int | None = None
    size_mm: tuple[int, int, int] = (0, 0, 0)

    @property
    def best_offer(self) -> OfferView | None:
        """The buy box: the first offer with stock, or None when it is sold out."""
        return next((offer for offer in self.offers if offer.free), None)


@dataclass(frozen=True, slots=True)
class Crumb:
    code: str
    name: str
    slug: str


@dataclass(slots=True)
class TreeNode:
    """A category with its visible children, in one language."""

    code: str
    name: str
    slug: str
    path: str
    picture_kind: str
    children: list["TreeNode"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SearchSource:
    """All that a search engine may index of one visible product."""

    product_id: UUID
    version: int
    titles: dict[str, str]
    descriptions: dict[str, str]
    brand: str
    brand_id: int | None
    category_path: str
    category_names: dict[str, str]
    attribute_texts: tuple[str, ...]
    codes: tuple[str, ...]
    facets: tuple[str, ...]
    seller_ids: tuple[UUID, ...]
    price_base_minor: int
    rating_hundredths: int
    rating_count: int
    sales_count: int
    is_in_stock: bool
    published_at: datetime
