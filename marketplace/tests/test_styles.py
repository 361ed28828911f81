"""The law of looks: a part has one partial and one stylesheet; tokens.css alone holds colours and sizes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLES = ROOT / "static" / "css"
PARTIALS = {path.stem for path in (ROOT / "templates" / "components").glob("*.html")}
SHEETS = {path.stem for path in (STYLES / "components").glob("*.css")}
# Written where they stand: their markup is one element, or wraps what a page puts into them.
WITHOUT_PARTIAL = {"button", "dialog", "menu", "sheet", "table"}

COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\("
    r"|(?<![\w-])(?:white|black|red|green|blue|grey|gray|yellow|orange|silver)(?![\w-])",
    re.IGNORECASE,
)
# What a size of type or a radius may say beside tokens: nothing, a share of its surroundings, a sum of tokens.
SIZE = re.compile(r"(?:var\(--[a-z0-9-]+\)|calc\([^;]*\)|inherit|[0-9.]+(?:em|%)|0|\s)+")
# Of Django's admin, whose stylesheets declare them.
OTHERS_TOKENS = {"font-family-monospace"}


def sheets() -> list[Path]:
    return sorted(path for path in STYLES.rglob("*.css") if path.name != "tokens.css")


def declarations(path: Path) -> Iterator[tuple[str, str]]:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for body in re.findall(r"\{([^{}]*)\}", text):
        for declaration in body.split(";"):
            name, _, value = declaration.partition(":")
            if value:
                yield name.strip(), value.strip()


def test_parts_each_has_a_partial_and_a_stylesheet_of_one_name() -> None:
    assert not PARTIALS - SHEETS
    assert SHEETS - PARTIALS == WITHOUT_PARTIAL


@pytest.mark.parametrize("path", sheets(), ids=lambda path: str(path.relative_to(STYLES)))
def test_stylesheet_any_holds_no_colour_and_no_size_of_its_own(path: Path) -> None:
    faults = [
        f"{name}: {value}"
        for name, value in declarations(path)
        if COLOUR.search(value)
        or (name in {"font-size", "border-radius"} and not SIZE.fullmatch(value))
    ]
    assert faults == []


@pytest.mark.parametrize(
    "value", ["#fff", "1px solid rgb(0 0 0 / 4%)", "white", "linear-gradient(Red, blue)"]
)
def test_colour_written_in_any_way_is_seen(value: str) -> None:
    assert COLOUR.search(value)


@pytest.mark.parametrize(
    "value", ["var(--on-brand)", "currentcolor", "url(#mark)", "var(--green-tint)", "pre-wrap"]
)
def test_colour_words_inside_other_names_are_not_seen(value: str) -> None:
    assert not COLOUR.search(value)


def test_parts_of_a_page_each_belong_to_a_block_that_some_sheet_knows() -> None:
    """A page whose rules were taken away with another's stands there naked."""
    known = {
        name.partition("__")[0].partition("--")[0]
        for path in sheets()
        for name in re.findall(r"\.([a-z][\w-]*)", path.read_text(encoding="utf-8"))
    }
    naked = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in (ROOT / "templates").rglob("*.html")
        for classes in re.findall(r'class="([^"]*)"', path.read_text(encoding="utf-8"))
        for name in re.findall(r"(?<![\w-])[a-z][\w-]*__[\w-]+", classes)
        if name.partition("__")[0] not in known
    }
    assert naked == set()


def test_tokens_every_one_that_is_used_is_declared() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in STYLES.rglob("*.css")}
    declared = {name for text in texts.values() for name in re.findall(r"--([a-z0-9-]+):", text)}
    used = {name for text in texts.values() for name in re.findall(r"var\(--([a-z0-9-]+)", text)}
    assert used - declared == OTHERS_TOKENS
