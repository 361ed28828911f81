"""The table of moves is the trigger's, the codes are what they should be."""

import re
from pathlib import Path

import pytest

from apps.logistics import rules
from apps.logistics.services.moving import new_handover_code
from apps.logistics.types import FailureReason, ShipmentStatus

GUARDS = Path(__file__).resolve().parents[2] / "migrations" / "0003_guards.py"


def test_moves_of_the_rules_are_those_of_the_trigger() -> None:
    in_trigger = set(re.findall(r"\('([A-Z_]+)', '([A-Z_]+)'\)", GUARDS.read_text()))

    assert in_trigger == {
        (str(current), str(target))
        for current, targets in rules.ALLOWED_MOVES.items()
        for target in targets
    }
    assert set(rules.ALLOWED_MOVES) == set(ShipmentStatus)


@pytest.mark.parametrize(
    ("reason", "attempts", "is_back"),
    [
        (FailureReason.NOBODY_HOME, 1, False),
        (FailureReason.NOBODY_HOME, 2, False),
        (FailureReason.NOBODY_HOME, 3, True),
        (FailureReason.REFUSED, 1, True),
    ],
)
def test_parcel_goes_back_when_refused_or_tried_three_times(
    reason: FailureReason, attempts: int, *, is_back: bool
) -> None:
    assert rules.goes_back(reason, attempts) is is_back


def test_handover_codes_are_six_digits_and_differ() -> None:
    codes = {new_handover_code() for _ in range(200)}

    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(codes) > 190
