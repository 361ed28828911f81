"""The contract of a search engine: the same for every one."""

import pytest

from apps.search.providers.base import SearchEngine
from apps.search.providers.postgres import PostgresEngine
from apps.search.tests.factories import SELLERS, product, source
from apps.search.types import Filters, SearchQuery, SearchResult, Sort

pytestmark = pytest.mark.django_db

HOSTILE = [
    "'", '"', "''", "\\", "\\'", "a' | 'b", "a & b", "!a", "a:*", "*:*", "a <-> b", "(", ")", "((()))",
    "a | ", "& &", "%", "_", "%%s", "%(x)s", "%s", "; DROP TABLE search_searchdocument; --", "\x00",
    "shoes\x00red", "\u202eseohs", "\u200b", "\u200f\u200e", "\ufeff", "\ud7ff", "\uffff", "\U0001f600",
    "👟👟", "$1", "$$", "{}", "{0}", "[", "]", "[*]", "/.*/", "^$", "~", "`", "#", "<script>",
    "&lt;b&gt;", "NULL", "null", "undefined", "true", "AND", "OR", "NOT", "AND OR NOT", "title:red",
    "id:1 OR 1=1", "+red -shoes", "\n\r\t", "\x1b[31m", "\x7f", "‘’ʻʼ", "o'zbek'", "é" * 300, "z" * 5000,
    "a " * 2000, "1" * 400, "1.1.1.1", "1,2,3", "-1", "0", "∞", "ﬁ", "İ", "ß", "Ё", "一二三", "١٢٣", "а́",
    "..", "-", "--", "/", "a-b-c-d", "0x1F", "1e309", "NaN",
]  # fmt: skip


@pytest.fixture(params=[PostgresEngine])
def engine(request: pytest.FixtureRequest) -> SearchEngine:
    made: SearchEngine = request.param()
    return made


def search(engine: SearchEngine, text: str = "", **given: object) -> SearchResult:
    return engine.find(SearchQuery(text, **given), with_facets=True)  # type: ignore[arg-type]


def numbers(result: SearchResult) -> list[int]:
    return [product_id.int for product_id in result.product_ids]


def index(engine: SearchEngine, *sources: object) -> None:
    engine.upsert(sources)  # type: ignore[arg-type]
    engine.refresh_words()


@pytest.mark.parametrize(
    ("typed", "title", "language"),
    [
        ("красные кроссовки", "Кроссовки красного цвета", "ru"),
        ("кроссовок", "Красные кроссовки", "ru"),
        ("ёлка", "Елка искусственная", "ru"),
        ("елки", "Ёлка искусственная", "ru"),
        ("тарелок", "Тарелка глубокая", "ru"),
        ("running shoe", "Shoes for running", "en"),
        ("café", "Cafe chairs", "en"),
        ("womens boots", "Women’s boot", "en"),
        ("o'zbek ko'ylagi", "Oʻzbek koʻylagi", "uz"),
        ("telefonlar", "Telefon uchun gʻilof", "uz"),
        ("krossovkalarni", "Krossovkalar", "uz"),
        ("wh1000xm4", "Sony WH-1000XM4", "en"),
        ("wh-1000xm4", "Sony WH-1000XM4", "en"),
        ("500 gb", "Disk 500GB", "en"),
        ("500gb", "Disk 500 GB", "en"),
        ("power bank", "Powerbank 10000", "en"),
    ],
)
def test_find_other_form_of_a_word_finds_it(
    engine: SearchEngine, typed: str, title: str, language: str
) -> None:
    index(
        engine,
        source(1, "Unrelated", titles={language: title}),
        source(2, "Lamp", titles={language: "Лампа lamp"}),
    )

    result = search(engine, typed, language=language)

    assert numbers(result) == [1]
    assert result.corrected_text is None


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("laptpo", "laptop"),
        ("lapto", "laptop"),
        ("laptopp", "laptop"),
        ("lqptop", "laptop"),
        ("кросовки", "кроссовки"),
        ("rhjccjdrb", "кроссовки"),
        ("krossovki", "кроссовки"),
        ("krosovki", "кроссовки"),
        ("дфзещз", "laptop"),
        ("laptop15", "laptop 15"),
    ],
)
def test_find_slip_is_repaired_with_a_word_of_the_catalogue(
    engine: SearchEngine, typed: str, corrected: str
) -> None:
    index(engine, source(1, "Laptop 15 кроссовки"), source(2, "Lamp"))

    result = search(engine, typed)

    assert result.corrected_text == corrected
    assert numbers(result) == [1]


