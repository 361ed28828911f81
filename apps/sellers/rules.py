"""Pure rules of sellers: what each role may do, what a tax number looks like."""

import re

from apps.sellers.types import MemberRole, Power

# Every member sees the orders, the offers and the stock; the rest hangs on the role.
POWERS: dict[MemberRole, frozenset[Power]] = {
    MemberRole.OWNER: frozenset(Power),
    MemberRole.MANAGER: frozenset(Power)
    - {Power.MANAGE_STAFF, Power.MOVE_MONEY, Power.CHANGE_BANK},
    MemberRole.STOCK: frozenset({Power.FULFIL_ORDERS, Power.CHANGE_STOCK}),
    MemberRole.FINANCE: frozenset({Power.SEE_MONEY, Power.MOVE_MONEY}),
}

# Digits of a tax number by country: Uzbek INN 9 or PINFL 14; Russian INN 10 (companies) or 12 (people).
_TAX_NUMBERS = {"UZ": re.compile(r"[0-9]{9}|[0-9]{14}"), "RU": re.compile(r"[0-9]{10}|[0-9]{12}")}
_SEPARATORS = re.compile(r"[\s-]+")


def may(role: str, power: Power) -> bool:
    return power in POWERS[MemberRole(role)]


def clean_tax_id(text: str, country: str) -> str | None:
    """Return a tax number without separators, or None where it cannot be one of this country."""
    number = _SEPARATORS.sub("", text)
    pattern = _TAX_NUMBERS.get(country)
    return number if pattern is not None and pattern.fullmatch(number) else None
