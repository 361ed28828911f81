"""Pure checks of what people type: phone numbers."""

import re

_SEPARATORS = re.compile(r"[\s().\-]+")
_NUMBER = re.compile(r"\+?[0-9]{7,15}")


def clean_phone(text: str) -> str | None:
    """Return a phone number without separators, or None where it is not one (E.164: 7 to 15 digits)."""
    number = _SEPARATORS.sub("", text)
    return number if _NUMBER.fullmatch(number) else None
