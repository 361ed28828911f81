"""What the filters beside a listing are called: attributes with their options, brands, sellers."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from apps.catalog.selectors.texts import in_language_sql
from apps.catalog.types import STEP
from apps.core.sql import documents


@dataclass(frozen=True, slots=True)
class FilterView:
    """An attribute to filter by: its options as (code, label, swatch) in their order."""

    code: str
    label: str
    options: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class FilterNames:
    attributes: tuple[FilterView, ...]
    brands: dict[int, str]
    sellers: dict[UUID, str]


_OF_BRANCH = """
  catalog_categoryattribute AS asked
  JOIN catalog_category AS category ON category.id = asked.category_id AND category.path = ANY(%(branch)s)
  JOIN catalog_attribute AS attribute ON attribute.id = asked.attribute_id AND asked.is_filter
"""
_OF_CODES = "catalog_attribute AS attribute WHERE attribute.code = ANY(%(codes)s)"
_BY_PLACE = "category.path, asked.position, asked.id"


def filter_names(
    *,
    language: str,
    category_path: str,
    codes: Collection[str],
    brand_ids: Collection[int],
    seller_ids: Collection[UUID],
) -> FilterNames:
    """Return the names of brands, of sellers whose shops are open, and of the attributes to filter by.

    A branch has those that are asked for in it, inherited ones first; outside of a branch they are
    those with the given codes, by label. One query.
    """
    source, order = (_OF_BRANCH, _BY_PLACE) if category_path else (_OF_CODES, "label")
    statement = f"""
    SELECT
      (SELECT json_object_agg(id, name) FROM catalog_brand WHERE id = ANY(%(brands)s)) AS brands,
      (SELECT json_object_agg(id, name) FROM sellers_seller
        WHERE id = ANY(%(sellers)s) AND status = 'ACTIVE') AS sellers,
      (SELECT json_agg(json_build_array(code, label, options)) FROM (
        SELECT attribute.code, coalesce({_label("attribute")}, attribute.code) AS label,
          (SELECT json_agg(json_build_array(choice.code, coalesce({_label("choice")}, choice.code), choice.swatch)
             ORDER BY choice.position, choice.id)
           FROM catalog_attributeoption AS choice WHERE choice.attribute_id = attribute.id) AS options
        FROM {source} AND attribute.kind IN ('CHOICE', 'FLAG')
        ORDER BY {order}) AS asked) AS attributes
    """  # noqa: S608  our own fragments
    parameters = {
        "language": language,
        "branch": [category_path[:end] for end in range(STEP, len(category_path) + 1, STEP)],
        "codes": list(codes),
        "brands": list(brand_ids),
        "sellers": list(seller_ids),
    }
    (found,) = documents(statement, parameters)
    views: dict[str, FilterView] = {}
    for code, label, options in found["attributes"] or ():
        views.setdefault(code, FilterView(code, label, tuple(map(tuple, options or ()))))
    return FilterNames(
        attributes=tuple(views.values()),
        brands={int(key): name for key, name in (found["brands"] or {}).items()},
        sellers={UUID(key): name for key, name in (found["sellers"] or {}).items()},
    )


def _label(table: str) -> str:
    return in_language_sql(f"{table}.labels", operator="->>")
