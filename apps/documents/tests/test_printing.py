"""The printed page: every letter, every language, long texts, many lines, nothing from outside, same bytes."""

import os
import re
import socket
import subprocess
import sys
import zlib
from hashlib import sha256
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.conf import settings
from django.utils import translation

from apps.documents.printing import pdf
from apps.documents.printing.fetching import FetchingRefused, OwnFiles
from apps.documents.printing.pdf import CannotPrint, pdf_of, print_html
from apps.documents.tests import samples

KINDS: dict[str, Any] = {
    "RECEIPT": samples.receipt,
    "REFUND_RECEIPT": samples.refund_receipt,
    "STATEMENT": samples.statement,
    "PACKING_SLIP": samples.packing_slip,
    "LABEL": samples.label,
}
LANGUAGES = ("en", "ru", "uz")
# As the file names them: the family of document.css and its weights, no face of the system.
FACES = {b"Karvon", b"Karvon-Semi-Bold", b"Karvon-Bold"}
MM = 72 / 25.4


def made(kind: str, facts: dict[str, Any], language: str = "en") -> bytes:
    return pdf_of(
        kind=kind,
        number="R-2026-000001",
        facts=facts,
        language=language,
        issued_at=samples.ISSUED,
    )


def pages(content: bytes) -> list[str]:
    """The text of each page on one line, spaces of sums made plain."""
    with pypdfium2.PdfDocument(BytesIO(content)) as document:
        return [
            re.sub(r"\s+", " ", page.get_textpage().get_text_range().replace("\u00a0", " "))
            for page in document
        ]


def sizes(content: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in millimetres."""
    with pypdfium2.PdfDocument(BytesIO(content)) as document:
        return [(round(page.get_width() / MM), round(page.get_height() / MM)) for page in document]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_document_says_its_facts_in_each_language(kind: str, language: str) -> None:
    (text, *_rest) = pages(made(kind, KINDS[kind](), language))

    assert "K-100001-1" in text
    if kind in {"RECEIPT", "PACKING_SLIP"}:
        # All of a long title, to its last word, in the language that is read.
        assert samples.LONG_TITLE[language][-40:] in text
        assert samples.CUP[language] in text
        assert {"en": "Colour: red", "ru": "Цвет: красный", "uz": "Rang: qizil"}[language] in text


@pytest.mark.parametrize(
    ("language", "currency", "total"),
    [
        ("en", "UZS", "13,264,500 UZS"),
        ("ru", "UZS", "13 264 500 сум"),
        ("uz", "UZS", "13 264 500 soʻm"),
        ("en", "RUB", "13,264,500 ₽"),
        ("ru", "RUB", "13 264 500 ₽"),
        ("en", "USD", "$13,264,500.00"),
    ],
)
def test_sums_and_days_are_written_by_the_language(
    language: str, currency: str, total: str
) -> None:
    (text,) = pages(made("RECEIPT", samples.receipt(currency=currency), language))

    day = {"en": "24 November 2026", "ru": "24 ноября 2026 г.", "uz": "2026-yil 24-"}[language]
    assert total in text
    assert day in text
    # 08:59 UTC in Tashkent.
    assert "13:59" in text


@pytest.mark.parametrize(("kind", "size"), [("RECEIPT", (210, 297)), ("LABEL", (100, 150))])
def test_page_has_its_size(kind: str, size: tuple[int, int]) -> None:
    assert sizes(made(kind, KINDS[kind]())) == [size]


@pytest.mark.parametrize("is_pickup", [True, False])
def test_label_is_one_page_however_long_the_address(is_pickup: bool) -> None:  # noqa: FBT001  a case
    facts = samples.label(is_pickup=is_pickup)
    facts["to"] = dict(facts["to"], recipient_name="Абдурахмонова Гулнора Хайруллаевна " * 2)
    facts["seller"] = "Samarqand hunarmandlari uyushmasi " * 3

    (text,) = pages(made("LABEL", facts, "uz"))

    assert "K-100001-1-1" in text
    assert ("tashkent-1" in text) == is_pickup
    assert ("koʻchasi" in text) and ("128/4" in text) == (not is_pickup)
    assert samples.ADDRESS["phone"] in text


@pytest.mark.parametrize(("count", "words"), [(1, "1 unit ·"), (6, "6 units ·")])
def test_label_counts_its_units_and_weighs_up_to_the_next_ten_grams(count: int, words: str) -> None:
    (text,) = pages(made("LABEL", samples.label() | {"unit_count": count}))

    assert words in text
    # 1,234 g.
    assert "1.24 kg" in text
    assert "by 28 November 2026" in text


def test_label_has_a_code_that_names_the_parcel() -> None:
    """The drawing on the label is that of the parcel's number and of nothing else."""
    from apps.documents.presenting.parcels import qr_of

    assert qr_of("K-100001-1-1").startswith("<svg")
    assert qr_of("K-100001-1-1") != qr_of("K-100001-1-2")
    with pypdfium2.PdfDocument(BytesIO(made("LABEL", samples.label()))) as document:
        page = document[0].render(scale=2).to_pil().convert("L")
    # The left finder pattern: black at the corner of the code, white beyond it.
    dark = page.crop((30, 100, 260, 330)).histogram()[:64]
    assert sum(dark) > 8_000


@pytest.mark.parametrize(("kind", "count"), [("RECEIPT", 120), ("STATEMENT", 120)])
def test_many_lines_break_over_pages_with_heads_and_numbers(kind: str, count: int) -> None:
    facts = (
        samples.statement(count)
        if kind == "STATEMENT"
        else samples.receipt([samples.line(samples.CUP, 1, 100_00, f"T{n}") for n in range(count)])
    )

    texts = pages(made(kind, facts))

    assert len(texts) > 3
    head = "Your account" if kind == "STATEMENT" else "Units Price Sum"
    # The last page may hold the closing alone.
    assert all(head in text for text in texts[:-1])
    assert all(f"{number} / {len(texts)}" in text for number, text in enumerate(texts, 1))
    marks = [f"K-{100_000 + n}-1" for n in range(1, count + 1)] if kind == "STATEMENT" else []
    whole = " ".join(texts)
    assert all(mark in whole for mark in marks)


def test_statement_says_balances_and_every_entry() -> None:
    (text, *_rest) = pages(made("STATEMENT", samples.statement(3)))

    assert "1 October 2026 to 31 October 2026" in text
    for words in ("10,000 UZS", "270,000 UZS", "−50,000 UZS", "230,000 UZS", "−8,928.57 UZS"):
        assert words in text
    assert "Payout to the bank" in text


def test_same_facts_give_the_same_bytes_in_another_process_on_another_day() -> None:
    """Two processes whose hashes of text, zone and moment differ."""
    code = (
        "import django; django.setup()\n"
        "from hashlib import sha256\n"
        "from apps.documents.tests.test_printing import KINDS, made\n"
        "for kind in KINDS: print(sha256(made(kind, KINDS[kind](), 'ru')).hexdigest())\n"
    )

    def digests(seed: str, zone: str) -> list[str]:
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
        }
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    first = [sha256(made(kind, KINDS[kind](), "ru")).hexdigest() for kind in KINDS]

    assert digests("1", "UTC") == first
    assert digests("2", "Asia/Tokyo") == first


