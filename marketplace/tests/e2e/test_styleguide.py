"""The style guide in a browser: every part in every state, on two screens, in light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from marketplace.tests.e2e.visitors import Visitor
from marketplace.tests.looks import serious

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(600)]

TOUCH = 44
# Whoever sees these presses them; a box, its dot or tick and its word are one target.
PRESSED = (
    "button, .button, a.chip, .tabs__tab, .menu__item, select, textarea, .field__choices label, "
    ".field--check > label, input:not([type=hidden], [type=checkbox], [type=radio])"
)
TOO_SMALL = f"""(least) => [...document.querySelectorAll("main :is({PRESSED})")]
  .filter((target) => target.checkVisibility())
  .map((target) => [target, target.getBoundingClientRect()])
  .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
  .map(([target, box]) => `${{target.outerHTML.slice(0, 120)}}: ${{box.width}} x ${{box.height}}`)"""
SHRUNK = """() => [...document.querySelectorAll("main svg[stroke=currentColor]")]
  .filter((icon) => icon.checkVisibility())
  .map((icon) => [icon.getAttribute("width"), getComputedStyle(icon)])
  .filter(([width, look]) => look.width !== `${width}px` || look.strokeWidth !== "1.75px")
  .map(([width, look]) => `${width}: ${look.width}, ${look.strokeWidth}`)"""

# Pictures further down are fetched when one comes near; a still wants all of them. A closed viewer has none yet.
PICTURES_ARE_THERE = """() => Promise.all([...document.querySelectorAll("img[src]")].map((picture) => {
  picture.loading = "eager";
  return picture.decode();
}))"""

LetIn = Callable[..., Visitor]


def _style(element: Locator, *names: str) -> list[str]:
    script = "(element, names) => names.map((name) => getComputedStyle(element)[name])"
    found: list[str] = element.evaluate(script, list(names))
    return found


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_guide_in_every_look_is_accessible_and_nothing_sticks_out(
    let_in: LetIn, screen: str
) -> None:
    visitor = let_in(screen, device_scale_factor=1)
    page = visitor.open("/styleguide/")
    page.evaluate(PICTURES_ARE_THERE)
    assert page.evaluate(SHRUNK) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        visitor.shoot(f"styleguide-{scheme}")
        assert serious(page) == []


def test_guide_on_a_phone_has_targets_that_a_thumb_meets(let_in: LetIn) -> None:
    page = let_in("phone").open("/styleguide/")
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    assert page.locator(f"main :is({PRESSED})").count() > 100
    assert page.evaluate(TOO_SMALL, TOUCH) == []


def test_held_states_look_as_the_pointer_and_the_keyboard_make_them(desktop: Visitor) -> None:
    page = desktop.open("/styleguide/")
    rows = page.locator("#buttons tbody tr")
    rest, held_hover, held_focus = (rows.nth(place).locator("button").first for place in range(3))
    looks = ("backgroundColor", "color", "outlineStyle", "outlineColor")
    at_rest = _style(rest, *looks)

    rest.hover()
    expect(rest).to_have_css("background-color", _style(held_hover, "backgroundColor")[0])
    assert _style(rest, *looks) == _style(held_hover, *looks) != at_rest

    page.mouse.move(0, 0)
    page.locator("#buttons .table-frame").focus()
    page.keyboard.press("Tab")
    expect(rest).to_be_focused()
    expect(rest).to_have_css("background-color", at_rest[0])
    assert _style(rest, *looks) == _style(held_focus, *looks) != at_rest


@pytest.mark.parametrize("kind", ["dialog", "sheet"])
def test_dialog_opened_by_keyboard_closes_on_escape_and_gives_the_focus_back(
    desktop: Visitor, kind: str
) -> None:
    page = desktop.open("/styleguide/")
    opener = page.get_by_role("button", name=f"Open the {kind}")
    opener.focus()
    page.keyboard.press("Enter")
    opened = page.get_by_role("dialog")
    expect(opened).to_be_visible()
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()
    expect(opener).to_be_focused()
