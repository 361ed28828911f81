"""What is kept as HTML is what the template would have made, in each language."""

from dataclasses import replace
from uuid import UUID

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation
from lucide.templatetags import lucide as package

from apps.catalog.types import Picture
from apps.core.money import Money
from apps.storefront.presenting import ShownCard

CARD = ShownCard(
    product_id=UUID("01a21a8c-3a82-749f-9461-f83ae7b7f98f"),
    short_id="y8bknvr2tx",
    title="Teapot <b>",
    brand="Sopol",
    price=Money(249_000_00, "UZS"),
    old_price=None,
    lowest_30_days=None,
    discount_percent=0,
    rating=4.5,
    rating_count=12,
    is_in_stock=True,
    has_choice=False,
    offer_id=UUID("01a21a8c-3a82-749f-9461-f83ae7b7f990"),
    seller_name="Registon",
    pictures=(Picture("a" * 64, (200, 400), 400, 400, "data:image/webp;base64,AA", "A teapot"),),
    url="/en/p/teapot-y8bknvr2tx/",
    promise="From tomorrow",
)


def shown(card: ShownCard, *, is_favorite: bool = False) -> str:
    text = '{% kept "components/card.html" card=card is_favorite=is_favorite %}'
    return Template(text).render(Context({"card": card, "is_favorite": is_favorite}))


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
@pytest.mark.parametrize("is_favorite", [False, True])
def test_card_is_what_its_template_makes(language: str, *, is_favorite: bool) -> None:
    with translation.override(language):
        expected = render_to_string(
            "components/card.html", {"card": CARD, "is_favorite": is_favorite}
        )
        assert [shown(CARD, is_favorite=is_favorite) for _ in range(2)] == [expected] * 2


def test_kept_part_sees_nothing_but_what_it_is_given() -> None:
    """What the page around it knows, a visitor's name say, must not stay in what is kept."""
    text = '{% kept "components/alert.html" kind="info" %}'

    found = Template(text).render(Context({"text": "Hello, Aziza", "title": "Aziza"}))

    assert "Aziza" not in found
    assert "alert--info" in found


def test_part_that_cannot_be_compared_is_refused() -> None:
    text = '{% kept "components/breadcrumbs.html" crumbs=crumbs %}'

    with pytest.raises(TypeError):
        Template(text).render(Context({"crumbs": [("Home", "/en/")]}))


def test_card_with_another_price_is_another_card() -> None:
    cut = replace(CARD, price=Money(199_000_00, "UZS"), old_price=Money(249_000_00, "UZS"))
    assert "199,000" in shown(cut)
    assert "199,000" not in shown(CARD)
    assert "Teapot &lt;b&gt;" in shown(CARD)


def test_icon_is_the_one_of_the_package() -> None:
    text = '{% load lucide %}{% lucide "heart" size=20 class="x" %}{% lucide "heart" %}'
    expected = package.lucide(Context(), "heart", size=20, **{"class": "x"})
    expected += package.lucide(Context(), "heart")
    assert [Template(text).render(Context()) for _ in range(2)] == [expected] * 2
