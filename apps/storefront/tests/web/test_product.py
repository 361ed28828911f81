"""The product page: public, whole, three queries."""

import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from apps.catalog.models import (
    Attribute,
    AttributeOption,
    ListingCard,
    Product,
    Stock,
    ViewedProduct,
)
from apps.catalog.selectors.cards import is_favorite, viewed_ids
from apps.catalog.services import offers, products, shelves
from apps.core.money import Money
from apps.core.services.relay import deliver_all
from apps.core.viewer import SYSTEM
from apps.reviews.models import Review
from apps.storefront.presenting import product_url
from marketplace.tests.world import NOW, World, make_seller, make_world, receive_units

pytestmark = pytest.mark.django_db
QUERIES = 3
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def world() -> World:
    cache.clear()
    return make_world(offers_each=2)


def address(product: Product, **query: str) -> str:
    slug = product.texts.get(language="en").slug
    tail = "&".join(f"{name}={value}" for name, value in query.items())
    return product_url(slug, product.short_id) + (f"?{tail}" if tail else "")


def first(world: World) -> Product:
    product: Product = world.offers[0].variant.product
    return product


def review(product: Product, rating: int, **extra: Any) -> Review:
    return Review.objects.create(
        product=product,
        author_name="Bobur",
        rating=rating,
        title=f"{rating} stars",
        language="en",
        status=extra.pop("status", Review.Status.PUBLISHED),
        **extra,
    )


def test_heading_keeps_a_number_with_its_unit_and_the_stored_title_is_as_it_was(
    client: Client, world: World
) -> None:
    product = first(world)
    product.texts.filter(language="en").update(title="Copper pan 22 cm")

    page = client.get(address(product)).content.decode()

    assert ">Copper pan 22\u00a0cm</h1>" in page
    assert product.texts.get(language="en").title == "Copper pan 22 cm"


def test_product_may_be_cached_and_sets_no_cookie(client: Client, world: World) -> None:
    response = client.get(address(first(world)))

    assert response.status_code == 200
    assert response["Cache-Control"] == "public, no-cache"
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.content.decode()


def test_wrong_slug_leads_to_the_right_one_with_its_query(client: Client, world: World) -> None:
    product = first(world)

    response = client.get(f"/en/p/old-name-{product.short_id}/?sku=T11")

    assert response.status_code == 301
    assert response["Location"] == address(product, sku="T11")


@pytest.mark.parametrize("sku", ["NO-SUCH", "%00", "a" * 500])
def test_unknown_sku_is_not_found(client: Client, world: World, sku: str) -> None:
    assert client.get(address(first(world), sku=sku)).status_code == 404


@pytest.mark.parametrize("path", ["/en/p/thing-0000000000/", "/en/p/thing-%00/", "/en/p/x-ё/"])
def test_unknown_product_is_not_found(client: Client, world: World, path: str) -> None:
    assert client.get(path).status_code == 404


