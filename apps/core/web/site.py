"""What this process would render pages with: its code, templates, texts and names of static files."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

_FOLDERS = ("apps", "marketplace", "templates", "locale")
_SUFFIXES = {".py", ".html", ".mo", ".txt", ".svg", ".json"}
# Settings that every page shows or is sent with.
_SHOWN = ("SITE_NAME", "SITE_URL", "SUPPORT_EMAIL", "LIVE_URL", "MEDIA_URL", "STATIC_URL")


def site_version() -> str:
    """Return a name that two processes share only if they render the same."""
    digest = hashlib.blake2b(digest_size=8)
    for name in (*_SHOWN, "SECURE_CSP", "PUBLIC_PAGE_COOKIES", "LANGUAGES"):
        digest.update(f"{name}={getattr(settings, name)!s}\n".encode())
    for path in _sources():
        stat = path.stat()
        digest.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for folder in _FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in _SUFFIXES and "tests" not in path.parts:
                yield path
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists():
        yield manifest
