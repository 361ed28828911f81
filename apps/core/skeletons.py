"""Parts of pages that are rendered once for each shape and then only filled with texts.

A card differs from the next one by what stands in it, seldom by how it is built. So its template gets two
things: `shape`, whatever it branches on, and `text`, whatever it writes out. For one shape in one language
the template is rendered once, with a mark in the place of each text; a card is that HTML with its own texts
in the places, escaped as the template would have done it. It costs a tenth of rendering.

A template for this writes a text by its name and does nothing else with it: no condition, no filter. What it
needs a condition for belongs to the shape, what it needs a filter for is filtered before.
"""

import re
from collections.abc import Hashable, Mapping
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# Control characters stand in no text that people typed, and in no template.
_MARK = "\x02{}\x03"
_MARKS = re.compile("\x02([a-z_]+)\x03")
SHAPES = 1024


def filled(
    template_name: str,
    *,
    shape: Mapping[str, Hashable],
    text: Mapping[str, str],
    language: str = "",
) -> SafeString:
    """Return the template's HTML with `text` in its places; texts are escaped unless they are safe.

    `language` is the active one: to name it saves asking for it, which counts where cards are many.
    """
    active = language or get_language() or "en"
    skeleton = _skeleton(template_name, active, tuple(shape.items()), tuple(text))
    parts = list(skeleton)
    for place in range(1, len(parts), 2):
        value = text[parts[place]]
        parts[place] = value if isinstance(value, SafeString) else escape(value)
    return mark_safe("".join(parts))  # noqa: S308  the template's own HTML, and texts escaped above


@lru_cache(maxsize=SHAPES)
def _skeleton(
    template_name: str,
    _language: str,
    shape: tuple[tuple[str, Hashable], ...],
    names: tuple[str, ...],
) -> tuple[str, ...]:
    """Return the HTML cut at its texts: HTML, name, HTML, name, ..., HTML."""
    marks = {name: mark_safe(_MARK.format(name)) for name in names}  # noqa: S308  made of our names
    return tuple(
        _MARKS.split(render_to_string(template_name, {"shape": dict(shape), "text": marks}))
    )
