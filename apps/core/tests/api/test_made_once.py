"""Serializers are made once a thread: nothing of one request is left for the next."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from apps.core.api.serializers import Input, Output, checked_query, given_to

THREADS, ROUNDS = 4, 200


class BoxIn(Input):
    width = serializers.IntegerField(default=7)
    notes = serializers.ListField(child=serializers.CharField(), required=False)


class ThingOut(Output):
    name = serializers.CharField()
    seen_by = serializers.SerializerMethodField()
    inside = serializers.SerializerMethodField()

    def get_seen_by(self, _thing: Any) -> str:
        return str(self.context.get("viewer", "nobody"))

    def get_inside(self, thing: dict[str, Any]) -> Any:
        return ThingOut.of(thing["inside"], viewer="the box") if thing.get("inside") else None


class ShelfOut(Output):
    things = ThingOut(many=True)


def test_what_was_given_before_is_not_there_any_more() -> None:
    first = given_to(BoxIn, {"width": 3, "notes": ["a"]})
    refused = given_to(BoxIn, {"width": "wide"})
    last = given_to(BoxIn, {})

    assert first.is_valid()
    assert not refused.is_valid()
    assert last.is_valid()
    assert first.validated_data == {"width": 3, "notes": ["a"]}
    assert set(refused.errors) == {"width"}
    assert last.validated_data == {"width": 7}
    assert last.errors == {}


def test_body_of_null_and_unknown_fields_are_refused_as_ever() -> None:
    for body in (None, [], "text", {"price": 1}):
        with pytest.raises(ValidationError):
            given_to(BoxIn, body).is_valid(raise_exception=True)


def test_query_is_read_anew() -> None:
    query = checked_query(BoxIn, QueryDict("width=4&notes=a&notes=b"))

    assert query.validated_data == {"width": 4, "notes": ["a", "b"]}
    assert checked_query(BoxIn, QueryDict("")).validated_data == {"width": 7}


def test_context_is_that_of_the_call_alone() -> None:
    box = {"name": "box", "inside": {"name": "cup"}}

    shown = ThingOut.of(box, viewer="Aziza")

    assert shown["seen_by"] == "Aziza"
    assert shown["inside"]["seen_by"] == "the box"
    assert ThingOut.of({"name": "cup"})["seen_by"] == "nobody"
    assert ShelfOut.of({"things": [{"name": "cup"}]}, viewer="Ivan") == {
        "things": [{"name": "cup", "seen_by": "Ivan", "inside": None}]
    }
    assert [one["seen_by"] for one in ThingOut.of_many([box, box], viewer="Olivia")] == [
        "Olivia"
    ] * 2


def test_context_is_taken_back_after_a_fault() -> None:
    with pytest.raises(KeyError):
        ThingOut.of({}, viewer="Aziza")

    assert ThingOut.of({"name": "cup"})["seen_by"] == "nobody"


def test_threads_do_not_see_each_other() -> None:
    together = Barrier(THREADS)

    def read_and_write(number: int) -> set[tuple[str, int]]:
        together.wait()
        found = set()
        for _round in range(ROUNDS):
            box = {"name": "box", "inside": {"name": "cup"}}
            given = given_to(BoxIn, {"width": number})
            given.is_valid(raise_exception=True)
            found.add((ThingOut.of(box, viewer=number)["seen_by"], given.validated_data["width"]))
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(read_and_write, range(THREADS)))

    assert found == [{(str(number), number)} for number in range(THREADS)]
