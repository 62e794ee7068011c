"""The tables, how they came to be, and the connections that open them.

A migration is never edited once released: a change of schema is a new entry at the end.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from core.errors import ConfigurationError

Connect: TypeAlias = Callable[[Path], sqlite3.Connection]

# STRICT tables came with 3.37.
_OLDEST_SQLITE = (3, 37, 0)

# How long a statement waits for another process that writes.
_BUSY_SECONDS = 5

_TABLES = (
    # Apart from what they seal, so that erasing a key is one row.
    """CREATE TABLE data_keys (
        subject TEXT PRIMARY KEY NOT NULL,
        wrapped BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE contacts (
        id TEXT PRIMARY KEY NOT NULL,
        ref TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT""",
    # `position` is the order of arrival. A consumed event keeps its ref and loses its body.
    """CREATE TABLE events (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        ref TEXT NOT NULL UNIQUE,
        contact_id TEXT NOT NULL REFERENCES contacts (id),
        received_at INTEGER NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'quarantined')),
        body BLOB,
        CHECK ((body IS NULL) = (state = 'done'))
    ) STRICT""",
    "CREATE INDEX events_pending ON events (contact_id, position) WHERE state = 'pending'",
    "CREATE INDEX events_quarantined ON events (position) WHERE state = 'quarantined'",
    "CREATE INDEX events_contact ON events (contact_id)",
    """CREATE TABLE conversations (
        id TEXT PRIMARY KEY NOT NULL,
        contact_id TEXT NOT NULL REFERENCES contacts (id),
        version INTEGER NOT NULL,
        is_open INTEGER NOT NULL,
        waiting INTEGER NOT NULL,
        urgency INTEGER NOT NULL,
        waiting_since INTEGER,
        listener_id TEXT,
        claimed_at INTEGER,
        danger_since INTEGER,
        first_seq INTEGER NOT NULL,
        opened_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT""",
    # One open conversation a contact: the rule lives here, whatever the processes do.
    "CREATE UNIQUE INDEX conversations_open ON conversations (contact_id) WHERE is_open = 1",
    """CREATE INDEX conversations_contact
        ON conversations (contact_id, is_open DESC, first_seq DESC)""",
    # In the queue's own order, so that a deep queue is read and never sorted.
    """CREATE INDEX conversations_waiting
        ON conversations (waiting, urgency DESC, waiting_since) WHERE waiting = 1""",
    """CREATE INDEX conversations_held
        ON conversations (listener_id, claimed_at) WHERE is_open = 1 AND listener_id IS NOT NULL""",
    """CREATE INDEX conversations_danger
        ON conversations (danger_since) WHERE is_open = 1 AND danger_since IS NOT NULL""",
    "CREATE INDEX conversations_updated ON conversations (updated_at)",
    """CREATE TABLE messages (
        id TEXT PRIMARY KEY NOT NULL,
        conversation_id TEXT NOT NULL REFERENCES conversations (id),
        seq INTEGER NOT NULL,
        delivery TEXT,
        provider_ref TEXT,
        body BLOB NOT NULL,
        UNIQUE (conversation_id, seq)
    ) STRICT""",
    "CREATE INDEX messages_queued ON messages (conversation_id, seq) WHERE delivery = 'queued'",
    """CREATE INDEX messages_provider
        ON messages (provider_ref) WHERE provider_ref IS NOT NULL""",
    # `ready_at` is when the item may be taken: the wish, or the end of the lease while one is out.
    """CREATE TABLE work (
        lane TEXT NOT NULL,
        key TEXT NOT NULL,
        ready_at INTEGER NOT NULL,
        priority INTEGER NOT NULL,
        generation INTEGER NOT NULL DEFAULT 0,
        token TEXT,
        wished_at INTEGER,
        PRIMARY KEY (lane, key)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX work_due ON work (lane, priority, ready_at)",
    """CREATE TABLE listeners (
        id TEXT PRIMARY KEY NOT NULL,
        ref TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE sessions (
        token_hash TEXT PRIMARY KEY NOT NULL,
        listener_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        seen_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX sessions_listener ON sessions (listener_id)",
    "CREATE TABLE pulse (beat INTEGER PRIMARY KEY, filler BLOB NOT NULL) STRICT",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_TABLES,)


def connect(
    path: Path, *, factory: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    """A connection that loses nothing it acknowledged and leaves nothing it deleted.

    Transactions are begun and ended by the caller. Raises sqlite3.Error and OSError.
    """
    # Before SQLite makes it: readable by nobody else, and so are the files beside it. A file that
    # exists must not even be opened here: closing any descriptor on it would drop the POSIX locks
    # of this process's other connections, and another process could take the log away under them.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS, factory=factory
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON").fetchone()
        # After a surge, give the disk back.
        connection.execute("PRAGMA journal_size_limit = 67108864").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def migrate(
    connection: sqlite3.Connection, migrations: Sequence[Sequence[str]] = MIGRATIONS
) -> None:
    """Bring the file to this program's schema, whole or not at all.

    Raises ConfigurationError for a file of a newer program, which is left as it is.
    """
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise ConfigurationError("RELAIS_DATABASE_URL: this Python's SQLite is older than 3.37.")
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(migrations):
            raise ConfigurationError(
                "RELAIS_DATABASE_URL: the database was written by a newer version of Relais."
            )
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
