"""The drawn map: true places to one another, a scale that can be trusted, one point too."""

import math

import pytest

from apps.storefront.trade.point_map import HEIGHT, MARGIN, METERS_PER_DEGREE, WIDTH, plain_map

TASHKENT = [
    ("North", "n", 41.36, 69.25),
    ("South", "s", 41.26, 69.25),
    ("East", "e", 41.31, 69.35),
]


def test_no_places_draw_nothing() -> None:
    assert plain_map([]) is None


def test_places_keep_their_directions_and_the_margin() -> None:
    drawn = plain_map(TASHKENT)

    assert drawn is not None
    north, south, east = drawn.pins
    assert (north.number, north.label, north.target) == (1, "North", "n")
    assert north.x == south.x < east.x
    assert north.y < east.y < south.y
    assert (north.y, south.y) == (MARGIN, HEIGHT - MARGIN)


def test_scale_measures_the_drawing() -> None:
    drawn = plain_map(TASHKENT)

    assert drawn is not None
    north, south, _east = drawn.pins
    meters = (south.y - north.y) / drawn.scale_width * drawn.scale_meters
    assert meters == pytest.approx(0.1 * METERS_PER_DEGREE, rel=0.03)


def test_a_degree_of_longitude_is_shorter_than_one_of_latitude() -> None:
    drawn = plain_map([("a", "a", 60.0, 30.0), ("b", "b", 60.0, 31.0), ("c", "c", 60.5, 30.0)])

    assert drawn is not None
    a, b, c = drawn.pins
    assert (b.x - a.x) / (a.y - c.y) == pytest.approx(2 * math.cos(math.radians(60.25)), rel=0.03)


def test_single_place_stands_in_the_middle() -> None:
    drawn = plain_map([("Only", "o", 41.3, 69.2)])

    assert drawn is not None
    assert (drawn.pins[0].x, drawn.pins[0].y) == (WIDTH // 2, HEIGHT // 2)
    assert drawn.scale_meters == 500
