"""Two issue at once: numbers come 1, 2, 3, ...; with the series' lock taken out they do not."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import storages
from django.db import connection, connections, transaction

from apps.core.invariants import violations
from apps.core.models import NumberSeries
from apps.core.pauses import set_pause
from apps.documents.models import Document, Rendering
from apps.documents.rules import STORAGE
from apps.documents.services import filing, issuing
from apps.documents.types import DocumentKind
from apps.orders.models import Order
from apps.orders.tests.services.fulfilling import paid_order
from apps.orders.tests.services.world import now
from apps.payments.models import Payment
from marketplace.tests.world import make_world

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.timeout(120)]

EACH = 8


def issue(order: Order, *, fails: bool = False) -> None:
    with transaction.atomic():
        issuing.write_numbered(
            kind=DocumentKind.REFUND_RECEIPT,
            subject=("refund", uuid4()),
            seller_id=order.seller_id,
            facts={"currency": "UZS"},
            language="en",
            now=now(),
            order=order,
        )
        if fails:
            raise ZeroDivisionError


def at_once(works: list[Callable[[], None]]) -> list[str]:
    answers: list[str] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            start.wait(20)
            work()
        except Exception as error:  # noqa: BLE001  a race may end in any of them
            answers.append(type(error).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def many(order: Order, *, are_some_failing: bool) -> None:
    for turn in range(EACH):
        with contextlib.suppress(ZeroDivisionError):
            issue(order, fails=are_some_failing and turn % 3 == 1)


def serials() -> list[int]:
    rows = Document.objects.filter(kind=DocumentKind.REFUND_RECEIPT).order_by("serial")
    return [int(serial or 0) for serial in rows.values_list("serial", flat=True)]


def test_numbers_of_four_at_once_have_no_gap_though_some_are_rolled_back() -> None:
    order = paid_order(make_world())

    answers = at_once([lambda: many(order, are_some_failing=True)] * 4)

    assert answers == []
    # 3 of each 8 are rolled back (turns 1, 4, 7).
    assert serials() == list(range(1, 4 * 5 + 1))
    assert violations() == []


def test_numbers_without_the_lock_of_the_series_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the series is read and written without its lock, and one of two is refused."""
    order = paid_order(make_world())
    NumberSeries.objects.create(name=f"documents:REFUND_RECEIPT:{now().year}")
    barrier = threading.Barrier(2)

    def unlocked(series: str, *, start: int = 1) -> int:
        value = NumberSeries.objects.get(name=series).last_value + 1
        barrier.wait(20)
        NumberSeries.objects.filter(name=series).update(last_value=value)
        return value

    monkeypatch.setattr(issuing, "next_number", unlocked)

    answers = at_once([lambda: issue(order)] * 2)

    assert answers == ["IntegrityError"]
    assert serials() == [1]


def test_numbers_of_a_sequence_leave_a_gap_when_rolled_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control of the rollback: a database sequence, which takes nothing back, is found out."""
    order = paid_order(make_world())
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE SEQUENCE test_documents")
        cursor.execute("GRANT USAGE ON SEQUENCE test_documents TO karvon_app")

    def ungiving(series: str, *, start: int = 1) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('test_documents')")
            return int(cursor.fetchone()[0])

    monkeypatch.setattr(issuing, "next_number", ungiving)
    try:
        with contextlib.suppress(ZeroDivisionError):
            issue(order, fails=True)
        issue(order)
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP SEQUENCE test_documents")

    assert serials() == [2]
    assert [row.invariant for row in violations()] == ["documents.numbers_have_no_gaps"]


def test_receipts_of_one_payment_issued_by_two_at_once_are_issued_once() -> None:
    world = make_world()
    order = paid_order(world)
    payment_id: UUID = Payment.objects.get().id

    def again() -> None:
        issuing.issue_receipts(payment_id=payment_id, now=now())

    assert at_once([again] * 4) == []
    assert Document.objects.filter(order=order).count() == 1


def first_issue_by_two(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two workers issue the first receipts of a payment at the same moment."""
    monkeypatch.setattr("apps.documents.handlers.issuing.issue_receipts", lambda **_given: [])
    paid_order(make_world())
    monkeypatch.undo()
    payment_id = Payment.objects.get().id
    return at_once([lambda: issuing.issue_receipts(payment_id=payment_id, now=now())] * 2)  # type: ignore[list-item]


def test_first_receipt_of_two_workers_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert first_issue_by_two(monkeypatch) == []
    assert [row.serial for row in Document.objects.all()] == [1]


def test_first_receipt_of_two_workers_without_the_payments_lock_is_refused_to_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: both see that there is none; the database keeps the second out."""
    barrier = threading.Barrier(2)

    def met(*given: Any) -> Document:
        barrier.wait(20)
        return write(*given)

    write = issuing._write_receipt
    monkeypatch.setattr("apps.documents.handlers.issuing.issue_receipts", lambda **_given: [])
    paid_order(make_world())
    monkeypatch.undo()
    monkeypatch.setattr(issuing, "advisory_lock", lambda *_parts: None)
    monkeypatch.setattr(issuing, "_write_receipt", met)
    payment_id = Payment.objects.get().id

    answers = at_once([lambda: issuing.issue_receipts(payment_id=payment_id, now=now())] * 2)  # type: ignore[list-item]

    assert answers == ["IntegrityError"]
    assert [row.serial for row in Document.objects.all()] == [1]


def test_file_of_two_workers_at_once_is_stored_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first sees that there is none; before it writes, the second has made and stored it."""
    monkeypatch.setattr(filing, "pdf_of", lambda **given: repr(given["facts"]).encode())
    paid_order(make_world())
    rendering = Rendering.objects.get()

    def second() -> None:
        set_pause("documents.store", None)
        filing.render(rendering_id=rendering.id, now=now())

    set_pause("documents.store", second)
    filing.render(rendering_id=rendering.id, now=now())

    rendering.refresh_from_db()
    folder, _, name = rendering.key.rpartition("/")
    stored = storages[STORAGE].listdir(folder)[1]
    assert [file for file in stored if str(rendering.document_id) in file] == [name]
