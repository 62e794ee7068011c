"""Everything held about one person."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.conversation import Conversation
from core.errors import SealBroken
from core.events import InboundEvent
from core.ids import ContactId
from core.ports import HeldEvent
from core.sealing import DataKey
from core.storage.mongo.conversations import MongoConversations
from core.storage.mongo.engine import record_of
from core.storage.records import EventRecord, from_micros


class MongoHoldings(MongoConversations):
    """`core.ports.Holdings` on MongoDB."""

    async def conversations_of(self, contact_id: ContactId) -> Sequence[Conversation]:
        """All of the contact's conversations, oldest first. Raises SealBroken."""
        with self._errors():
            cursor = self._in("conversations").find({"contact_id": contact_id})
            documents = await cursor.to_list(None)
            keys = await self._keys_of(document["_id"] for document in documents)
        found = [self._opened(document, keys.get(document["_id"])) for document in documents]
        return sorted(found, key=lambda one: one.first_seq)

    async def events_of(self, contact_id: ContactId) -> Sequence[HeldEvent]:
        """The contact's accepted events, consumed and quarantined ones included, oldest first."""
        with self._errors():
            cursor = self._in("events").find({"contact_id": contact_id})
            documents = await cursor.to_list(None)
            key = (await self._keys_of([contact_id])).get(contact_id)
        return [
            HeldEvent(
                received_at=from_micros(document["received_at"]),
                state=document["state"],
                event=self._content(document, key),
            )
            for document in sorted(documents, key=lambda one: one["nth"])
        ]

    def _content(self, document: Mapping[str, Any], key: DataKey | None) -> InboundEvent | None:
        if key is None:
            return None
        try:
            return self._codec.open_event(record_of(EventRecord, document, identity="ref"), key)
        except SealBroken:  # consumed, or damaged
            return None

    async def other_ids(self, contact_id: ContactId) -> int:
        """By how many further ids the contact is found; they are kept as keyed hashes only."""
        with self._errors():
            contact = await self._in("contacts").find_one({"_id": contact_id}, {"refs": 1})
        return len(contact["refs"]) - 1 if contact else 0
