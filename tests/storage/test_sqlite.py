"""What SQLite alone must show: crashes, a full disk, query plans, old and new files."""

import asyncio
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest

from core.conversation import Conversation
from core.errors import ConfigurationError, NotFound, StorageUnavailable
from core.ids import AttachmentId, ConversationId
from core.ports import Change, Store
from core.sealing import Vault
from core.storage.sqlite import SqliteStore
from core.storage.sqlite.schema import MIGRATIONS, connect, migrate
from core.work import ORDINARY
from gateway.privacy.rotation import rotate
from tests.builders import NOON, a_contact, a_conversation, a_listener, a_vault, an_event, at
from tests.storage.workload import first_release, still_works, use_everything

ROOT = Path(__file__).parents[2]
PICTURE = AttachmentId("picture")


@asynccontextmanager
async def opened(
    path: Path, factory: type[sqlite3.Connection] = sqlite3.Connection
) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path, a_vault(), connect=partial(connect, factory=factory))
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def accept(store: Store, event_id: str, text: str = "bonjour") -> bool:
    """Whether the event was new."""
    event = an_event(event_id, text=text)
    (accepted,) = await store.accept_events([event], now=NOON, priority=ORDINARY)
    return not accepted.duplicate


async def test_a_rotation_leaves_nothing_that_the_old_master_key_opens(tmp_path: Path) -> None:
    """Not in SQLite's log either, where pages that were overwritten live on."""
    old, new = bytes(range(32)), bytes([7]) * 32
    running = SqliteStore(tmp_path / "relais.db", Vault({1: old}))
    store = SqliteStore(tmp_path / "relais.db", Vault({2: new, 1: old}))
    await running.open()
    await accept(running, "one")
    wrapped: list[bytes] = []
    await running.dump_keys(lambda _, content: wrapped.append(content[-62:]))
    assert all(one.startswith(b"\0\1") for one in wrapped)

    def on_disk() -> list[bytes]:
        stored = b"".join(one.read_bytes() for one in tmp_path.iterdir())
        return [one for one in wrapped if one in stored]

    assert on_disk() == wrapped
    # A gateway that goes on keeps the log from being folded into the file.
    await store.open()
    await rotate(store)
    assert on_disk() == []
    await store.close()
    await running.close()


# Crashes.


async def test_nothing_acknowledged_is_lost_when_two_processes_are_killed(tmp_path: Path) -> None:
    path = tmp_path / "relais.db"
    acknowledged: set[tuple[str, str]] = set()
    for cycle in range(6):
        writers = [_writer(path, f"{cycle}{name}") for name in "ab"]
        for number, writer in enumerate(writers):
            assert writer.stdout is not None
            # Killed at another point of its work each time, and the second after the first.
            for _, line in zip(range(40 + 37 * cycle + 11 * number), writer.stdout, strict=False):
                acknowledged.add(_acknowledged(line))
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
        for writer in writers:
            assert writer.wait() == -signal.SIGKILL
            assert writer.stdout is not None
            with writer.stdout as rest:
                # The last line may be cut: then nobody was told.
                acknowledged |= {_acknowledged(one) for one in rest.read().split("\n")[:-1]}
        await _assert_kept(path, acknowledged)
    assert len(acknowledged) > 1_000


