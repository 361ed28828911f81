"""Child processes that die with their parent, in a process group of their own."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

PORTS_TRIED = 20


def free_port(preferred: int = 0) -> int:
    """Return `preferred` where it is free, else a near one above it, else one that the kernel picks."""
    near = range(preferred, min(preferred + PORTS_TRIED, 65536)) if preferred else ()
    for port in (*near, 0):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free TCP port on 127.0.0.1")


def unprivileged(command: Sequence[str]) -> list[str]:
    """Wrap a command that refuses to run as root in a user namespace of its own.

    Inside, the process is nobody and still owns root's files, so no user is made and no folder opened.
    """
    if os.geteuid() != 0:
        return list(command)
    return ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--", *command]


def bound_to_parent(command: Sequence[str], *, when_parent_dies: str = "TERM") -> list[str]:
    """Prefix a command so that the kernel signals it when the parent goes."""
    if shutil.which("setpriv") is None:
        return list(command)
    return ["setpriv", f"--pdeathsig={when_parent_dies}", "--", *command]


def spawn(command: Sequence[str], *, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  the commands are our own
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes] | None, *, how: signal.Signals = signal.SIGTERM) -> None:
    """Ask the process to stop; after 15 seconds make it."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
