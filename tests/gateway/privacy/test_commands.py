"""`relais export` and `relais erase`, as people run them."""

import asyncio
import json
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from core.accounts import StaffRole
from core.audit import Entry, Verb
from core.conversation import Conversation
from core.errors import NotFound
from core.labels import Role
from core.ports import Store
from core.signalement.case import Case
from core.signalement.evidence import from_json
from core.storage.sqlite import SqliteStore
from gateway.settings import load_settings
from gateway.stores import open_vault
from handoff.signalement.archive import CASES
from tests.builders import a_listener, at
from tests.contracts.test_erasure import Person
from tests.contracts.test_joined_halves import a_call
from tests.gateway.privacy.people import with_a_picture
from tests.gateway.test_cli import relais


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with somebody in it."""
    folder = tmp_path / "data"
    monkeypatch.setenv("RELAIS_DATA_DIR", str(folder))
    _with_store(folder, lambda store: Person("mine").write(store))
    return folder


def _with_store(folder: Path, work: object) -> None:
    async def inside() -> None:
        settings = load_settings(None)
        store: Store = SqliteStore(folder / "relais.db", open_vault(settings))
        await store.open()
        await work(store)  # type: ignore[operator]
        await store.close()

    asyncio.run(inside())


def _conversations(folder: Path) -> list[Conversation]:
    found: list[Conversation] = []

    async def look(store: Store) -> None:
        contact = await store.find_contact("web", "site", "mine")
        if contact is not None:
            found.extend(await store.conversations_of(contact.id))

    _with_store(folder, look)
    return found


def test_a_person_is_exported_then_erased(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = relais("export", "web:mine", "--to", str(out), data=data)
    assert answer.returncode == 0
    assert "2 conversations, 3 messages" in answer.stdout
    reference = json.loads((out / "person.json").read_text())["conversations"][0]["id"]

    # Somebody in danger is not erased by an oversight, nor anybody without being asked for.
    answer = relais("erase", reference, "--yes", data=data)
    assert answer.returncode == 1
    assert "in danger" in answer.stderr
    answer = relais("erase", reference, "--even-now", data=data, said="n\n")
    assert answer.returncode == 1
    assert "web since 2026-03-02: 2 conversations" in answer.stdout
    assert len(_conversations(data)) == 2

    # Asked for, the name stays out of the shell's history.
    answer = relais("erase", "--even-now", data=data, said=f"{reference}\ny\n")
    assert answer.returncode == 0
    assert answer.stdout.endswith("Erased.\n")
    assert _conversations(data) == []
    answer = relais("erase", reference, "--yes", data=data)
    assert (answer.returncode, answer.stdout) == (0, "Nothing is held about this person.\n")
    answer = relais("export", "web:mine", data=data)
    assert answer.returncode == 1
    assert "Nothing is held" in answer.stderr


def test_what_the_log_still_holds_is_said_and_the_purge_takes_it(data: Path) -> None:
    log = data / "relais.db-wal"
    with closing(sqlite3.connect(data / "relais.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM messages").fetchone()
        answer = relais("erase", "web:mine", "--yes", "--even-now", data=data)
        assert answer.returncode == 0
        assert "Erased, but SQLite's log" in answer.stdout
        assert log.stat().st_size > 0
        assert "Not finished: SQLite's log" in relais("purge", data=data).stdout
        reader.execute("COMMIT")
        answer = relais("purge", data=data)
        assert "Not finished" not in answer.stdout
        assert log.stat().st_size == 0


def test_what_goes_with_a_person_is_said_and_so_is_what_stays(data: Path) -> None:
    halves: list[Conversation] = []
    entries: list[Entry] = []

    async def two_calls(store: Store) -> None:
        contact = await store.find_contact("web", "site", "mine")
        assert contact is not None
        old, latest = await store.conversations_of(contact.id)
        halves.append(await a_call(store, old, caller=None))
        halves.append(await a_call(store, latest, caller=Role.PARENT))
        case = {"id": "case0", "conversation_id": halves[0].id, "opened_at": "2026-03-02T12:00:00Z"}
        body = json.dumps(case).encode()
        await store.put_document("signalement", "case0", body, version=0, now=at(3))

    async def look(store: Store) -> None:
        entries.extend(await store.audit_entries(verb=Verb.PERSON_ERASED))
        for one in halves:
            with suppress(NotFound):
                left.append((await store.conversation(one.id)).id)

    left: list[str] = []
    _with_store(data, two_calls)
    hers = halves[1]
    answer = relais("erase", "web:mine", "--even-now", data=data, said="y\n")
    assert answer.returncode == 0
    assert "On web since 2026-03-02: 2 conversations." in answer.stdout
    assert "On telephone since 2026-03-02: 1 conversations." in answer.stdout
    assert "its own end or until the desk destroys it: case0" in answer.stdout
    assert f"If it is the same person's: relais erase {hers.id}" in answer.stdout
    _with_store(data, look)
    assert left == [hers.id]
    assert halves[0].contact_id in {one.object for one in entries}
    assert len(entries) == 2


def test_all_of_a_person_is_kept_for_a_judge(data: Path) -> None:
    cases: list[Case] = []

    async def given(store: Store) -> None:
        person = Person("judge")
        await person.write(store)
        await with_a_picture(store, person)
        await store.add_listener(a_listener("chief", role=StaffRole.SUPERVISOR))
        await store.add_listener(a_listener("anne"))

    async def look(store: Store) -> None:
        cases.extend(from_json(one.body) for one in await store.documents(CASES))

    _with_store(data, given)
    asked = ["signalement", "preserve", "web:judge", "--login"]
    said = "Parquet de Lyon, 26/123\n"
    for login in ("anne", "nobody"):
        answer = relais(*asked, login, data=data, said=said)
        assert (answer.returncode, "no supervisor" in answer.stderr) == (1, True)
    answer = relais(*asked, "chief", data=data, said=said)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "1 messages, 0 files" in answer.stdout
    assert "3 messages, 1 files" in answer.stdout
    # Asked twice, they are the same.
    assert relais(*asked, "chief", data=data, said=said).stdout == answer.stdout
    assert relais("erase", "web:judge", "--even-now", "--yes", data=data).returncode == 0
    _with_store(data, look)
    assert {one.id in answer.stdout for one in cases} == {True}
    assert [one.hold.reason for one in cases if one.hold] == ["Parquet de Lyon, 26/123"] * 2
