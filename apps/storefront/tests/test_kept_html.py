"""What is kept or filled as HTML is what the template would have made, in each language."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation
from django.utils.safestring import SafeString
from lucide.templatetags import lucide as package

from apps.catalog.types import Picture
from apps.core import skeletons
from apps.core.money import Money
from apps.storefront.facets import FacetOption
from apps.storefront.presenting import ShownCard
from apps.storefront.templatetags import cards, facets, frame, pictures

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


CUT = replace(CARD, price=Money(199_000_00, "UZS"), old_price=Money(249_000_00, "UZS"))
CARDS = {
    "plain": CARD,
    "cut": replace(CUT, discount_percent=20, lowest_30_days=Money(199_000_00, "UZS")),
    "cut, lowest unknown": CUT,
    "cut, asked all the time": replace(CUT, lowest_30_days=CUT.old_price),
    "sold out": replace(CARD, is_in_stock=False, promise=""),
    "in variants": replace(CARD, has_choice=True, promise=""),
    "without pictures or reviews": replace(CARD, pictures=(), rating_count=0),
    "two pictures": replace(
        CARD, pictures=(CARD.pictures[0], replace(CARD.pictures[0], preview=""))
    ),
}


def shown(card: ShownCard, *, is_favorite: bool = False, loading: str = "lazy") -> str:
    text = "{% load cards %}{% card card is_favorite=is_favorite loading=loading %}"
    return Template(text).render(
        Context({"card": card, "is_favorite": is_favorite, "loading": loading})
    )


def rendered(
    template_name: str,
    *,
    shape: Mapping[str, object],
    text: Mapping[str, object],
    language: str = "",
) -> SafeString:
    """Do what `filled` stands for: render the template with its texts."""
    assert language in {"", translation.get_language()}
    return render_to_string(template_name, {"shape": shape, "text": text})


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
@pytest.mark.parametrize("kind", CARDS)
def test_card_is_what_its_templates_make(
    monkeypatch: pytest.MonkeyPatch, language: str, kind: str
) -> None:
    ways = [
        {"is_favorite": is_favorite, "loading": loading}
        for is_favorite in (False, True)
        for loading in ("lazy", "eager")
    ]
    with translation.override(language):
        filled = [shown(CARDS[kind], **way) for way in ways for _ in range(2)]
        monkeypatch.setattr(cards, "filled", rendered)
        monkeypatch.setattr(pictures, "filled", rendered)
        expected = [shown(CARDS[kind], **way) for way in ways for _ in range(2)]
    assert filled == expected
    assert len(set(filled)) == (2 if kind == "without pictures or reviews" else 4)


@pytest.mark.parametrize(
    ("kind", "is_told"),
    [("cut", True), ("cut, lowest unknown", False), ("cut, asked all the time", False)],
)
def test_less_than_the_struck_price_in_the_days_before_is_told(kind: str, *, is_told: bool) -> None:
    assert ("Lowest in 30 days before" in shown(CARDS[kind])) == is_told


def test_cards_of_one_shape_share_no_text() -> None:
    other = replace(
        CARD,
        title='Cup "&" <i>',
        url="/en/p/cup/",
        promise="From Monday",
        offer_id=UUID(int=1),
        product_id=UUID(int=2),
    )
    first, second = shown(CARD), shown(other)

    assert "Teapot &lt;b&gt;" in first
    assert "Cup" not in first
    assert "Cup &quot;&amp;&quot; &lt;i&gt;" in second
    for text in ("Teapot &lt;b&gt;", "/en/p/teapot", "From tomorrow", str(CARD.offer_id)):
        assert text in first
        assert text not in second


OPTIONS = tuple(
    FacetOption(value, label, count, is_on, swatch)
    for value, label in (("red", 'Red "&" <b>'), ("1", "One"))
    for count in (0, 12_345)
    for is_on in (False, True)
    for swatch in ("", "#c00")
)


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
def test_options_of_a_filter_are_what_their_template_makes(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    text = Template("{% load facets %}{% facet_options name options %}")
    context = Context({"name": "f.colour", "options": OPTIONS})
    with translation.override(language):
        filled = [text.render(context) for _ in range(2)]
        monkeypatch.setattr(facets, "filled", rendered)
        expected = [text.render(context) for _ in range(2)]
    assert filled == expected
    assert filled[0].count("<label") == len(OPTIONS)
    assert "Red &quot;&amp;&quot; &lt;b&gt;" in filled[0]


def asked(address: str) -> HttpRequest:
    request = RequestFactory().get(address)
    request.resolver_match = resolve(request.path)
    return request


FRAMES = ["frame/top.html", "frame/footer.html", "frame/languages.html"]


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
@pytest.mark.parametrize("part", FRAMES)
def test_frame_is_what_its_templates_make(
    monkeypatch: pytest.MonkeyPatch, language: str, part: str
) -> None:
    text = "{% load frame %}{% frame part %}"
    with translation.override(language):
        contexts = [
            Context({"request": asked(f"/{language}/{rest}"), "currency": currency, "part": part})
            for rest in ("", "search/?q=%3Cb%3E&page=2", "search/?q=tea")
            for currency in ("UZS", "USD")
        ]
        filled = [Template(text).render(context) for context in contexts]
        monkeypatch.setattr(frame, "filled", rendered)
        expected = [Template(text).render(context) for context in contexts]
    assert filled == expected
    assert len(set(filled)) == (3 if part == "frame/languages.html" else 6)


def test_frame_leads_to_the_same_page_in_each_language_and_back_to_it() -> None:
    text = '{% load frame %}{% frame "frame/top.html" %}'
    with translation.override("en"):
        request = asked("/en/search/?q=%22tea%22&page=2")
        found = Template(text).render(Context({"request": request, "currency": "UZS"}))

    for language in ("en", "ru", "uz"):
        assert f'href="/{language}/search/?q=%22tea%22&amp;page=2"' in found
    assert 'name="next" value="/en/search/?q=%22tea%22&amp;page=2"' in found
    assert 'name="q" value="&quot;tea&quot;"' in found


def test_template_that_uses_a_text_for_more_than_writing_it_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The comparison above can fail: a filter on a text works on the mark in its place."""
    template = Template("{{ text.title|upper }}")
    monkeypatch.setattr(
        skeletons, "render_to_string", lambda _n, given: template.render(Context(given))
    )

    filled = skeletons.filled("a template of this test", shape={}, text={"title": "cup"})

    assert filled != "CUP"


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
    assert "199,000" in shown(CUT)
    assert "199,000" not in shown(CARD)


def test_icon_is_the_one_of_the_package() -> None:
    text = '{% load lucide %}{% lucide "heart" size=20 class="x" %}{% lucide "heart" %}'
    expected = package.lucide(Context(), "heart", size=20, **{"class": "x"})
    expected += package.lucide(Context(), "heart")
    assert [Template(text).render(Context()) for _ in range(2)] == [expected] * 2
