"""Awaiting from synchronous code: one loop for all calls, results and errors as they are, an end to waiting."""

import asyncio
import os

import pytest

from apps.core.awaiting import awaited


async def _loop_and(result: int) -> tuple[asyncio.AbstractEventLoop, int]:
    return asyncio.get_running_loop(), result


def test_calls_share_one_loop_and_return_results() -> None:
    first, second = (awaited(_loop_and(number), seconds=5) for number in (1, 2))

    assert first[0] is second[0]
    assert (first[1], second[1]) == (1, 2)


def test_error_of_the_work_is_raised() -> None:
    async def fail() -> None:
        raise LookupError("not there")

    with pytest.raises(LookupError, match="not there"):
        awaited(fail(), seconds=5)


def test_work_that_takes_too_long_is_cancelled() -> None:
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    with pytest.raises(TimeoutError):
        awaited(forever(), seconds=0.05)
    awaited(asyncio.sleep(0), seconds=5)

    assert ended == ["cancelled"]


def test_fork_gets_a_loop_of_its_own() -> None:
    awaited(_loop_and(0), seconds=5)
    child = os.fork()
    if not child:
        try:
            os._exit(awaited(_loop_and(7), seconds=5)[1])
        except BaseException:  # noqa: BLE001  the child must end here, whatever happens
            os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
