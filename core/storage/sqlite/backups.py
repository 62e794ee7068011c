"""Copies of the database file, table by table, and of the folder beside it.

SQLite's own backup would write the data keys into the copy before they could be taken out again: a
process that is killed between the two leaves them on the disk, where no erasure finds them.
"""

import asyncio
import contextlib
import fcntl
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import structlog

from core.conversation import Delivery, DeliveryStatus
from core.errors import ConfigurationError, StorageUnavailable
from core.ports.backups import Write
from core.storage.progress import (
    held_by_restore,
    is_held_by_restore,
    may_go_out_twice,
    released,
)
from core.storage.records import QUEUED, UNCOPIED, document_subject
from core.storage.sqlite.conversations import CONVERSATION_BY_ID, MESSAGE_BY_ID
from core.storage.sqlite.files import in_thread
from core.storage.sqlite.outbox import OutboxPart
from core.storage.sqlite.schema import connect
from core.storage.sqlite.worklist import wish
from core.work import Lane, Wake

log = structlog.get_logger()

DATABASE, FILES, KEYS = "database", "files/", "keys"
Pieces: TypeAlias = Iterable[tuple[str, bytes]]

_CHUNK = 1 << 20
_SUBJECT_BYTES = 2
_PASSING = ".copy-"
# Nobody writes on it any more: it was left by a process that died.
_ABANDONED_SECONDS = 3600

_SCHEMA = """SELECT type, name, sql FROM live.sqlite_master
    WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type <> 'table'"""
# Which rows of a table are copied, where it is not all of them.
_COPIED = {"data_keys": "0", "documents": f"kind <> '{UNCOPIED}'"}

_WAITING = f"SELECT id FROM messages WHERE delivery = '{QUEUED}'"
_UNKNOWN = f"SELECT id FROM messages WHERE delivery = '{DeliveryStatus.UNKNOWN.value}'"

# What has no key was erased after the copy, or its time came: nobody shall find it again.
_KEYLESS = "NOT IN (SELECT subject FROM data_keys)"
_LOST_CONVERSATIONS = f"""SELECT id FROM conversations
    WHERE id {_KEYLESS} OR contact_id {_KEYLESS}"""
_LOST_MESSAGES = f"SELECT id FROM messages WHERE conversation_id IN ({_LOST_CONVERSATIONS})"
_FORGET = (
    f"DELETE FROM work WHERE key IN ({_LOST_MESSAGES} UNION {_LOST_CONVERSATIONS})",
    f"DELETE FROM work WHERE key IN (SELECT id FROM contacts WHERE id {_KEYLESS})",
    f"DELETE FROM provider_refs WHERE message_id IN ({_LOST_MESSAGES})",
    f"DELETE FROM messages WHERE conversation_id IN ({_LOST_CONVERSATIONS})",
    f"DELETE FROM conversations WHERE id IN ({_LOST_CONVERSATIONS})",
    f"DELETE FROM aliases WHERE contact_id {_KEYLESS}",
    f"""UPDATE events SET contact_id = NULL, state = 'done', body = NULL, tries = 0
        WHERE contact_id {_KEYLESS}""",
    f"DELETE FROM contacts WHERE id {_KEYLESS}",
    f"DELETE FROM documents WHERE 'document|' || kind || '|' || name {_KEYLESS}",
    # Everybody signs in again.
    "DELETE FROM sessions",
    "DELETE FROM presence",
)


class BackupsPart(OutboxPart):
    """See `core.ports.Backups`."""

    _path: Path

    async def dump(self, write: Write) -> None:
        """See `core.ports.Backups`."""
        try:
            await in_thread(lambda: self._dump(write))
        except sqlite3.Error as error:
            raise StorageUnavailable from error

    def _dump(self, write: Write) -> None:
        _sweep(self._path.parent)
        with tempfile.TemporaryDirectory(dir=self._path.parent, prefix=_PASSING) as folder:
            copy = Path(folder) / "copy.db"
            with closing(sqlite3.connect(copy, isolation_level=None)) as target:
                target.execute("ATTACH ? AS live", (str(self._path),))
                _copy(target)
            _write_file(write, DATABASE, copy)
        root = self._path.with_name(f"{self._path.name}.files")
        for path in sorted(root.glob("??/*/*")):
            # One that was dropped meanwhile is not missed.
            if path.suffix != ".part" and path.exists():
                _write_file(write, f"{FILES}{path.relative_to(root)}", path)

    async def dump_keys(self, write: Write) -> None:
        """See `core.ports.Backups`."""
        rows: list[tuple[str, bytes]] = await self._read(
            lambda connection: connection.execute("SELECT * FROM data_keys").fetchall()
        )
        for subject, wrapped in rows:
            if subject.startswith(document_subject(UNCOPIED, "")):
                continue
            name = subject.encode()
            write(KEYS, len(name).to_bytes(_SUBJECT_BYTES, "big") + name + wrapped)

    async def hold_outbox(self, *, now: datetime) -> int:
        """See `core.ports.Backups`."""
        return await self._redeliver(_WAITING, held_by_restore, now, hold=True)

    async def release_outbox(self, *, now: datetime) -> int:
        """See `core.ports.Backups`."""
        return await self._redeliver(_UNKNOWN, released, now, hold=False)

    async def _redeliver(
        self, which: str, change: Callable[[Delivery], Delivery], now: datetime, *, hold: bool
    ) -> int:
        def operation(connection: sqlite3.Connection) -> int:
            count = 0
            for (message_id,) in connection.execute(which).fetchall():
                row = connection.execute(MESSAGE_BY_ID, (message_id,)).fetchone()
                message = self._open_message(row)
                found = connection.execute(CONVERSATION_BY_ID, (message.conversation_id,))
                conversation = self._open_conversation(found.fetchone())
                wanted = may_go_out_twice(conversation) if hold else is_held_by_restore(message)
                if message.delivery is None or not wanted:
                    continue
                self._put_delivery(connection, message, change(message.delivery), row, now)
                if not hold:
                    wish(connection, [Wake(Lane.DELIVERY, conversation.id, now)])
                count += 1
            return count

        return await self._write(operation)


