"""A copy is taken while messages flow, and brought back without whoever was erased since."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from core.conversation import Delivery, DeliveryStatus
from core.errors import ConfigurationError, NotFound
from core.events import InboundEvent
from core.labels import Role
from core.ports import Change, Store
from core.storage.mongo import backups as mongo_backups
from core.storage.sqlite.backups import load
from core.work import ORDINARY, Lane, Wake
from gateway.privacy import archive
from gateway.privacy.backup import KEPT, KEYS_FILE, backup, copies, last_copy_at, restore
from gateway.settings import ROOT, Settings
from gateway.stores import open_store, open_vault
from tests.builders import (
    LEASE,
    NOON,
    a_contact,
    a_conversation,
    a_listener,
    an_answer,
    an_event,
    at,
)
from tests.contracts.mongo_server import mongo_url
from tests.contracts.test_accounts import a_session
from tests.contracts.test_erasure import PICTURE, Person
from tests.contracts.test_joined_halves import a_call, a_chat, erased

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@dataclass
class Place:
    """A database that lives, one to restore into, and where copies go."""

    here: Settings
    there: Settings
    copies: Path

    async def store(self, settings: Settings) -> Store:
        store = open_store(settings)
        await store.open()
        return store

    async def copy(self, store: Store, now: float = 9) -> Path:
        # The store's own vault, as a command's or a gateway's is.
        vault = open_vault(self.here)
        keyed = open_store(self.here, vault)
        await keyed.open()
        path = await backup(store, vault, self.copies, now=at(now))
        await keyed.close()
        return path

    async def bring_back(self, data: Path, keys: Path | None = None) -> tuple[Store, int]:
        keys = keys or self.copies / KEYS_FILE
        held = await restore(self.there, data, keys, now=at(20))
        return await self.store(self.there), held


def settings_of(folder: Path, url: str = "") -> Settings:
    return Settings(
        data_dir=folder, master_key=SecretStr(KEY), database_url=SecretStr(url), _env_file=None
    )  # type: ignore[call-arg]


@pytest.fixture(params=["sqlite", "mongo"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    if request.param == "sqlite":
        here, there = settings_of(tmp_path / "here"), settings_of(tmp_path / "there")
        yield Place(here, there, tmp_path / "copies")
        return
    async with mongo_url() as one, mongo_url() as two:
        here, there = settings_of(tmp_path / "here", one), settings_of(tmp_path / "there", two)
        yield Place(here, there, tmp_path / "copies")


async def test_everything_comes_back_but_whoever_was_erased_since(place: Place) -> None:
    store = await place.store(place.here)
    left, gone = Person("left"), Person("gone")
    await left.write(store)
    await gone.write(store)
    camille = a_listener("camille")
    await store.add_listener(camille)
    session = a_session(camille.id)
    await store.add_session(session)
    await store.note_present(camille.id, now=NOON)
    await store.put_document("hours", "week", b"{}", version=0, now=NOON)
    data = await place.copy(store)
    await store.erase_contact(gone.contact.id)
    # The next copy replaces the keys; the data of before is what is left to restore from.
    await place.copy(store, now=10)
    await store.close()
    assert data in copies(place.copies)

    back, _ = await place.bring_back(data)
    assert all(await left.is_there(back))
    assert not any(await gone.is_there(back))
    assert await back.file(left.conversation.id, PICTURE) == b"image"
    assert await back.listener_by_login("camille")
    # A sign-in that was ended since must not hold again: everybody signs in anew.
    assert await back.session(session.token_hash) is None
    assert not await back.present(since=NOON)
    document = await back.document("hours", "week")
    assert document is not None
    assert document.body == b"{}"
    await back.verify_audit()
    # A webhook that is repeated brings the erased person back no more than before.
    (again,) = await back.accept_events([gone.pending], now=at(30), priority=ORDINARY)
    assert again.duplicate
    await back.close()


async def test_of_a_call_and_a_chat_that_were_joined_neither_comes_back(place: Place) -> None:
    store = await place.store(place.here)
    chat = await a_chat(store, Role.VICTIME_MINEURE)
    call = await a_call(store, chat, caller=Role.VICTIME_MINEURE)
    left = await a_chat(store, Role.VICTIME_MINEURE)
    data = await place.copy(store)
    assert await erased(store, chat)
    await place.copy(store, now=10)
    await store.close()

    back, _ = await place.bring_back(data)
    for one in (chat, call):
        with pytest.raises(NotFound):
            await back.conversation(one.id)
        with pytest.raises(NotFound):
            await back.contact(one.contact_id)
    assert (await back.conversation(left.id)).id == left.id
    await back.close()


async def test_no_key_is_ever_written_beside_the_data_that_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even for the moment in which a process can be killed: nobody would erase it there."""
    here = settings_of(tmp_path / "here")
    vault = open_vault(here)
    store = open_store(here, vault)
    await store.open()
    await Person("mine").write(store)
    keys: list[bytes] = []
    await store.dump_keys(lambda _, content: keys.append(content[-60:]))
    written: list[bytes] = []

    class Watched(sqlite3.Connection):
        def execute(self, *statement: Any) -> sqlite3.Cursor:
            done = super().execute(*statement)
            if not self.in_transaction:
                written.extend(one.read_bytes() for one in here.data_dir.glob(".copy-*/*"))
            return done

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Watched))
    await store.dump(lambda name, content: None)
    await store.close()
    assert any(b"audit_start" in one for one in written)
    assert not any(key in one for one in written for key in keys)


