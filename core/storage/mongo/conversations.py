"""Conversations, their messages and tickets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from core.conversation import Contact, Conversation, Message
from core.errors import Conflict, DuplicateMessage, NotFound, SealBroken
from core.events import InboundEvent
from core.ids import ContactId, ConversationId, ListenerId, MessageId
from core.labels import Urgency
from core.ports import Change, QueueFigures, Touched
from core.sealing import DataKey
from core.storage.mongo.audit import MongoAudit
from core.storage.mongo.engine import Disturbed, duplicate_index, record_of
from core.storage.mongo.inbox import MongoInbox
from core.storage.records import (
    ContactRecord,
    ConversationRecord,
    FactRecord,
    MessageRecord,
    from_micros,
    report_unreadable,
    to_micros,
)
from core.work import Lease


class _PlaceTaken(Conflict):
    """A message's place is taken: the writer had not seen all of the conversation."""


def as_document(
    record: ContactRecord | ConversationRecord | MessageRecord | FactRecord,
) -> dict[str, Any]:
    """A record as it is stored: its id as `_id`."""
    document = asdict(record)
    document["_id"] = document.pop("id")
    return document


def written(now: datetime) -> dict[str, Any]:
    """The new `updated_at` of a conversation written at `now`, for an update that computes.

    It grows with every write, so that a writer whose clock is behind is heard all the same.
    """
    return {"$max": [{"$add": ["$updated_at", 1]}, to_micros(now)]}


