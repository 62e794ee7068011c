"""The inbox: accepted events, kept once, numbered by contact in the order of their arrival."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

from pymongo.errors import BulkWriteError, DuplicateKeyError

from core.errors import SealBroken, StorageUnavailable
from core.events import Accepted, InboundEvent
from core.ids import ContactId
from core.ports import PendingEvent
from core.sealing import DataKey, Vault
from core.storage.mongo.driver import DriverName
from core.storage.mongo.engine import JITTER, Again, duplicate_index, record_of
from core.storage.mongo.ledger import Ledger, Place
from core.storage.mongo.worklist import MongoWorkList
from core.storage.records import EventRecord, from_micros, report_set_aside, to_micros
from core.work import Lane, Lease, Wake

# Calls for one contact exclude each other; these bounds let a hundred at once all succeed.
_ROUNDS = 200
_PAUSE_SECONDS = 0.1


class MongoInbox(MongoWorkList):
    """`core.ports.Inbox` on MongoDB."""

    def __init__(self, url: str, vault: Vault, *, driver: DriverName = "motor") -> None:
        """See `MongoEngine`."""
        super().__init__(url, vault, driver=driver)
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def accept_events(
        self, events: Sequence[InboundEvent], *, now: datetime, priority: int
    ) -> Sequence[Accepted]:
        """Keep events unseen so far, unique by (channel, account, event id), in this order."""
        async with self._turn(events):
            for _ in range(_ROUNDS):
                try:
                    return await self._accept(events, now=now, priority=priority)
                except Again:
                    await asyncio.sleep(JITTER.uniform(0.0, _PAUSE_SECONDS))
        raise StorageUnavailable

    @asynccontextmanager
    async def _turn(self, events: Sequence[InboundEvent]) -> AsyncIterator[None]:
        """Calls of this process for the same people go one by one.

        The database would sort them out too, as it does between processes, but each disturbed
        transaction begins again: a hundred at once cost thousands.
        """
        refs = {ref for event in events for ref in self._codec.event_ids(event).all}
        async with AsyncExitStack() as turns:
            # In one order for everybody, so that no two calls wait for each other.
            for ref in sorted(refs):
                await turns.enter_async_context(self._turns.setdefault(ref, asyncio.Lock()))
            yield

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
                ledger = await self._ledger([event for _, event in fresh])
            placed = [(ref, event, ledger.enter(event, now)) for ref, event in fresh]
            await self._keep(placed, ledger, now=now, priority=priority)
        return receipts

    async def _ledger(self, events: Sequence[InboundEvent]) -> Ledger:
        """The contacts known by any id that the events carry."""
        refs = {ref for event in events for ref in self._codec.event_ids(event).all}
        cursor = self._in("contacts").find({"refs": {"$in": sorted(refs)}})
        documents = await cursor.to_list(None)
        keys = await self._keys_of(document["_id"] for document in documents)
        keyless = [one["_id"] for one in documents if one["_id"] not in keys]
        if keyless:
            left = await self._in("contacts").count_documents({"_id": {"$in": keyless}})
            if left < len(keyless):
                raise Again  # erased between the two reads
        return Ledger(self._codec, self._vault, documents, keys)

    async def _keep(
        self,
        placed: Sequence[tuple[str, InboundEvent, Place]],
        ledger: Ledger,
        *,
        now: datetime,
        priority: int,
    ) -> None:
        documents: list[dict[str, Any]] = []
        for ref, event, place in placed:
            sealed = self._codec.seal_event(event, place.contact_id, now, place.key)
            documents.append(
                {
                    "_id": ref,
                    "contact_id": place.contact_id,
                    "received_at": sealed.received_at,
                    "nth": place.nth,
                    "state": "pending",
                    "tries": 0,
                    "body": sealed.body,
                }
            )
        senders = sorted({place.contact_id for _, _, place in placed})

        async def work(session: Any) -> None:
            try:
                await self._enter(ledger, session)
                await self._in("events").insert_many(
                    [dict(document) for document in documents], session=session
                )
            except (DuplicateKeyError, BulkWriteError) as error:
                if duplicate_index(error) is None:
                    raise
                raise Again from None  # another call was first with an event or a contact
            # Last, so that the document that workers watch is held as briefly as can be.
            await self._wake(
                [Wake(Lane.INBOUND, contact_id, now, priority) for contact_id in senders], session
            )

        async def landed() -> bool:
            # A sealed body is unique: the same one means that this very call wrote it.
            first = {"_id": documents[0]["_id"], "body": documents[0]["body"]}
            return await self._in("events").find_one(first, {"_id": 1}) is not None

        await self._transaction(work, landed=landed)

    async def _enter(self, ledger: Ledger, session: Any) -> None:
        """Write the contacts as the ledger has them, those first whose ids are now another's.

        What was read before the transaction must still be so. The counter on a contact numbers its
        events whatever the machines' clocks say, and makes two calls for one contact exclude each
        other; calls for different contacts never meet.
        """
        await self._update_contacts(ledger.losses(), session)
        for document, key in ledger.additions():
            await self._in("contacts").insert_one(document, session=session)
            await self._in("data_keys").insert_one(key, session=session)
        await self._update_contacts(ledger.changes(), session)

    async def _update_contacts(
        self, updates: Iterable[tuple[dict[str, Any], dict[str, Any]]], session: Any
    ) -> None:
        for criteria, update in updates:
            result = await self._in("contacts").update_one(criteria, update, session=session)
            if not result.matched_count:
                raise Again  # another call was first, or the contact was erased

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

    async def consume_too_early(
        self, event: InboundEvent, contact_id: ContactId, *, lease: Lease, now: datetime
    ) -> None:
        """Mark an event done that takes back what has not come yet, and remember it."""
        ref = {"_id": self._codec.taken_back_ref(contact_id, event.target or "")}
        # A ref among the others, of nobody's: it goes when they go.
        kept = {"received_at": to_micros(now), "nth": 0, "state": "done", "tries": 0}

        async def work(session: Any) -> None:
            await self._hold(lease, now, session)
            await self._consume([event], now, session)
            await self._in("events").update_one(
                ref, {"$setOnInsert": kept}, upsert=True, session=session
            )

        await self._transaction(work)

    async def is_taken_back(self, contact_id: ContactId, provider_id: str) -> bool:
        """Whether the contact took this message back before it came."""
        ref = self._codec.taken_back_ref(contact_id, provider_id)
        with self._errors():
            return await self._in("events").find_one({"_id": ref}, {"_id": 1}) is not None

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