def test_find_known_word_is_not_repaired(engine: SearchEngine) -> None:
    index(engine, source(1, "Lamps"), *(source(n, "Lamb meat") for n in range(2, 9)))

    result = search(engine, "lamp")

    assert (numbers(result), result.corrected_text) == ([1], None)


def test_find_unknown_word_finds_nothing_and_corrects_nothing(engine: SearchEngine) -> None:
    index(engine, source(1, "Lamp"))

    result = search(engine, "zzzzzzzz")

    assert (result.product_ids, result.total, result.corrected_text) == ([], 0, None)


@pytest.mark.parametrize("typed", ["SKU-7", "sku7", "4006381333931", "4006-3813-33931"])
def test_find_code_stands_first(engine: SearchEngine, typed: str) -> None:
    index(
        engine,
        source(1, "sku 7 4006381333931 sku 7", sales_count=1000),
        source(7, "Marker", codes=("SKU-7", "4006381333931")),
    )

    assert numbers(search(engine, typed))[0] == 7


def test_find_title_stands_before_description(engine: SearchEngine) -> None:
    padding = "word " * 20
    index(
        engine,
        source(1, "Cover", descriptions={"en": f"{padding} fits every kettle"}, sales_count=99),
        source(2, "Kettle"),
    )

    assert numbers(search(engine, "kettle")) == [2, 1]


def test_find_rare_word_weighs_more_than_a_common_one(engine: SearchEngine) -> None:
    index(
        engine,
        *(source(n, f"Black chair {n}", sales_count=50) for n in range(1, 9)),
        source(20, "White ottoman chair"),
    )

    assert numbers(search(engine, "black ottoman"))[0] == 20


def test_find_hits_carry_most_of_the_query(engine: SearchEngine) -> None:
    index(
        engine,
        source(1, "Steel kettle electric"),
        source(2, "Steel pan"),
        source(3, "Steel fork"),
        source(4, "Wooden fork"),
    )

    assert numbers(search(engine, "steel kettle electric")) == [1]


def test_find_thing_stands_before_what_is_bought_for_it(engine: SearchEngine) -> None:
    index(
        engine,
        source(1, "Laptop bag", sales_count=50),
        source(2, "Thin laptop Asus 15 black"),
        source(3, "Чехол для ноутбука", sales_count=50),
        source(4, "Тонкий ноутбук Asus 15 черный"),
    )

    assert numbers(search(engine, "laptop"))[0] == 2
    assert numbers(search(engine, "ноутбук"))[0] == 4
    assert numbers(search(engine, "laptop bag"))[0] == 1
    assert numbers(search(engine, "чехлы для ноутбуков"))[0] == 3


def test_find_accessory_of_the_brand_that_is_asked_for_is_not_demoted(engine: SearchEngine) -> None:
    index(
        engine,
        source(1, "Desk with place for a Canon printer"),
        source(2, "Canon toner cartridge black", brand="Canon"),
    )

    assert numbers(search(engine, "canon")) == [2, 1]


def test_find_other_name_of_a_thing_finds_it_after_the_name_itself(engine: SearchEngine) -> None:
    index(
        engine,
        source(1, "Notebook Asus", sales_count=9),
        source(2, "Laptop Asus"),
        source(3, "Camcorder"),
        source(4, "Mobile phone"),
    )

    assert numbers(search(engine, "laptop")) == [2, 1]
    assert numbers(search(engine, "video camera")) == [3]
    assert numbers(search(engine, "smartphone")) == [4]


def test_find_every_word_stands_before_most_words(engine: SearchEngine) -> None:
    index(
        engine,
        source(1, "Kettle", sales_count=9),
        source(2, "Cup", attribute_texts=("steel", "kettle"), sales_count=5),
        source(3, "Kettle made of good polished steel"),
        source(4, "Long steel spoon for a good tea"),
    )

    assert numbers(search(engine, "steel kettle")) == [3, 2, 1, 4]


def test_find_words_side_by_side_stand_before_words_apart(engine: SearchEngine) -> None:
    index(
        engine,
        source(1, "Stand with a long cable for your phone", sales_count=9),
        source(2, "Cable with a long name and a phone stand"),
    )

    assert numbers(search(engine, "phone stand")) == [2, 1]


def test_find_word_written_as_one_finds_two(engine: SearchEngine) -> None:
    index(engine, source(1, "Rain coat"), source(2, "Coat"))

    result = search(engine, "raincoat")

    assert (numbers(result)[0], result.corrected_text) == (1, "rain coat")