async def test_what_a_killed_process_left_of_a_copy_is_removed(tmp_path: Path) -> None:
    here, folder = settings_of(tmp_path / "here"), tmp_path / "copies"
    vault = open_vault(here)
    store = open_store(here, vault)
    await store.open()
    folder.mkdir()
    old = [
        folder / f".{KEYS_FILE}.0123abcd",
        folder / ".relais-20260101T000000Z.data.0123abcd",
        here.data_dir / ".copy-left" / "copy.db",
    ]
    written_now = folder / f".{KEYS_FILE}.89abcdef"
    (here.data_dir / ".copy-left").mkdir()
    for one in (*old, written_now):
        one.write_bytes(b"keys")
    for one in (*old, old[-1].parent):
        os.utime(one, (1, 1))
    await backup(store, vault, folder, now=at(9))
    await store.close()
    assert not any(one.exists() for one in (*old, old[-1].parent))
    # Another process may be at it.
    assert written_now.exists()


# Restores until most keys are in the file beside the database, and is killed there.
KILLED = """
import os, signal, sys
from pathlib import Path
from core.storage.sqlite import backups
from gateway.privacy import archive
from gateway.stores import open_vault
from tests.gateway.privacy.test_backup import settings_of

there, data, keys = map(Path, sys.argv[1:])
vault = open_vault(settings_of(there))

def until_killed(pieces):
    yield from pieces
    os.kill(os.getpid(), signal.SIGKILL)

there.mkdir()
pieces = archive.read(data, vault, kind="data"), archive.read(keys, vault, kind="keys")
backups._load(there / "relais.db", pieces[0], until_killed(pieces[1]))
"""


async def a_copy_of_mine(here: Settings, folder: Path) -> Path:
    """One person wrote, and then it was copied."""
    vault = open_vault(here)
    store = open_store(here, vault)
    await store.open()
    await Person("mine").write(store)
    data = await backup(store, vault, folder, now=at(9))
    await store.close()
    return data


async def killed_while_restoring(tmp_path: Path) -> tuple[Path, Path]:
    """A copy, and the folder in which its restore was killed."""
    there = tmp_path / "there"
    data = await a_copy_of_mine(settings_of(tmp_path / "here"), tmp_path / "copies")
    keys = data.with_name(KEYS_FILE)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(there), str(data), str(keys), cwd=ROOT
    )
    assert await process.wait() == -signal.SIGKILL
    assert {one.name for one in there.iterdir()} >= {"relais.db.coming", "relais.db.files"}
    return data, there