def _writer(path: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.writer", str(path), name],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def _acknowledged(line: str) -> tuple[str, str]:
    kind, identity = line.split()
    return kind, identity


async def _assert_kept(path: Path, acknowledged: Iterable[tuple[str, str]]) -> None:
    async with opened(path) as store:
        for kind, identity in acknowledged:
            if kind == "event":
                event = an_event(identity, sender=identity)
                (answer,) = await store.accept_events([event], now=NOON, priority=ORDINARY)
                assert answer.duplicate
            else:
                conversation_id = ConversationId(identity)
                assert (await store.conversation(conversation_id)).id == identity
                assert len(await store.messages(conversation_id)) == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        # A consumed event and its conversation were written together or not at all.
        (done,) = connection.execute("SELECT count(*) FROM events WHERE body IS NULL").fetchone()
        (begun,) = connection.execute("SELECT count(*) FROM conversations").fetchone()
        assert done == begun


async def test_a_visitor_process_leaves_the_log_to_those_who_write(tmp_path: Path) -> None:
    """`relais user add` beside a running gateway opens and closes the same file."""
    path = tmp_path / "relais.db"
    log = path.with_name("relais.db-wal")
    async with opened(path) as store:
        await accept(store, "before")
        # Readers connect when they are first needed, beside a writer that holds its locks.
        await asyncio.gather(*(store.queue_figures() for _ in range(8)))
        live = log.stat().st_ino
        visit = "import asyncio, pathlib, sys; from tests.storage.test_sqlite import visited; "
        visit += "asyncio.run(visited(pathlib.Path(sys.argv[1])))"
        visitor = await asyncio.create_subprocess_exec(
            sys.executable, "-c", visit, str(path), cwd=ROOT
        )
        assert await visitor.wait() == 0
        assert log.stat().st_ino == live, "the log was taken away under a running process"
        await accept(store, "after")
        with closing(sqlite3.connect(path)) as fresh:
            assert fresh.execute("SELECT count(*) FROM events").fetchone() == (3,)


async def visited(path: Path) -> None:
    """What a short-lived process does."""
    async with opened(path) as store:
        await accept(store, "visit")


async def test_every_connection_is_durable_and_forgets(tmp_path: Path) -> None:
    class Noted(sqlite3.Connection):
        made: ClassVar[list[sqlite3.Connection]] = []

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.made.append(self)

    async with opened(tmp_path / "relais.db", Noted) as store:
        await store.listeners()
        assert len(Noted.made) == 2
        for connection in Noted.made:
            values = [
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
            ]
            assert values == ["wal", 2, 1, 1]
        assert [one.execute("PRAGMA query_only").fetchone()[0] for one in Noted.made] == [0, 1]
    for file in tmp_path.iterdir():
        assert file.stat().st_mode & 0o077 == 0


# A database that cannot be written, and then can.


async def test_a_full_database_refuses_keeps_what_it_has_and_recovers(tmp_path: Path) -> None:
    class Limited(sqlite3.Connection):
        pages: ClassVar[int] = 1_000_000
        made: ClassVar[list[sqlite3.Connection]] = []

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.execute(f"PRAGMA max_page_count = {self.pages}")
            self.made.append(self)

        @classmethod
        def limit(cls, pages: int) -> None:
            cls.pages = pages
            for one in cls.made:
                try:
                    one.execute(f"PRAGMA max_page_count = {pages}")
                except sqlite3.ProgrammingError:
                    continue  # closed since

    def fill() -> None:
        Limited.limit(1)  # no less than what is used: no page more

    await _fills_and_recovers(
        tmp_path / "relais.db", Limited, fill, lambda: Limited.limit(1_000_000)
    )


async def test_a_full_disk_refuses_keeps_what_it_has_and_recovers(tmp_path: Path) -> None:
    path = tmp_path / "relais.db"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill() -> None:
        largest = max(file.stat().st_size for file in tmp_path.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + 50_000, before[1]))

    def empty() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    try:
        await _fills_and_recovers(path, sqlite3.Connection, fill, empty)
    finally:
        empty()


