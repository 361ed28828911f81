"""Make a PDF of a document's facts.

Invariant: what is printed depends on the arguments, the templates and the libraries alone: no clock, no
database, no network, no file but our own fonts and mark. So the same facts give the same bytes.
"""

import warnings
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from apps.documents.presenting.pages import page_of

STYLES = Path(__file__).with_name("document.css")


class CannotPrint(RuntimeError):
    """The renderer is not here (its system packages are missing), or it refused the page."""


def pdf_of(
    *, kind: str, number: str, facts: dict[str, Any], language: str, issued_at: datetime
) -> bytes:
    """Return the PDF of a document in a language; the dates inside are its day of issue.

    :raises CannotPrint: see there
    """
    with translation.override(language), timezone.override(timezone.get_default_timezone()):
        page = page_of(kind=kind, number=number, facts=facts, issued_at=issued_at)
        html = render_to_string(
            f"documents/{kind.lower()}.html",
            {
                "page": page,
                "number": number,
                "language": language,
                "site_name": settings.SITE_NAME,
                "site_url": settings.SITE_URL,
                "support_email": settings.SUPPORT_EMAIL,
                "stamp": issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        )
    return print_html(html)


def print_html(html: str) -> bytes:
    """:raises CannotPrint: the renderer is missing or refused something"""
    try:
        # Loads Pango: only a worker pays for it, and only where it is there.
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError

        from apps.documents.printing.fetching import OwnFiles
    except (ImportError, OSError) as error:
        raise CannotPrint(
            f"{error}. Install what bin/system-packages names: bash bin/system-packages pdf"
        ) from error
    files, fonts = OwnFiles(), FontConfiguration()
    style = STYLES.read_text(encoding="utf-8")
    try:
        with warnings.catch_warnings():
            # A library's coming change is no reason to leave a buyer without a receipt.
            warnings.simplefilter("ignore", DeprecationWarning)
            sheet = CSS(string=style, url_fetcher=files, font_config=fonts)
            made = HTML(string=html, url_fetcher=files, base_url="karvon:/").write_pdf(
                stylesheets=[sheet],
                font_config=fonts,
                pdf_identifier=sha256(html.encode()).digest()[:16],
                # Tagged: a screen reader knows the heads of a table.
                pdf_tags=True,
            )
    except (Exception, FatalURLFetchingError) as error:
        raise CannotPrint(f"{type(error).__name__}: {error}") from error
    return bytes(made or b"")
