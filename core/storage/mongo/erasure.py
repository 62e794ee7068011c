"""A person's right to be forgotten: everything of a contact goes in one transaction.

What makes it final is that the data keys go: sealed values that survive somewhere, in a backup or
in the server's log, cannot be opened any more.
"""

from typing import Any

from core.errors import StorageUnavailable
from core.ids import ContactId
from core.storage.mongo.files import MongoFiles
from core.storage.mongo.worklist import item_id
from core.work import Lane


class MongoErasure(MongoFiles):
    """`core.ports.Conversations.erase_contact` on MongoDB."""

    async def erase_contact(self, contact_id: ContactId) -> bool:
        """Destroy the contact, its conversations, messages, files, events, work, aliases and keys.

        False when there is no such contact.
        """
        return await self._erase(contact_id)

    async def _erase(self, contact_id: ContactId, *, only_empty: bool = False) -> bool:
        """Erase a contact; `only_empty`: not while a conversation or an event holds something."""
        its_own = {"contact_id": contact_id}

        async def work(session: Any) -> tuple[bool, list[str]]:
            # First, so that whoever writes for this contact now comes before this or fails.
            erased = await self._in("contacts").delete_one({"_id": contact_id}, session=session)
            conversations = await self._ids("conversations", its_own, session)
            waiting = {**its_own, "state": {"$ne": "done"}}
            if only_empty and (conversations or await self._ids("events", waiting, session)):
                raise _Busy
            among = {"conversation_id": {"$in": conversations}}
            messages = await self._ids("messages", among, session)
            for collection, criteria in (
                ("data_keys", {"_id": {"$in": [contact_id, *conversations]}}),
                ("conversations", its_own),
                ("messages", among),
                ("provider_refs", among),
                *(("work", items(lane, contact_id, *conversations, *messages)) for lane in Lane),
            ):
                await self._in(collection).delete_many(criteria, session=session)
            # An event's hash stays, so that a replay of it does not bring the person back.
            await self._in("events").update_many(
                its_own,
                {"$set": {"state": "done"}, "$unset": {"body": "", "contact_id": "", "nth": ""}},
                session=session,
            )
            return bool(erased.deleted_count), conversations

        async def landed() -> bool:
            return await self._in("contacts").find_one({"_id": contact_id}, {"_id": 1}) is None

        try:
            erased, conversations = await self._transaction(work, landed=landed)
        except _Busy:
            return False
        try:
            with self._errors():
                await self._drop_files(conversations)
        except StorageUnavailable:
            return erased  # nobody can open them any more; they are swept at the next start
        return erased

    async def _ids(self, collection: str, criteria: Any, session: Any) -> list[str]:
        cursor = self._in(collection).find(criteria, {"_id": 1}, session=session)
        return [document["_id"] for document in await cursor.to_list(None)]


class _Busy(Exception):
    """The contact is not as empty as it was."""


def items(lane: Lane, *keys: str) -> dict[str, Any]:
    """The work of one lane on some keys."""
    return {"_id": {"$in": [item_id(lane, key) for key in keys]}}
