"""The catalogue with its pictures, help and its topics, what one agrees to."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from apps.catalog.models import ListingCard
from apps.catalog.selectors.tree import forget_tree
from apps.catalog.services.tree import add_category
from apps.storefront.web.frame import INFO_PAGES
from marketplace.tests.world import World, make_world

pytestmark = pytest.mark.django_db
# The pictures of the branches; the tree is kept in the process.
QUERIES = 1
IMAGE = {"hash": "a" * 64, "widths": [200, 400], "width": 400, "height": 400, "alt": {}}


@pytest.fixture
def world() -> World:
    cache.clear()
    forget_tree()
    return make_world(offers_each=2)


def texts(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_catalogue_shows_the_picture_of_what_sells_best_in_a_branch(
    client: Client, world: World
) -> None:
    seldom, often = (offer.variant.product_id for offer in world.offers[:2])
    ListingCard.objects.filter(product_id=seldom).update(images=[IMAGE | {"hash": "b" * 64}])
    ListingCard.objects.filter(product_id=often).update(images=[IMAGE], sales_count=9)

    page = client.get("/en/catalogue/").content.decode()

    assert "a" * 64 in page
    assert "b" * 64 not in page


def test_catalogue_names_what_is_below_and_a_branch_without_a_picture_has_a_sign(
    client: Client, world: World
) -> None:
    add_category(code="lamps", names={"en": "Lamps"}, parent=world.category)
    forget_tree()

    page = client.get("/en/catalogue/").content.decode()

    assert 'href="/en/c/things/"' in page
    assert 'href="/en/c/lamps/"' in page
    ground = page.partition('class="catalogue__ground"')[2].partition("</span>")[0]
    assert "<svg" in ground
    assert "<img" not in ground


def test_catalogue_costs_one_statement_and_then_none(
    client: Client, world: World, django_assert_num_queries: Any
) -> None:
    client.get("/en/catalogue/menu/")

    with django_assert_num_queries(QUERIES):
        client.get("/en/catalogue/")
    with django_assert_num_queries(0):
        response = client.get("/en/catalogue/")

    assert response["Cache-Control"] == "public, no-cache"
    assert not response.cookies


@pytest.mark.parametrize("language", ["en", "ru", "uz"])
@pytest.mark.parametrize("page", INFO_PAGES)
def test_page_of_help_marks_itself_among_the_topics(
    client: Client, page: str, language: str
) -> None:
    response = client.get(f"/{language}/info/{page}/")

    assert response.status_code == 200
    current = re.findall(r'href="([^"]+)" aria-current="page"', response.content.decode())
    assert set(current) >= {f"/{language}/info/{page}/"}


def test_topics_stand_under_those_whom_they_concern(client: Client) -> None:
    page = client.get("/en/info/help/").content.decode()
    side = page.partition('class="info__side"')[2].partition("</nav>")[0]
    buyers, _, rest = side.partition("To sellers")
    sellers, _, shop = rest.partition("About the shop")

    assert "Terms of sale" in buyers
    assert "Returns" in buyers
    assert texts(f"<{sellers}") == "Sell here Rules for sellers"
    assert "Privacy" in shop


def test_unknown_page_of_help_is_not_found(client: Client) -> None:
    assert client.get("/en/info/nonsense/").status_code == 404


def test_sign_up_says_what_one_agrees_to(client: Client) -> None:
    page = client.get("/en/account/signup/").content.decode()
    form = page.partition('action="/en/account/signup/"')[2].partition("</form>")[0]

    assert "By creating an account you agree to the" in form
    assert 'href="/en/info/terms/"' in form
    assert 'href="/en/info/privacy/"' in form


def test_footer_leads_to_privacy_and_terms(client: Client) -> None:
    page = client.get("/en/info/about/").content.decode()
    footer = page.partition("<footer")[2]

    assert 'href="/en/info/terms/"' in footer
    assert 'href="/en/info/privacy/"' in footer
