"""The lines of an order as their buyer reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.catalog.selectors.pictures import picture_of
from apps.catalog.selectors.texts import in_language
from apps.catalog.types import Picture
from apps.core.formats import whole_figures
from apps.core.money import Money
from apps.orders.models import OrderLine


@dataclass(frozen=True, slots=True)
class OrderedLine:
    title: str
    options: str
    picture: Picture | None
    quantity: int
    unit: Money
    total: Money
    # What became of units that do not arrive.
    note: str = ""
    # Where what has arrived is reviewed, and whether it was.
    review_url: str = ""
    is_reviewed: bool = False


def shown_line(line: OrderLine, language: str, reviews: Mapping[UUID, bool]) -> OrderedLine:
    is_open = line.product_id in reviews and line.delivered_quantity > 0
    return OrderedLine(
        title=whole_figures(in_language(line.titles, language) or line.sku),
        options=in_language(line.option_labels, language) or "",
        picture=picture_of(line.image, language) if line.image else None,
        quantity=line.quantity,
        unit=line.unit,
        total=line.total,
        note=_line_note(line),
        review_url=reverse("storefront:review_write", args=[line.product_id]) if is_open else "",
        is_reviewed=reviews.get(line.product_id, False),
    )


def _line_note(line: OrderLine) -> str:
    parts = []
    if line.cancelled_quantity:
        parts.append(_("cancelled: %(count)d") % {"count": line.cancelled_quantity})
    if line.returned_quantity:
        parts.append(_("sent back: %(count)d") % {"count": line.returned_quantity})
    if line.sent_back_quantity:
        parts.append(_("returned by you: %(count)d") % {"count": line.sent_back_quantity})
    return ", ".join(parts)
