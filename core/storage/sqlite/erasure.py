"""A person's right to be forgotten: everything of a contact goes in one transaction.

What makes it final is that the data keys go: sealed values that survive somewhere, in a backup or
on a disk's unused blocks, cannot be opened any more.
"""

import asyncio
import sqlite3

from core.ids import ContactId
from core.storage.records import report_log_in_use
from core.storage.sqlite.files import FilesPart
from core.work import Lane

_ITS_CONVERSATIONS = "SELECT id FROM conversations WHERE contact_id = ?"
_ITS_MESSAGES = f"SELECT id FROM messages WHERE conversation_id IN ({_ITS_CONVERSATIONS})"

# What refers to others goes before them. A lane's work has a contact's, a conversation's or a
# message's id for a key. An event's ref stays, so that a replay of it does not bring them back.
_ERASE_WORK = (
    "DELETE FROM work WHERE lane = ? AND key = ?",
    f"DELETE FROM work WHERE lane = ? AND key IN ({_ITS_CONVERSATIONS})",
    f"DELETE FROM work WHERE lane = ? AND key IN ({_ITS_MESSAGES})",
)
_ERASE = (
    "DELETE FROM data_keys WHERE subject = ?",
    f"DELETE FROM data_keys WHERE subject IN ({_ITS_CONVERSATIONS})",
    f"DELETE FROM provider_refs WHERE message_id IN ({_ITS_MESSAGES})",
    f"DELETE FROM messages WHERE conversation_id IN ({_ITS_CONVERSATIONS})",
    "DELETE FROM conversations WHERE contact_id = ?",
    "DELETE FROM aliases WHERE contact_id = ?",
    """UPDATE events SET contact_id = NULL, state = 'done', body = NULL, tries = 0
        WHERE contact_id = ?""",
)


class ErasurePart(FilesPart):
    """See `core.ports.Conversations.erase_contact`."""

    async def erase_contact(self, contact_id: ContactId) -> bool:
        """See `core.ports.Conversations`."""

        def operation(connection: sqlite3.Connection) -> tuple[bool, list[str]]:
            ids = [one for (one,) in connection.execute(_ITS_CONVERSATIONS, (contact_id,))]
            return self._erase_rows(connection, contact_id), ids

        erased, conversations = await self._write(operation)
        # Nobody can open them any more: what cannot be removed now is swept at the next start.
        await asyncio.to_thread(self._files.remove, conversations)
        if erased:
            await self._read(empty_log)
        return erased

    @staticmethod
    def _erase_rows(connection: sqlite3.Connection, contact_id: str) -> bool:
        """Destroy every row of a contact, within a transaction; False when there is none."""
        for lane in Lane:
            for statement in _ERASE_WORK:
                connection.execute(statement, (lane.value, contact_id))
        for statement in _ERASE:
            connection.execute(statement, (contact_id,))
        contact = connection.execute("DELETE FROM contacts WHERE id = ?", (contact_id,))
        return contact.rowcount > 0


def empty_log(connection: sqlite3.Connection) -> bool:
    """Take the keys' last copies away: pages that were overwritten live on in SQLite's log.

    False where somebody reads there for longer than a statement waits.
    """
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        report_log_in_use()
    return not busy
