"""A card from the first search to the shop, on pages without any script; nothing typed is lost."""

import io
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.catalog.models import CardDraft, Offer, Product, VariantCode, Warehouse
from apps.catalog.services import moderation
from apps.catalog.tests.seller_cards import (
    GTIN,
    add_picture_row,
    approved,
    complete_draft,
    lamps,
    moderator,
    png,
    submitted,
)
from apps.core.services.relay import deliver_all
from apps.seller_centre.tests.shop import browser, member_user, owner, page, strangers
from apps.sellers.types import MemberRole
from marketplace.tests.world import NOW, World, make_world

pytestmark = pytest.mark.django_db

LIST_QUERIES = 6


@pytest.fixture
def world() -> World:
    return make_world(offers_each=1)


@pytest.fixture
def client(world: World) -> Client:
    return owner(world)


def base(world: World) -> str:
    return f"/en/seller/{world.sellers[0].id}/"


def card(world: World, draft: CardDraft, deed: str = "") -> str:
    return f"{base(world)}cards/{draft.id}/{deed}"


def step(client: Client, world: World, draft: CardDraft, name: str, **given: Any) -> Any:
    draft.refresh_from_db()
    sent = {"version": draft.version, "deed": "next"} | given
    return client.post(card(world, draft, f"step/{name}/"), sent)


def test_whole_way_from_search_to_approval(world: World, client: Client) -> None:
    category, place = lamps(world), Warehouse.objects.get(seller=world.sellers[0])
    searched = page(client, f"{base(world)}cards/new/?q=Lamp+of+Rishton")
    assert "The catalogue has nothing like" in searched
    answer = client.post(f"{base(world)}cards/new/", {"q": "Lamp of Rishton"})
    draft = CardDraft.objects.get()
    assert answer["Location"] == card(world, draft, "step/category/")
    answer = step(client, world, draft, "category", category=category.pk)
    assert answer["Location"] == card(world, draft, "step/texts/")
    assert 'value="Lamp of Rishton"' in page(client, answer["Location"])
    step(client, world, draft, "texts", title_en="Lamp of Rishton", title_ru="Лампа")
    step(
        client, world, draft, "attributes",
        **{"brand": "Rishton", "a-power": "40,5", "a-fabric": "Clay", "a-dimmable": "1"},
    )  # fmt: skip
    step(client, world, draft, "variants", **{"axis-tone": ["red", "blue"], "deed": "stay"})
    draft.refresh_from_db()
    red, blue = (row["key"] for row in draft.variants)
    measures = {
        f"{name}-{key}": "300"
        for key in (red, blue)
        for name in ("weight_grams", "length_mm", "width_mm", "height_mm")
    }
    step(
        client, world, draft, "variants",
        **{"axis-tone": ["red", "blue"], f"gtin-{red}": GTIN}, **measures,
    )  # fmt: skip
    upload = SimpleUploadedFile("lamp.png", png(), "image/png")
    client.post(card(world, draft, "upload/"), {"pictures": [upload]})
    answer = step(
        client, world, draft, "offer",
        **{
            "handling_days": "2",
            f"sku-{red}": "L-1", f"price-{red}": "250 000", f"units-{red}-{place.id}": "7",
            f"sku-{blue}": "L-2", f"price-{blue}": "260 000",
        },
    )  # fmt: skip
    assert answer["Location"] == card(world, draft)
    html = page(client, card(world, draft))
    assert html.count("complete</span>") == 6
    draft.refresh_from_db()
    client.post(card(world, draft, "submit/"), {"version": draft.version})
    assert "Moderators look at the card." in page(client, card(world, draft))

    moderation.approve_draft(draft_id=draft.id, actor=moderator(), now=NOW, reason="Fine")
    deliver_all()

    assert "The card is in the shop." in page(client, card(world, draft))
    product = Product.objects.get(created_by_seller=world.sellers[0])
    assert product.attributes == {"power": 40.5, "fabric": "Clay", "dimmable": True}
    assert "Lamp of Rishton" in page(Client(), f"/en/p/lamp-of-rishton-{product.short_id}/")
    assert "Lamp of Rishton" in page(client, f"{base(world)}offers/")
    offer = Offer.objects.filter(variant__product=product).first()
    assert "Edit the card" in page(client, f"{base(world)}offers/{offer.id}/")
    answer = client.post(f"{base(world)}cards/revise/{product.id}/")
    assert answer["Location"] == card(world, draft)


