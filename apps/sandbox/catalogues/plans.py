"""The common form of a catalogue: what every reader yields and the loader writes (docs/demo.md)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.catalog.services.images import StoredPicture
from apps.core.money import Money

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OptionPlan:
    code: str
    labels: Texts
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class AttributePlan:
    """`kind` is CHOICE, NUMBER, TEXT or FLAG; options belong to a CHOICE."""

    code: str
    kind: str
    labels: Texts
    unit: str = ""
    # Where languages write the unit differently.
    units: Texts = field(default_factory=dict)
    options: Sequence[OptionPlan] = ()


@dataclass(frozen=True, slots=True)
class CategoryPlan:
    """`attributes` are asked for here and below; `axes` of them may tell variants apart."""

    code: str
    names: Texts
    parent: str = ""
    picture_kind: str = ""
    attributes: Sequence[str] = ()
    axes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class VariantPlan:
    sku: str
    options: Mapping[str, str]
    weight_grams: int
    size_mm: tuple[int, int, int]
    gtins: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class OfferPlan:
    """`seller` is a seller's slug; `units` maps a warehouse's code to what is on hand."""

    seller: str
    sku: str
    price: Money
    units: Mapping[str, int]
    old_price: Money | None = None
    handling_days: int = 1


@dataclass(frozen=True, slots=True)
class PicturePlan:
    stored: StoredPicture
    options: Mapping[str, str] = field(default_factory=dict)
    alt: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductPlan:
    """`texts` maps language to (title, description)."""

    source_id: str
    category: str
    texts: Mapping[str, tuple[str, str]]
    variants: Sequence[VariantPlan]
    offers: Sequence[OfferPlan]
    published_at: datetime
    brand: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    axes: Sequence[str] = ()
    pictures: Sequence[PicturePlan] = ()
    sales_count: int = 0
    tax_class: str = "STANDARD"


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    source_id: str
    author_name: str
    rating: int
    title: str
    text: str
    language: str
    at: datetime


@dataclass(slots=True)
class LoadReport:
    """What came in, and what was left out and why; nothing is dropped without a line here."""

    loaded: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def leave_out(self, reason: str, example: str = "", count: int = 1) -> None:
        self.left_out[reason] += count
        kept = self.examples.setdefault(reason, [])
        if example and len(kept) < 3:  # noqa: PLR2004  enough to look at
            kept.append(example)

    def lines(self) -> list[str]:
        rows = [f"{count:>7} {name}" for name, count in sorted(self.loaded.items())]
        rows.append("left out or changed:" if self.left_out else "nothing was left out")
        for reason, count in self.left_out.most_common():
            shown = ", ".join(self.examples.get(reason, []))
            rows.append(f"{count:>7} {reason}" + (f" (such as {shown})" if shown else ""))
        return rows


@dataclass(slots=True)
class Catalogue:
    """A whole catalogue. `products` is iterated once; readers may make it lazily."""

    source: str
    attributes: Sequence[AttributePlan]
    categories: Sequence[CategoryPlan]
    products: Iterable[ProductPlan]
    reviews: Sequence[ReviewPlan] = ()
    report: LoadReport = field(default_factory=LoadReport)
