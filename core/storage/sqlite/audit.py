"""The audit: one table that only grows, and where what is left of it starts."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from core.audit import Deed, Entry, Link, Mark
from core.errors import SealBroken
from core.ids import ConversationId, ListenerId
from core.sealing import DataKey
from core.storage.auditing import checked, opened, sealed
from core.storage.records import ACCOUNTS_SUBJECT, Codec, to_micros
from core.storage.sqlite.rows import Keys, Part, columns, insertion, record_of, values

_INSERT = insertion(Link, "audit")
_START = "SELECT seq, link, signature FROM audit_start WHERE rowid = 1"
_LAST = "SELECT seq, link FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT 1"
# More than any number there is.
_ALL = 2**62
_STRETCH = f"SELECT {columns(Link, 'audit')} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?"
# Those before it are all old; writers' clocks differ, so a later one might be as well.
_FIRST_YOUNG = "SELECT seq FROM audit WHERE seq > 0 AND at >= ? ORDER BY seq LIMIT 1"


def append(connection: sqlite3.Connection, codec: Codec, keys: Keys, deeds: Iterable[Deed]) -> None:
    """Record deeds in the transaction of what they are about."""
    for deed in deeds:
        last = connection.execute(_LAST, (_ALL,)).fetchone()
        seq, link, *_ = last or connection.execute(_START).fetchone()
        key = _key(connection, keys, deed)
        entry = sealed(deed, Mark(seq, link), key, codec.chain)
        connection.execute(_INSERT, values(entry))


class AuditPart(Part):
    """See `core.ports.Audit`."""

    async def record(self, *deeds: Deed) -> None:
        """See `core.ports.Audit`."""
        await self._write(lambda connection: append(connection, self._codec, self._keys, deeds))

    async def audit_entries(
        self,
        *,
        before: int | None = None,
        limit: int = 100,
        verb: str | None = None,
        actor: ListenerId | None = None,
        conversation: ConversationId | None = None,
    ) -> Sequence[Entry]:
        """See `core.ports.Audit`."""
        wanted = {"verb": verb, "actor": actor, "conversation": conversation}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = "".join(f" AND audit.{name} = ?" for name in given)
        query = f"""
            SELECT {columns(Link, "audit")}, data_keys.wrapped
            FROM audit LEFT JOIN data_keys ON data_keys.subject = audit.subject
            WHERE audit.seq < ?{where} ORDER BY audit.seq DESC LIMIT ?"""
        arguments = (_ALL if before is None else before, *given.values(), limit)

        def operation(connection: sqlite3.Connection) -> list[Entry]:
            entries = []
            for row in connection.execute(query, arguments).fetchall():
                link = record_of(Link, row)
                entries.append(opened(link, self._unwrapped(link.subject, row[-1])))
            return entries

        return await self._read(operation)

    async def verify_audit(self, anchors: Sequence[Mark] = ()) -> Mark:
        """See `core.ports.Audit`."""
        seq, link, signature = await self._read(
            lambda connection: connection.execute(_START).fetchone()
        )
        return await checked(self._codec.chain, Mark(seq, link), signature, self._stretch, anchors)

    async def purge_audit(self, *, before: datetime) -> int:
        """See `core.ports.Audit`."""

        def operation(connection: sqlite3.Connection) -> int:
            young = connection.execute(_FIRST_YOUNG, (to_micros(before),)).fetchone()
            last = connection.execute(_LAST, (young[0] if young else _ALL,)).fetchone()
            if last is None:
                return 0
            start = Mark(*last)
            connection.execute(
                "UPDATE audit_start SET seq = ?, link = ?, signature = ? WHERE rowid = 1",
                (start.seq, start.link, self._codec.chain.sign(start)),
            )
            return connection.execute("DELETE FROM audit WHERE seq <= ?", (start.seq,)).rowcount

        return await self._write(operation)

    async def _stretch(self, after: int, limit: int) -> list[Link]:
        rows = await self._read(
            lambda connection: connection.execute(_STRETCH, (after, limit)).fetchall()
        )
        return [record_of(Link, row) for row in rows]

    def _unwrapped(self, subject: str, wrapped: bytes | None) -> DataKey | None:
        try:
            return self._keys.unwrapped(subject, wrapped)
        except SealBroken:
            return None


def _key(connection: sqlite3.Connection, keys: Keys, deed: Deed) -> DataKey:
    """The conversation's, so that erasing it erases this too; else the accounts'."""
    if deed.conversation is not None:
        try:
            return keys.stored(connection, deed.conversation)
        except SealBroken:
            pass
    return keys.stored(connection, ACCOUNTS_SUBJECT)
