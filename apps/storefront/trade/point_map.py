"""A plain drawn map: points at their true places to one another, with a scale, without any tiles."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 640, 280, 48
METERS_PER_DEGREE = 111_320
# A single point, or points of one street, are shown on a field of at least this size.
LEAST_METERS = 2_000
SCALE_STEPS = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)


@dataclass(frozen=True, slots=True)
class Pin:
    """`x` and `y` are in the units of the drawing, from its upper left corner."""

    number: int
    label: str
    target: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class PlainMap:
    pins: tuple[Pin, ...]
    scale_meters: int
    scale_width: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def scale_kilometers(self) -> float:
        kilometers = self.scale_meters / 1000
        return int(kilometers) if kilometers >= 1 else kilometers


def plain_map(places: Sequence[tuple[str, str, float, float]]) -> PlainMap | None:
    """Draw places given as (label, target, latitude, longitude); None where there are none.

    Equirectangular about the middle of the places: true enough within a city or a country.
    """
    if not places:
        return None
    middle = math.radians((min(p[2] for p in places) + max(p[2] for p in places)) / 2)
    east = [place[3] * METERS_PER_DEGREE * math.cos(middle) for place in places]
    north = [place[2] * METERS_PER_DEGREE for place in places]
    meters_per_unit = max(
        (max(east) - min(east)) / (WIDTH - 2 * MARGIN),
        (max(north) - min(north)) / (HEIGHT - 2 * MARGIN),
        LEAST_METERS / (WIDTH - 2 * MARGIN),
    )
    center_east, center_north = (max(east) + min(east)) / 2, (max(north) + min(north)) / 2
    pins = tuple(
        Pin(
            number=number,
            label=label,
            target=target,
            x=round(WIDTH / 2 + (east[number - 1] - center_east) / meters_per_unit),
            y=round(HEIGHT / 2 - (north[number - 1] - center_north) / meters_per_unit),
        )
        for number, (label, target, _latitude, _longitude) in enumerate(places, start=1)
    )
    scale = max(
        (step for step in SCALE_STEPS if step / meters_per_unit <= WIDTH / 4),
        default=SCALE_STEPS[0],
    )
    return PlainMap(pins, scale, round(scale / meters_per_unit))
