"""Audit and seals: what was noted cannot be changed, and whoever changes it all the same is found."""

import threading
from uuid import UUID

import psycopg
import pytest
import structlog
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections, transaction

from apps.core.models import AuditEntry, Seal
from apps.core.services import audit, seals
from apps.core.services.seals import AUDIT, GENESIS, first_broken_seal, seal
from apps.core.tasks import seal_audit
from apps.core.tests.roles import connect
from apps.core.viewer import SYSTEM, Viewer

KEY = UUID("0195f4a0-0000-7000-8000-000000000001")
TABLES = ("core_auditentry", "core_seal")
DENIED = "42501"


def _record(count: int = 1) -> list[AuditEntry]:
    return [
        audit.record(
            actor=SYSTEM, action="test.done", target_type="thing", target_id=number, reason="r"
        )
        for number in range(count)
    ]


@pytest.mark.django_db
def test_entry_says_who_did_what_to_what_from_where() -> None:
    with structlog.contextvars.bound_contextvars(request_id="request-0001", ip="203.0.113.9"):
        entry = audit.record(
            actor=Viewer(user_id=KEY, label="Nodira"),
            action="orders.cancelled",
            target_type="order",
            target_id=KEY,
            before={"status": "PAID"},
            after={"status": "CANCELLED"},
            reason="asked",
        )

    entry.refresh_from_db()
    assert (entry.area, entry.action, entry.target_type, entry.target_id) == (
        "orders",
        "orders.cancelled",
        "order",
        str(KEY),
    )
    assert (entry.actor_id, entry.actor_label) == (KEY, "Nodira")
    assert (entry.before, entry.after) == ({"status": "PAID"}, {"status": "CANCELLED"})
    assert (entry.ip, entry.request_id, entry.reason) == ("203.0.113.9", "request-0001", "asked")


def test_entry_of_a_rolled_back_deed_is_not_there(committed_db: None) -> None:
    with transaction.atomic():
        _record()
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_change_of_a_sealed_table_is_refused_to_both_roles(
    committed_db: None, alias: str, table: str, statement: str
) -> None:
    """The application lacks the right; the owner, who has every right, meets the trigger."""
    _record()
    seal_audit()
    reason = "permission denied" if alias == "default" else "append-only"

    with connect(alias) as connection, pytest.raises(psycopg.Error, match=reason) as refused:
        connection.execute(statement.format(table))

    assert refused.value.sqlstate == DENIED
    assert (AuditEntry.objects.count(), Seal.objects.count()) == (1, 1)


def test_seals_cover_every_entry_once_in_a_chain(committed_db: None) -> None:
    ids = []
    for count in (3, 1, 2):
        ids.append([entry.id for entry in _record(count)])
        seal_audit()
    seal_audit()  # nothing new: no seal

    chain = list(Seal.objects.order_by("number"))
    assert [(s.number, s.from_id, s.to_id, s.row_count) for s in chain] == [
        (1, 1, ids[0][-1], 3),
        (2, ids[1][0], ids[1][-1], 1),
        (3, ids[2][0], ids[2][-1], 2),
    ]
    hashes = [GENESIS, *(bytes(s.hash) for s in chain)]
    assert [bytes(s.previous_hash) for s in chain] == hashes[:-1]
    assert len(set(hashes)) == 4
    assert first_broken_seal(AUDIT) is None


def test_long_journal_is_sealed_in_batches(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seals, "BATCH", 2)
    _record(5)

    for _ in range(4):
        seal(AUDIT)

    assert list(Seal.objects.order_by("number").values_list("row_count", flat=True)) == [2, 2, 1]


def _seal_beside_a_slow_writer() -> int:
    """Seal while an entry that has its number is not committed; return how many rows were sealed."""
    has_written, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            _record()
            has_written.set()
            may_commit.wait(timeout=20)
        connections.close_all()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    assert has_written.wait(timeout=20)
    _record()
    threading.Timer(0.3, may_commit.set).start()
    made = seal(AUDIT)
    may_commit.set()
    writer.join(timeout=20)
    assert made is not None
    return made.row_count


def test_entry_committed_late_is_waited_for_and_sealed(committed_db: None) -> None:
    assert _seal_beside_a_slow_writer() == 2
    assert first_broken_seal(AUDIT) is None


def test_without_the_wait_a_late_entry_slips_under_the_seal(
    committed_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what is there now is taken for settled."""
    monkeypatch.setattr(seals, "_settled_id", lambda _journal: AuditEntry.objects.latest("id").id)

    assert _seal_beside_a_slow_writer() == 1
    assert first_broken_seal(AUDIT) is not None


# Three seals of three entries: ids 1 to 3, 5 to 7 (4 was drawn and rolled back), 8 to 10.
_PUT_IN = (
    "INSERT INTO core_auditentry (id, area, action, actor_label, target_type, target_id, reason,"
    " request_id) VALUES ({}, 'test', 'test.done', 'system', 'thing', '9', '', '')"
)
_SWAP = (
    "UPDATE core_auditentry SET id = 99 WHERE id = 5; UPDATE core_auditentry SET id = 5 WHERE id = 6;"
    " UPDATE core_auditentry SET id = 6 WHERE id = 99"
)
TAMPERINGS = {
    "an entry is edited": ("UPDATE core_auditentry SET reason = 'other' WHERE id = 6", 2),
    "an entry is moved in time": (
        "UPDATE core_auditentry SET at = at + interval '1s' WHERE id = 1",
        1,
    ),
    "an entry is deleted": ("DELETE FROM core_auditentry WHERE id = 6", 2),
    "the tail is cut": ("DELETE FROM core_auditentry WHERE id > 8", 3),
    "two entries change places": (_SWAP, 2),
    "an entry is put into a gap": (_PUT_IN.format(4), 2),
    "an entry is put before all": (_PUT_IN.format(0), 1),
    "a hash is swapped": ("UPDATE core_seal SET hash = previous_hash WHERE number = 2", 2),
    "a seal is taken out": ("DELETE FROM core_seal WHERE number = 2", 3),
    "a seal is narrowed": ("UPDATE core_seal SET from_id = 6 WHERE number = 2", 2),
    "the chain begins anew in the middle": (
        "UPDATE core_seal SET previous_hash = decode(repeat('00', 32), 'hex') WHERE number = 2",
        2,
    ),
}


def _three_seals() -> None:
    for is_gap_before in (False, True, False):
        if is_gap_before:
            with transaction.atomic():
                _record()
                transaction.set_rollback(True)
        _record(3)
        seal(AUDIT)


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_below_the_triggers_is_found_at_the_first_broken_seal(
    committed_db: None, name: str
) -> None:
    _three_seals()
    assert first_broken_seal(AUDIT) is None
    statement, number = TAMPERINGS[name]

    with connect("owner") as dba:
        dba.execute("SET session_replication_role = replica")
        dba.execute(statement)

    broken = first_broken_seal(AUDIT)
    assert broken is not None
    assert broken.number == number


def test_verify_names_the_journal_the_seal_and_its_rows(
    committed_db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    _three_seals()
    with connect("owner") as dba:
        dba.execute("SET session_replication_role = replica")
        dba.execute(TAMPERINGS["an entry is deleted"][0])

    with pytest.raises(CommandError):
        call_command("verify_invariants")

    assert capsys.readouterr().err == "seal of audit broken: number 2, rows 4 to 7\n"
