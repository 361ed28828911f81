"""Work shared by processes."""

import multiprocessing
from collections.abc import Callable

from django.db import connections

FORKS = multiprocessing.get_context("fork")


def share(work: Callable[[int], None], processes: int) -> None:
    """Let each process do its part, by number, with connections of its own.

    :raises RuntimeError: one of them failed
    """
    connections.close_all()
    workers = [FORKS.Process(target=work, args=(number,)) for number in range(processes)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a process of a benchmark failed")
