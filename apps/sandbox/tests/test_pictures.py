"""Drawn pictures: every kind, the right colour, no text, kept between runs."""

import io
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image, ImageStat
from pytest_django import Settings

from apps.sandbox.demo.compose import Picture
from apps.sandbox.demo.pictures import shapes, studio
from apps.sandbox.demo.pictures.scene import scene
from apps.sandbox.demo.vocabulary import departments


@pytest.mark.parametrize("kind", sorted(shapes.SHAPES))
def test_scene_every_kind_and_view_is_well_formed_without_text(kind: str) -> None:
    for view in ("front", "detail", "use"):
        root = ET.fromstring(scene(Picture(kind, "blue", "ikat", view, 1)))  # noqa: S314  our own
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert not tags & {"text", "image", "script", "filter"}


def test_every_shelf_has_a_silhouette_that_knows_where_it_stands() -> None:
    wanted = {shelf.picture for department in departments() for shelf in department.shelves}
    assert wanted == set(shapes.SHAPES)
    assert len(wanted) >= 40
    assert set(shapes.STANDS) == set(shapes.SHAPES)


@pytest.mark.parametrize(("color", "channel"), [("red", 0), ("green", 1), ("blue", 2)])
def test_render_colour_of_the_variant_is_the_colour_of_the_thing(color: str, channel: int) -> None:
    content = studio.render(scene(Picture("tshirt", color, "plain", "front", 0)))
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert picture.size == (640, 640)
    means = ImageStat.Stat(picture.crop((280, 300, 360, 380))).mean
    assert max(range(3), key=lambda place: means[place]) == channel


def test_prepare_known_picture_is_not_drawn_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    picture = Picture("mug", "red", "dots", "front", 0)
    steps: list[tuple[str, int, int]] = []
    first = studio.prepare([picture], progress=lambda *step: steps.append(step))
    monkeypatch.setattr(studio, "render", None)
    second = studio.prepare([picture], progress=lambda *step: steps.append(step))
    assert first == second
    assert first[picture].widths == [160, 320, 640]
    assert steps == [("pictures", 1, 1)]