def _copy(target: sqlite3.Connection) -> None:
    """Make the copy from the attached `live`, as it is at one moment."""
    target.execute("BEGIN")
    for kind, name, statement in target.execute(_SCHEMA).fetchall():
        target.execute(statement)
        if kind == "table":
            which = _COPIED.get(name, "1")
            target.execute(f"INSERT INTO main.{name} SELECT * FROM live.{name} WHERE {which}")
    target.execute("DELETE FROM main.sqlite_sequence")
    target.execute("INSERT INTO main.sqlite_sequence SELECT * FROM live.sqlite_sequence")
    (version,) = target.execute("PRAGMA live.user_version").fetchone()
    target.execute(f"PRAGMA main.user_version = {version}")
    target.execute("COMMIT")


def _sweep(folder: Path) -> None:
    """Remove copies that were never finished."""
    for left in folder.glob(f"{_PASSING}*"):
        with contextlib.suppress(FileNotFoundError):
            touched = max(one.stat().st_mtime for one in (left, *left.glob("*")))
            if time.time() - touched > _ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


def _write_file(write: Write, name: str, path: Path) -> None:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            write(name, chunk)


async def load(path: Path, data: Pieces, keys: Pieces) -> None:
    """Make the database at `path` from a copy; who has no key (any more) is not in it.

    Raises ConfigurationError when something is there already, and leaves it alone.
    """
    await asyncio.to_thread(_load, path, data, keys)


def sweep_restore(path: Path) -> None:
    """Remove what a restore that was killed left beside the database at `path`: it holds data keys,
    which would outlive an erasure. Raises ConfigurationError while one is under way, and OSError.
    """
    coming, root = _coming(path), _root(path)
    if not coming.exists():
        return
    with _alone(coming):
        if not path.exists():
            # A restore begins only where no folder is: it made this one.
            shutil.rmtree(root, ignore_errors=True)
        # The file itself goes last: while it is there, this is done again.
        for suffix in ("-wal", "-shm", ""):
            coming.with_name(f"{coming.name}{suffix}").unlink(missing_ok=True)
    log.warning("unfinished_restore_removed")


def _load(path: Path, data: Pieces, keys: Pieces) -> None:
    sweep_restore(path)
    if path.exists() or _root(path).exists():
        raise ConfigurationError("RELAIS_DATABASE_URL: there is a database already; move it away.")
    coming = _coming(path)
    coming.touch(mode=0o600)
    with _alone(coming):
        _fill(coming, _root(path), data, keys)
        coming.rename(path)


@contextlib.contextmanager
def _alone(coming: Path) -> Iterator[None]:
    """No other process restores there meanwhile. Raises ConfigurationError."""
    with coming.open("rb") as file:
        try:
            # Let go with the process, however it ends; not of the kind of SQLite's own locks.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError("RELAIS_DATABASE_URL: a restore is under way there.") from None
        yield


def _coming(path: Path) -> Path:
    return path.with_name(f"{path.name}.coming")


def _root(path: Path) -> Path:
    return path.with_name(f"{path.name}.files")


def _fill(coming: Path, root: Path, data: Pieces, keys: Pieces) -> None:
    for name, content in data:
        target = coming
        if name != DATABASE:
            target = root / _inside(name)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("ab") as file:
            file.write(content)
        target.chmod(0o600)
    with closing(connect(coming)) as connection:
        connection.execute("BEGIN")
        for _, content in keys:
            size = int.from_bytes(content[:_SUBJECT_BYTES], "big")
            subject, wrapped = content[_SUBJECT_BYTES:][:size], content[_SUBJECT_BYTES + size :]
            connection.execute("INSERT INTO data_keys VALUES (?, ?)", (subject.decode(), wrapped))
        for statement in _FORGET:
            connection.execute(statement)
        connection.execute("COMMIT")


def _inside(name: str) -> Path:
    """A file's place below the folder; names in a copy are ours, and are not believed."""
    parts = Path(name.removeprefix(FILES)).parts
    if len(parts) != 3 or not all(part.isalnum() for part in parts):
        raise ConfigurationError("The copy holds a file where none belongs.")
    return Path(*parts)
