"""Undo what a request or a step of a test has written, while it runs as it does in production."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo what comes inside. To lock ranks and use cases it is the test's own transaction, not theirs."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
