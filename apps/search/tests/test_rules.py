"""Words, stems, spelling and the measure of a ranking: no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.search import judging, rules, spelling


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ёлка ЁЖ", ["елка", "еж"]),
        ("o‘zbek oʻzbek o'zbek", ["ozbek", "ozbek", "ozbek"]),
        ("Café Ångström", ["cafe", "angstrom"]),
        ("2,5 mm", ["2.5", "mm"]),
        ("a\u202eb\x00c", ["ab", "c"]),
        ("'; DROP--", ["drop"]),
        ("йод", ["йод"]),
        ("", []),
    ],
)
def test_words_of_text_are_folded(text: str, words: list[str]) -> None:
    assert rules.words_of(text) == words


@pytest.mark.parametrize(
    "forms",
    [
        ("кроссовки", "кроссовок", "кроссовками"),
        ("красные", "красного", "красная"),
        ("ботинки", "ботинок"),
        ("shoes", "shoe"),
        ("batteries", "battery"),
    ],
)
def test_stem_forms_of_a_word_are_one(forms: tuple[str, ...]) -> None:
    assert len({rules.stem(form) for form in forms}) == 1


def test_query_words_are_bounded() -> None:
    assert len(rules.query_words(" ".join(str(n) for n in range(500)))) == 16
    assert rules.query_words("ab" * 5000) == [("ab" * 5000)[:60]]


@given(st.text(max_size=80))
def test_vector_of_any_text_has_only_plain_lexemes(text: str) -> None:
    vector = rules.vector_of([("A", "uz", text)])

    for entry in vector.split(" ") if vector else []:
        lexeme, _colon, places = entry.rpartition(":")
        assert lexeme[0] == lexeme[-1] == "'"
        assert all(letter.isalnum() or letter == "." for letter in lexeme[1:-1])
        assert all(place.endswith("A") for place in places.split(","))


@given(st.text("абвгд", min_size=4, max_size=8), st.data())
def test_one_slip_always_shares_a_form(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("абвгд"))
    slips = {
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :],
    }
    for slip in slips - {word}:
        assert spelling.is_one_slip(word, slip)
        assert spelling.is_one_slip(slip, word)
        assert set(spelling.deletions(word)) & set(spelling.deletions(slip))


def test_is_one_slip_two_slips_are_too_many() -> None:
    assert not spelling.is_one_slip("laptop", "lqptqp")
    assert not spelling.is_one_slip("laptop", "laptop")
    assert not spelling.is_one_slip("laptop", "lap")


def test_best_correction_prefers_the_same_first_letter_then_frequency() -> None:
    counts = {"lamps": 1, "camps": 90, "lamp": 5, "lumps": 3}

    assert spelling.best_correction("lamqs", {"lamps": 1, "camps": 90}) == "lamps"
    assert spelling.best_correction("lmaps", counts) == "lamps"
    assert spelling.best_correction("zzzz", counts) is None


def test_idf_rarer_words_weigh_more() -> None:
    weights = [rules.idf(count, 100) for count in (1, 10, 100, 1000)]

    assert weights == sorted(weights, reverse=True)
    assert weights[-1] > 0


def test_ndcg_of_the_best_order_is_one_and_unrated_hits_are_condensed() -> None:
    ratings = {"a": 3, "b": 1, "c": 0}

    assert judging.ndcg(["a", "b"], ratings) == 1
    assert judging.ndcg(["x", "a", "b"], ratings) == pytest.approx(0.6443, abs=1e-4)
    assert judging.condensed_ndcg(["x", "a", "y", "b"], ratings) == 1
    assert judging.ndcg(["a"], {"a": 0}) is None
