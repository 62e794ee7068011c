"""The tables, how they came to be, and the connections that open them.

A migration is never edited once released: a change of schema is a new entry at the end.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from core.audit import BEGINNING
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
    # Each urgency's longest waiting, for the figures.
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

# Several ids a message and several a contact; and an event's ref outlives its erased contact.
_MANY_IDS = (
    """CREATE TABLE aliases (
        ref TEXT PRIMARY KEY NOT NULL,
        contact_id TEXT NOT NULL REFERENCES contacts (id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX aliases_contact ON aliases (contact_id)",
    """CREATE TABLE provider_refs (
        ref TEXT PRIMARY KEY NOT NULL,
        message_id TEXT NOT NULL REFERENCES messages (id)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX provider_refs_message ON provider_refs (message_id)",
    """INSERT OR IGNORE INTO provider_refs
        SELECT provider_ref, id FROM messages WHERE provider_ref IS NOT NULL""",
    "DROP INDEX messages_provider",
    "ALTER TABLE messages DROP COLUMN provider_ref",
    """CREATE TABLE new_events (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        ref TEXT NOT NULL UNIQUE,
        contact_id TEXT REFERENCES contacts (id),
        received_at INTEGER NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'quarantined')),
        body BLOB,
        CHECK ((body IS NULL) = (state = 'done')),
        CHECK (contact_id IS NOT NULL OR state = 'done')
    ) STRICT""",
    """INSERT INTO new_events
        SELECT position, ref, contact_id, received_at, tries, state, body FROM events""",
    "DROP TABLE events",
    "ALTER TABLE new_events RENAME TO events",
    "CREATE INDEX events_pending ON events (contact_id, position) WHERE state = 'pending'",
    "CREATE INDEX events_quarantined ON events (position) WHERE state = 'quarantined'",
    "CREATE INDEX events_contact ON events (contact_id)",
)

_PRESENCE = (
    """CREATE TABLE presence (
        listener_id TEXT PRIMARY KEY NOT NULL,
        seen_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID""",
)

# Minors and dangers are sealed: who waits already gets their exact place with the next change.
_PLACES = (
    "ALTER TABLE conversations ADD COLUMN place INTEGER",
    """UPDATE conversations SET place = waiting_since + CASE urgency
            WHEN 3 THEN 0 ELSE 20000000000000000 - urgency * 4500000000 END
        WHERE waiting = 1""",
    "CREATE INDEX conversations_line ON conversations (waiting, place) WHERE waiting = 1",
    "CREATE INDEX conversations_head ON conversations (waiting, urgency, place) WHERE waiting = 1",
)

_DOCUMENTS = (
    """CREATE TABLE documents (
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        version INTEGER NOT NULL,
        is_current INTEGER NOT NULL,
        written_at INTEGER NOT NULL,
        written_by TEXT,
        body BLOB NOT NULL,
        PRIMARY KEY (kind, name, version)
    ) STRICT""",
    """CREATE UNIQUE INDEX documents_current
        ON documents (kind, name) WHERE is_current = 1""",
)
# The chain is what proves it; these rules keep our own mistakes away from it.
_AUDIT = (
    """CREATE TABLE audit (
        seq INTEGER PRIMARY KEY NOT NULL,
        at INTEGER NOT NULL,
        verb TEXT NOT NULL,
        actor TEXT,
        conversation TEXT,
        subject TEXT NOT NULL,
        body BLOB NOT NULL,
        link TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX audit_verb ON audit (verb, seq)",
    "CREATE INDEX audit_actor ON audit (actor, seq)",
    "CREATE INDEX audit_conversation ON audit (conversation, seq)",
    """CREATE TABLE audit_start (
        seq INTEGER NOT NULL,
        link TEXT NOT NULL,
        signature TEXT NOT NULL
    ) STRICT""",
    f"INSERT INTO audit_start VALUES (0, '{BEGINNING}', '')",
    """CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
    """CREATE TRIGGER audit_goes_from_its_start BEFORE DELETE ON audit
        WHEN OLD.seq > (SELECT seq FROM audit_start)
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END""",
)

# In no order of writing: nothing tells which conversation a row is of.
_FACTS = (
    """CREATE TABLE facts (
        id TEXT PRIMARY KEY NOT NULL,
        hour INTEGER NOT NULL,
        body BLOB NOT NULL
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX facts_hour ON facts (hour)",
)

# What has had its time is found without reading the rest.
_RETENTION = (
    "CREATE INDEX events_received ON events (received_at)",
    "CREATE INDEX contacts_created ON contacts (created_at)",
    "CREATE INDEX sessions_created ON sessions (created_at)",
    "CREATE INDEX presence_seen ON presence (seen_at)",
)

_COLLEAGUES = (
    "ALTER TABLE conversations ADD COLUMN offered_to TEXT",
    """CREATE INDEX conversations_offered
        ON conversations (offered_to, claimed_at) WHERE is_open = 1 AND offered_to IS NOT NULL""",
    "ALTER TABLE presence ADD COLUMN availability TEXT NOT NULL DEFAULT 'available'",
    "ALTER TABLE presence ADD COLUMN since INTEGER",
)

_LABELS = ("ALTER TABLE sessions ADD COLUMN label TEXT NOT NULL DEFAULT ''",)

_FOLLOW_UPS = (
    "ALTER TABLE conversations ADD COLUMN follow_up_at INTEGER",
    """CREATE INDEX conversations_follow_up
        ON conversations (follow_up_at) WHERE follow_up_at IS NOT NULL""",
)

_WRITING = (
    "ALTER TABLE presence ADD COLUMN writes_in TEXT",
    "ALTER TABLE presence ADD COLUMN writes_at INTEGER",
)

# One wish for the next one takes one person: the rule lives here, whatever the processes do.
_WISHES = (
    "ALTER TABLE conversations ADD COLUMN claim TEXT",
    """CREATE UNIQUE INDEX conversations_claim
        ON conversations (claim) WHERE is_open = 1 AND claim IS NOT NULL""",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    _TABLES,
    _MANY_IDS,
    _PRESENCE,
    _PLACES,
    _DOCUMENTS,
    _AUDIT,
    _FACTS,
    _RETENTION,
    _COLLEAGUES,
    _LABELS,
    _FOLLOW_UPS,
    _WRITING,
    _WISHES,
)


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
