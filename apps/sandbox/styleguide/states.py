"""States that only a pointer or a keyboard brings, held still for the style guide.

Every rule of the shop's stylesheet that speaks of `:hover`, `:focus-visible` or `:active` is copied
for what stands inside `.is-hover`, `.is-focus` or `.is-active`: the guide shows what the parts'
own files say, and those carry nothing for the guide's sake.
"""

import re
from pathlib import Path

from django.conf import settings

# A held state reaches what stands inside; the specificity is that of the pseudo class.
HELD = {
    ":hover": ":is(.is-hover *)",
    ":focus-visible": ":is(.is-focus :where(a, button, input, select, textarea, summary))",
    ":focus-within": ":is(.is-focus *)",
    ":active": ":is(.is-active *)",
}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_LAYER = re.compile(r"@layer ([a-z]+) \{")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def held_states() -> str:
    """Return the stylesheet: the copied rules in the layers of their origin."""
    root = Path(settings.STYLE_SOURCE_DIR)
    files = [root / "base.css", *sorted(root.glob("components/*.css"))]
    return "\n".join(part for file in files for part in hold(file.read_text(encoding="utf-8")))


def hold(text: str) -> list[str]:
    """Copy the rules of one file; conditions such as `(hover: hover)` are taken as met."""
    text = _COMMENT.sub("", text)
    starts = [*_LAYER.finditer(text)]
    ends = [*(start.start() for start in starts[1:]), len(text)]
    return [
        f"@layer {start[1]} {{ {_held(selector)} {{{body}}} }}"
        for start, end in zip(starts, ends, strict=True)
        if start[1] != "utilities"
        for selector, body in _RULE.findall(text[start.end() : end])
        if any(state in selector for state in HELD)
    ]


def _held(selector: str) -> str:
    for state, held in HELD.items():
        selector = selector.replace(state, held)
    return selector.strip()
