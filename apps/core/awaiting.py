"""Await from synchronous code: one event loop for each process, so that its clients keep their connections.

asgiref's `async_to_sync` makes a loop, a thread and a connection for every call.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any


def awaited[Result](work: Coroutine[Any, Any, Result], *, seconds: float) -> Result:
    """Run the coroutine to its end and return its result; not from within the loop itself.

    :raises TimeoutError: it took longer; it is cancelled
    """
    future = asyncio.run_coroutine_threadsafe(work, _loop(os.getpid()))
    try:
        return future.result(seconds)
    except TimeoutError:
        future.cancel()
        raise


@lru_cache(maxsize=1)
def _loop(_pid: int) -> asyncio.AbstractEventLoop:
    """A fork has another pid, and so a loop of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="awaiting", daemon=True).start()
    return loop
