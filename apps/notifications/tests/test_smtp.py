"""Letters over a real mail server: one connection for several, a new one where the old one cannot be used."""

import asyncio
import select
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import EmailMessage

from apps.notifications import smtp
from marketplace.local_stack.children import free_port

REFUSED = "nobody@refused.example"


class Post:
    """Takes letters and counts who came."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, bytes]] = []
        self.sessions: list[SMTP] = []
        self.loop: asyncio.AbstractEventLoop | None = None

    async def handle_EHLO(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        self.sessions.append(server)
        session.host_name = hostname
        return answers

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address == REFUSED:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.letters += [(to, bytes(envelope.content or b"")) for to in envelope.rcpt_tos]
        return "250 OK"


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    post = Post()
    port = free_port(0)
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAILERS = {
        "default": {
            "BACKEND": "apps.notifications.smtp.KeptConnectionBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port, "timeout": 5},
        }
    }
    post.loop = controller.loop
    yield post
    smtp.close_kept()
    controller.stop()


def send(to: str = "aziza@people.example", subject: str = "Hello") -> None:
    EmailMessage(subject, "Text", "shop@karvon.example", [to]).send()


def test_letters_share_a_connection(post: Post) -> None:
    for number in range(3):
        send(subject=f"Letter {number}")

    assert [to for to, _content in post.letters] == ["aziza@people.example"] * 3
    for number, (_to, content) in enumerate(post.letters):
        assert f"Letter {number}".encode() in content
    assert len(post.sessions) == 1


def test_server_that_hung_up_is_called_again(post: Post) -> None:
    send()
    hang_up(post)
    send()

    assert len(post.letters) == 2
    assert len(post.sessions) == 2


def test_old_connection_is_left(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    send()
    monkeypatch.setattr(smtp, "KEEP_SECONDS", -1)
    send()

    assert len(post.letters) == len(post.sessions) == 2


def test_refused_letter_is_told_and_spoils_nothing(post: Post) -> None:
    send()
    with pytest.raises(OSError, match="no such mailbox"):
        send(REFUSED)
    send()

    assert len(post.letters) == 2
    assert len(post.sessions) == 2


def test_connection_is_of_its_thread(post: Post) -> None:
    send()

    def send_and_leave() -> None:
        send()
        smtp.close_kept()

    thread = threading.Thread(target=send_and_leave)
    thread.start()
    thread.join()
    send()

    assert len(post.letters) == 3
    assert len(post.sessions) == 2


def hang_up(post: Post) -> None:
    """End the last connection from the server's side, as servers do with a silent client."""
    assert post.loop is not None
    connection = smtp._kept.connection
    assert connection is not None
    assert connection.sock is not None
    post.loop.call_soon_threadsafe(post.sessions[-1].transport.close)
    select.select([connection.sock], [], [], 5)