async def _fills_and_recovers(
    path: Path,
    factory: type[sqlite3.Connection],
    fill: Callable[[], None],
    empty: Callable[[], None],
) -> None:
    async with opened(path, factory) as store:
        kept = [f"before{n}" for n in range(20)]
        for event_id in kept:
            assert await accept(store, event_id)
        fill()
        refused: list[str] = []
        in_a_row = 0
        for n in range(5_000):
            outcomes = await asyncio.gather(
                *(accept(store, f"full{n}-{m}") for m in range(3)), return_exceptions=True
            )
            for m, outcome in enumerate(outcomes):
                assert outcome is True or isinstance(outcome, StorageUnavailable)
                (kept if outcome is True else refused).append(f"full{n}-{m}")
            in_a_row = 0 if True in outcomes else in_a_row + 1
            if in_a_row == 10:
                break
        assert in_a_row == 10
        with pytest.raises(StorageUnavailable):
            await store.check()
        # What was kept can still be read meanwhile.
        contact = await store.find_contact("web", "site", "visitor")
        assert contact is not None
        pending = await store.pending_events(contact.id, limit=10_000)
        assert [one.event.event_id for one in pending] == kept

        empty()
        await store.check()
        for event_id in refused:
            assert await accept(store, event_id)
        for event_id in kept:
            assert not await accept(store, event_id)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_database_locked_too_long_is_unavailable_and_then_recovers(tmp_path: Path) -> None:
    class Hasty(sqlite3.Connection):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **(options | {"timeout": 0.05}))

    path = tmp_path / "relais.db"
    async with opened(path, Hasty) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StorageUnavailable):
                await accept(store, "e1")
            assert not await store.listeners()  # readers never wait for a writer
            other.execute("ROLLBACK")
        assert await accept(store, "e1")


async def test_a_failing_commit_tells_everyone_and_keeps_nothing(tmp_path: Path) -> None:
    class Failing(sqlite3.Connection):
        fail: ClassVar[bool] = False

        def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
            if self.fail and sql == "COMMIT":
                raise sqlite3.OperationalError
            return super().execute(sql, *arguments)

    async with opened(tmp_path / "relais.db", Failing) as store:
        Failing.fail = True
        outcomes = await asyncio.gather(
            *(accept(store, f"e{n}") for n in range(20)), return_exceptions=True
        )
        assert {type(one) for one in outcomes} == {StorageUnavailable}
        Failing.fail = False
        assert await asyncio.gather(*(accept(store, f"e{n}") for n in range(20))) == [True] * 20


# Callers that misbehave.


async def test_a_caller_that_gives_up_disturbs_nobody(tmp_path: Path) -> None:
    async with opened(tmp_path / "relais.db") as store:
        tasks = [asyncio.ensure_future(accept(store, f"e{n}")) for n in range(40)]
        await asyncio.sleep(0)
        for task in tasks[::2]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert outcomes[1::2] == [True] * 20
        assert await accept(store, "later")


async def test_a_value_that_cannot_be_kept_is_its_callers_error_alone(tmp_path: Path) -> None:
    async with opened(tmp_path / "relais.db") as store:
        outcomes = await asyncio.gather(
            accept(store, "e1"),
            accept(store, "e2", "\ud83d"),  # half of an emoji: no UTF-8 says it
            accept(store, "e3"),
            return_exceptions=True,
        )
        assert (outcomes[0], outcomes[2]) == (True, True)
        assert isinstance(outcomes[1], Exception)
        assert not isinstance(outcomes[1], StorageUnavailable)


# Plans.


async def test_no_query_reads_or_sorts_a_whole_table(tmp_path: Path) -> None:
    class Recording(sqlite3.Connection):
        seen: ClassVar[set[str]] = set()

        def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
            self.seen.add(sql)
            return super().execute(sql, *arguments)

        def executemany(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
            self.seen.add(sql)
            return super().executemany(sql, *arguments)

    path = tmp_path / "relais.db"
    async with opened(path, Recording) as store:
        Recording.seen.clear()
        await use_everything(store)
        await store.listeners()
    plans: dict[str, list[str]] = {}
    with closing(sqlite3.connect(path)) as connection:
        for sql in Recording.seen:
            if sql.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                plans[sql] = _plan(connection, sql)
    assert len(plans) > 35
    # All accounts, a few dozen rows: the one list that is meant whole.
    slow = {sql: plan for sql, plan in plans.items() if "ORDER BY listeners.created_at" not in sql}
    for sql, plan in slow.items():
        assert not [line for line in plan if "SCAN" in line or "TEMP B-TREE" in line], (sql, plan)


def _plan(connection: sqlite3.Connection, sql: str) -> list[str]:
    numbers = [int(part[0]) for part in sql.split("?")[1:] if part[:1].isdigit()]
    count = max(numbers) if numbers else sql.count("?")
    rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", (None,) * count).fetchall()
    return [row[-1] for row in rows]


# Files from before and after, and files that are something else.


async def test_a_database_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "relais.db"
    async with opened(path) as store:
        await store.add_listener(a_listener("camille"))
    newer = len(MIGRATIONS) + 1
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {newer}")
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="RELAIS_DATABASE_URL"):
        await SqliteStore(path, a_vault()).open()
    assert path.read_bytes() == before


