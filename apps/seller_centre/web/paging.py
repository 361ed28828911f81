"""What lists of the seller centre share: the id a page starts after, the words looked for, tabs as links."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from apps.core.web.requests import ShopRequest


def before_of(request: ShopRequest) -> UUID | None:
    """Return the id in ?before=, or None where it is not one."""
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None


def search_text(request: ShopRequest) -> str:
    """Return the words in ?q=."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


def tabs_of(
    labels: Iterable[tuple[str, str, int | None]], current: str, *, name: str = "tab", **kept: str
) -> list[dict[str, Any]]:
    """Return what components/tabs.html shows of (value, label, count); `kept` goes into every link."""
    others = {key: value for key, value in kept.items() if value}
    return [
        {
            "label": label,
            "count": count,
            "url": "?" + urlencode(({name: value} if value else {}) | others),
            "is_current": value == current,
        }
        for value, label, count in labels
    ]
