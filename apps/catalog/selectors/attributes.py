"""Attributes and their values in words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext

from apps.catalog.selectors.texts import in_language
from apps.core.sql import documents


@dataclass(frozen=True, slots=True)
class NamedAttribute:
    """`labels` and `units` map language to words; `options` are (code, labels, swatch) in their order."""

    labels: Mapping[str, str]
    unit: str
    units: Mapping[str, str]
    options: tuple[tuple[str, Mapping[str, str], str], ...]


# The attributes with the codes that a subquery gives, as an object by code.
ATTRIBUTES_OF_CODES = """
  SELECT json_object_agg(attribute.code, json_build_object(
    'labels', attribute.labels, 'unit', attribute.unit, 'units', attribute.units, 'options', (
      SELECT json_agg(json_build_array(choice.code, choice.labels, choice.swatch)
        ORDER BY choice.position, choice.id)
      FROM catalog_attributeoption AS choice WHERE choice.attribute_id = attribute.id)))
  FROM catalog_attribute AS attribute WHERE attribute.code IN ({codes})
"""


def named_attributes(codes: Collection[str]) -> dict[str, NamedAttribute]:
    """Return attributes by code. One query; none without codes."""
    if not codes:
        return {}
    found = ATTRIBUTES_OF_CODES.format(codes="SELECT unnest(%(codes)s::text[])")
    (row,) = documents(f"SELECT ({found}) AS attributes", {"codes": list(codes)})
    return read_attributes(row["attributes"])


def read_attributes(found: Mapping[str, Any] | None) -> dict[str, NamedAttribute]:
    """Read attributes as ATTRIBUTES_OF_CODES writes them."""
    return {
        code: NamedAttribute(
            labels=row["labels"],
            unit=row["unit"],
            units=row["units"],
            options=tuple(
                (choice, labels, swatch) for choice, labels, swatch in row["options"] or ()
            ),
        )
        for code, row in (found or {}).items()
    }


def attribute_label(attribute: NamedAttribute | None, code: str, language: str) -> str:
    if attribute is None:
        return code.replace("_", " ").capitalize()
    return in_language(attribute.labels, language) or code


def value_in_words(attribute: NamedAttribute | None, value: Any, language: str) -> str:
    """Write an attribute's value in a language."""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, list):
        return ", ".join(value_in_words(attribute, item, language) for item in value)
    if attribute is None:
        return str(value)
    for code, labels, _swatch in attribute.options:
        if code == value:
            return in_language(labels, language) or code
    if not isinstance(value, int | float):
        return str(value)
    return f"{_number(value)} {attribute.units.get(language, attribute.unit)}".strip()


def _number(value: float) -> str:
    """Write a number of at most six decimals as the page's language does."""
    rounded = round(value, 6)
    return number_format(int(rounded) if rounded == int(rounded) else rounded)


def options_in_words(
    options: Mapping[str, str], attributes: Mapping[str, NamedAttribute], language: str
) -> str:
    """Write a variant's choices: "Colour: red, Size: M"."""
    parts = []
    for code, value in options.items():
        attribute = attributes.get(code)
        label = (in_language(attribute.labels, language) if attribute else None) or code
        parts.append(f"{label}: {value_in_words(attribute, value, language)}")
    return ", ".join(parts)
