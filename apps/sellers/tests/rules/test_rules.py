"""What each role may do, and tax numbers."""

import pytest

from apps.sellers.rules import clean_tax_id, may
from apps.sellers.types import MemberRole, Power

TABLE = {
    MemberRole.OWNER: set(Power),
    MemberRole.MANAGER: set(Power) - {Power.MANAGE_STAFF, Power.MOVE_MONEY, Power.CHANGE_BANK},
    MemberRole.STOCK: {Power.FULFIL_ORDERS, Power.CHANGE_STOCK},
    MemberRole.FINANCE: {Power.SEE_MONEY, Power.MOVE_MONEY},
}


@pytest.mark.parametrize("role", MemberRole)
def test_role_has_exactly_its_powers(role: MemberRole) -> None:
    assert {power for power in Power if may(role, power)} == TABLE[role]


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("305 118 240", "UZ", "305118240"),
        ("30511824012345", "UZ", "30511824012345"),
        ("7701234563", "UZ", None),
        ("7701234563", "RU", "7701234563"),
        ("770-123-456-312", "RU", "770123456312"),
        ("305118240", "RU", None),
        ("", "UZ", None),
        ("30511824A", "UZ", None),
        ("٣٠٥١١٨٢٤٠", "UZ", None),
        ("305118240", "DE", None),
    ],
)
def test_tax_number_of_a_country_is_cleaned_or_refused(
    text: str, country: str, expected: str | None
) -> None:
    assert clean_tax_id(text, country) == expected
