"""The end of what is kept: rows that had their time are found by their index, and go."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import islice

from core.ids import ContactId, ConversationId
from core.ports import Touched
from core.retention import Cutoffs
from core.storage.records import from_micros, to_micros
from core.storage.sqlite.erasure import ErasurePart, empty_log
from core.storage.sqlite.files import in_thread
from core.work import Lane

# Never while somebody waits, holds it, or is in danger.
_SETTLED = (
    "NOT (is_open = 1 AND (waiting = 1 OR listener_id IS NOT NULL OR danger_since IS NOT NULL))"
)
EXPIRED = f"""
    SELECT id, contact_id, updated_at FROM conversations
    WHERE updated_at > ? AND updated_at < ? AND {_SETTLED} ORDER BY updated_at LIMIT ?"""
_HAD_ITS_TIME = f"SELECT 1 FROM conversations WHERE id = ? AND updated_at < ? AND {_SETTLED}"
_ITS_MESSAGES = "SELECT id FROM messages WHERE conversation_id = ?"
_FORGET = (
    "DELETE FROM data_keys WHERE subject = ?",
    f"DELETE FROM provider_refs WHERE message_id IN ({_ITS_MESSAGES})",
    "DELETE FROM messages WHERE conversation_id = ?",
    "DELETE FROM conversations WHERE id = ?",
)

_FINISHED_EVENTS = "FROM events WHERE received_at < ?1 AND state IN ('done', 'quarantined')"
_EMPTY_CONTACTS = """FROM contacts WHERE created_at < ?1
    AND NOT EXISTS (SELECT 1 FROM conversations WHERE contact_id = contacts.id)
    AND NOT EXISTS (SELECT 1 FROM events WHERE contact_id = contacts.id AND state <> 'done')"""
_OLD_SIGN_INS = "FROM sessions WHERE created_at < ?1"
_OLD_PRESENCE = "FROM presence WHERE seen_at < ?1"
_COUNTS = {
    "chats": f"FROM conversations WHERE updated_at < ?1 AND {_SETTLED}",
    "events": _FINISHED_EVENTS,
    "contacts": _EMPTY_CONTACTS,
    "sign_ins": _OLD_SIGN_INS,
    "presence": _OLD_PRESENCE,
    "audit": "FROM audit WHERE seq > 0 AND at < ?1",
}
_OVERDUE = f"SELECT count(*) FROM conversations WHERE updated_at < ? AND NOT ({_SETTLED})"
_DELETIONS = {
    "events": f"""DELETE FROM events WHERE position IN (
        SELECT position {_FINISHED_EVENTS} LIMIT ?2)""",
    "sign_ins": f"""DELETE FROM sessions WHERE token_hash IN (
        SELECT token_hash {_OLD_SIGN_INS} LIMIT ?2)""",
    "presence": f"""DELETE FROM presence WHERE listener_id IN (
        SELECT listener_id {_OLD_PRESENCE} LIMIT ?2)""",
}


class RetentionPart(ErasurePart):
    """See `core.ports.Purge`."""

    async def expired(self, cutoffs: Cutoffs) -> Mapping[str, int]:
        """See `core.ports.Purge`."""
        moments = _moments(cutoffs)

        def operation(connection: sqlite3.Connection) -> dict[str, int]:
            return {
                name: connection.execute(f"SELECT count(*) {rows}", (moments[name],)).fetchone()[0]
                for name, rows in _COUNTS.items()
            }

        counts = await self._read(operation)
        files = self._files.older_than(cutoffs.files.timestamp())
        return counts | {"files": await in_thread(lambda: sum(1 for _ in files))}

    async def overdue(self, *, before: datetime) -> int:
        """See `core.ports.Purge`."""
        ((count,),) = await self._read(
            lambda connection: connection.execute(_OVERDUE, (to_micros(before),)).fetchall()
        )
        return int(count)

    async def expired_conversations(
        self, *, after: datetime, before: datetime, limit: int
    ) -> Sequence[Touched]:
        """See `core.ports.Purge`."""
        between = (to_micros(after), to_micros(before), limit)
        rows: list[tuple[str, str, int]] = await self._read(
            lambda connection: connection.execute(EXPIRED, between).fetchall()
        )
        return [
            Touched(ConversationId(one), ContactId(contact), from_micros(at))
            for one, contact, at in rows
        ]

    async def forget_conversation(
        self, conversation_id: ConversationId, *, before: datetime
    ) -> bool:
        """See `core.ports.Purge`."""

        def operation(connection: sqlite3.Connection) -> bool:
            had = (conversation_id, to_micros(before))
            if connection.execute(_HAD_ITS_TIME, had).fetchone() is None:
                return False
            work = [conversation_id]
            work += [one for (one,) in connection.execute(_ITS_MESSAGES, (conversation_id,))]
            connection.executemany(
                "DELETE FROM work WHERE lane = ? AND key = ?",
                [(lane.value, key) for lane in Lane for key in work],
            )
            for statement in _FORGET:
                connection.execute(statement, (conversation_id,))
            return True

        forgotten = await self._write(operation)
        if forgotten:
            await asyncio.to_thread(self._files.remove, [conversation_id])
        return forgotten

    async def forget_rest(self, cutoffs: Cutoffs, *, limit: int) -> Mapping[str, int]:
        """See `core.ports.Purge`."""
        moments = _moments(cutoffs)

        def operation(connection: sqlite3.Connection) -> dict[str, int]:
            return {
                name: connection.execute(deletion, (moments[name], limit)).rowcount
                for name, deletion in _DELETIONS.items()
            }

        gone = await self._write(operation)
        # After the events: the last of a contact may have gone with them.
        gone["contacts"] = await self._forget_contacts(cutoffs, limit)
        gone["files"] = await in_thread(lambda: self._forget_files(cutoffs, limit))
        await self._read(empty_log)
        return gone

    async def leave_no_trace(self) -> bool:
        """See `core.ports.Purge`."""
        return await self._read(empty_log)

    async def _forget_contacts(self, cutoffs: Cutoffs, limit: int) -> int:
        wanted = (to_micros(cutoffs.contacts), limit)
        rows = await self._read(
            lambda connection: connection.execute(
                f"SELECT id {_EMPTY_CONTACTS} LIMIT ?2", wanted
            ).fetchall()
        )

        def operation(connection: sqlite3.Connection) -> int:
            # Again, for somebody may have written meanwhile.
            still = f"SELECT 1 {_EMPTY_CONTACTS} AND id = ?2"
            gone = [
                one
                for (one,) in rows
                if connection.execute(still, (wanted[0], one)).fetchone() is not None
            ]
            for one in gone:
                self._erase_rows(connection, one)
            return len(gone)

        return await self._write(operation)

    def _forget_files(self, cutoffs: Cutoffs, limit: int) -> int:
        expired = islice(self._files.older_than(cutoffs.files.timestamp()), limit)
        gone = list(expired)
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)


def _moments(cutoffs: Cutoffs) -> dict[str, int]:
    return {field.name: to_micros(getattr(cutoffs, field.name)) for field in fields(cutoffs)}
