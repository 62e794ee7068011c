"""Conversations, their messages and tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from core.conversation import Contact, Conversation, Message
from core.errors import Conflict, DuplicateMessage, NotFound, SealBroken
from core.events import InboundEvent
from core.ids import ContactId, ConversationId, ListenerId, MessageId
from core.labels import Urgency
from core.ports import Change, QueueFigures, Touched
from core.sealing import DataKey
from core.storage.mongo.engine import duplicate_index, record_of
from core.storage.mongo.inbox import MongoInbox
from core.storage.records import (
    ContactRecord,
    ConversationRecord,
    MessageRecord,
    from_micros,
    report_unreadable,
    to_micros,
)
from core.work import Lease


class _PlaceTaken(Conflict):
    """A message's place is taken: the writer had not seen all of the conversation."""


def as_document(record: ContactRecord | ConversationRecord | MessageRecord) -> dict[str, Any]:
    """A record as it is stored: its id as `_id`."""
    document = asdict(record)
    document["_id"] = document.pop("id")
    return document


def written(now: datetime) -> dict[str, Any]:
    """The new `updated_at` of a conversation written at `now`, for an update that computes.

    It grows with every write, so that a writer whose clock is behind is heard all the same.
    """
    return {"$max": [{"$add": ["$updated_at", 1]}, to_micros(now)]}