async def test_an_older_database_is_brought_up_to_date_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "relais.db"
    async with opened(path) as store:
        await store.add_listener(a_listener("camille"))
    broken = (*MIGRATIONS, ("CREATE TABLE more (id TEXT) STRICT", "CREATE TABLE more (id TEXT)"))
    with closing(connect(path)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, broken)
        tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'more'"
        assert connection.execute(tables).fetchone() == (0,)
        migrate(connection, (*MIGRATIONS, ("CREATE TABLE more (id TEXT) STRICT",)))
        assert connection.execute(tables).fetchone() == (1,)
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
        assert connection.execute("SELECT count(*) FROM listeners").fetchone() == (1,)


async def test_a_database_of_the_first_release_is_brought_up_to_date(tmp_path: Path) -> None:
    path, old = tmp_path / "now.db", tmp_path / "old.db"
    async with opened(path) as store:
        _, answers = await first_release(store)
    with closing(connect(old)) as connection:
        migrate(connection, MIGRATIONS[:1])
        connection.execute("ATTACH DATABASE ? AS now", (str(path),))
        for table in ("data_keys", "contacts", "events", "conversations", "work"):
            had = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
            connection.execute(
                f"""INSERT OR REPLACE INTO main.{table} ({", ".join(had)})
                SELECT {", ".join(had)} FROM now.{table}"""
            )
        connection.execute(
            """INSERT INTO main.messages (id, conversation_id, seq, delivery, provider_ref, body)
            SELECT id, conversation_id, seq, delivery, ref, body
            FROM now.messages JOIN now.provider_refs ON message_id = id"""
        )
        before = connection.execute("SELECT seq FROM sqlite_sequence").fetchone()
    async with opened(old) as store:
        await still_works(store, answers)
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("SELECT seq FROM sqlite_sequence").fetchone() > before
        today = _schema(connection)
    with closing(sqlite3.connect(path)) as connection:
        assert _schema(connection) == today


def _schema(connection: sqlite3.Connection) -> list[tuple[str]]:
    return connection.execute("SELECT sql FROM sqlite_schema ORDER BY name").fetchall()


# Files beside the database.


async def kept_file(store: Store, name: str) -> Conversation:
    """A conversation with a picture."""
    conversation = a_conversation(await a_contact(store, name))
    await store.commit(Change(conversation=conversation), now=NOON)
    await store.put_file(conversation.id, PICTURE, b"image")
    return conversation


def files_of(folder: Path, conversation: Conversation) -> list[Path]:
    return list((folder / "relais.db.files" / conversation.id[:2] / conversation.id).iterdir())


