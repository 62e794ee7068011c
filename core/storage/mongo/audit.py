"""The audit: one collection that only grows, and where what is left of it starts."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from core.audit import Deed, Entry, Link, Mark
from core.errors import SealBroken
from core.ids import ConversationId, ListenerId
from core.sealing import DataKey
from core.storage.auditing import checked, opened, sealed
from core.storage.mongo.engine import Disturbed, MongoEngine, record_of
from core.storage.records import ACCOUNTS_SUBJECT, to_micros

_START = {"_id": "audit_start"}


class MongoAudit(MongoEngine):
    """`core.ports.Audit` on MongoDB. An entry's number is its `_id`: two writers cannot both have
    the same place in the chain."""

    async def record(self, *deeds: Deed) -> None:
        """Append entries, durable on return."""
        last = Mark()

        async def work(session: Any) -> None:
            nonlocal last
            last = await self._append(deeds, session)

        async def landed() -> bool:
            mine = {"_id": last.seq, "link": last.link}
            return await self._in("audit").find_one(mine, {"_id": 1}) is not None

        if deeds:
            await self._transaction(work, landed=landed)

    async def _append(self, deeds: Sequence[Deed], session: Any) -> Mark:
        """Record deeds in the transaction of what they are about; the chain's new head."""
        if not deeds:
            return Mark()
        head = await self._head(session)
        for deed in deeds:
            link = sealed(deed, head, await self._audit_key(deed, session), self._codec.chain)
            document = asdict(link)
            document["_id"] = document.pop("seq")
            try:
                await self._in("audit").insert_one(document, session=session)
            except DuplicateKeyError:
                raise Disturbed from None
            head = Mark(link.seq, link.link)
        return head

    async def _head(self, session: Any) -> Mark:
        last = await self._in("audit").find_one({}, sort=[("_id", -1)], session=session)
        if last is not None:
            return Mark(last["_id"], last["link"])
        return (await self._start(session))[0]

    async def _start(self, session: Any = None) -> tuple[Mark, str]:
        stored = await self._in("meta").find_one(_START, session=session)
        if stored is None:
            return Mark(), ""
        return Mark(stored["seq"], stored["link"]), stored["signature"]

    async def _audit_key(self, deed: Deed, session: Any) -> DataKey:
        """The conversation's, so that erasing it erases this too; else the accounts'."""
        if deed.conversation is not None:
            try:
                return await self._key_of(deed.conversation, session=session)
            except SealBroken:
                pass
        return await self._key_of(ACCOUNTS_SUBJECT, session=session)

    async def audit_entries(
        self,
        *,
        before: int | None = None,
        limit: int = 100,
        verb: str | None = None,
        actor: ListenerId | None = None,
        conversation: ConversationId | None = None,
    ) -> Sequence[Entry]:
        """Entries with a number below `before`, the newest first."""
        wanted = {"verb": verb, "actor": actor, "conversation": conversation}
        criteria: dict[str, Any] = {k: v for k, v in wanted.items() if v is not None}
        if before is not None:
            criteria["_id"] = {"$lt": before}
        with self._errors():
            cursor = self._in("audit").find(criteria).sort("_id", -1).limit(limit)
            links = [_link(document) for document in await cursor.to_list(None)]
            keys = await self._keys_of(link.subject for link in links)
        return [opened(link, keys.get(link.subject)) for link in links]

    async def verify_audit(self, anchors: Sequence[Mark] = ()) -> Mark:
        """Check the whole chain, and that it goes through `anchors`. Raises ChainBroken."""
        with self._errors():
            start, signature = await self._start()
        return await checked(self._codec.chain, start, signature, self._stretch, anchors)

    async def purge_audit(self, *, before: datetime) -> int:
        """Forget entries from before a moment; the rest still verifies."""

        async def work(session: Any) -> int:
            audit = self._in("audit")
            # Those before it are all old; writers' clocks differ, so a later one might be as well.
            young = await audit.find_one(
                {"at": {"$gte": to_micros(before)}}, sort=[("_id", 1)], session=session
            )
            old = {"_id": {"$lt": young["_id"]}} if young else {}
            last = await audit.find_one(old, sort=[("_id", -1)], session=session)
            if last is None:
                return 0
            start = Mark(last["_id"], last["link"])
            values = {**asdict(start), "signature": self._codec.chain.sign(start)}
            await self._in("meta").update_one(
                _START, {"$set": values}, upsert=True, session=session
            )
            gone = await audit.delete_many({"_id": {"$lte": start.seq}}, session=session)
            return int(gone.deleted_count)

        return await self._transaction(work)

    async def _stretch(self, after: int, limit: int) -> list[Link]:
        with self._errors():
            cursor = self._in("audit").find({"_id": {"$gt": after}}).sort("_id", 1).limit(limit)
            return [_link(document) for document in await cursor.to_list(None)]


def _link(document: Mapping[str, Any]) -> Link:
    return record_of(Link, document, identity="seq")
