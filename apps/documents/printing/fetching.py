"""What WeasyPrint may read while it prints: our fonts and our mark. Anything else ends the printing."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

SCHEME = "karvon:/"


def _face(style: str) -> Callable[[], Path]:
    return lambda: Path(settings.FONT_SOURCE_DIR) / f"SourceSansPro-{style}.ttf"


# Address after SCHEME -> its content type and where it lies.
_FILES: dict[str, tuple[str, Callable[[], Path]]] = {
    "fonts/400": ("font/ttf", _face("Regular")),
    "fonts/600": ("font/ttf", _face("Semibold")),
    "fonts/700": ("font/ttf", _face("Bold")),
    "mark": ("image/svg+xml", lambda: Path(str(settings.STATICFILES_DIRS[0])) / "img" / "mark.svg"),
}


class FetchingRefused(FatalURLFetchingError):
    """A page asked for something that is not ours."""


class OwnFiles(URLFetcher):
    """Serves the table above and opens nothing else: no network, no other file, no data address."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=())

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """:raises FetchingRefused: not in the table"""
        if not url.startswith(SCHEME) or url.removeprefix(SCHEME) not in _FILES:
            raise FetchingRefused(f"refused: {url[:100]}")
        content_type, path_of = _FILES[url.removeprefix(SCHEME)]
        return URLFetcherResponse(url, _read(path_of()), {"Content-Type": content_type})


@cache
def _read(path: Path) -> bytes:
    return path.read_bytes()
