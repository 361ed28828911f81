"""The servers and processes of one machine: ports, deaths, starts that were cut short."""

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from marketplace.local_stack import demo
from marketplace.local_stack.children import free_port
from marketplace.local_stack.postgres import LocalPostgres
from marketplace.local_stack.processes import ROOT, Shop
from marketplace.settings import env

PARENT = """
import subprocess, sys, time
from marketplace.local_stack.children import bound_to_parent
child = subprocess.Popen(
    bound_to_parent([sys.executable, "-c", "print('up', flush=True); import time; time.sleep(600)"]),
    stdout=subprocess.PIPE,
    start_new_session=True,
)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""
DEMO = """
import os, signal
# A shell that starts us in the background has Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
from marketplace.local_stack import demo
os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.settings.dev"
demo.ROOT = demo.Path({root!r})
try:
    demo._manage("anything")
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
# Stands for manage.py: a step of the first start with a helper of its own, as the drawing of pictures has.
STEP = """
import subprocess, sys
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(helper.pid, flush=True)
helper.wait()
"""


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on, with a free one above it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def _has_ended(pid: int, within_seconds: float = 10) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within_seconds)[0])
    finally:
        os.close(handle)


def test_port_that_is_taken_gives_way_to_a_near_one(taken: int) -> None:
    found = free_port(taken)

    assert taken < found < taken + 20
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", found))


def test_port_that_is_free_is_the_one_that_was_asked_for() -> None:
    free = free_port()

    assert free_port(free) == free


def test_processes_of_a_shop_get_ports_of_their_own_even_when_the_first_is_taken(
    taken: int, tmp_path: Path
) -> None:
    shop = Shop(var=tmp_path, on_line=lambda *_line: None, web_port=taken)

    assert len({*shop.ports.values(), taken}) == 4
    assert shop.site_url == f"http://127.0.0.1:{shop.ports['web']}"


def test_child_dies_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as parent:
        child = int(parent.stdout.readline())
        assert not _has_ended(child, within_seconds=0)

        parent.kill()

        assert _has_ended(child)


def test_interrupted_step_of_a_demo_ends_with_all_its_helpers_and_without_traces(
    tmp_path: Path,
) -> None:
    (tmp_path / "manage.py").write_text(STEP)
    with subprocess.Popen(
        [sys.executable, "-c", DEMO.format(root=str(tmp_path))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        start_new_session=True,
    ) as starter:
        helper = int(starter.stdout.readline())
        try:
            # What a terminal does at Ctrl-C: the whole group in front hears of it.
            os.killpg(starter.pid, signal.SIGINT)
            output, traces = starter.communicate(timeout=100)

            assert (output, traces) == ("stopped\n", "")
            assert _has_ended(helper)
        finally:
            with suppress(ProcessLookupError):
                os.kill(helper, signal.SIGKILL)


def test_files_that_a_start_depends_on_are_told_apart_from_built_ones(tmp_path: Path) -> None:
    (tmp_path / "products.jsonl.gz").write_text("one")
    before = demo._state_of_files(tmp_path)

    (tmp_path / "built.mo").write_text("built")
    assert demo._state_of_files(tmp_path) == before

    (tmp_path / "products.jsonl.gz").write_text("another")
    assert demo._state_of_files(tmp_path) != before


def test_database_folder_of_a_start_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    half = tmp_path / "postgres" / "data"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    server = LocalPostgres(tmp_path / "postgres", is_durable=False)
    try:
        server.start()
        owner_url, app_url = server.ensure_database("karvon")

        with psycopg.connect(app_url) as connection:
            found = connection.execute("SELECT current_user, uuidv7() IS NOT NULL").fetchone()
        assert found == ("karvon_app", True)
        assert owner_url != app_url
    finally:
        server.stop()


@pytest.fixture
def near() -> Iterator[Path]:
    """A folder with a path as short as can be had: that of `tmp_path` depends on whose machine it is."""
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as folder:
        yield Path(folder)


def test_database_is_reached_by_its_socket_where_the_path_is_short_enough(near: Path) -> None:
    deep = near / "a-folder-of-somebody-who-likes-long-names" / ("of-more-than-a-hundred" * 3)
    for folder, is_by_socket in ((near / "postgres", True), (deep, False)):
        server = LocalPostgres(folder, is_durable=False)
        try:
            server.start()
            _owner_url, app_url = server.ensure_database("karvon")

            given = env.database(app_url)
            with psycopg.connect(app_url) as connection:
                assert connection.info.host == given["HOST"]
            by_port = app_url.partition("?")[0]
            with psycopg.connect(by_port) as connection:
                assert connection.info.host == "127.0.0.1"
        finally:
            server.stop()
        assert given["HOST"] == (str(folder / "data") if is_by_socket else "127.0.0.1")
        assert given["PORT"] == str(server.port)


def test_database_that_was_killed_starts_again_with_what_was_committed(tmp_path: Path) -> None:
    server = LocalPostgres(tmp_path / "postgres", is_durable=True)
    again = LocalPostgres(tmp_path / "postgres", is_durable=True)
    try:
        server.start()
        owner_url, _app_url = server.ensure_database("karvon")
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        os.killpg(server._process.pid, signal.SIGKILL)
        server._process.wait()

        again.start()

        owner_url, _app_url = again.ensure_database("karvon")
        with psycopg.connect(owner_url) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        server.stop()
        again.stop()


def test_listening_server_is_gone_when_stop_returns(tmp_path: Path) -> None:
    server = LocalPostgres(tmp_path / "postgres", is_durable=False)
    server.start()
    started = time.monotonic()

    server.stop()

    assert time.monotonic() - started < 15
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", server.port)),
    ):
        pass
