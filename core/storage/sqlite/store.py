"""The whole storage port on one SQLite file."""

import asyncio
import sqlite3
import time
from pathlib import Path

from core.errors import ConfigurationError, SealBroken, StorageUnavailable
from core.sealing import Vault
from core.storage.records import ACCOUNTS_SUBJECT, Codec
from core.storage.sqlite.accounts import AccountsPart
from core.storage.sqlite.audit import AuditPart
from core.storage.sqlite.backups import BackupsPart, sweep_restore
from core.storage.sqlite.documents import DocumentsPart
from core.storage.sqlite.engine import Engine
from core.storage.sqlite.figures import FiguresPart
from core.storage.sqlite.files import Folder
from core.storage.sqlite.holdings import HoldingsPart
from core.storage.sqlite.inbox import InboxPart
from core.storage.sqlite.keyring import KeyRingPart
from core.storage.sqlite.presence import PresencePart
from core.storage.sqlite.retention import RetentionPart
from core.storage.sqlite.rows import Keys
from core.storage.sqlite.schema import Connect, connect, migrate
from core.storage.sqlite.worklist import WorkPart

# What no waiting mends: a wrong path, a file that is something else.
_HOPELESS = {"SQLITE_CANTOPEN", "SQLITE_NOTADB", "SQLITE_READONLY"}

# Several processes may start together on a new file; SQLite does not wait for all of its locks.
_OPEN_TRIES = 50
_OPEN_PAUSE = 0.1

IS_THERE = "SELECT 1 FROM conversations WHERE id = ?"

# `check` needs room for more than any one step of keeping a message does.
_FILLER_BYTES = 64 * 1024


class SqliteStore(
    InboxPart,
    WorkPart,
    BackupsPart,
    RetentionPart,
    HoldingsPart,
    KeyRingPart,
    AccountsPart,
    PresencePart,
    DocumentsPart,
    AuditPart,
    FiguresPart,
):
    """See `core.ports.Store`. Several processes of one machine may share the file.

    The file must be on a local disk: SQLite's locks do not hold over a network. What people sent
    lies in a folder beside it.
    """

    def __init__(self, path: Path, vault: Vault, *, connect: Connect = connect) -> None:
        super().__init__(Codec(vault), Keys(vault))
        self._path = Path(path)
        self._files = Folder(self._path.with_name(f"{self._path.name}.files"))
        self._connect = connect

    async def open(self) -> None:
        """See `core.ports.Store`. Does nothing on an open store."""
        if self._engine is None:
            connection = await asyncio.to_thread(self._prepare)
            engine = Engine(self._path, self._connect)
            engine.start(connection)
            self._engine = engine

    def _prepare(self) -> sqlite3.Connection:
        """The first connection, on a file with today's schema and a key that opens."""
        for left in reversed(range(_OPEN_TRIES)):
            try:
                sweep_restore(self._path)
                return self._migrated()
            except OSError as error:
                raise ConfigurationError(
                    "RELAIS_DATABASE_URL: the database file cannot be opened or made."
                ) from error
            except sqlite3.Error as error:
                name = getattr(error, "sqlite_errorname", "")
                if any(name.startswith(hopeless) for hopeless in _HOPELESS):
                    raise ConfigurationError(
                        "RELAIS_DATABASE_URL: this is no database that can be written."
                    ) from error
                if not left or not name.startswith("SQLITE_BUSY"):
                    raise StorageUnavailable from error
            time.sleep(_OPEN_PAUSE)
        raise AssertionError("the last try returns or raises")

    def _migrated(self) -> sqlite3.Connection:
        connection = self._connect(self._path)
        try:
            migrate(connection)
            self._prove_key(connection)
            self._sweep(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prove_key(self, connection: sqlite3.Connection) -> None:
        """Make root and accounts' key at the first start; later, prove that they still open."""
        connection.execute("BEGIN IMMEDIATE")
        known = connection.execute(
            "SELECT 1 FROM data_keys WHERE subject = ?", (ACCOUNTS_SUBJECT,)
        ).fetchone()
        try:
            self._keys.adopt_root(connection, of_old=known is not None)
            if known is None:
                self._keys.created(connection, ACCOUNTS_SUBJECT)
            self._keys.stored(connection, ACCOUNTS_SUBJECT)
        except SealBroken:
            raise ConfigurationError(
                "RELAIS_MASTER_KEY does not open what this database holds."
            ) from None
        connection.execute("COMMIT")

    def _sweep(self, connection: sqlite3.Connection) -> None:
        """Remove files of conversations that are gone: an erasure was cut short."""

        def is_there(conversation_id: str) -> bool:
            row = connection.execute(IS_THERE, (conversation_id,)).fetchone()
            return row is not None

        # Beside a database without any conversation they are more likely another one's.
        if connection.execute("SELECT 1 FROM conversations LIMIT 1").fetchone():
            self._files.sweep(is_there)

    async def close(self) -> None:
        """See `core.ports.Store`. Writes that were begun are finished first."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.stop()

    async def check(self) -> None:
        """See `core.ports.Store`."""

        def operation(connection: sqlite3.Connection) -> None:
            beat = connection.execute(
                "INSERT INTO pulse (filler) VALUES (zeroblob(?))", (_FILLER_BYTES,)
            ).lastrowid
            # The row before, or this write would find its own old place free.
            connection.execute("DELETE FROM pulse WHERE beat < ?", (beat,))

        await self._write(operation)
