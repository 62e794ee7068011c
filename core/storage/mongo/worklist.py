"""The work list: one document an item, hidden from other workers until its lease ends.

A document's `ready_at` is the moment from which any worker may take it: the wished moment while
nobody works on it, the end of the lease while somebody does (`token` is set then). Wishes that
come during a lease gather in `wished_at`. Each change is one update of one document, computed by
the server, so that no worker ever decides on what it read a moment ago.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from core.errors import LeaseLost
from core.ids import new_id
from core.storage.mongo.engine import Disturbed, MongoEngine, duplicate_index
from core.storage.records import to_micros
from core.work import ORDINARY, URGENT, Lane, Lease, Wake

_LEASED = {"$ne": [{"$ifNull": ["$token", None]}, None]}
# How often a claim looks again when other workers took all that it had seen.
_LOOKS = 8
# How many items held by dead processes a claim looks past.
_PASSED_BY = 100


def item_id(lane: Lane, key: str) -> str:
    """The `_id` of an item: a lane has at most one a key."""
    return f"{lane.value}|{key}"


def _wish(wake: Wake) -> UpdateOne:
    """The update, or insertion, that makes a wish known."""
    at = to_micros(wake.at)
    # Two levels only: claims ask for each by name, so that the index serves them in order.
    priority = min(max(wake.priority, URGENT), ORDINARY)
    update = {
        "lane": wake.lane.value,
        "key": {"$literal": wake.key},
        # `$min` passes over what a new or unleased item does not have.
        "priority": {"$min": ["$priority", priority]},
        "generation": {"$add": [{"$ifNull": ["$generation", 0]}, 1]},
        "ready_at": {"$cond": [_LEASED, "$ready_at", {"$min": ["$ready_at", at]}]},
        "wished_at": {"$cond": [_LEASED, {"$min": ["$wished_at", at]}, None]},
        "token": {"$ifNull": ["$token", None]},
    }
    return UpdateOne({"_id": item_id(wake.lane, wake.key)}, [{"$set": update}], upsert=True)


class MongoWorkList(MongoEngine):
    """`core.ports.WorkList` on MongoDB."""

    async def claim_work(
        self, lane: Lane, *, now: datetime, lease_for: timedelta, limit: int
    ) -> Sequence[Lease]:
        """Lease up to `limit` items that are due, urgent first, then longest due.

        A call that fails after it took some leaves them leased: they are due again by themselves.
        """
        until = now + lease_for
        with self._errors():
            for _ in range(_LOOKS):
                due = await self._due(lane, now, limit)
                if not due:
                    break
                leases = await self._undisturbed(partial(self._take, lane, due, now, until))
                if leases is None:
                    leases = await self._take_singly(lane, now, until, limit)
                if leases:
                    return leases
        return []

    async def _due(self, lane: Lane, now: datetime, limit: int) -> list[str]:
        due: list[str] = []
        for priority in (URGENT, ORDINARY):
            if len(due) < limit:
                cursor = self._in("work").find(
                    {
                        "lane": lane.value,
                        "priority": priority,
                        "ready_at": {"$lte": to_micros(now)},
                    },
                    {"_id": 1},
                )
                cursor = cursor.sort("ready_at", 1).limit(limit - len(due))
                due += [document["_id"] async for document in cursor]
        return due

    async def _take(
        self, lane: Lane, due: Sequence[str], now: datetime, until: datetime, session: Any
    ) -> list[Lease]:
        """Lease those of `due` that are still free: one update, then a look at what it got."""
        token, moment = new_id(), to_micros(now)
        # Whatever was wished before is what the holder now looks at.
        taken = {"token": token, "ready_at": to_micros(until), "wished_at": None}
        result = await self._in("work").update_many(
            {"_id": {"$in": list(due)}, "ready_at": {"$lte": moment}},
            {"$set": taken},
            session=session,
        )
        if not result.modified_count:
            return []
        cursor = self._in("work").find({"_id": {"$in": list(due)}, "token": token}, session=session)
        items = {document["_id"]: document async for document in cursor}
        return [
            Lease(lane, items[id_]["key"], token, items[id_]["generation"], until)
            for id_ in due
            if id_ in items
        ]

    async def _take_singly(
        self, lane: Lane, now: datetime, until: datetime, limit: int
    ) -> list[Lease]:
        """Lease what can be had, past items that a transaction holds.

        A process that was killed leaves its transactions open until the server forgets them, a
        minute by default: what they hold must wait, and nothing else.
        """
        leases: list[Lease] = []
        for id_ in await self._due(lane, now, limit + _PASSED_BY):
            if len(leases) == limit:
                break
            leases += await self._undisturbed(partial(self._take, lane, [id_], now, until)) or []
        return leases

    async def extend_lease(self, lease: Lease, *, now: datetime, lease_for: timedelta) -> Lease:
        """The same lease with a later end. Raises LeaseLost."""
        until = max(lease.until, now + lease_for)

        async def work(session: Any) -> bool:
            result = await self._in("work").update_one(
                self._held(lease, now), {"$set": {"ready_at": to_micros(until)}}, session=session
            )
            return bool(result.matched_count)

        if not await self._transaction(work):
            raise LeaseLost
        return replace(lease, until=until)

    async def finish_work(
        self, lease: Lease, *, now: datetime, again_at: datetime | None = None
    ) -> None:
        """Give an item back: gone, unless it was woken meanwhile or is wished again `again_at`."""
        mine = {"_id": item_id(lease.lane, lease.key), "token": lease.token}

        async def work(session: Any) -> None:
            items = self._in("work")
            if again_at is None:
                unwoken = {**mine, "generation": lease.generation, "wished_at": None}
                if (await items.delete_one(unwoken, session=session)).deleted_count:
                    return
            wish = to_micros(again_at if again_at is not None else now)
            # A wake without a moment cannot be; should the field be empty, look again at once.
            ready_at: Any = {"$ifNull": ["$wished_at", wish]}
            if again_at is not None:
                ready_at = {"$min": ["$wished_at", wish]}
            free = {"token": None, "wished_at": None, "ready_at": ready_at}
            await items.update_one(mine, [{"$set": free}], session=session)

        await self._transaction(work)

    async def wake(self, wakes: Sequence[Wake]) -> None:
        """Wish for work, all or none."""
        if wakes:
            await self._transaction(lambda session: self._wake(wakes, session))

    async def _wake(self, wakes: Iterable[Wake], session: Any) -> None:
        """Within a transaction: wish for work, always in the same order of items."""
        wishes = [_wish(wake) for wake in sorted(wakes, key=lambda wake: (wake.lane, wake.key))]
        if not wishes:
            return
        try:
            await self._in("work").bulk_write(wishes, ordered=True, session=session)
        except (DuplicateKeyError, BulkWriteError) as error:
            if duplicate_index(error) is None:
                raise
            raise Disturbed from None

    @staticmethod
    def _held(lease: Lease, now: datetime) -> dict[str, Any]:
        return {
            "_id": item_id(lease.lane, lease.key),
            "token": lease.token,
            "ready_at": {"$gt": to_micros(now)},
        }

    async def _hold(self, lease: Lease | None, now: datetime, session: Any) -> None:
        """Within a transaction: prove that `lease` is held at `now`. Raises LeaseLost.

        The item is written, not only read: a transaction that another worker's claim overtakes
        must fail, and two transactions under one lease must exclude each other.
        """
        if lease is None:
            return
        result = await self._in("work").update_one(
            self._held(lease, now), {"$inc": {"fenced": 1}}, session=session
        )
        if not result.matched_count:
            raise LeaseLost