def test_find_slip_is_repaired_with_what_goes_with_the_other_words(engine: SearchEngine) -> None:
    index(
        engine,
        *(source(n, f"Glue {n} stable") for n in range(1, 9)),
        source(20, "HDMI cable"),
        source(21, "HDMI cable long"),
    )

    assert search(engine, "hdmi sable").corrected_text == "hdmi cable"
    assert search(engine, "sable").corrected_text == "stable"


def test_find_slip_that_has_the_stem_of_a_rare_word_is_repaired(engine: SearchEngine) -> None:
    index(engine, source(1, "Ame"), *(source(n, "Gaming chair") for n in range(2, 30)))

    assert search(engine, "aming chair").corrected_text == "gaming chair"
    assert search(engine, "ame").corrected_text is None


@pytest.mark.parametrize("typed", HOSTILE)
def test_find_hostile_text_is_only_words(engine: SearchEngine, typed: str) -> None:
    index(engine, source(1, "Quite ordinary kettle", codes=()))

    result = search(engine, typed)
    engine.completions(typed, limit=5)
    engine.matching_products(typed, limit=5)

    if typed.strip():
        assert result.product_ids == []
    assert numbers(search(engine, "kettle")) == [1]


def shelf(engine: SearchEngine) -> None:
    """Six products: two brands, two sellers, three categories in two branches."""
    rows = [
        (1, "red", 1, "00010001", SELLERS[:1], True, 480),
        (2, "red", 2, "00010001", SELLERS[1:], True, 300),
        (3, "blue", 1, "00010002", SELLERS, False, 500),
        (4, "blue", 2, "0002", SELLERS[:1], True, 100),
        (5, "green", 1, "0002", SELLERS[:1], True, 0),
        (6, "green", None, "00010002", SELLERS[1:], True, 450),
    ]
    index(
        engine,
        *(
            source(
                number,
                f"Chair {color}",
                facets=(f"color:{color}", f"legs:{number % 2 + 3}"),
                brand_id=brand,
                category_path=path,
                seller_ids=sellers,
                is_in_stock=in_stock,
                rating_hundredths=rating,
                rating_count=rating,
                sales_count=number,
            )
            for number, color, brand, path, sellers, in_stock, rating in rows
        ),
    )


@pytest.mark.parametrize("text", ["", "chair"])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {1, 2, 3, 4, 5, 6}),
        (Filters(price_from_base_minor=200, price_to_base_minor=400), {2, 3, 4}),
        (Filters(rating_from_hundredths=450), {1, 3, 6}),
        (Filters(brand_ids=(1,)), {1, 3, 5}),
        (Filters(brand_ids=(1, 2)), {1, 2, 3, 4, 5}),
        (Filters(seller_ids=(SELLERS[1],)), {2, 3, 6}),
        (Filters(in_stock=True), {1, 2, 4, 5, 6}),
        (Filters(facets={"color": ("red", "blue")}), {1, 2, 3, 4}),
        (Filters(facets={"color": ("red", "blue"), "legs": ("4",)}), {1, 3}),
        (Filters(facets={"color": ()}), {1, 2, 3, 4, 5, 6}),
        (Filters(facets={"color": ("' OR TRUE --",)}), set()),
    ],
)
def test_find_filter_keeps_what_passes(
    engine: SearchEngine, text: str, filters: Filters, expected: set[int]
) -> None:
    shelf(engine)

    result = search(engine, text, filters=filters)

    assert set(numbers(result)) == expected
    assert (result.total, result.is_total_exact) == (len(expected), True)


@pytest.mark.parametrize("text", ["", "chair"])
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.POPULARITY, [6, 5, 4, 3, 2, 1]),
        (Sort.RATING, [3, 1, 6, 2, 4, 5]),
        (Sort.PRICE_UP, [1, 2, 3, 4, 5, 6]),
        (Sort.PRICE_DOWN, [6, 5, 4, 3, 2, 1]),
        (Sort.NOVELTY, [6, 5, 4, 3, 2, 1]),
    ],
)
def test_find_sort_orders_all_hits(
    engine: SearchEngine, text: str, sort: Sort, expected: list[int]
) -> None:
    shelf(engine)

    assert numbers(search(engine, text, sort=sort)) == expected
    assert numbers(search(engine, text, sort=sort, offset=2, limit=2)) == expected[2:4]


def test_find_branch_includes_what_is_below_it(engine: SearchEngine) -> None:
    shelf(engine)

    assert set(numbers(search(engine, category_path="0001"))) == {1, 2, 3, 6}
    assert set(numbers(search(engine, "chair", category_path="00010002"))) == {3, 6}


