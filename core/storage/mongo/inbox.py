"""The inbox: accepted events, kept once, numbered by contact in the order of their arrival."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError

from core.conversation import Contact
from core.errors import SealBroken, StorageUnavailable
from core.events import Accepted, InboundEvent
from core.ids import ContactId, new_id
from core.ports import PendingEvent
from core.sealing import DataKey
from core.storage.mongo.engine import JITTER, Again, duplicate_index, record_of
from core.storage.mongo.worklist import MongoWorkList
from core.storage.records import EventRecord, from_micros, report_set_aside, to_micros
from core.work import Lane, Lease, Wake

# Calls for one contact exclude each other; these bounds let a hundred at once all succeed.
_ROUNDS = 200
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class _Sender:
    """The contact behind new events, and how many of theirs came before.

    `creation` holds the documents of a contact not yet stored.
    """

    contact_id: str
    key: DataKey
    events: int = 0
    creation: tuple[dict[str, Any], dict[str, Any]] | None = None


class MongoInbox(MongoWorkList):
    """`core.ports.Inbox` on MongoDB."""

    async def accept_events(
        self, events: Sequence[InboundEvent], *, now: datetime, priority: int
    ) -> Sequence[Accepted]:
        """Keep events unseen so far, unique by (channel, account, event id), in this order."""
        for _ in range(_ROUNDS):
            try:
                return await self._accept(events, now=now, priority=priority)
            except Again:
                await asyncio.sleep(JITTER.uniform(0.0, _PAUSE_SECONDS))
        raise StorageUnavailable

    async def _accept(
        self, events: Sequence[InboundEvent], *, now: datetime, priority: int
    ) -> Sequence[Accepted]:
        refs = [self._codec.event_ref(event) for event in events]
        with self._errors():
            # Platforms repeat themselves a lot: a repetition costs one read and no transaction.
            seen = {
                document["_id"]
                async for document in self._in("events").find({"_id": {"$in": refs}}, {"_id": 1})
            }
        receipts: list[Accepted] = []
        fresh: list[tuple[str, InboundEvent]] = []
        for ref, event in zip(refs, events, strict=True):
            receipts.append(Accepted(event.event_id, duplicate=ref in seen))
            if ref not in seen:
                seen.add(ref)
                fresh.append((ref, event))
        if fresh:
            with self._errors():
                senders = await self._senders([event for _, event in fresh], now)
            await self._keep(fresh, senders, now=now, priority=priority)
        return receipts

    async def _senders(
        self, events: Sequence[InboundEvent], now: datetime
    ) -> Mapping[str, _Sender]:
        """Who sent the events, by contact reference; unknown senders become new contacts."""
        firsts = {self._sender_ref(event): event for event in reversed(events)}
        cursor = self._in("contacts").find({"ref": {"$in": list(firsts)}}, {"ref": 1, "events": 1})
        known = {document["ref"]: document async for document in cursor}
        keys = await self._keys_of(document["_id"] for document in known.values())
        senders = {
            ref: _Sender(document["_id"], keys[document["_id"]], document["events"])
            for ref, document in known.items()
            if document["_id"] in keys
        }
        for ref, event in firsts.items():
            if ref not in known:
                senders[ref] = self._new_sender(event, now)
            elif ref not in senders:
                contact = {"_id": known[ref]["_id"]}
                if await self._in("contacts").find_one(contact, {"_id": 1}) is None:
                    raise Again  # erased between the two reads
                raise SealBroken
        return senders

    def _sender_ref(self, event: InboundEvent) -> str:
        return self._codec.contact_ref(event.channel, event.account, event.sender)

    def _new_sender(self, event: InboundEvent, now: datetime) -> _Sender:
        contact = Contact(
            id=ContactId(new_id()),
            channel=event.channel,
            account=event.account,
            address=event.sender,
            created_at=now,
        )
        key, wrapped = self._vault.new_key(contact.id)
        document = asdict(self._codec.seal_contact(contact, key))
        document["_id"] = document.pop("id")
        creation = (document, {"_id": contact.id, "wrapped": wrapped})
        return _Sender(contact.id, key, creation=creation)

    async def _keep(
        self,
        fresh: Sequence[tuple[str, InboundEvent]],
        senders: Mapping[str, _Sender],
        *,
        now: datetime,
        priority: int,
    ) -> None:
        by_event = [(ref, event, senders[self._sender_ref(event)]) for ref, event in fresh]
        counts = Counter(sender.contact_id for _, _, sender in by_event)
        documents: list[dict[str, Any]] = []
        for ref, event, sender in by_event:
            sealed = self._codec.seal_event(event, sender.contact_id, now, sender.key)
            documents.append(
                {
                    "_id": ref,
                    "contact_id": sender.contact_id,
                    "received_at": sealed.received_at,
                    "state": "pending",
                    "tries": 0,
                    "body": sealed.body,
                }
            )

        def numbered(next_nth: dict[str, int]) -> list[dict[str, Any]]:
            result = []
            for document in documents:
                contact_id = document["contact_id"]
                result.append({**document, "nth": next_nth[contact_id]})
                next_nth[contact_id] += 1
            return result

        async def work(session: Any) -> None:
            # The counter on the contact numbers its events whatever the machines' clocks say, and
            # makes two calls for one contact exclude each other; different contacts never meet.
            next_nth: dict[str, int] = {}
            try:
                for sender in sorted(senders.values(), key=lambda sender: sender.contact_id):
                    count = counts[sender.contact_id]
                    next_nth[sender.contact_id] = await self._reserve(sender, count, session)
                await self._in("events").insert_many(numbered(next_nth), session=session)
            except (DuplicateKeyError, BulkWriteError) as error:
                if duplicate_index(error) is None:
                    raise
                raise Again from None  # another call was first with an event or a contact
            # Last, so that the document that workers watch is held as briefly as can be.
            await self._wake(
                [Wake(Lane.INBOUND, contact_id, now, priority) for contact_id in counts], session
            )

        async def landed() -> bool:
            # A sealed body is unique: the same one means that this very call wrote it.
            first = {"_id": documents[0]["_id"], "body": documents[0]["body"]}
            return await self._in("events").find_one(first, {"_id": 1}) is not None

        await self._transaction(work, landed=landed)

    async def _reserve(self, sender: _Sender, count: int, session: Any) -> int:
        """Numbers for `count` events of a contact, which is created if it is new: the first."""
        contacts = self._in("contacts")
        if sender.creation is not None:
            contact, key = sender.creation
            await contacts.insert_one({**contact, "events": count}, session=session)
            await self._in("data_keys").insert_one(key, session=session)
            return 1
        result = await contacts.update_one(
            {"_id": sender.contact_id, "events": sender.events},
            {"$inc": {"events": count}},
            session=session,
        )
        if not result.matched_count:
            raise Again  # another call was first, or the contact was erased
        return sender.events + 1

    async def pending_events(self, contact_id: ContactId, *, limit: int) -> Sequence[PendingEvent]:
        """The contact's accepted events not yet consumed or quarantined, oldest first."""
        with self._errors():
            while True:
                cursor = self._in("events").find({"contact_id": contact_id, "state": "pending"})
                documents = await cursor.sort("nth", 1).limit(limit).to_list(None)
                key = (await self._keys_of([contact_id])).get(contact_id) if documents else None
                pending: list[PendingEvent] = []
                broken: list[str] = []
                for document in documents:
                    try:
                        pending.append(self._pending(document, key))
                    except SealBroken:
                        broken.append(document["_id"])
                if not broken:
                    return pending
                await self._set_aside(broken)  # and look at those behind them

    def _pending(self, document: Mapping[str, Any], key: DataKey | None) -> PendingEvent:
        if key is None:
            raise SealBroken
        record = record_of(EventRecord, document, identity="ref")
        received_at = from_micros(record.received_at)
        return PendingEvent(self._codec.open_event(record, key), received_at, document["tries"])

    async def _set_aside(self, refs: Sequence[str]) -> None:
        result = await self._in("events").update_many(
            {"_id": {"$in": refs}, "state": "pending"}, {"$set": {"state": "quarantined"}}
        )
        report_set_aside(result.modified_count)

    async def consume_event(self, event: InboundEvent, *, lease: Lease, now: datetime) -> None:
        """Mark an event done that changes no conversation. Its content is erased, its id kept."""

        async def work(session: Any) -> None:
            await self._hold(lease, now, session)
            await self._consume([event], now, session)

        await self._transaction(work)

    async def _consume(self, events: Sequence[InboundEvent], now: datetime, session: Any) -> None:
        """Within a transaction: mark events done and erase their content."""
        refs = [self._codec.event_ref(event) for event in events]
        await self._in("events").update_many(
            {"_id": {"$in": refs}},
            {"$set": {"state": "done", "done_at": to_micros(now)}, "$unset": {"body": ""}},
            session=session,
        )

    async def event_failed(
        self, event: InboundEvent, *, lease: Lease, now: datetime, quarantine_after: int
    ) -> bool:
        """Count a failed try; True when the event is now quarantined, out of the others' way."""
        ref = self._codec.event_ref(event)
        tries = 0

        async def work(session: Any) -> bool:
            nonlocal tries
            await self._hold(lease, now, session)
            stored = await self._in("events").find_one({"_id": ref}, session=session)
            if stored is None or stored["state"] != "pending":
                return stored is not None and stored["state"] == "quarantined"
            tries = stored["tries"] + 1
            state = "quarantined" if tries >= quarantine_after else "pending"
            await self._in("events").update_one(
                {"_id": ref}, {"$set": {"tries": tries, "state": state}}, session=session
            )
            return state == "quarantined"

        async def landed() -> bool:
            # Only the holder of the lease counts: our number in the database is our write.
            counted = {"_id": ref, "tries": tries}
            return await self._in("events").find_one(counted, {"_id": 1}) is not None

        return await self._transaction(work, landed=landed)
