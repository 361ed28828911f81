"""The stylesheet made of many: always what its sources say."""

from pathlib import Path
from typing import Any

import pytest

from apps.core.staticfiles import StyleBundleFinder


@pytest.fixture
def sources(tmp_path: Path, settings: Any) -> Path:
    settings.STYLE_SOURCE_DIR = tmp_path / "css"
    settings.STYLE_BUILD_DIR = tmp_path / "built"
    settings.STYLE_BUNDLE_SOURCES = ["tokens.css", "components/*.css"]
    for name, text in (
        ("tokens.css", "a{}"),
        ("components/b.css", "b{}"),
        ("components/a.css", "c{}"),
    ):
        target = tmp_path / "css" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return tmp_path / "css"


def _found() -> str:
    return Path(StyleBundleFinder().find("css/shop.css")).read_text()


def test_bundle_joins_its_sources_in_their_order(sources: Path) -> None:
    assert _found() == "a{}\nc{}\nb{}"
    assert StyleBundleFinder().find("css/other.css") == []
    assert [name for name, _storage in StyleBundleFinder().list(None)] == ["css/shop.css"]


def test_bundle_follows_a_changed_source_and_is_left_alone_otherwise(sources: Path) -> None:
    _found()
    built = sources.parent / "built" / "css" / "shop.css"
    before = built.stat().st_mtime_ns
    _found()
    assert built.stat().st_mtime_ns == before

    (sources / "tokens.css").write_text("z{}")

    assert _found().startswith("z{}")
