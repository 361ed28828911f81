"""The style guide: every part of the pages in every state, on one page that is always the same."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from apps.core.web.caching import private_page
from apps.sandbox.styleguide import forms, specimens, states, tokens

_ICON = re.compile(r"""(?:lucide |icon\|default:|icon=)["']([a-z0-9-]+)["']""")
PARTS = (
    ("colours", "Colours"),
    ("type", "Type and space"),
    ("icons", "Icons"),
    ("buttons", "Buttons"),
    ("fields", "Fields"),
    ("cards", "Cards"),
    ("alerts", "Alerts, empty"),
    ("small", "Small parts"),
    ("orders", "Orders and sums"),
    ("floating", "Menu, dialog, sheet"),
    ("right-to-left", "Right to left"),
    ("dark", "Dark"),
)


@private_page
def guide(request: HttpRequest) -> HttpResponse:
    """Show the guide; `?language=` puts the parts' own words into another language."""
    wanted = request.GET.get("language", "")
    language = wanted if wanted in dict(settings.LANGUAGES) else translation.get_language()
    with translation.override(language):
        return render(request, "sandbox/styleguide.html", _context())


@private_page
def held_states(request: HttpRequest) -> HttpResponse:
    return HttpResponse(states.held_states(), content_type="text/css; charset=utf-8")


def _context() -> dict[str, Any]:
    return {
        "parts": PARTS,
        "languages": settings.LANGUAGES,
        "long": specimens.LONG,
        "right_to_left": specimens.RIGHT_TO_LEFT,
        "colours": tokens.colours(),
        "pairs": tokens.pairs(),
        "sizes": tokens.lengths("size"),
        "spaces": tokens.lengths("space"),
        "radii": tokens.lengths("radius"),
        "icons": _icons(),
        "rest": forms.form_at_rest("rest"),
        "hovered": forms.form_filled("hovered", name="Aziza Karimova"),
        "focused": forms.form_filled("focused", name="Aziza Karimova"),
        "filled": forms.form_filled("filled", name=specimens.LONG, note=specimens.LONG),
        "refused": forms.form_refused("refused"),
        "reversed": forms.form_filled("reversed", name="عزيزة كريموفا 42"),
        "dark_rest": forms.form_at_rest("dark"),
        "dark_refused": forms.form_refused("dark-refused"),
        "cards": specimens.cards(),
        "card_right_to_left": specimens.card_right_to_left(),
        "photos": specimens.photos(),
        "steps": specimens.steps(),
        "rows": specimens.rows(),
        "papers": specimens.papers(),
        "point_map": specimens.point_map(),
        "tabs": specimens.tabs(),
        "prices": specimens.prices(),
        "crumbs": [("Home and kitchen", "#small"), ("Teapots", "#small"), ("Porcelain teapot, 800 ml", "")],
        "long_crumbs": [("Home and kitchen", "#small"), (specimens.LONG, "")],
    }  # fmt: skip


def _icons() -> list[str]:
    """Return the icons that the templates name."""
    root = Path(settings.STYLE_SOURCE_DIR).parents[1] / "templates"
    return sorted(
        {name for file in root.rglob("*.html") for name in _ICON.findall(file.read_text())}
    )
