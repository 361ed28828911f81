"""Bases of what clients send (a field that is not expected is refused by its name) and of what they get."""

import threading
from collections.abc import Iterable
from copy import copy
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.made: dict[type, Any] = {}


_of_thread = _OfThread()


def _made_once[S: serializers.Serializer[Any]](kind: type[S]) -> S:
    """Return this thread's serializer of a kind.

    A serializer copies its declared fields one by one when it is first used, which takes longer than to read
    or write an object with them; they hold nothing of the object.
    """
    made = _of_thread.made
    if kind not in made:
        made[kind] = kind()
    return made[kind]  # type: ignore[no-any-return]  # each kind's own


def given_to[S: serializers.Serializer[Any]](kind: type[S], data: Any) -> S:
    """Return a serializer that is to check `data`."""
    made = _made_once(kind)
    made.fields  # noqa: B018  made now, for all copies
    one = copy(made)
    one.initial_data = data
    return one


# What the API shows. (A docstring would become every answer's description in the API's document.)
class Output(serializers.Serializer):  # type: ignore[type-arg]  # generic only in the stubs
    @classmethod
    def of(cls, shown: Any, **context: Any) -> dict[str, Any]:
        """Return the plain values of an object; method fields find `context` as `self.context`."""
        writer = _made_once(cls)
        before, writer._context = writer._context, context  # noqa: SLF001  a serializer's own
        try:
            return writer.to_representation(shown)
        finally:
            writer._context = before  # noqa: SLF001

    @classmethod
    def of_many(cls, shown: Iterable[Any], **context: Any) -> list[dict[str, Any]]:
        return [cls.of(one, **context) for one in shown]


class Input(serializers.Serializer):  # type: ignore[type-arg]  # generic only in the stubs
    """Unknown fields (a price, a total, a status) are refused, never silently dropped."""

    default_error_messages = {"unknown": _("This field is not expected here.")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError(
                {str(name): [self.error_messages["unknown"]] for name in sorted(unknown)}
            )
        if isinstance(data, dict) and (numbers := self._numbers_for_text(data)):
            raise serializers.ValidationError(numbers)
        return super().to_internal_value(data)

    def _numbers_for_text(self, data: dict[str, Any]) -> dict[str, list[Any]]:
        """Texts that came as JSON numbers, which the field would write out in digits."""
        return {
            name: [field.error_messages["invalid"]]
            for name, field in self.fields.items()
            if isinstance(field, serializers.CharField) and isinstance(data.get(name), int | float)
        }


def checked_query[S: serializers.Serializer[Any]](kind: type[S], given: QueryDict) -> S:
    """Return a valid serializer of query parameters: all values of a list, the last one of the others.

    An empty parameter is an empty value. DRF takes one in a QueryDict for a field that was left out of a
    form, and would give the default for what the API's document does not allow.

    :raises ValidationError: names the parameters
    """
    query = given_to(kind, {})
    query.initial_data = {
        name: given.getlist(name)
        if isinstance(query.fields.get(name), serializers.ListField)
        else given[name]
        for name in given
    }
    query.is_valid(raise_exception=True)
    return query


class WholeNumberField(serializers.IntegerField):
    """A JSON integer: no text, no truth value, no fraction that happens to be whole."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class PageQuery(Input):
    """What every list takes: the cursor of a page, as `next` and `previous` carry it, and its size."""

    cursor = serializers.CharField(max_length=500, required=False)
    limit = serializers.RegexField(r"^[0-9]{1,3}$", required=False, help_text="1 to 100")


class Nothing(Input):
    """An empty body."""


class Problem(serializers.Serializer):  # type: ignore[type-arg]  # generic only in the stubs
    """RFC 9457 problem details: what every refusal looks like."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="Stable and dotted; decide by it, not by the text.")
    request_id = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # a declared field, not the property
        required=False, help_text="Field name -> messages."
    )
    params = serializers.DictField(required=False, help_text="What the refusal is about.")
