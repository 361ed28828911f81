"""The way out: against a stub that stalls, refuses and redirects, and against a lying resolver."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from apps.core import http_client
from apps.core.http_client import (
    Breaker,
    ForbiddenAddress,
    OutgoingClient,
    ProviderRetryable,
    ProviderUnknown,
    public_address,
)

Answer = int | tuple[int, dict[str, str]] | Callable[[], int]


class Stub(ThreadingHTTPServer):
    """Answers with the script's next step and notes what came; the last step repeats."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Steps)
        self.script: list[Answer] = [200]
        self.seen: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Steps(BaseHTTPRequestHandler):
    server: Stub

    def do_GET(self) -> None:
        self.server.seen.append((self.command, self.path))
        script = self.server.script
        step = script.pop(0) if len(script) > 1 else script[0]
        if callable(step):
            step = step()
        status, headers = step if isinstance(step, tuple) else (step, {})
        self.send_response(status)
        for name, value in (headers | {"Content-Length": "0"}).items():
            self.send_header(name, value)
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Note the pauses between tries instead of taking them."""
    taken: list[float] = []
    monkeypatch.setattr(http_client.time, "sleep", taken.append)
    return taken


@pytest.fixture
def clients() -> Iterator[Callable[..., OutgoingClient]]:
    made: list[OutgoingClient] = []

    def make(url: str, **given: Any) -> OutgoingClient:
        made.append(OutgoingClient(base_url=url, **({"allow_private": True} | given)))
        return made[-1]

    yield make
    for client in made:
        client.close()


Clients = Callable[..., OutgoingClient]


def test_answer_comes_back_and_client_errors_are_answers(stub: Stub, clients: Clients) -> None:
    stub.script = [200, 404]
    client = clients(stub.url)

    statuses = [client.request("GET", "/a").status_code for _ in range(2)]

    assert statuses == [200, 404]
    assert stub.seen == [("GET", "/a")] * 2


@pytest.mark.parametrize("status", [500, 503, 429])
def test_failure_of_the_other_side_is_repeated_only_where_that_is_safe(
    stub: Stub, clients: Clients, naps: list[float], status: int
) -> None:
    stub.script = [status, status, 200]
    client = clients(stub.url)

    assert client.request("POST", "/pay", content=b"x").status_code == status
    assert (len(stub.seen), naps) == (1, [])
    assert client.request("POST", "/pay", content=b"x", is_repeatable=True).status_code == 200
    assert (len(stub.seen), naps) == (3, [0.5])


def test_last_failure_is_returned_when_the_tries_are_used_up(
    stub: Stub, clients: Clients, naps: list[float]
) -> None:
    stub.script = [503]

    assert clients(stub.url).request("GET", "/", is_repeatable=True).status_code == 503
    assert (len(stub.seen), naps) == (3, [0.5, 1.0])


@pytest.mark.parametrize(("is_repeatable", "requests"), [(False, 1), (True, 3)])
def test_time_out_after_sending_is_an_unknown_outcome(
    stub: Stub, clients: Clients, *, is_repeatable: bool, requests: int
) -> None:
    release = threading.Event()
    stub.script = [lambda: 200 if release.wait(20) else 500]
    client = clients(stub.url, timeout_seconds=0.2)

    started = time.monotonic()
    with pytest.raises(ProviderUnknown):
        client.request("POST", "/pay", is_repeatable=is_repeatable)
    elapsed = time.monotonic() - started
    release.set()

    assert len(stub.seen) == requests
    assert elapsed < 5


def test_connection_cut_after_sending_is_an_unknown_outcome(clients: Clients) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def cut() -> None:
            connection, _address = listener.accept()
            connection.recv(10_000)
            connection.close()

        thread = threading.Thread(target=cut)
        thread.start()
        with pytest.raises(ProviderUnknown):
            clients(f"http://127.0.0.1:{listener.getsockname()[1]}").request("POST", "/pay")
        thread.join()


def test_refused_connection_is_tried_again_for_any_method(
    clients: Clients, naps: list[float]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ProviderRetryable):
        clients(f"http://127.0.0.1:{port}").request("POST", "/pay")
    assert naps == [0.5, 1.0]


def test_redirect_is_not_followed(stub: Stub, clients: Clients) -> None:
    stub.script = [(302, {"Location": f"{stub.url}/elsewhere"})]

    answer = clients(stub.url).request("GET", "/")

    assert answer.status_code == 302
    assert stub.seen == [("GET", "/")]


@pytest.mark.parametrize("path", ["http://127.0.0.1:1/x", "https://evil.example/", "x", ""])
def test_address_in_place_of_a_path_raises(stub: Stub, clients: Clients, path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        clients(stub.url).request("GET", path)
    assert stub.seen == []


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example/x", "/@evil.example"])
def test_path_that_looks_like_a_host_stays_at_the_base_address(
    stub: Stub, clients: Clients, path: str
) -> None:
    assert clients(stub.url).request("GET", path).status_code == 200
    assert len(stub.seen) == 1


def test_open_breaker_sends_nothing_but_one_probe_a_pause(
    stub: Stub, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(http_client.time, "monotonic", lambda: now[0])
    stub.script = [500]
    client = clients(stub.url)

    def is_refused() -> bool:
        before = len(stub.seen)
        try:
            client.request("GET", "/")
        except ProviderRetryable:
            assert len(stub.seen) == before
            return True
        assert len(stub.seen) == before + 1
        return False

    assert [is_refused() for _ in range(7)] == [False] * 5 + [True] * 2
    now[0] += client.breaker.pause_seconds
    assert [is_refused() for _ in range(3)] == [False, True, True]
    now[0] += client.breaker.pause_seconds
    stub.script = [200]
    assert [is_refused() for _ in range(3)] == [False] * 3


def test_breaker_counts_failures_in_a_row() -> None:
    breaker = Breaker(threshold=2)
    for _ in range(3):
        breaker.failed()
        breaker.succeeded()
        breaker.check()
    breaker.failed()
    breaker.failed()
    with pytest.raises(ProviderRetryable):
        breaker.check()


FORBIDDEN = (
    "http://93.184.216.34/", "ftp://93.184.216.34/", "gopher://93.184.216.34/", "file:///etc/passwd", "//93.184.216.34/",
    "https://user@93.184.216.34/", "https://user:pw@93.184.216.34/", "https://@93.184.216.34/", "https:///x", "https://93.184.216.34:99999/",
    "https://127.0.0.1/", "https://127.1/", "https://127.255.255.254/", "https://0.0.0.0/", "https://0/", "https://2130706433/",
    "https://0177.0.0.1/", "https://0x7f000001/", "https://0x7f.1/", "https://localhost/", "https://10.0.0.1/", "https://172.16.0.1/",
    "https://172.31.255.255/", "https://192.168.0.1/", "https://169.254.169.254/latest/meta-data/", "https://100.64.0.1/",
    "https://192.0.0.1/", "https://192.0.2.1/", "https://198.18.0.1/", "https://198.51.100.1/", "https://203.0.113.1/",
    "https://224.0.0.1/", "https://239.255.255.255/", "https://240.0.0.1/", "https://255.255.255.255/",
    "https://[::]/", "https://[::1]/", "https://[::127.0.0.1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/",
    "https://[::ffff:93.184.216.34]/", "https://[64:ff9b::7f00:1]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[2002:7f00:1::]/",
    "https://[2001::1]/", "https://[2001:db8::1]/", "https://[fc00::1]/", "https://[fd00::1]/", "https://[fe80::1]/", "https://[fec0::1]/", "https://[ff02::1]/",
)  # fmt: skip


@pytest.mark.parametrize("url", FORBIDDEN)
def test_address_that_is_not_public_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        public_address(url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://93.184.216.34/", "93.184.216.34"),
        ("https://93.184.216.34:8443/hook?x=1", "93.184.216.34"),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]/", "2606:2800:220:1:248:1893:25c8:1946"),
    ],
)
def test_public_address_is_let_through(url: str, address: str) -> None:
    assert public_address(url) == address


class Resolver:
    """A name server that says something else each time."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked += 1
        return [(None, None, None, "", (one, port)) for one in self.answers.pop(0)]


