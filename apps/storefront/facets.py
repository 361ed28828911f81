"""The filters beside a listing: their words, counts, and what is chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.selectors.filters import FilterView, filter_names
from apps.catalog.types import TreeNode
from apps.core.formats import format_money
from apps.search.types import Facets
from apps.storefront.filtering import FACET, RATINGS, Wanted

SHOWN_OPTIONS = 8
MOST_OPTIONS = 40
MOST_GROUPS = 12


@dataclass(frozen=True, slots=True)
class FacetOption:
    value: str
    label: str
    count: int
    is_on: bool
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """`name` is the parameter. Options beyond the first eight are folded away."""

    name: str
    label: str
    options: tuple[FacetOption, ...]

    @property
    def first(self) -> tuple[FacetOption, ...]:
        return self.options[:SHOWN_OPTIONS]

    @property
    def rest(self) -> tuple[FacetOption, ...]:
        return self.options[SHOWN_OPTIONS:]

    @property
    def is_rest_open(self) -> bool:
        return any(option.is_on for option in self.rest)


@dataclass(frozen=True, slots=True)
class Chip:
    """One applied filter; `url` is the page without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A category to go down into (or up to)."""

    name: str
    url: str
    count: int


def groups(wanted: Wanted, found: Facets, *, language: str, category_path: str) -> list[FacetGroup]:
    """Return the groups worth showing: with two values or more, or with one that is chosen. One query."""
    names = filter_names(
        language=language,
        category_path=category_path,
        codes={*found.attributes, *wanted.facets},
        brand_ids={*_most_frequent(found.brands), *wanted.brands},
        seller_ids={*_most_frequent(found.sellers), *wanted.sellers},
    )
    brands = _counted(names.brands, found.brands, wanted.brands)
    sellers = _counted(names.sellers, found.sellers, wanted.sellers)
    result = [
        FacetGroup("brand", _("Brand"), brands),
        FacetGroup("seller", _("Seller"), sellers),
        *(
            _attribute(view, wanted, found.attributes.get(view.code, {}))
            for view in names.attributes[:MOST_GROUPS]
        ),
    ]
    return [
        group
        for group in result
        if len(group.options) > 1 or any(option.is_on for option in group.options)
    ]


def _attribute(view: FilterView, wanted: Wanted, counts: dict[str, int]) -> FacetGroup:
    chosen = wanted.facets.get(view.code, ())
    known = view.options or (("true", _("Yes"), ""), ("false", _("No"), ""))
    options = tuple(
        FacetOption(code, label, counts.get(code, 0), code in chosen, swatch)
        for code, label, swatch in known
        if counts.get(code) or code in chosen
    )
    return FacetGroup(f"{FACET}{view.code}", view.label, options[:MOST_OPTIONS])


def _most_frequent(counts: dict[Any, int]) -> list[Any]:
    """Return those that may be among the shown, whichever names break ties; counts come in falling order."""
    frequent = list(counts)
    if len(frequent) <= MOST_OPTIONS:
        return frequent
    least = counts[frequent[MOST_OPTIONS - 1]]
    return [value for value in frequent if counts[value] >= least]


def _counted(
    names: dict[Any, str], counts: dict[Any, int], chosen: Sequence[Any]
) -> tuple[FacetOption, ...]:
    options = [
        FacetOption(str(key), name, counts.get(key, 0), key in chosen)
        for key, name in names.items()
    ]
    options.sort(key=lambda option: (-option.count, option.label.casefold()))
    return tuple(options[:MOST_OPTIONS])


def rating_options(wanted: Wanted) -> list[FacetOption]:
    """Stars to choose from; a rating that came by the address is among them."""
    stars = sorted({*RATINGS, *([wanted.rating] if wanted.rating else [])}, reverse=True)
    return [
        FacetOption(str(star), _("%(stars)s and up") % {"stars": star}, 0, wanted.rating == star)
        for star in stars
    ]


def chips(wanted: Wanted, shown: Sequence[FacetGroup], base_url: str) -> list[Chip]:
    """Return what is applied, each with the address that takes it off."""

    def chip(label: str, **without: Any) -> Chip:
        return Chip(label, replace(wanted, page=1, **without).address(base_url))

    result = []
    if wanted.price_from:
        label = _("From %(sum)s") % {"sum": format_money(wanted.price_from)}
        result.append(chip(label, price_from=None))
    if wanted.price_to:
        label = _("Up to %(sum)s") % {"sum": format_money(wanted.price_to)}
        result.append(chip(label, price_to=None))
    if wanted.rating:
        result.append(chip(_("%(stars)s stars and up") % {"stars": wanted.rating}, rating=0))
    if wanted.in_stock:
        result.append(chip(_("In stock"), in_stock=False))
    labels = {(g.name, o.value): (g, o) for g in shown for o in g.options}
    result += [
        chip(_label(labels, "brand", brand), brands=_without(wanted.brands, brand))
        for brand in wanted.brands
    ]
    result += [
        chip(_label(labels, "seller", seller), sellers=_without(wanted.sellers, seller))
        for seller in wanted.sellers
    ]
    for code, options in wanted.facets.items():
        for option in options:
            left = {**wanted.facets, code: _without(options, option)}
            facets = {key: values for key, values in left.items() if values}
            result.append(chip(_label(labels, f"{FACET}{code}", option), facets=facets))
    return result


def _without(values: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    return tuple(one for one in values if one != value)


def _label(
    labels: dict[tuple[str, str], tuple[FacetGroup, FacetOption]],
    name: str,
    value: int | str | UUID,
) -> str:
    found = labels.get((name, str(value)))
    if found is None:
        return str(value)
    group, option = found
    return f"{group.label}: {option.label}"


def branches(
    nodes: Sequence[TreeNode], counts: dict[str, int], link: Callable[[TreeNode], str]
) -> list[Branch]:
    """Return the categories among `nodes` that have hits."""
    return [
        Branch(node.name, link(node), counts[node.path]) for node in nodes if counts.get(node.path)
    ]
