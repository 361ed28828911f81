"""Static files: the hash of their content in the name, imports inside modules included; one stylesheet of many."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    manifest_strict = True


class StyleBundleFinder(BaseFinder):
    """Find `css/shop.css`, which is STYLE_BUNDLE_SOURCES joined in their order.

    The bundle is written anew whenever its sources say something else, so that tests, the demo
    and collectstatic all get the same file without a step that one could forget.
    """

    NAME = "css/shop.css"

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002  Django's signature
        if path != self.NAME:
            return []
        return [str(self._built())] if find_all else str(self._built())

    def list(
        self, ignore_patterns: Iterable[str] | None
    ) -> Iterable[tuple[str, FileSystemStorage]]:
        self._built()
        yield self.NAME, FileSystemStorage(location=settings.STYLE_BUILD_DIR)

    def _built(self) -> Path:
        target = Path(settings.STYLE_BUILD_DIR) / self.NAME
        root = Path(settings.STYLE_SOURCE_DIR)
        files = [
            file for pattern in settings.STYLE_BUNDLE_SOURCES for file in sorted(root.glob(pattern))
        ]
        text = "\n".join(file.read_text(encoding="utf-8") for file in files)
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return target