def _sent(monkeypatch: pytest.MonkeyPatch, resolver: Resolver) -> tuple[Any, list[httpx.Request]]:
    monkeypatch.setattr(http_client.socket, "getaddrinfo", resolver)
    wire: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        wire.append(request)
        return httpx.Response(200)

    client = OutgoingClient(
        base_url="https://hooks.example:8443/in", transport=httpx.MockTransport(answer)
    )
    return client, wire


def test_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver = Resolver(["93.184.216.34", "93.184.216.35"])
    client, wire = _sent(monkeypatch, resolver)

    client.request("POST", "/orders", content=b"{}")

    (request,) = wire
    assert str(request.url) == "https://93.184.216.34:8443/in/orders"
    assert request.headers["Host"] == "hooks.example:8443"
    assert request.extensions["sni_hostname"] == "hooks.example"
    assert resolver.asked == 1


def test_name_that_turns_inward_later_is_refused_without_a_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, wire = _sent(monkeypatch, Resolver(["93.184.216.34"], ["127.0.0.1"]))

    client.request("GET", "/")
    with pytest.raises(ForbiddenAddress):
        client.request("GET", "/")
    assert len(wire) == 1


def test_name_with_one_inner_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, wire = _sent(monkeypatch, Resolver(["93.184.216.34", "10.0.0.1"]))

    with pytest.raises(ForbiddenAddress):
        client.request("GET", "/")
    assert wire == []


def test_unknown_name_is_retryable(monkeypatch: pytest.MonkeyPatch, naps: list[float]) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("Name or service not known")

    client, wire = _sent(monkeypatch, Resolver())
    monkeypatch.setattr(http_client.socket, "getaddrinfo", unknown)
    with pytest.raises(ProviderRetryable):
        client.request("GET", "/")
    assert (wire, naps) == ([], [0.5, 1.0])