def test_search_finds_what_the_catalogue_has_by_name_and_by_barcode(
    world: World, client: Client
) -> None:
    VariantCode.objects.create(variant=world.offers[1].variant, gtin=GTIN)
    deliver_all()
    by_code = page(client, f"{base(world)}cards/new/?q={GTIN}")
    by_name = page(client, f"{base(world)}cards/new/?q=Thing")

    assert "/offers/new/?code=T21" in by_code
    assert f"Make a card with the barcode {GTIN}" in by_code
    assert "/offers/new/?code=T21" in by_name
    assert 'value="T21"' in page(client, f"{base(world)}offers/new/?code=T21")


def test_barcode_that_was_looked_for_is_the_first_variants(world: World, client: Client) -> None:
    client.post(f"{base(world)}cards/new/", {"q": GTIN})

    draft = CardDraft.objects.get()
    assert (draft.variants[0]["gtin"], draft.texts) == (GTIN, {})


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("category", {}, "Choose a category."),
        ("category", {"category": "999999"}, "Select a valid choice."),
        ("texts", {"title_en": "x" * 251}, "at most 250 characters"),
        ("attributes", {"a-power": "many"}, "Enter a number."),
        ("attributes", {"a-power": "1e30"}, "less than or equal to"),
        ("offer", {"handling_days": "99"}, "less than or equal to 30"),
    ],
)
def test_what_does_not_fit_is_told_and_kept_as_it_was_typed(
    world: World, client: Client, name: str, given: dict[str, str], words: str
) -> None:
    draft = complete_draft(world)
    typed = {key: value for key, value in given.items() if value}

    answer = step(client, world, draft, name, **given)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    draft.refresh_from_db()
    assert {key: row[0] for key, row in draft.typed[name].items()} == typed
    again = page(client, card(world, draft, f"step/{name}/"))
    for value in typed.values():
        if name != "category":
            assert value in again
    assert "cannot be saved yet" in page(client, card(world, draft))


def test_variant_and_price_that_do_not_fit_are_told_beside_the_field(
    world: World, client: Client
) -> None:
    draft = complete_draft(world)
    key = draft.variants[0]["key"]

    html = step(client, world, draft, "variants", **{f"gtin-{key}": "4006381333932"}).content
    price = step(client, world, draft, "offer", **{"handling_days": 1, f"price-{key}": "0"}).content

    assert re.search(rf'id="id_gtin-{key}_error">.*?The last digit', html.decode(), re.DOTALL)
    assert re.search(rf'id="id_price-{key}_error">.*?more than zero', price.decode(), re.DOTALL)


def test_form_saves_itself_and_keeps_what_does_not_fit(world: World, client: Client) -> None:
    draft = complete_draft(world)
    address = card(world, draft, "step/texts/")
    head = {"X-Autosave": "1"}

    saved = client.post(
        address, {"version": draft.version, "title_en": "New lamp"}, headers=head
    ).json()
    typed = client.post(
        address, {"version": saved["version"], "title_en": "y" * 251}, headers=head
    ).json()
    late = client.post(address, {"version": draft.version, "title_en": "Late"}, headers=head)

    assert (saved["words"], typed["words"][:4]) == ("Saved", "Kept")
    assert (late.status_code, "Somebody saved this card meanwhile" in late.json()["words"]) == (
        409,
        True,
    )
    draft.refresh_from_db()
    assert draft.texts["en"]["title"] == "New lamp"
    assert draft.typed["texts"]["title_en"] == ["y" * 251]


