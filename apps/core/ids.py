"""Identifiers: UUIDv7 keys by the database, short ids for addresses."""

import secrets
from typing import Any

from django.db import models
from django.db.models.functions import UUID7

# Crockford's base 32 in lower case: no i, l, o, u, so that it can be read aloud.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
SHORT_ID_LENGTH = 10


class UUID7Field(models.UUIDField):  # type: ignore[type-arg]  # generic only in the stubs
    """A primary key that PostgreSQL fills with uuidv7()."""

    def __init__(self, **options: Any) -> None:
        defaults: dict[str, Any] = {"primary_key": True, "db_default": UUID7(), "editable": False}
        super().__init__(**(defaults | options))


def short_id() -> str:
    """Return 50 random bits as 10 characters; the column that stores it is unique."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(SHORT_ID_LENGTH))
