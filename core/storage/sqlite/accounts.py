"""Listeners and their sign-ins."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.accounts import Listener, Session
from core.audit import Deed
from core.errors import Conflict, NotFound
from core.ids import ListenerId
from core.ports.staff import Decision
from core.storage.records import ACCOUNTS_SUBJECT, ListenerRecord, from_micros, to_micros
from core.storage.sqlite.audit import append
from core.storage.sqlite.rows import Part, columns, insertion, record_of, replacement, values

_INSERT_LISTENER = insertion(ListenerRecord, "listeners")
_REPLACE_LISTENER = replacement(ListenerRecord, "listeners")

_LISTENER = f"""
    SELECT {columns(ListenerRecord, "listeners")}, data_keys.wrapped
    FROM listeners LEFT JOIN data_keys ON data_keys.subject = '{ACCOUNTS_SUBJECT}'"""
LISTENER_BY_ID = f"{_LISTENER} WHERE listeners.id = ?"
LISTENER_BY_REF = f"{_LISTENER} WHERE listeners.ref = ?"
_SESSION = "SELECT token_hash, listener_id, created_at, seen_at, label FROM sessions"
SESSION = f"{_SESSION} WHERE token_hash = ?"
SESSIONS = f"{_SESSION} WHERE listener_id = ?"


class AccountsPart(Part):
    """See `core.ports.Accounts`."""

    async def add_listener(self, listener: Listener, *, deeds: Sequence[Deed] = ()) -> None:
        """See `core.ports.Accounts`."""

        def operation(connection: sqlite3.Connection) -> None:
            try:
                connection.execute(_INSERT_LISTENER, values(self._seal(connection, listener)))
            except sqlite3.IntegrityError:
                raise Conflict from None
            append(connection, self._codec, self._keys, deeds)

        await self._write(operation)

    async def save_listener(self, listener: Listener, *, deeds: Sequence[Deed] = ()) -> None:
        """See `core.ports.Accounts`."""

        def operation(connection: sqlite3.Connection) -> None:
            record = self._seal(connection, listener)
            try:
                done = connection.execute(_REPLACE_LISTENER, (*values(record), record.id))
            except sqlite3.IntegrityError:
                raise Conflict from None
            if done.rowcount == 0:
                raise NotFound
            append(connection, self._codec, self._keys, deeds)

        await self._write(operation)

    async def amend_listener(self, listener_id: ListenerId, decision: Decision) -> Listener:
        """See `core.ports.Accounts`."""

        def operation(connection: sqlite3.Connection) -> Listener:
            row = connection.execute(LISTENER_BY_ID, (listener_id,)).fetchone()
            if row is None:
                raise NotFound
            amended, deeds = decision(self._open(row))
            record = self._seal(connection, amended)
            try:
                connection.execute(_REPLACE_LISTENER, (*values(record), listener_id))
            except sqlite3.IntegrityError:
                raise Conflict from None
            append(connection, self._codec, self._keys, deeds)
            return amended

        return await self._write(operation)

    async def listener(self, listener_id: ListenerId) -> Listener:
        """See `core.ports.Accounts`."""
        found = await self._listeners(LISTENER_BY_ID, listener_id)
        if not found:
            raise NotFound
        return found[0]

    async def listener_by_login(self, login: str) -> Listener | None:
        """See `core.ports.Accounts`."""
        found = await self._listeners(LISTENER_BY_REF, self._codec.login_ref(login))
        return found[0] if found else None

    async def listeners(self) -> Sequence[Listener]:
        """See `core.ports.Accounts`."""
        return await self._listeners(f"{_LISTENER} ORDER BY listeners.created_at, listeners.rowid")

    async def add_session(self, session: Session, *, deeds: Sequence[Deed] = ()) -> None:
        """See `core.ports.Accounts`."""
        row = (
            session.token_hash,
            session.listener_id,
            to_micros(session.created_at),
            to_micros(session.seen_at),
            session.label,
        )

        def operation(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, ?, ?)", row)
            append(connection, self._codec, self._keys, deeds)

        await self._write(operation)

    async def session(self, token_hash: str) -> Session | None:
        """See `core.ports.Accounts`."""
        row = await self._read(
            lambda connection: connection.execute(SESSION, (token_hash,)).fetchone()
        )
        return None if row is None else _session(row)

    async def sessions(self, listener_id: ListenerId) -> Sequence[Session]:
        """See `core.ports.Accounts`."""
        rows = await self._read(
            lambda connection: connection.execute(SESSIONS, (listener_id,)).fetchall()
        )
        return sorted(map(_session, rows), key=lambda one: one.created_at)

    async def touch_session(self, token_hash: str, *, seen_at: datetime) -> None:
        """See `core.ports.Accounts`."""
        await self._write(
            lambda connection: connection.execute(
                "UPDATE sessions SET seen_at = max(seen_at, ?) WHERE token_hash = ?",
                (to_micros(seen_at), token_hash),
            )
        )

    async def end_session(self, token_hash: str) -> None:
        """See `core.ports.Accounts`."""
        await self._write(
            lambda connection: connection.execute(
                "DELETE FROM sessions WHERE token_hash = ?", (token_hash,)
            )
        )

    async def end_sessions(self, listener_id: ListenerId) -> None:
        """See `core.ports.Accounts`."""
        await self._write(
            lambda connection: connection.execute(
                "DELETE FROM sessions WHERE listener_id = ?", (listener_id,)
            )
        )

    def _seal(self, connection: sqlite3.Connection, listener: Listener) -> ListenerRecord:
        key = self._keys.stored(connection, ACCOUNTS_SUBJECT)
        return self._codec.seal_listener(listener, key)

    async def _listeners(self, query: str, *arguments: object) -> list[Listener]:
        def operation(connection: sqlite3.Connection) -> list[Listener]:
            rows: list[Sequence[Any]] = connection.execute(query, arguments).fetchall()
            return [self._open(row) for row in rows]

        return await self._read(operation)

    def _open(self, row: Sequence[Any]) -> Listener:
        key = self._keys.unwrapped(ACCOUNTS_SUBJECT, row[-1])
        return self._codec.open_listener(record_of(ListenerRecord, row), key)


def _session(row: tuple[str, ListenerId, int, int, str]) -> Session:
    token_hash, listener_id, created_at, seen_at, label = row
    return Session(
        token_hash=token_hash,
        listener_id=listener_id,
        created_at=from_micros(created_at),
        seen_at=from_micros(seen_at),
        label=label,
    )