class MongoConversations(MongoInbox):
    """`core.ports.Conversations` on MongoDB."""

    async def contact(self, contact_id: ContactId) -> Contact:
        """Raises NotFound."""
        found = await self._contact({"_id": contact_id})
        if found is None:
            raise NotFound
        return found

    async def find_contact(self, channel: str, account: str, address: str) -> Contact | None:
        """The contact behind a provider's user id, by keyed hash."""
        return await self._contact({"ref": self._codec.contact_ref(channel, account, address)})

    async def _contact(self, criteria: Mapping[str, Any]) -> Contact | None:
        with self._errors():
            stored = await self._in("contacts").find_one(criteria)
            if stored is None:
                return None
            key = await self._key_of(stored["_id"])
        return self._codec.open_contact(record_of(ContactRecord, stored), key)

    async def conversation(self, conversation_id: ConversationId) -> Conversation:
        """Raises NotFound."""
        found = await self._conversation({"_id": conversation_id})
        if found is None:
            raise NotFound
        return found

    async def latest_conversation(self, contact_id: ContactId) -> Conversation | None:
        """The contact's open conversation, else the last closed one."""
        order = [("is_open", -1), ("first_seq", -1)]
        return await self._conversation({"contact_id": contact_id}, order)

    async def _conversation(
        self, criteria: Mapping[str, Any], order: Sequence[tuple[str, int]] | None = None
    ) -> Conversation | None:
        with self._errors():
            stored = await self._in("conversations").find_one(criteria, sort=order)
            if stored is None:
                return None
            return self._opened(stored, await self._key_of(stored["_id"]))

    async def messages(
        self, conversation_id: ConversationId, *, after: int = 0, limit: int = 1000
    ) -> Sequence[Message]:
        """Messages with `seq` above `after`, in order."""
        criteria = {"conversation_id": conversation_id, "seq": {"$gt": after}}
        return await self._messages(criteria, limit=limit)

    async def message(self, message_id: MessageId) -> Message | None:
        """One message by its id; None when there is none."""
        with self._errors():
            stored = await self._in("messages").find_one({"_id": message_id})
            if stored is None:
                return None
            return self._opened_message(stored, await self._key_of(stored["conversation_id"]))

    async def _messages(self, criteria: Mapping[str, Any], *, limit: int) -> list[Message]:
        if limit <= 0:
            return []  # to the driver, no limit at all
        with self._errors():
            cursor = self._in("messages").find(criteria).sort("seq", 1).limit(limit)
            documents = await cursor.to_list(None)
            if not documents:
                return []
            key = await self._key_of(criteria["conversation_id"])
        return [self._opened_message(document, key) for document in documents]

    async def commit(
        self,
        change: Change,
        *,
        now: datetime,
        lease: Lease | None = None,
        consumed: Sequence[InboundEvent] = (),
    ) -> None:
        """Write a decision whole: conversation, ticket, messages, outbox, wakes, consumed events.

        Raises Conflict when the stored version is not the one before `change.conversation`'s, or
        when a new conversation would be the contact's second open one; LeaseLost when `lease` is
        no longer held at `now`; DuplicateMessage when a message id exists already.
        """
        conversation = change.conversation
        if any(one.conversation_id != conversation.id for one in change.messages):
            raise ValueError("a change holds messages of its own conversation only")
        wrapped: bytes | None = None
        if conversation.version == 1:
            key, wrapped = self._vault.new_key(conversation.id)
        else:
            key = await self._key_before(conversation)
        # Sealed once, outside the transaction: a repetition writes the very same bytes.
        document = as_document(self._codec.seal_conversation(conversation, key))
        messages = [self._message_document(one, conversation, key) for one in change.messages]

        async def work(session: Any) -> None:
            await self._hold(lease, now, session)
            await self._put_conversation(document, wrapped, now, session)
            await self._add_messages(messages, session)
            if consumed:
                await self._consume(consumed, now, session)
            await self._wake(change.wakes, session)

        async def landed() -> bool:
            mine = {"_id": document["_id"], "body": document["body"]}
            return await self._in("conversations").find_one(mine, {"_id": 1}) is not None

        try:
            await self._transaction(work, landed=landed)
        except _PlaceTaken:
            # A message may break both rules, and servers name either: the id decides.
            ids = [message["_id"] for message in messages]
            with self._errors():
                known = await self._in("messages").find_one({"_id": {"$in": ids}}, {"_id": 1})
            raise (Conflict if known is None else DuplicateMessage) from None

    async def _key_before(self, conversation: Conversation) -> DataKey:
        """The key of a conversation that is to change. Raises Conflict or SealBroken."""
        with self._errors():
            key = (await self._keys_of([conversation.id])).get(conversation.id)
            if key is not None:
                return key
            before = {"_id": conversation.id, "version": conversation.version - 1}
            known = await self._in("conversations").find_one(before, {"_id": 1})
        raise Conflict if known is None else SealBroken

    async def _put_conversation(
        self, document: Mapping[str, Any], wrapped: bytes | None, now: datetime, session: Any
    ) -> None:
        """Write a conversation over the version before it. Raises Conflict or NotFound."""
        conversations = self._in("conversations")
        if wrapped is None:
            before = {"_id": document["_id"], "version": document["version"] - 1}
            its_own = {**before, "contact_id": document["contact_id"]}
            values = {name: {"$literal": document[name]} for name in document.keys() - {"_id"}}
            try:
                result = await conversations.update_one(
                    its_own, [{"$set": {**values, "updated_at": written(now)}}], session=session
                )
            except DuplicateKeyError:
                raise Conflict from None  # opened again beside another open one
            if not result.matched_count:
                if await conversations.find_one(before, {"_id": 1}, session=session) is None:
                    raise Conflict
                raise NotFound("No such contact.")
            return
        try:
            # A unique index allows a contact one open conversation, whatever the processes do.
            await conversations.insert_one(
                {**document, "updated_at": to_micros(now)}, session=session
            )
            await self._in("data_keys").insert_one(
                {"_id": document["_id"], "wrapped": wrapped}, session=session
            )
        except DuplicateKeyError:
            raise Conflict from None
        contact = {"_id": document["contact_id"]}
        if await self._in("contacts").find_one(contact, {"_id": 1}, session=session) is None:
            raise NotFound("No such contact.")

    async def _add_messages(self, messages: Sequence[dict[str, Any]], session: Any) -> None:
        """Add new messages. Raises DuplicateMessage or Conflict."""
        if not messages:
            return
        try:
            await self._in("messages").insert_many(
                [dict(message) for message in messages], session=session
            )
        except (DuplicateKeyError, BulkWriteError) as error:
            raise self._refusal(error) from None

    @staticmethod
    def _refusal(error: PyMongoError) -> Exception:
        index = duplicate_index(error)
        if index is None:
            return error
        return DuplicateMessage() if index == "_id" else _PlaceTaken()

    def _message_document(
        self, message: Message, conversation: Conversation, key: DataKey
    ) -> dict[str, Any]:
        document = as_document(
            self._codec.seal_message(
                message, channel=conversation.channel, account=conversation.account, key=key
            )
        )
        if document["provider_ref"] is None:
            del document["provider_ref"]  # keeps the index of receipts to messages that have one
        return document

    async def waiting(self, *, limit: int) -> Sequence[Conversation]:
        """Open conversations with a waiting ticket: most urgent first, then longest waiting."""
        order = [("urgency", -1), ("waiting_since", 1)]
        return await self._listed({"waiting": True}, order, limit=limit)

    async def held_by(self, listener_id: ListenerId) -> Sequence[Conversation]:
        """Open conversations that a listener owns, in the order of claiming."""
        held = {"listener_id": listener_id, "is_open": True}
        return await self._listed(held, [("claimed_at", 1)])

    async def in_danger(self, *, limit: int) -> Sequence[Conversation]:
        """Open conversations with danger that no listener answered yet, oldest danger first."""
        endangered = {"is_open": True, "danger_since": {"$gt": 0}}
        return await self._listed(endangered, [("danger_since", 1)], limit=limit)

    async def changed_since(self, moment: datetime, *, limit: int) -> Sequence[Touched]:
        """Conversations written after `moment`, oldest change first. Moments are the writers'."""
        if limit <= 0:
            return ()
        with self._errors():
            cursor = self._in("conversations").find(
                {"updated_at": {"$gt": to_micros(moment)}}, {"contact_id": 1, "updated_at": 1}
            )
            documents = await cursor.sort("updated_at", 1).limit(limit).to_list(None)
        return [
            Touched(one["_id"], one["contact_id"], from_micros(one["updated_at"]))
            for one in documents
        ]

    async def queue_figures(self) -> QueueFigures:
        """Counts for metrics and health; each reads only its own small index."""
        with self._errors():
            groups = await self._open_driver.aggregate(
                "conversations",
                [
                    {"$match": {"waiting": True}},
                    {
                        "$group": {
                            "_id": "$urgency",
                            "count": {"$sum": 1},
                            "oldest": {"$min": "$waiting_since"},
                        }
                    },
                ],
            )
            endangered = await self._in("conversations").find_one(
                {"is_open": True, "danger_since": {"$gt": 0}},
                {"danger_since": 1},
                sort=[("danger_since", 1)],
            )
            quarantined = await self._in("events").count_documents({"state": "quarantined"})
        counts = {group["_id"]: group["count"] for group in groups}
        oldest = [group["oldest"] for group in groups if group["oldest"] is not None]
        return QueueFigures(
            waiting={urgency: counts.get(urgency.rank, 0) for urgency in Urgency},
            oldest_waiting_since=from_micros(min(oldest)) if oldest else None,
            oldest_danger_since=from_micros(endangered["danger_since"]) if endangered else None,
            quarantined=quarantined,
        )

    async def _listed(
        self,
        criteria: Mapping[str, Any],
        order: Sequence[tuple[str, int]],
        *,
        limit: int | None = None,
    ) -> list[Conversation]:
        """Up to `limit` conversations that open; those that do not are passed by and logged."""
        found: dict[str, Conversation] = {}
        seen = unreadable = 0
        with self._errors():
            while limit is None or len(found) < limit:
                wanted = 0 if limit is None else limit - len(found)  # to the driver, 0 means all
                cursor = self._in("conversations").find(criteria).sort(list(order))
                documents = await cursor.skip(seen).limit(wanted).to_list(None)
                keys = await self._keys_of(document["_id"] for document in documents)
                for document in documents:
                    try:
                        opened = self._opened(document, keys.get(document["_id"]))
                    except SealBroken:
                        unreadable += 1
                    else:
                        found[opened.id] = opened
                seen += len(documents)
                if limit is None or len(documents) < wanted:
                    break
        report_unreadable(unreadable)
        return list(found.values())

    def _opened(self, document: Mapping[str, Any], key: DataKey | None) -> Conversation:
        if key is None:
            raise SealBroken
        return self._codec.open_conversation(record_of(ConversationRecord, document), key)

    def _opened_message(self, document: Mapping[str, Any], key: DataKey) -> Message:
        record = record_of(MessageRecord, {"provider_ref": None, **document})
        return self._codec.open_message(record, key)
