"""Words, stems, spelling and the measure of a ranking: no database."""

from random import Random

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
def test_head_and_vector_of_any_text_have_only_plain_lexemes(text: str) -> None:
    reading = rules.read(text, "uz")
    head = [entry.rpartition(":") for entry in rules.head_of([("A", reading)]).split()]
    vector = rules.vector_of([reading]).split()

    assert [lexeme for lexeme, _colon, _places in head] == vector
    for lexeme, _colon, places in head:
        assert lexeme[0] == lexeme[-1] == "'"
        assert all(letter.isalnum() or letter == "." for letter in lexeme[1:-1])
        assert all(place.endswith("A") for place in places.split(","))


def test_head_of_sections_keeps_a_gap_and_a_bound() -> None:
    long = " ".join(f"word{number}" for number in range(300))

    head = rules.head_of([("A", rules.read("red lamp", "en")), ("B", rules.read(long, "en"))])

    assert head.startswith("'red':1A 'lamp':2A 'word0':4B 'word1':5B")
    assert len(head.split()) < rules.MAX_HEAD_WORDS + 3


def test_enough_of_gives_the_smallest_sets_that_carry_the_share() -> None:
    assert rules.enough_of([6, 4], 0.45) == [(0,)]
    assert rules.enough_of([5, 5], 0.45) == [(0,), (1,)]
    assert rules.enough_of([2, 2, 2], 0.6) == [(0, 1), (0, 2), (1, 2)]
    assert len(rules.enough_of([1.0] * 16, 0.45)) == 70


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
        if len(slip) >= spelling.SHORTEST:
            assert set(spelling.deletions(word)) & set(spelling.deletions(slip))


def test_is_one_slip_another_number_is_another_model() -> None:
    assert spelling.is_one_slip("ps4", "sp4")
    assert not spelling.is_one_slip("ps4", "ps5")
    assert spelling.deletions("2060") == []


def test_is_one_slip_two_slips_are_too_many() -> None:
    assert not spelling.is_one_slip("laptop", "lqptqp")
    assert not spelling.is_one_slip("laptop", "laptop")
    assert not spelling.is_one_slip("laptop", "lap")


def test_likelihood_prefers_the_same_first_letter_and_common_slips() -> None:
    def likeliest(word: str, counts: dict[str, int]) -> str:
        near = spelling.corrections(word, counts)
        return max(near, key=lambda other: spelling.likelihood(word, other, counts[other]))

    assert likeliest("lmaps", {"lamps": 1, "camps": 90, "lumps": 3}) == "lamps"
    assert likeliest("cable", {"cables": 10, "table": 30}) == "cables"
    assert likeliest("shes", {"shoes": 10, "ses": 40}) == "shoes"
    assert [*spelling.corrections("zzzz", {"lamps": 1})] == []


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


def test_recall_is_the_share_of_what_is_relevant() -> None:
    assert judging.recall(["a", "x", "c"], {"a": 3, "b": 1, "c": 0}) == 0.5
    assert judging.recall(["a", "b"], {"a": 3, "b": 1}, depth=1) == 0.5
    assert judging.recall(["a"], {"a": 0}) is None


def test_with_typo_is_one_slip_in_a_long_word_and_the_same_for_a_seed() -> None:
    for seed in range(40):
        typed = judging.with_typo("aa wireless 2060", Random(seed))
        first, second, third = typed.split()
        assert (first, third) == ("aa", "2060")
        assert second == "wireless" or spelling.is_one_slip("wireless", second)
        assert typed == judging.with_typo("aa wireless 2060", Random(seed))
    assert judging.with_typo("aa", Random(1)) == "aa"