@pytest.mark.parametrize("text", ["", "chair"])
def test_facets_without_filters_count_everything(engine: SearchEngine, text: str) -> None:
    shelf(engine)

    facets = search(engine, text).facets

    assert facets.attributes == {
        "color": {"red": 2, "blue": 2, "green": 2},
        "legs": {"3": 3, "4": 3},
    }
    assert facets.brands == {1: 3, 2: 2}
    assert facets.sellers == {SELLERS[0]: 4, SELLERS[1]: 3}
    assert facets.category_paths == {"0001": 4, "00010001": 2, "00010002": 2, "0002": 2}
    assert facets.price_range == (100, 600)


@pytest.mark.parametrize("text", ["", "chair"])
def test_facets_of_a_filter_ignore_that_filter_alone(engine: SearchEngine, text: str) -> None:
    shelf(engine)
    filters = Filters(facets={"color": ("red",)}, brand_ids=(1,), price_to_base_minor=500)

    result = search(engine, text, filters=filters)

    assert numbers(result) == [1]
    assert result.facets.attributes == {
        "color": {"red": 1, "blue": 1, "green": 1},
        "legs": {"4": 1},
    }
    assert result.facets.brands == {1: 1, 2: 1}
    assert result.facets.sellers == {SELLERS[0]: 1}
    assert result.facets.category_paths == {"0001": 1, "00010001": 1}
    assert result.facets.price_range == (100, 100)


def test_facets_of_a_branch_with_words_count_the_other_branches(engine: SearchEngine) -> None:
    shelf(engine)

    with_words = search(engine, "chair", category_path="0002").facets
    listing = search(engine, category_path="0002").facets

    assert with_words.category_paths == {"0001": 4, "00010001": 2, "00010002": 2, "0002": 2}
    assert listing.category_paths == {"0002": 2}
    assert with_words.brands == listing.brands == {1: 1, 2: 1}


def test_facets_not_asked_for_are_empty(engine: SearchEngine) -> None:
    shelf(engine)

    result = engine.find(SearchQuery("chair"), with_facets=False)

    assert (result.facets.brands, result.facets.price_range) == ({}, None)


def test_upsert_lower_version_loses(engine: SearchEngine) -> None:
    index(engine, source(1, "Newer lamp", version=5))
    index(engine, source(1, "Older kettle", version=4))

    assert numbers(search(engine, "lamp")) == [1]
    assert numbers(search(engine, "kettle")) == []


def test_upsert_product_is_found_before_words_are_counted(engine: SearchEngine) -> None:
    index(engine, source(1, "Lamp"))
    engine.upsert([source(2, "Samovar")])

    assert numbers(search(engine, "samovar")) == [2]
    assert search(engine, "samovra").corrected_text == "samovar"


def test_delete_product_is_gone_and_late_write_loses(engine: SearchEngine) -> None:
    index(engine, source(1, "Lamp", version=3), source(2, "Lamp"))

    engine.delete(product(1), version=4)
    engine.upsert([source(1, "Lamp", version=3)])

    assert numbers(search(engine, "lamp")) == [2]
    assert numbers(search(engine)) == [2]
    assert numbers(search(engine, "SKU-1")) == []


def test_delete_lower_version_loses(engine: SearchEngine) -> None:
    index(engine, source(1, "Lamp", version=3))

    engine.delete(product(1), version=2)

    assert numbers(search(engine, "lamp")) == [1]


def test_delete_then_higher_version_returns(engine: SearchEngine) -> None:
    index(engine, source(1, "Lamp", version=3))
    engine.delete(product(1), version=4)

    engine.upsert([source(1, "Lamp", version=5)])

    assert numbers(search(engine, "lamp")) == [1]


def test_completions_word_begun_is_completed_by_frequency(engine: SearchEngine) -> None:
    index(
        engine,
        source(1, "Red kettle"),
        source(2, "Kettle"),
        source(3, "Kettles"),
        source(4, "Kept lamp"),
    )

    assert engine.completions("ke", limit=5) == ["kettle", "kept"]
    assert engine.completions("red ke", limit=5) == ["red kettle"]
    assert engine.completions("lamp red ke", limit=5) == []


def test_matching_products_title_begun_finds_best_sold_first(engine: SearchEngine) -> None:
    index(
        engine,
        source(1, "Red kettle", sales_count=1),
        source(2, "Kettle", sales_count=5),
        source(3, "Lamp", descriptions={"en": "no kettle"}),
    )

    assert [one.int for one in engine.matching_products("kett", limit=5)] == [2, 1]
    assert [one.int for one in engine.matching_products("red kett", limit=5)] == [1]