class MongoConversations(MongoInbox, MongoAudit):
    """`core.ports.Conversations` on MongoDB."""

    async def contact(self, contact_id: ContactId) -> Contact:
        """Raises NotFound."""
        found = await self._contact({"_id": contact_id})
        if found is None:
            raise NotFound
        return found

    async def find_contact(self, channel: str, account: str, address: str) -> Contact | None:
        """The contact behind a provider's user id or an alias of it, by keyed hash."""
        return await self._contact({"refs": self._codec.contact_ref(channel, account, address)})

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

    async def conversations(self, ids: Iterable[ConversationId]) -> Sequence[Conversation]:
        """Those of these conversations that are there, in the order of `ids`."""
        wanted = list(ids)
        found = {one.id: one for one in await self._listed({"_id": {"$in": wanted}}, [("_id", 1)])}
        return [found[one] for one in wanted if one in found]

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

    async def message_by_provider_id(
        self, channel: str, account: str, provider_id: str
    ) -> Message | None:
        """The message a platform knows by this id, whoever wrote it; None when there is none."""
        ref = self._codec.provider_ref(channel, account, provider_id)
        with self._errors():
            known = await self._in("provider_refs").find_one({"_id": ref})
        return None if known is None else await self.message(known["message_id"])

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
        when a new conversation would be the contact's second open one, or when the wish that
        took it took another that is open, or when a new message's number is taken or passed in
        another conversation of the contact; LeaseLost when `lease` is
        no longer held at `now`; DuplicateMessage when a message id exists already; NotFound when
        the contact is unknown or another's, or a rewritten message is not there.
        """
        conversation = change.conversation
        both = (*change.messages, *change.rewritten)
        if any(one.conversation_id != conversation.id for one in both):
            raise ValueError("a change holds messages of its own conversation only")
        wrapped: bytes | None = None
        if conversation.version == 1:
            key, wrapped = self._vault.new_key(conversation.id)
        else:
            key = await self._key_before(conversation, lease, now)
        # Sealed once, outside the transaction: a repetition writes the very same bytes.
        document = as_document(self._codec.seal_conversation(conversation, key))
        messages = [as_document(self._codec.seal_message(one, key)) for one in change.messages]
        fact = as_document(self._codec.seal_fact(change.fact, key)) if change.fact else None

        async def work(session: Any) -> None:
            await self._hold(lease, now, session)
            await self._put_conversation(document, wrapped, now, session)
            await self._add_messages(messages, session)
            if messages:
                await self._require_own_numbers(document, session)
            for message in change.rewritten:
                await self._rewrite(message, key, session)
            await self._keep_refs(conversation, both, session)
            if consumed:
                await self._consume(consumed, now, session)
            if fact is not None:
                its_own = {"_id": fact["_id"]}
                await self._in("facts").replace_one(its_own, fact, upsert=True, session=session)
            await self._wake(change.wakes, session)
            await self._append(change.deeds, session)

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

    async def _key_before(
        self, conversation: Conversation, lease: Lease | None, now: datetime
    ) -> DataKey:
        """The key of a conversation that is to change.

        Raises Conflict or SealBroken when there is none; and before that LeaseLost, as the
        transaction would: an erasure takes keys and leases at once.
        """
        with self._errors():
            key = (await self._keys_of([conversation.id])).get(conversation.id)
        if key is not None:
            return key
        await self._transaction(lambda session: self._hold(lease, now, session))
        with self._errors():
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
                # Opened again beside another open one, or taken by a wish that took another.
                raise Conflict from None
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
        await self._write_contact(document, session)

    async def _write_contact(self, document: Mapping[str, Any], session: Any) -> None:
        """Let one of two transactions about the same contact fail. Raises NotFound.

        Written, not only read: what another does meanwhile to the contact, or begins with it, must
        see this one or fail it.
        """
        contact = await self._in("contacts").update_one(
            {"_id": document["contact_id"]}, {"$inc": {"conversations": 1}}, session=session
        )
        if not contact.matched_count:
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

    async def _require_own_numbers(self, document: Mapping[str, Any], session: Any) -> None:
        """Raises Conflict where another conversation of the contact has, or will have, the numbers
        of these messages: this one was read before the other was written."""
        conversations, first = self._in("conversations"), document["first_seq"]
        its_own = {"contact_id": document["contact_id"]}
        if document["version"] == 1:
            others = await conversations.distinct(
                "_id", {**its_own, "_id": {"$ne": document["_id"]}}, session=session
            )
            if not others:
                return
            taken = {"conversation_id": {"$in": others}, "seq": {"$gte": first}}
            found = await self._in("messages").find_one(taken, {"_id": 1}, session=session)
        else:
            if not document["is_open"]:
                await self._write_contact(document, session)  # another may begin meanwhile
            later = {**its_own, "first_seq": {"$gt": first}}
            found = await conversations.find_one(later, {"_id": 1}, session=session)
        if found is not None:
            raise Conflict

    @staticmethod
    def _refusal(error: PyMongoError) -> Exception:
        index = duplicate_index(error)
        if index is None:
            return error
        return DuplicateMessage() if index == "_id" else _PlaceTaken()

    async def _rewrite(self, message: Message, key: DataKey, session: Any) -> None:
        """Replace a stored message, but for its place and its delivery. Raises NotFound."""
        mine = {"_id": message.id, "conversation_id": message.conversation_id}
        found = await self._in("messages").find_one(mine, session=session)
        if found is None:
            raise NotFound("No such message.")
        stored = self._opened_message(found, key)
        await self._put_message(
            replace(message, seq=stored.seq, delivery=stored.delivery), key, session
        )

    async def _put_message(self, message: Message, key: DataKey, session: Any) -> None:
        document = as_document(self._codec.seal_message(message, key))
        await self._in("messages").replace_one({"_id": message.id}, document, session=session)

    async def _keep_refs(
        self, conversation: Conversation, messages: Sequence[Message], session: Any
    ) -> None:
        """Let messages be found by the ids that their platform knows them by.

        An id belongs to what we sent by it; a message that came in takes one that is free.
        """
        keeping: list[UpdateOne] = []
        for message in messages:
            values = {"message_id": message.id, "conversation_id": conversation.id}
            how = "$setOnInsert" if message.delivery is None else "$set"
            keeping += [
                UpdateOne({"_id": ref}, {how: values}, upsert=True)
                for ref in self._codec.provider_refs(
                    message, channel=conversation.channel, account=conversation.account
                )
            ]
        if not keeping:
            return
        try:
            await self._in("provider_refs").bulk_write(keeping, session=session)
        except (DuplicateKeyError, BulkWriteError) as error:
            if duplicate_index(error) is None:
                raise
            raise Disturbed from None

    async def waiting(self, *, limit: int) -> Sequence[Conversation]:
        """Open conversations with a waiting ticket, in the order of the line."""
        return await self._listed({"waiting": True}, [("place", 1)], limit=limit)

    async def first_place(self, urgency: Urgency, *, at_least: int) -> int | None:
        """The smallest place, from `at_least` on, of those who wait with this urgency."""
        wanted = {"waiting": True, "urgency": urgency.rank, "place": {"$gte": at_least}}
        with self._errors():
            first = await self._in("conversations").find_one(
                wanted, {"place": 1}, sort=[("place", 1)]
            )
        return None if first is None else int(first["place"])

    async def held_by(self, listener_id: ListenerId) -> Sequence[Conversation]:
        """Open conversations that a listener owns, in the order of claiming."""
        held = {"listener_id": listener_id, "is_open": True}
        return await self._listed(held, [("claimed_at", 1)])

    async def offered_to(self, listener_id: ListenerId) -> Sequence[Conversation]:
        """Open conversations that are offered to a listener who has not declined."""
        offered = {"offered_to": listener_id, "is_open": True}
        return await self._listed(offered, [("claimed_at", 1)])

    async def in_danger(self, *, limit: int) -> Sequence[Conversation]:
        """Open conversations with danger that no listener answered yet, oldest danger first."""
        endangered = {"is_open": True, "danger_since": {"$gt": 0}}
        return await self._listed(endangered, [("danger_since", 1)], limit=limit)

    async def follow_ups(self, *, limit: int) -> Sequence[Conversation]:
        """Conversations with a follow-up to come, soonest first."""
        return await self._listed({"follow_up_at": {"$gt": 0}}, [("follow_up_at", 1)], limit=limit)

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
        return self._codec.open_message(record_of(MessageRecord, document), key)