async def test_a_restore_that_was_killed_leaves_no_keys_to_the_next_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, there = await killed_while_restoring(tmp_path)
    store = open_store(settings_of(there))
    await store.open()
    assert {one.name for one in there.iterdir()} == {"relais.db", "relais.db-wal", "relais.db-shm"}
    assert "unfinished_restore_removed" in capsys.readouterr().out
    await store.close()


async def test_a_restore_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    data, there = await killed_while_restoring(tmp_path)
    settings = settings_of(there)
    await restore(settings, data, data.with_name(KEYS_FILE), now=at(20))
    store = open_store(settings)
    await store.open()
    assert await store.find_contact("web", "site", "mine") is not None
    assert not (there / "relais.db.coming").exists()
    await store.close()


async def test_nothing_starts_on_a_database_that_is_being_restored(tmp_path: Path) -> None:
    data, there = await killed_while_restoring(tmp_path)
    vault = open_vault(settings_of(there))
    refused: list[str] = []

    def looked_at(pieces: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
        yield from pieces
        # In another thread, as in another process, while this one restores.
        try:
            asyncio.run(open_store(settings_of(there)).open())
        except ConfigurationError as error:
            refused.append(str(error))

    keys = archive.read(data.with_name(KEYS_FILE), vault, kind="keys")
    await load(there / "relais.db", archive.read(data, vault, kind="data"), looked_at(keys))
    assert len(refused) == 1
    assert "under way" in refused[0]
    assert (there / "relais.db").exists()


async def test_half_a_database_of_mongodb_is_opened_by_nothing(tmp_path: Path) -> None:
    async with mongo_url() as one, mongo_url() as two:
        here, there = settings_of(tmp_path / "here", one), settings_of(tmp_path / "there", two)
        data = await a_copy_of_mine(here, tmp_path / "copies")
        pieces = archive.read(data, open_vault(here), kind="data")

        def cut_short() -> Iterator[tuple[str, bytes]]:
            raise Killed
            yield

        with pytest.raises(Killed):
            await mongo_backups.load(two, pieces, cut_short())
        with pytest.raises(ConfigurationError, match="drop the database"):
            await open_store(there).open()
        with pytest.raises(ConfigurationError, match="drop it"):
            await restore(there, data, data.with_name(KEYS_FILE), now=at(20))


class Killed(Exception):
    """Where a process ends."""


async def test_the_data_alone_opens_nothing(place: Place) -> None:
    store = await place.store(place.here)
    await Person("mine").write(store)
    data = await place.copy(store)
    await store.close()
    raw = data.read_bytes()
    assert b"mine" not in raw
    pieces = archive.read(data, open_vault(place.here), kind="data")
    inside = b"".join(content for _, content in pieces)
    keys = b"".join(
        content
        for _, content in archive.read(
            place.copies / KEYS_FILE, open_vault(place.here), kind="keys"
        )
    )
    # Some wrapped key, as it is in the database: not in the half that is kept for long.
    assert keys[-60:-20] not in inside


async def test_a_copy_taken_while_messages_flow_is_one_moment(place: Place) -> None:
    store = await place.store(place.here)
    written: list[InboundEvent] = []

    async def write() -> None:
        while True:
            contact = await a_contact(store)
            conversation = a_conversation(contact)
            answers = tuple(an_answer(conversation, number) for number in range(1, 4))
            await store.commit(Change(conversation=conversation, messages=answers), now=NOON)
            written.append(an_event())

    async with asyncio.TaskGroup() as tasks:
        writing = [tasks.create_task(write()) for _ in range(3)]
        while len(written) < 10:
            await asyncio.sleep(0.01)
        before = len(written)
        data = await place.copy(store)
        for task in writing:
            task.cancel()
    await store.close()
    back, _ = await place.bring_back(data)
    found = [
        await back.messages(one.conversation_id)
        for one in await back.changed_since(at(-99), limit=9999)
    ]
    assert len(found) >= before
    assert {len(messages) for messages in found} == {3}
    await back.close()


async def test_what_waited_to_be_sent_is_held_until_somebody_looked(place: Place) -> None:
    store = await place.store(place.here)
    event = an_event(channel="whatsapp", account="1000", sender="336")
    await store.accept_events([event], now=NOON, priority=ORDINARY)
    contact = await store.find_contact("whatsapp", "1000", "336")
    assert contact is not None
    conversation = a_conversation(contact)
    queued = an_answer(conversation, 1)
    doubtful = an_answer(
        conversation, 2, delivery=Delivery(status=DeliveryStatus.UNKNOWN, error="timeout")
    )
    wake = Wake(Lane.DELIVERY, conversation.id, NOON)
    change = Change(conversation=conversation, messages=(queued, doubtful), wakes=(wake,))
    await store.commit(change, now=at(1))
    data = await place.copy(store)
    await store.close()

    back, held = await place.bring_back(data)
    assert held == 1
    assert await back.undelivered(conversation.id) == []
    shown = await back.message(queued.id)
    assert shown is not None
    assert shown.delivery is not None
    assert (shown.delivery.status, shown.delivery.error) == (DeliveryStatus.UNKNOWN, "restored")
    assert await back.release_outbox(now=at(30)) == 1
    # Not the one whose platform never answered: that is for a person.
    assert [one.id for one in await back.undelivered(conversation.id)] == [queued.id]
    leases = await back.claim_work(Lane.DELIVERY, now=at(31), lease_for=LEASE, limit=9)
    assert [lease.key for lease in leases] == [conversation.id]
    assert await back.release_outbox(now=at(32)) == 0
    await back.close()


async def test_a_database_that_is_there_is_left_alone(place: Place) -> None:
    store = await place.store(place.here)
    data = await place.copy(store)
    await store.close()
    other = await place.store(place.there)
    await other.add_listener(a_listener("zoe"))
    await other.close()
    with pytest.raises(ConfigurationError, match="RELAIS_DATABASE_URL"):
        await place.bring_back(data)
    other = await place.store(place.there)
    assert await other.listener_by_login("zoe")
    await other.close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw + b"\0",
        lambda raw: raw[:-40] + bytes([raw[-40] ^ 1]) + raw[-39:],
        lambda raw: b"",
        lambda raw: b"PK\3\4" + raw,
    ],
)
async def test_a_damaged_copy_is_refused_before_anything_is_changed(
    damage: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    place = Place(
        settings_of(tmp_path / "here"), settings_of(tmp_path / "there"), tmp_path / "copies"
    )
    store = await place.store(place.here)
    await Person("mine").write(store)
    data = await place.copy(store)
    await store.close()
    data.write_bytes(damage(data.read_bytes()))
    with pytest.raises(archive.CopyBroken):
        await place.bring_back(data)
    assert not (tmp_path / "there" / "relais.db").exists()
    with pytest.raises(archive.CopyBroken):  # the two halves are not each other
        await place.bring_back(place.copies / KEYS_FILE)


async def test_the_last_seven_are_kept_and_their_age_is_known(tmp_path: Path) -> None:
    place = Place(settings_of(tmp_path / "here"), settings_of(tmp_path), tmp_path / "copies")
    assert last_copy_at(place.copies) == 0
    store = await place.store(place.here)
    for number in range(KEPT + 2):
        newest = await place.copy(store, now=number)
    await store.close()
    assert len(copies(place.copies)) == KEPT
    assert copies(place.copies)[-1] == newest
    assert last_copy_at(place.copies) == newest.stat().st_mtime
    assert not list(place.copies.glob(".*"))
