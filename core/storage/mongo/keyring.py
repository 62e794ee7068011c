"""Rotation of the master key: data keys are wrapped anew, one update a key.

An update names the wrapping it replaces: a key that was erased or replaced meanwhile stays so.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from pymongo import UpdateOne

from core.errors import SealBroken, StorageUnavailable
from core.sealing import ROOT_SUBJECT, version_of
from core.storage.mongo.engine import MongoEngine
from core.storage.records import ACCOUNTS_SUBJECT

LAST_SUBJECTS = (ACCOUNTS_SUBJECT, ROOT_SUBJECT)


class MongoKeyRing(MongoEngine):
    """`core.ports.KeyRing` on MongoDB."""

    async def key_versions(self) -> Mapping[int, int]:
        """How many data keys each version of the master key wraps. It reads all of them."""
        versions: Counter[int] = Counter()
        with self._errors():
            async for document in self._in("data_keys").find({}, {"wrapped": 1}):
                versions[version_of(document["wrapped"])] += 1
        return versions

    async def rewrap_keys(self, *, after: str, limit: int) -> tuple[int, str | None]:
        """Bring some keys under the present master key; how many, and how far this got."""
        with self._errors():
            cursor = self._in("data_keys").find({"_id": {"$gt": after}}).sort("_id", 1)
            documents = await cursor.limit(limit).to_list(None)
            others = [one for one in documents if one["_id"] not in LAST_SUBJECTS]
            changed = await self._rewrap(others)
        return changed, documents[-1]["_id"] if documents else None

    async def finish_rotation(self) -> None:
        """Bring the accounts' key and the root under the present master key."""
        with self._errors():
            cursor = self._in("data_keys").find({"_id": {"$in": list(LAST_SUBJECTS)}})
            documents = await cursor.to_list(None)
            if await self._rewrap(documents) not in (0, len(documents)):
                raise StorageUnavailable("Somebody else rotates: begin again.")

    async def _rewrap(self, documents: Sequence[Mapping[str, Any]]) -> int:
        updates = []
        for one in documents:
            with suppress(SealBroken):  # it opens nothing, under whatever key
                if (anew := self._vault.rewrapped(one["_id"], one["wrapped"])) is not None:
                    before = {"_id": one["_id"], "wrapped": one["wrapped"]}
                    updates.append(UpdateOne(before, {"$set": {"wrapped": anew}}))
        if not updates:
            return 0
        result = await self._in("data_keys").bulk_write(updates, ordered=False)
        return int(result.modified_count)
