"""What the server remembers: objects, events, idempotency keys and what was really charged.

Invariant: every read and write happens under `lock`; with a file given, each change is on disk
before the answer leaves.
"""

import json
import secrets
import threading
import time
from pathlib import Path
from typing import Any

TABLES = (
    *("sessions", "intents", "charges", "refunds", "events", "keys", "transactions"),
    *("accounts", "links", "numbers", "transfers", "reversals", "payouts", "disputes"),
)


class Store:
    def __init__(self, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.clock_shift = 0
        self._file = file
        self.tables: dict[str, dict[str, Any]] = {name: {} for name in TABLES}
        if file and file.exists():
            self.tables |= json.loads(file.read_text(encoding="utf-8"))
        # A call that was cut off by the end of the process has no answer to replay.
        self.tables["keys"] = {
            key: row for key, row in self.tables["keys"].items() if not row["is_running"]
        }

    def __getattr__(self, name: str) -> dict[str, Any]:
        if name in TABLES:
            return self.tables[name]
        raise AttributeError(name)

    def now(self) -> int:
        return int(time.time()) + self.clock_shift

    def save(self) -> None:
        if self._file is None:
            return
        with self.lock:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            draft = self._file.with_suffix(".tmp")
            draft.write_text(json.dumps(self.tables, ensure_ascii=False), encoding="utf-8")
            draft.replace(self._file)

    def clear(self) -> None:
        with self.lock:
            for table in self.tables.values():
                table.clear()
            self.clock_shift = 0
            self.save()

    def record(self) -> dict[str, Any]:
        """Return what was really charged and refunded: the oracle of tests."""
        with self.lock:
            charged = [
                {
                    "payment_intent": charge["payment_intent"],
                    "amount": charge["amount_captured"],
                    "currency": charge["currency"],
                    "refunded": charge["amount_refunded"],
                    "metadata": self.intents[charge["payment_intent"]]["metadata"],
                }
                for charge in self.charges.values()
                if charge["captured"]
            ]
            return {
                "charges": charged,
                "refunds": list(self.refunds.values()),
                "transfers": list(self.transfers.values()),
                "payouts": list(self.payouts.values()),
                "disputes": list(self.disputes.values()),
                "sessions": list(self.sessions.values()),
                "events": list(self.events.values()),
            }


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"
