"""The card of a product: what its template branches on, and what it writes."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from apps.catalog.types import Picture
from apps.core.formats import format_money
from apps.core.money import Money
from apps.core.skeletons import filled
from apps.core.templatetags.formats import price_html
from apps.core.templatetags.kept import kept
from apps.storefront.presenting import ShownCard
from apps.storefront.templatetags.pictures import picture_tag

register = template.Library()


@register.simple_tag(name="card")
def card_tag(card: ShownCard, *, is_favorite: bool = False, loading: str = "lazy") -> SafeString:
    language = get_language() or "en"
    # Where it was asked all the time the struck price says as much itself.
    has_lowest = card.old_price is not None and card.lowest_30_days not in {None, card.old_price}
    return filled(
        "components/card.html",
        shape={
            "is_in_stock": card.is_in_stock,
            "has_picture": bool(card.pictures),
            "has_discount": card.discount_percent > 0,
            "has_old_price": card.old_price is not None,
            "has_lowest": has_lowest,
            "has_promise": bool(card.promise),
            "has_choice": card.has_choice or card.offer_id is None,
            "is_favorite": is_favorite,
        },
        text={
            "product_id": str(card.product_id),
            "offer_id": str(card.offer_id),
            "url": card.url,
            "title": card.title,
            "picture": _first_picture(card.picture, loading, language),
            "second_picture": _second_picture(card.second_picture, language),
            "discount": str(card.discount_percent),
            "price": price_html(card.price, language),
            "old_price": _money(card.old_price, language),
            "lowest": _money(card.lowest_30_days, language),
            "stars": _stars(card.rating, card.rating_count),
            "promise": card.promise,
        },
        language=language,
    )


def _money(amount: Money | None, language: str) -> str:
    return format_money(amount, language) if amount is not None else ""


def _first_picture(picture: Picture | None, loading: str, language: str) -> SafeString | str:
    return picture_tag(
        picture, loading=loading, css_class="card__picture", has_preview=True, language=language
    )


def _second_picture(picture: Picture | None, language: str) -> SafeString | str:
    return picture_tag(picture, css_class="card__picture card__picture--second", language=language)


def _stars(rating: float, count: int) -> SafeString | str:
    """Stars differ by a number and a plural: few enough to be kept whole."""
    if not count:
        return ""
    return kept("components/stars.html", rating=rating, count=count)
