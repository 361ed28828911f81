"""Days that public pages promise: a kept page lives within a quarter of an hour, and so do they."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from apps.catalog.services.warehouses import TIME_ZONES
from apps.catalog.types import DispatchPoint
from apps.storefront.promises import leaves_on

QUARTER, SECOND = timedelta(minutes=15), timedelta(seconds=1)
BEGUN = datetime(2026, 11, 23, tzinfo=UTC)
ZONES = sorted({*TIME_ZONES["UZ"], *TIME_ZONES["RU"], settings.TIME_ZONE, "Asia/Kathmandu"})


@pytest.mark.parametrize("zone", ZONES)
def test_promised_day_changes_at_quarters_of_an_hour_alone(zone: str) -> None:
    quarters = [BEGUN + QUARTER * number for number in range(2 * 24 * 4)]
    for hour in (0, 9, 17, 23):
        point = DispatchPoint("UZ", "Toshkent", zone, hour, (1, 2, 3, 4, 5))
        days = [
            (leaves_on(point, 1, begun), leaves_on(point, 1, begun + QUARTER - SECOND))
            for begun in quarters
        ]
        assert [pair for pair in days if pair[0] != pair[1]] == []
        assert len({day for day, _same in days}) > 1
    names = [begun.astimezone(ZoneInfo(settings.TIME_ZONE)).date() for begun in quarters]
    ends = [
        (q + QUARTER - SECOND).astimezone(ZoneInfo(settings.TIME_ZONE)).date() for q in quarters
    ]
    assert names == ends