async def test_a_file_is_its_owners_alone_and_leaves_no_passing_one(tmp_path: Path) -> None:
    async with opened(tmp_path / "relais.db") as store:
        conversation = await kept_file(store, "visitor")
        await store.put_file(conversation.id, PICTURE, b"another")
    (file,) = files_of(tmp_path, conversation)
    assert file.stat().st_mode & 0o777 == 0o600
    for folder in list(file.parents)[:3]:
        assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_file_that_cannot_be_written_is_refused_and_the_one_before_stays(
    tmp_path: Path,
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with opened(tmp_path / "relais.db") as store:
        conversation = await kept_file(store, "visitor")
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
        try:
            with pytest.raises(StorageUnavailable):
                await store.put_file(conversation.id, PICTURE, bytes(200_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert await store.file(conversation.id, PICTURE) == b"image"
        assert len(files_of(tmp_path, conversation)) == 1


async def test_a_file_that_comes_while_its_person_is_erased_does_not_stay(tmp_path: Path) -> None:
    async with opened(tmp_path / "relais.db") as store:
        for n in range(5):
            conversation = await kept_file(store, f"visitor{n}")
            puts = [
                store.put_file(conversation.id, AttachmentId(f"film{m}"), bytes(3_000_000))
                for m in range(3)
            ]
            *outcomes, erased = await asyncio.gather(
                *puts, store.erase_contact(conversation.contact_id), return_exceptions=True
            )
            assert erased is True
            for outcome in outcomes:
                assert outcome is None or isinstance(outcome, (NotFound, StorageUnavailable))
    left = [one for one in (tmp_path / "relais.db.files").rglob("*") if one.is_file()]
    assert left == []


async def test_files_of_conversations_that_are_gone_are_swept_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "relais.db"
    async with opened(path) as store:
        kept, lost = [await kept_file(store, name) for name in ("kept", "lost")]
    (file,) = files_of(tmp_path, kept)
    half, fresh = file.with_name("half.part"), file.with_name("fresh.part")
    for passing in (half, fresh):
        passing.write_bytes(b"ima")
    os.utime(half, (0, 0))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM conversations WHERE id = ?", (lost.id,))
    async with opened(path) as store:
        assert await store.file(kept.id, PICTURE) == b"image"
    assert set(files_of(tmp_path, kept)) == {file, fresh}
    assert not (tmp_path / "relais.db.files" / lost.id[:2] / lost.id).exists()


async def test_a_database_put_in_the_place_of_another_sweeps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "relais.db"
    async with opened(path) as store:
        conversation = await kept_file(store, "visitor")
    path.rename(tmp_path / "away.db")
    async with opened(path):
        pass
    (tmp_path / "away.db").replace(path)
    async with opened(path) as store:
        assert await store.file(conversation.id, PICTURE) == b"image"


async def test_an_erased_key_is_nowhere_in_the_files_of_a_running_store(tmp_path: Path) -> None:
    path = tmp_path / "relais.db"
    async with opened(path) as store:
        conversation = await kept_file(store, "visitor")
        with closing(sqlite3.connect(path)) as connection:
            query = "SELECT wrapped FROM data_keys WHERE subject NOT IN ('accounts', 'root')"
            keys = [wrapped for (wrapped,) in connection.execute(query)]
        assert len(keys) == 2
        assert any(keys[0] in one.read_bytes() for one in tmp_path.glob("relais.db*[!s]"))
        await asyncio.gather(*(store.queue_figures() for _ in range(8)))
        assert await store.erase_contact(conversation.contact_id)
        for file in tmp_path.glob("relais.db*[!s]"):
            assert not any(key in file.read_bytes() for key in keys), file.name


async def test_what_will_never_work_is_a_configuration_error(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("no database at all, and long enough to be read as a header, which it is not")
    for path in (other, tmp_path / "missing" / "relais.db", tmp_path):
        with pytest.raises(ConfigurationError, match="RELAIS_DATABASE_URL"):
            await SqliteStore(path, a_vault()).open()
    assert other.read_text().startswith("no database")


async def test_another_master_key_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "relais.db"
    async with opened(path):
        pass
    for keys in ({1: bytes(32)}, {2: bytes(range(32))}):
        with pytest.raises(ConfigurationError, match="RELAIS_MASTER_KEY"):
            await SqliteStore(path, Vault(keys)).open()


async def test_a_key_that_was_erased_opens_nothing_though_it_was_used(tmp_path: Path) -> None:
    path = tmp_path / "relais.db"
    async with opened(path) as store:
        await accept(store, "e1")
        contact = await store.find_contact("web", "site", "visitor")
        assert contact is not None
        with closing(sqlite3.connect(path)) as other, other:
            other.execute("DELETE FROM data_keys WHERE subject = ?", (contact.id,))
        with pytest.raises(Exception, match="does not open"):
            await store.contact(contact.id)
        with pytest.raises(Exception, match="does not open"):
            await accept(store, "e2")
        await store.add_listener(a_listener(created_at=at(1)))