def test_other_facts_or_another_language_give_other_bytes() -> None:
    other = samples.receipt() | {"total_minor": 1}

    made_of = {
        made("RECEIPT", samples.receipt()),
        made("RECEIPT", other),
        made("RECEIPT", samples.receipt(), "ru"),
    }

    assert len(made_of) == 3


def test_face_inside_is_ours_alone() -> None:
    content = made("RECEIPT", samples.receipt(), "ru")
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
    unpacked = b"".join(zlib.decompressobj().decompress(stream) for stream in streams)

    names = set(re.findall(rb"/FontName ?/[A-Z]{6}\+([\w-]+)", content + unpacked))

    assert names == FACES


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x.png",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "karvon:/../../etc/passwd",
        "karvon:/fonts/../mark",
        "data:image/png;base64,iVBORw0KGgo=",
        "//evil.example/x",
        "",
    ],
)
def test_nothing_but_our_fonts_and_mark_is_read(address: str) -> None:
    with pytest.raises(FetchingRefused):
        OwnFiles().fetch(address)


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="file:///etc/passwd">',
        '<img src="https://evil.example/x.png">',
        '<p style="background: url(http://evil.example/y)">x</p>',
        '<link rel="stylesheet" href="https://evil.example/z.css">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<object data="file:///etc/passwd"></object>',
    ],
)
def test_page_that_asks_for_more_is_not_printed(
    markup: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_way_out(*args: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", no_way_out)

    with pytest.raises(CannotPrint, match="refused"):
        print_html(f"<html><body>{markup}</body></html>")


def test_texts_of_people_are_text_and_no_markup() -> None:
    evil = '<img src="file:///etc/passwd"><script>x</script>'
    facts = samples.receipt([samples.line({"en": evil}, 1, 100_00, "T1")])

    (text,) = pages(made("RECEIPT", facts))

    assert evil in text


def test_machine_without_the_renderer_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(CannotPrint, match="bash bin/system-packages pdf"):
        made("RECEIPT", samples.receipt())


def test_printing_leaves_the_language_as_it_was() -> None:
    with translation.override("uz"):
        made("REFUND_RECEIPT", samples.refund_receipt(), "ru")

        assert translation.get_language() == "uz"
    assert pdf.STYLES.exists()
