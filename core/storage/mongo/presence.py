"""Who is there: the last sign of life of each listener, their own word and where they write, one
document each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from core.accounts import Attendance, Availability
from core.ids import ConversationId, ListenerId
from core.storage.mongo.engine import MongoEngine
from core.storage.records import attendance_of, to_micros


class MongoPresence(MongoEngine):
    """`core.ports.Presence` on MongoDB."""

    async def note_present(self, listener_id: ListenerId, *, now: datetime) -> None:
        """Keep a sign of life. An older one than is known changes nothing."""
        await self._note(listener_id, {"$max": {"seen_at": to_micros(now)}})

    async def note_writing(
        self, listener_id: ListenerId, conversation_id: ConversationId, *, now: datetime
    ) -> None:
        """Keep where a listener is writing, in place of what was kept before."""
        moment = to_micros(now)
        sign = {"writes_in": conversation_id, "writes_at": moment}
        await self._note(listener_id, {"$max": {"seen_at": moment}, "$set": sign})

    async def set_availability(
        self, listener_id: ListenerId, availability: Availability, *, now: datetime
    ) -> None:
        """Keep what a listener says of themselves; it is a sign of life too."""
        moment = to_micros(now)
        said = {"availability": availability.value, "since": moment}
        await self._note(listener_id, {"$max": {"seen_at": moment}, "$set": said})

    async def _note(self, listener_id: ListenerId, update: Mapping[str, Any]) -> None:
        mine = {"_id": listener_id}
        with self._errors():
            try:
                await self._in("presence").update_one(mine, update, upsert=True)
            except DuplicateKeyError:
                # Another process made the document at the same moment: now it is there.
                await self._in("presence").update_one(mine, update)

    async def present(self, *, since: datetime) -> Sequence[Attendance]:
        """Listeners who gave a sign of life at `since` or later."""
        heard = {"seen_at": {"$gte": to_micros(since)}}
        with self._errors():
            found = await self._in("presence").find(heard).to_list(None)
        said = Availability.AVAILABLE.value
        return [
            attendance_of(
                one["_id"],
                one["seen_at"],
                one.get("availability", said),
                one.get("since"),
                one.get("writes_in"),
                one.get("writes_at"),
            )
            for one in found
        ]

    async def absent_holders(self, *, before: datetime) -> Sequence[ListenerId]:
        """Listeners who hold open conversations and gave no sign of life at `before` or later."""
        moment = to_micros(before)
        with self._errors():
            quiet = await self._open_driver.aggregate(
                "conversations",
                [
                    {"$match": {"is_open": True, "listener_id": {"$gt": ""}}},
                    {"$group": {"_id": "$listener_id", "claimed_at": {"$max": "$claimed_at"}}},
                    {"$match": {"claimed_at": {"$lt": moment}}},
                ],
            )
            if not quiet:
                return ()
            wanted = {"_id": {"$in": [one["_id"] for one in quiet]}, "seen_at": {"$gte": moment}}
            seen = await self._in("presence").find(wanted, {"_id": 1}).to_list(None)
        present = {one["_id"] for one in seen}
        return [ListenerId(one["_id"]) for one in quiet if one["_id"] not in present]