def test_archived_product_is_not_found(client: Client, world: World) -> None:
    product = first(world)
    products.archive_product(product_id=product.id, actor=SYSTEM, reason="gone", now=NOW)

    assert client.get(address(product)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_product_costs_the_same_for_any_number_of_offers_reviews_and_similar(
    client: Client, world: World, count: int, django_assert_num_queries: Any
) -> None:
    product = first(world)
    for number in range(count):
        seller, warehouse = make_seller(10 + number)
        offer = offers.create_offer(
            seller_id=seller.id,
            variant_id=world.offers[0].variant_id,
            seller_sku=f"R{number}",
            terms=offers.OfferTerms(price=Money(150_000_00, "UZS")),
            now=NOW,
        )
        receive_units(offer, warehouse, 5, key=f"rival:{number}")
        review(product, 5 - number)
    similar = [offer.variant.product_id for offer in world.offers[1 : 1 + count]]
    ListingCard.objects.exclude(product_id__in=[product.id, *similar]).update(is_visible=False)
    color = Attribute.objects.create(code="color", kind="CHOICE", labels={"en": "Color"})
    AttributeOption.objects.create(attribute=color, code="red", labels={"en": "Red"})
    Product.objects.filter(id=product.id).update(attributes={"color": "red"})
    path = address(product)
    client.get(path)

    with django_assert_num_queries(QUERIES):
        page = client.get(path).content.decode()

    assert page.count('class="offers__row"') == count
    assert page.count('class="review"') == count
    assert page.count('class="card"') == count


def test_sold_out_product_is_shown_without_a_way_to_buy(client: Client, world: World) -> None:
    Stock.objects.all().update(on_hand=0)

    page = client.get(address(first(world))).content.decode()

    assert "Sold out" in page
    assert "add-form" not in page
    assert "Last price: $8.00" in page


def test_structured_data_cannot_end_its_element(client: Client, world: World) -> None:
    product = first(world)
    product.texts.filter(language="en").update(description="</script><script>alert(1)</script>")

    page = client.get(address(product)).content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    data = json.loads(blocks[0])

    assert "<script>alert" not in page
    assert data["description"] == "</script><script>alert(1)</script>"
    assert data["offers"]["price"] == "8.00"
    assert data["offers"]["priceCurrency"] == "USD"


def test_reviews_are_sorted_and_only_the_published_show(client: Client, world: World) -> None:
    product = first(world)
    for rating in (3, 5, 1):
        review(product, rating)
    review(product, 4, status=Review.Status.IN_MODERATION)

    def titles(**query: str) -> list[str]:
        page = client.get(address(product, **query)).content.decode()
        return re.findall(r'review__title" lang="en">(\d) stars', page)

    assert titles() == ["1", "5", "3"]
    assert titles(reviews="highest") == ["5", "3", "1"]
    assert titles(reviews="lowest") == ["1", "3", "5"]
    assert titles(reviews="DROP", reviews_page="abc") == ["1", "5", "3"]


def test_more_reviews_come_by_tens(client: Client, world: World) -> None:
    product = first(world)
    for _number in range(11):
        review(product, 5)

    page_one = client.get(address(product)).content.decode()
    page_two = client.get(address(product, reviews_page="2")).content.decode()

    assert page_one.count('class="review"') == 10
    assert "reviews_page=2#reviews" in page_one
    assert page_two.count('class="review"') == 1
    assert "More reviews" not in page_two


def test_promise_names_each_kind_of_delivery(client: Client, world: World) -> None:
    page = client.get(address(first(world))).content.decode()

    assert "Courier to the door" in page
    assert "Pickup point" in page
    assert "from $2.00" in page


def test_variants_are_links_and_the_sold_out_are_struck(client: Client, world: World) -> None:
    seller, warehouse = make_seller(30)
    color = Attribute.objects.create(code="color", kind="CHOICE", labels={"en": "Color"})
    for option in ("red", "blue"):
        AttributeOption.objects.create(attribute=color, code=option, labels={"en": option.title()})
    product = products.create_product(
        draft=products.ProductDraft(
            category=world.category,
            texts={"en": ("Mug", "For tea.")},
            variants=[
                products.VariantDraft(
                    sku=f"MUG-{option}",
                    options={"color": option},
                    weight_grams=300,
                    size_mm=(90, 90, 90),
                )
                for option in ("red", "blue")
            ],
            variant_axes=["color"],
        )
    )
    for variant, units in zip(product.variants.all(), (3, 0), strict=True):
        offer = offers.create_offer(
            seller_id=seller.id,
            variant_id=variant.id,
            seller_sku=variant.sku,
            terms=offers.OfferTerms(price=Money(50_000_00, "UZS")),
            now=NOW,
        )
        if units:
            receive_units(offer, warehouse, units, key=variant.sku)
    products.publish_product(product_id=product.id, actor=SYSTEM, now=NOW)
    deliver_all()

    page = client.get(address(product)).content.decode()
    sold_out = client.get(address(product, sku="MUG-blue")).content.decode()

    assert "Only 3 left" in page
    assert re.search(r'option option--sold-out" href="[^"]*sku=MUG-blue"', page)
    assert re.search(r'option option--selected" href="[^"]*sku=MUG-red"', page)
    assert "Keep it in favourites" in sold_out


def test_viewing_is_noted_for_the_signed_in_alone(client: Client, world: World) -> None:
    product = first(world)
    path = f"/en/p/{product.id}/viewed/"

    assert client.post(path, headers=SAME_ORIGIN).status_code == 204
    assert ViewedProduct.objects.count() == 0
    assert world.buyer is not None
    client.force_login(world.buyer)
    assert client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get(path).status_code == 405
    assert viewed_ids(world.viewer()) == []

    assert client.post(path, headers=SAME_ORIGIN).status_code == 204
    assert viewed_ids(world.viewer()) == [product.id]


def test_personal_part_shows_the_own_favorite(client: Client, world: World) -> None:
    product = first(world)
    assert world.buyer is not None
    shelves.set_favorite(user_id=world.buyer.id, product_id=product.id, is_favorite=True)
    path = f"/en/p/{product.id}/personal/"

    guest = client.get(path)
    client.force_login(world.buyer)
    own = client.get(path)

    assert 'aria-pressed="false"' in guest.content.decode()
    assert "/viewed/" not in guest.content.decode()
    assert 'aria-pressed="true"' in own.content.decode()
    assert "/viewed/" in own.content.decode()
    assert own["Cache-Control"] == "private, no-store"
    assert is_favorite(world.viewer(), product.id) is True
