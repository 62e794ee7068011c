"""The end of what is kept: documents that had their time are found by their index, and go."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.errors import StorageUnavailable
from core.ids import ContactId, ConversationId
from core.ports import Touched
from core.retention import Cutoffs
from core.storage.mongo.erasure import MongoErasure, items
from core.storage.records import from_micros, to_micros
from core.work import Lane

# Somebody waits, holds it, or is in danger: never purged.
_UNSETTLED: Mapping[str, Any] = {
    "is_open": True,
    "$or": [{"waiting": True}, {"listener_id": {"$gt": ""}}, {"danger_since": {"$gt": 0}}],
}
_FINISHED = {"$in": ["done", "quarantined"]}
# How many contacts are looked at together.
_BATCH = 500


def _conversations(after: datetime | None, before: datetime, *, settled: bool) -> dict[str, Any]:
    moments: dict[str, Any] = {"$lt": to_micros(before)}
    if after is not None:
        moments["$gt"] = to_micros(after)
    state = {"$nor": [dict(_UNSETTLED)]} if settled else dict(_UNSETTLED)
    return {"updated_at": moments, **state}


class MongoRetention(MongoErasure):
    """`core.ports.Purge` on MongoDB."""

    async def expired(self, cutoffs: Cutoffs) -> Mapping[str, int]:
        """How many documents of each class have had their time."""
        chats = _conversations(None, cutoffs.chats, settled=True)
        criteria = {
            "chats": ("conversations", chats, "changed"),
            "audit": ("audit", {"at": {"$lt": to_micros(cutoffs.audit)}}, "at"),
            **_old(cutoffs),
        }
        with self._errors():
            counts = {
                name: await self._in(collection).count_documents(wanted, hint=index)
                for name, (collection, wanted, index) in criteria.items()
            }
        return counts | {"contacts": len(await self._empty_contacts(cutoffs.contacts, None))}

    async def overdue(self, *, before: datetime) -> int:
        """How many conversations would have had their time, did nobody wait in them."""
        with self._errors():
            criteria = _conversations(None, before, settled=False)
            found = await self._in("conversations").count_documents(criteria, hint="changed")
            return int(found)

    async def expired_conversations(
        self, *, after: datetime, before: datetime, limit: int
    ) -> Sequence[Touched]:
        """Conversations that had their time, oldest change first."""
        with self._errors():
            cursor = self._in("conversations").find(
                _conversations(after, before, settled=True), {"contact_id": 1, "updated_at": 1}
            )
            in_order = cursor.sort("updated_at", 1).hint("changed")
            documents = await in_order.limit(limit).to_list(None)
        return [
            Touched(
                ConversationId(one["_id"]),
                ContactId(one["contact_id"]),
                from_micros(one["updated_at"]),
            )
            for one in documents
        ]

    async def forget_conversation(
        self, conversation_id: ConversationId, *, before: datetime
    ) -> bool:
        """Destroy a conversation with its messages, files, work and key."""
        had_its_time = {"_id": conversation_id, **_conversations(None, before, settled=True)}

        async def work(session: Any) -> bool:
            # First, so that whoever writes to it now comes before this or fails.
            gone = await self._in("conversations").delete_one(had_its_time, session=session)
            if not gone.deleted_count:
                return False
            among = {"conversation_id": conversation_id}
            messages = await self._ids("messages", among, session)
            for collection, criteria in (
                ("data_keys", {"_id": conversation_id}),
                ("messages", among),
                ("provider_refs", among),
                *(("work", items(lane, conversation_id, *messages)) for lane in Lane),
            ):
                await self._in(collection).delete_many(criteria, session=session)
            return True

        forgotten = await self._transaction(work)
        if forgotten:
            try:
                with self._errors():
                    await self._drop_files([conversation_id])
            except StorageUnavailable:
                return True  # nobody can open them any more; they are swept at the next start
        return forgotten

    async def forget_rest(self, cutoffs: Cutoffs, *, limit: int) -> Mapping[str, int]:
        """Destroy up to `limit` each of all else that had its time."""
        gone: dict[str, int] = {}
        with self._errors():
            for name, (collection, wanted, index) in _old(cutoffs).items():
                cursor = self._in(collection).find(wanted, {"_id": 1}).hint(index).limit(limit)
                ids = [document["_id"] for document in await cursor.to_list(None)]
                gone[name] = len(ids)
                if name == "files":
                    await self._delete(ids)
                elif ids:
                    await self._in(collection).delete_many({"_id": {"$in": ids}, **wanted})
        # After the events: the last of a contact may have gone with them.
        empty = await self._empty_contacts(cutoffs.contacts, limit)
        for contact_id in empty:
            await self._erase(contact_id, only_empty=True)
        return gone | {"contacts": len(empty)}

    async def leave_no_trace(self) -> bool:
        """MongoDB writes over its journal by itself, and nobody can ask it to do so now."""
        return True

    async def _empty_contacts(self, before: datetime, limit: int | None) -> list[ContactId]:
        """Contacts of old with no conversation and no event that holds something."""
        empty: list[ContactId] = []
        with self._errors():
            cursor = self._in("contacts").find(
                {"created_at": {"$lt": to_micros(before)}}, {"_id": 1}
            )
            while batch := await cursor.to_list(_BATCH):
                ids = [document["_id"] for document in batch]
                its_own = {"contact_id": {"$in": ids}}
                busy = set(await self._in("conversations").distinct("contact_id", its_own))
                waiting = {**its_own, "state": {"$ne": "done"}}
                busy |= set(await self._in("events").distinct("contact_id", waiting))
                empty += [ContactId(one) for one in ids if one not in busy]
                if limit is not None and len(empty) >= limit:
                    return empty[:limit]
        return empty


def _old(cutoffs: Cutoffs) -> dict[str, tuple[str, dict[str, Any], str]]:
    """What goes by its age alone: class, collection, which documents, and the index to find them
    by, for a planner may prefer another one."""
    events = {"received_at": {"$lt": to_micros(cutoffs.events)}, "state": _FINISHED}
    return {
        "events": ("events", events, "received"),
        "sign_ins": ("sessions", {"created_at": {"$lt": to_micros(cutoffs.sign_ins)}}, "created"),
        "presence": ("presence", {"seen_at": {"$lt": to_micros(cutoffs.presence)}}, "seen"),
        "files": ("fs.files", {"uploadDate": {"$lt": cutoffs.files}}, "uploaded"),
    }
