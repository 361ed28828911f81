"""Barcodes of outside catalogues: valid ones are kept, the others are reported."""

from collections.abc import Iterable

from apps.catalog.rules import is_valid_gtin
from apps.sandbox.catalogues.plans import LoadReport


def valid_gtins(given: Iterable[str], *, of: str, report: LoadReport) -> list[str]:
    """Return the codes with a right check digit, each once."""
    kept: dict[str, None] = {}
    for code in given:
        if is_valid_gtin(code):
            kept.setdefault(code)
        else:
            report.leave_out("barcode with a wrong check digit or length", f"{code} of {of}")
    return list(kept)
