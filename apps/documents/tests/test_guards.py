"""The database has the last word: what is issued stays as it is, whoever asks."""

import pytest
from django.db import DatabaseError, connections

from apps.documents.models import Document
from apps.orders.tests.services.fulfilling import paid_order
from marketplace.tests.world import make_world


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents_document SET facts = '{}'",
        "UPDATE documents_document SET serial = serial + 10",
        "DELETE FROM documents_document",
        "TRUNCATE documents_document CASCADE",
        "DELETE FROM documents_rendering",
        "UPDATE documents_rendering SET language = 'ru'",
    ],
)
@pytest.mark.parametrize("alias", ["default", "owner"])
def test_documents_are_never_changed_or_taken_away(
    committed_db: None, alias: str, statement: str
) -> None:
    paid_order(make_world())

    with pytest.raises(DatabaseError), connections[alias].cursor() as cursor:
        cursor.execute(statement)

    assert Document.objects.count() == 1