def test_impatient_finger_saves_once(world: World, client: Client) -> None:
    draft = complete_draft(world)
    sent = {"version": draft.version, "title_en": "New lamp", "deed": "next"}

    answers = [client.post(card(world, draft, "step/texts/"), sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert CardDraft.objects.get().version == draft.version + 1


def test_two_people_at_one_step_lose_nothing(world: World, client: Client) -> None:
    draft = complete_draft(world)
    seen = draft.version
    step(client, world, draft, "texts", title_en="First")

    answer = client.post(card(world, draft, "step/texts/"), {"version": seen, "title_en": "Second"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Second"' in html
    assert f'name="version" value="{seen + 1}"' in html


def test_pictures_are_ordered_described_and_deleted(world: World, client: Client) -> None:
    draft = complete_draft(world)
    second = add_picture_row(draft, "b" * 64)
    second.position = 1
    second.save()
    first = draft.pictures.first()
    url = card(world, draft, "pictures/")

    client.post(f"{url}{second.pk}/move/", {"to": "up"})
    assert [row.pk for row in draft.pictures.all()] == [second.pk, first.pk]
    client.post(
        card(world, draft, "step/pictures/"), {f"alt-{first.pk}-en": "A lamp", "alt-0-en": "x"}
    )
    first.refresh_from_db()
    assert first.alt == {"en": "A lamp"}
    client.post(f"{url}{second.pk}/delete/")
    assert [row.pk for row in draft.pictures.all()] == [first.pk]
    assert client.post(f"{url}{second.pk}/delete/").status_code == 404


def test_file_that_is_no_picture_is_named_and_the_others_stay(world: World, client: Client) -> None:
    draft = complete_draft(world)
    files = [
        SimpleUploadedFile("../a\u202egnp.svg", b"<svg/>", "image/png"),
        SimpleUploadedFile("good.png", png("green"), "text/html"),
    ]

    html = client.post(card(world, draft, "upload/"), {"pictures": files}, follow=True)

    text = html.content.decode()
    assert "agnp.svg: This is not a picture we can use" in text
    assert "1 picture is added." in text
    assert draft.pictures.count() == 2


def test_eleventh_picture_is_refused(world: World, client: Client) -> None:
    draft = complete_draft(world)
    for number in range(9):
        add_picture_row(draft, str(number) * 64)
    file = io.BytesIO(png())
    file.name = "x.png"

    html = client.post(card(world, draft, "upload/"), {"pictures": [file]}, follow=True)

    assert "A card can have 10 pictures." in html.content.decode()
    assert "there is no room for more" in page(client, card(world, draft, "step/pictures/"))


def test_card_in_moderation_is_closed_and_can_be_taken_back(world: World, client: Client) -> None:
    draft = submitted(complete_draft(world))

    assert "Take it back first" in page(client, card(world, draft, "step/texts/"))
    assert step(client, world, draft, "texts", title_en="x").status_code == 422
    client.post(card(world, draft, "withdraw/"))
    assert step(client, world, draft, "texts", title_en="x").status_code == 302


def test_rejected_card_shows_what_to_mend_everywhere(world: World, client: Client) -> None:
    draft = submitted(complete_draft(world))
    moderation.reject_draft(draft_id=draft.id, actor=moderator(), now=NOW, reason="Blurred.")

    for address in ("cards/", f"cards/{draft.id}/", f"cards/{draft.id}/step/pictures/"):
        assert "Blurred." in page(client, base(world) + address)
    assert "1 card to fix" in page(client, base(world))


def test_list_filters_and_costs_the_same_for_one_card_and_three(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    approved(complete_draft(world))
    page(client, f"{base(world)}cards/")
    with django_assert_num_queries(LIST_QUERIES):
        page(client, f"{base(world)}cards/")
    for number in range(2):
        complete_draft(world, title=f"Vase {number}", gtin="")
    with django_assert_num_queries(LIST_QUERIES):
        assert page(client, f"{base(world)}cards/").count("Vase") >= 2
    assert "Vase" not in page(client, f"{base(world)}cards/?tab=APPROVED")
    assert "Lamp" not in page(client, f"{base(world)}cards/?{urlencode({'q': 'vase'})}")
    assert client.get(f"{base(world)}cards/?tab=none").status_code == 404
    assert "No card fits." in page(client, f"{base(world)}cards/?q=nothing")


def test_strangers_and_roles_without_the_power_find_nothing(world: World) -> None:
    draft = complete_draft(world)
    picture = draft.pictures.get()
    reads = ["cards/", "cards/new/", f"cards/{draft.id}/", f"cards/{draft.id}/step/texts/"]
    writes = [
        "cards/new/",
        f"cards/{draft.id}/submit/",
        f"cards/{draft.id}/withdraw/",
        f"cards/{draft.id}/discard/",
        f"cards/{draft.id}/step/texts/",
        f"cards/{draft.id}/upload/",
        f"cards/{draft.id}/pictures/{picture.pk}/move/",
        f"cards/{draft.id}/pictures/{picture.pk}/delete/",
        f"cards/revise/{world.offers[0].variant.product_id}/",
    ]
    roles = [member_user(world.sellers[0], role) for role in (MemberRole.STOCK, MemberRole.FINANCE)]
    for who in [*strangers(world), *map(browser, roles)]:
        assert {who.get(base(world) + path).status_code for path in reads} == {404}
        assert {who.post(base(world) + path).status_code for path in writes} == {404}
    other = owner(world, 1)
    own = f"/en/seller/{world.sellers[1].id}/cards/{draft.id}/"
    assert [other.get(own).status_code, other.post(f"{own}submit/").status_code] == [404, 404]
    draft.refresh_from_db()
    assert draft.status == "DRAFT"


def test_draft_is_thrown_away(world: World, client: Client) -> None:
    draft = complete_draft(world)

    answer = client.post(card(world, draft, "discard/"))

    assert answer["Location"] == f"{base(world)}cards/"
    assert "No cards of your own yet" in page(client, answer["Location"])
