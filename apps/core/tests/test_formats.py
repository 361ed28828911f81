"""Sums and days as each language writes them; columns that hide what lists need not tell."""

from datetime import date
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from apps.core.columns import COUNT_LIMIT, CappedPaginator, masked_email
from apps.core.formats import (
    format_day,
    format_money,
    format_weekdays,
    in_sentence,
    whole_figures,
)
from apps.core.money import Money

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("amount", "language", "text"),
    [
        (Money(1299_50, "RUB"), "ru", f"1{NBSP}299,50{NBSP}₽"),
        (Money(1299_00, "RUB"), "ru", f"1{NBSP}299{NBSP}₽"),
        (Money(1299_50, "USD"), "en", "$1,299.50"),
        (Money(1299_00, "USD"), "en", "$1,299.00"),
        (Money(-5, "USD"), "en", "−$0.05"),
        (Money(-5, "USD"), "ru", f"−0,05{NBSP}$"),
        (Money(12_900_00, "UZS"), "uz", f"12{NBSP}900{NBSP}soʻm"),
        (Money(12_900_00, "UZS"), "ru", f"12{NBSP}900{NBSP}сум"),
        (Money(12_900_00, "UZS"), "en", f"12,900{NBSP}UZS"),
        (Money(1234, "JPY"), "en", "¥1,234"),
        (Money(1234, "KWD"), "en", f"1.234{NBSP}KWD"),
        (Money(0, "EUR"), "en", "€0.00"),
        (Money(10**15, "UZS"), "en", f"10,000,000,000,000{NBSP}UZS"),
    ],
)
def test_sum_is_written_by_the_habit_of_the_language(
    amount: Money, language: str, text: str
) -> None:
    assert format_money(amount, language) == text


def test_sum_without_a_language_follows_the_page() -> None:
    with translation.override("ru"):
        assert format_money(Money(5_00, "RUB")) == f"5{NBSP}₽"
    with translation.override("en"):
        assert format_money(Money(5_00, "RUB")) == f"5{NBSP}₽"


def test_price_filter_escapes_and_marks_the_sign() -> None:
    with translation.override("en"):
        html = Template("{{ a|price }}|{{ b|price }}|{{ b|money }}").render(
            Context({"a": Money(5_00, "USD"), "b": None})
        )
    assert html == '<span class="price"><span class="price__sign">$</span>5.00</span>||'


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 24), "Today"),
        (date(2026, 11, 25), "Tomorrow"),
        (date(2026, 11, 23), "Yesterday"),
        (date(2026, 11, 30), "Mon, 30 Nov"),
        (date(2026, 11, 18), "Wed, 18 Nov"),
        (date(2026, 12, 1), "1 Dec"),
        (date(2026, 9, 5), "5 Sep"),
        (date(2027, 1, 2), "2 Jan 2027"),
    ],
)
def test_day_is_said_in_words_when_near_and_with_its_year_when_far(day: date, text: str) -> None:
    with translation.override("en"):
        assert format_day(day, today=date(2026, 11, 24)) == text


def test_near_day_of_another_year_has_its_weekday() -> None:
    with translation.override("en"):
        assert format_day(date(2027, 1, 2), today=date(2026, 12, 30)) == "Sat, 2 Jan"


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("ru", ("Пн, 30 ноября", "1 декабря", "2 января 2027 г.")),
        ("uz", ("Dush, 30-noyabr", "1-dekabr", "2027-yil 2-yanvar")),
    ],
)
def test_days_near_far_and_of_another_year_keep_one_way_of_writing_a_month(
    language: str, days: tuple[str, str, str]
) -> None:
    asked = (date(2026, 11, 30), date(2026, 12, 1), date(2027, 1, 2))
    with translation.override(language):
        assert tuple(format_day(day, today=date(2026, 11, 24)) for day in asked) == days


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Copper pan, 22 cm", f"Copper pan, 22{NBSP}cm"),
        ("Чайник Sopol 1,2 л, 6 шт.", f"Чайник Sopol 1,2{NBSP}л, 6{NBSP}шт."),
        ("Piyola toʻplami, 6 dona", f"Piyola toʻplami, 6{NBSP}dona"),
        ("Drill, 60 N·m", f"Drill, 60{NBSP}N·m"),
        ("Сказки, 280 страниц", f"Сказки, 280{NBSP}страниц"),
        ("2 pillows for a sofa", "2 pillows for a sofa"),
        ("Phone 256 GB", f"Phone 256{NBSP}GB"),
        ("Choyxona No 7 Samarqand teapot", "Choyxona No 7 Samarqand teapot"),
        ("Set of cups", "Set of cups"),
        ("", ""),
    ],
)
def test_number_and_unit_of_a_title_are_not_parted(title: str, shown: str) -> None:
    assert whole_figures(title) == shown


@pytest.mark.parametrize(
    ("language", "when", "text"),
    [
        ("en", "Today", "today"),
        ("en", "Tomorrow, 13:50", "tomorrow, 13:50"),
        ("en", "Mon, 30 Nov, 13:50", "Mon, 30 Nov, 13:50"),
        ("ru", "Вчера, 09:05", "вчера, 09:05"),
        ("ru", "Пн, 30 ноября, 13:50", "пн, 30 ноября, 13:50"),
        ("ru", "30 ноября", "30 ноября"),
        ("uz", "Ertaga", "ertaga"),
    ],
)
def test_near_day_in_a_sentence_begins_with_a_small_letter(
    language: str, when: str, text: str
) -> None:
    with translation.override(language):
        assert in_sentence(when) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ([1, 2, 3, 4, 5], "Mon–Fri"),
        ([7, 1, 2], "Mon, Tue, Sun"),
        ([6, 1, 2, 3], "Mon–Wed, Sat"),
        ([3], "Wed"),
        ([0, 8], ""),
        ([], ""),
    ],
)
def test_days_of_the_week_are_written_in_short(days: list[int], text: str) -> None:
    assert format_weekdays(days) == text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("aziza@mail.uz", "a•••@mail.uz"),
        ("@mail.uz", "•••@mail.uz"),
        ("no address", "•••"),
        ("", "•••"),
    ],
)
def test_masked_address_is_known_to_its_owner_alone(address: str, shown: str) -> None:
    assert masked_email(address) == shown


class _Rows(list[int]):
    """Stands for a queryset: slices count no further than they go."""

    def __getitem__(self, key: Any) -> Any:
        return (
            _Rows(super().__getitem__(key)) if isinstance(key, slice) else super().__getitem__(key)
        )

    def count(self) -> int:  # type: ignore[override]
        return len(self)


@pytest.mark.parametrize(
    ("rows", "count"), [(3, 3), (COUNT_LIMIT, COUNT_LIMIT), (COUNT_LIMIT * 3, COUNT_LIMIT + 1)]
)
def test_long_list_is_counted_to_the_limit(rows: int, count: int) -> None:
    assert CappedPaginator(_Rows(range(rows)), 50).count == count
