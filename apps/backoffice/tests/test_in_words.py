"""Every list and page of the registry reads in words: no JSON, no hashes, no codes that stand alone."""

import re
from typing import Any

import pytest
from django.test import Client

from apps.backoffice.deeds_in_words import DEEDS, deed_in_words
from apps.backoffice.tests.test_registry import REGISTERED, desk, list_url, page_url
from apps.backoffice.tests.world import superuser_client
from apps.core.models import AuditEntry

__all__ = ["desk"]
pytestmark = pytest.mark.django_db

# What is folded or small print, what is typed into, what has no words: keys and numbers of the providers.
FOLDED = re.compile(
    r"<details class=\"stored\">.*?</details>|<code class=\"code\"[^>]*>.*?</code>"
    r"|<(script|select|textarea|svg)\b.*?</\1>|<[^>]+>",
    re.DOTALL,
)
CODE = re.compile(r"\b[A-Z]+_[A-Z_]+\b")
HASH = re.compile(r"\b[0-9a-f]{64}\b")


def words_of_page(client: Client, url: str) -> str:
    html = client.get(url).content.decode()
    return FOLDED.sub(" ", html[html.index('id="content-start"') :])


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label)
def test_list_and_page_hold_no_json_no_hash_and_no_code(model: Any, desk: None) -> None:
    client = superuser_client()
    row = model._default_manager.order_by("pk").first()

    for url in (list_url(model), page_url(row)):
        words = words_of_page(client, url)

        assert "{&quot;" not in words
        assert "{&#x27;" not in words
        assert CODE.findall(words) == []
        if model._meta.label != "core.Seal":
            assert HASH.findall(words) == []


def test_every_deed_of_the_desk_has_words(desk: None) -> None:
    done = set(AuditEntry.objects.exclude(area="x").values_list("action", flat=True))

    assert done
    assert {action for action in done if not deed_in_words(action)} == set()
    assert set(DEEDS) >= {"orders.place", "payments.refund", "sellers.suspend"}
