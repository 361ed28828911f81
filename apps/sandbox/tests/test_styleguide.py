"""The style guide: always the same page, contrast that holds, states taken from the parts' own files."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from apps.sandbox.styleguide import specimens, states, tokens
from apps.sandbox.web.styleguide import PARTS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures are drawn once for all tests here."""
    return tmp_path_factory.mktemp("styleguide")


@pytest.fixture
def page(client: Client, settings: Settings, folder: Path) -> str:
    settings.VAR_DIR = folder
    settings.MEDIA_ROOT = folder / "media"
    return client.get("/styleguide/").content.decode()


def test_guide_opened_twice_is_the_same_without_a_query(
    page: str, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    again = client.get("/styleguide/")
    assert again.status_code == 200
    assert "no-store" in again.headers["Cache-Control"]
    assert again.content.decode() == page


def test_guide_shows_every_part_of_the_list_and_repeats_no_id(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids)
    assert {code for code, _ in PARTS} <= set(ids)


def test_guide_fields_are_described_by_notes_that_are_there(page: str) -> None:
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    described = " ".join(re.findall(r'aria-describedby="([^"]*)"', page)).split()
    assert "id_refused-way_error" in described
    assert set(described) - ids == set()


def test_guide_shows_every_component(page: str) -> None:
    root = Path(__file__).resolve().parents[3]
    shown = set(re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', page))))
    roots = {path.stem.replace("_", "-") for path in (root / "static/css/components").glob("*.css")}
    # Their blocks are named otherwise.
    roots = roots - {"card-stepper", "sheet"} | {"stepper--card", "sheet__head"}
    roots = roots - {"menu"} | {"menu__list"}
    assert roots - shown == set()


def test_guide_in_another_language_puts_the_words_of_the_parts_into_it(
    page: str, client: Client
) -> None:
    assert "This field is required." in page
    russian = client.get("/styleguide/?language=ru").content.decode()
    assert '<html lang="ru">' in russian
    assert "Обязательное поле." in russian
    assert "This field is required." not in russian
    assert client.get("/styleguide/?language=xx").content.decode() != russian


def test_prices_three_languages_each_by_its_habit() -> None:
    plain = [
        [re.sub(r"<[^>]+>", "", text).replace("\u00a0", " ") for text in written]
        for _, written in specimens.prices()[:3]
    ]
    assert plain == [
        ["1 299,50 ₽", "1,299.50 ₽", "1 299,50 ₽"],
        ["1 299,50 $", "$1,299.50", "1 299,50 $"],
        ["12 900 сум", "12,900 UZS", "12 900 soʻm"],
    ]


def test_long_text_is_as_long_as_it_says() -> None:
    assert len(specimens.LONG) == 250


def test_contrast_black_on_white_is_the_greatest_there_is() -> None:
    assert tokens.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert tokens.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_contrast_of_every_pair_holds_in_light_and_dark() -> None:
    pairs = tokens.pairs()
    assert len(pairs) == 35
    assert [pair for pair in pairs if not pair.holds] == []


def test_held_states_copy_rules_of_a_state_and_nothing_else() -> None:
    text = """
    /* .a:hover { color: red } */
    @layer components {
      .a { color: x; }
      a.b:hover, .c { color: y; }
      @media (hover: hover) { .d:hover .e { opacity: 1; } }
    }
    @layer utilities { .f:hover { color: z; } }
    """
    assert states.hold(text) == [
        "@layer components { a.b:is(.is-hover *), .c { color: y; } }",
        "@layer components { .d:is(.is-hover *) .e { opacity: 1; } }",
    ]


@pytest.mark.django_db
def test_held_states_are_served_as_a_stylesheet(client: Client) -> None:
    answer = client.get("/styleguide/states.css")
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    text = answer.content.decode()
    assert ".button--primary:is(.is-hover *)" in text
    assert not re.search(r":hover|:focus|:active", text)
