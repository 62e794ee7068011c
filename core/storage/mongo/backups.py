"""Copies of the database through the driver: every collection as one transaction sees it.

A transaction lives for a minute on a server as it is delivered: a database that takes longer to
read wants the server's own tools, with the collection `data_keys` copied apart in the same way.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import bson

from core.conversation import Delivery, DeliveryStatus
from core.errors import ConfigurationError
from core.ports.backups import Write
from core.storage.mongo.driver import Driver
from core.storage.mongo.outbox import MongoOutbox
from core.storage.mongo.schema import RESTORING
from core.storage.progress import (
    held_by_restore,
    is_held_by_restore,
    may_go_out_twice,
    released,
)
from core.storage.records import QUEUED, UNCOPIED, document_subject
from core.work import Lane, Wake

_KEYS = "data_keys"
# Read after the rest: a file is never changed, and one that came later belongs to nobody yet.
_FILES = ("fs.files", "fs.chunks")
_LEFT_OUT = frozenset((_KEYS, *_FILES, "sessions", "presence"))
_BATCH = 50
# What no copy holds.
_COPIED = {
    "documents": {"kind": {"$ne": UNCOPIED}},
    _KEYS: {"_id": {"$not": {"$regex": "^" + re.escape(document_subject(UNCOPIED, ""))}}},
}


class MongoBackups(MongoOutbox):
    """`core.ports.Backups` on MongoDB."""

    async def dump(self, write: Write) -> None:
        """Everything as it was at one moment, but for the wrapped data keys; then the files."""
        driver = self._open_driver
        with self._errors():
            names = set(await driver.database.list_collection_names()) - _LEFT_OUT
            session = await driver.start_session()
            try:
                await driver.begin(session)
                for name in sorted(names):
                    await self._copy(name, write, session)
                await session.abort_transaction()
            finally:
                await session.end_session()
            for name in _FILES:
                await self._copy(name, write, None)

    async def dump_keys(self, write: Write) -> None:
        """The wrapped data keys as they are now."""
        with self._errors():
            await self._copy(_KEYS, write, None)

    async def _copy(self, name: str, write: Write, session: Any) -> None:
        cursor = self._in(name).find(_COPIED.get(name, {}), session=session)
        while batch := await cursor.to_list(_BATCH):
            write(name, bson.encode({"documents": batch}))

    async def hold_outbox(self, *, now: datetime) -> int:
        """Mark as unknown what was waiting to be sent when the copy was made."""
        return await self._redeliver(QUEUED, held_by_restore, now, hold=True)

    async def release_outbox(self, *, now: datetime) -> int:
        """Send what `hold_outbox` held."""
        unknown = DeliveryStatus.UNKNOWN.value
        return await self._redeliver(unknown, released, now, hold=False)

    async def _redeliver(
        self, which: str, change: Callable[[Delivery], Delivery], now: datetime, *, hold: bool
    ) -> int:
        with self._errors():
            # In the order of the outbox's index.
            wanted = {"conversation_id": {"$gt": ""}, "delivery": which}
            cursor = self._in("messages").find(wanted, {"_id": 1})
            ids = [document["_id"] for document in await cursor.to_list(None)]
        return sum([await self._redeliver_one(one, change, now, hold=hold) for one in ids])

    async def _redeliver_one(
        self, message_id: str, change: Callable[[Delivery], Delivery], now: datetime, *, hold: bool
    ) -> bool:
        async def work(session: Any) -> bool:
            found = await self._stored_message({"_id": message_id}, session)
            if found is None:
                return False
            message, key = found
            stored = await self._in("conversations").find_one(
                {"_id": message.conversation_id}, session=session
            )
            conversation = self._opened(stored, key)
            wanted = may_go_out_twice(conversation) if hold else is_held_by_restore(message)
            if message.delivery is None or not wanted:
                return False
            await self._put_delivery(message, change(message.delivery), key, now, session)
            if not hold:
                await self._wake([Wake(Lane.DELIVERY, conversation.id, now)], session)
            return True

        return await self._transaction(work)


async def load(
    url: str, data: Iterable[tuple[str, bytes]], keys: Iterable[tuple[str, bytes]]
) -> None:
    """Fill an empty database from a copy; who has no key (any more) is not in it.

    Raises ConfigurationError when something is there already, and leaves it alone. A restore that
    was cut short leaves a database to be dropped before the next try; no store opens it.
    """
    driver = Driver(url, name="motor", default_database="relais")
    database = driver.database
    try:
        if await database.list_collection_names():
            raise ConfigurationError("RELAIS_DATABASE_URL: the database is not empty; drop it.")
        await database["meta"].insert_one({"_id": RESTORING})
        for part in (data, keys):
            for name, content in part:
                documents = bson.decode(content)["documents"]
                await database[name].insert_many(documents)
        known = {one["_id"] async for one in database[_KEYS].find({}, {"_id": 1})}
        await _forget(database, known)
        await database["meta"].delete_one({"_id": RESTORING})
    finally:
        await driver.close()


async def _forget(database: Any, known: set[str]) -> None:
    """Destroy what has no key: it was erased after the copy, or its time came."""
    contacts = await _keyless(database, "contacts", known)
    of_lost = {"contact_id": {"$in": contacts}}
    conversations = await _keyless(database, "conversations", known)
    conversations += [one["_id"] async for one in database["conversations"].find(of_lost)]
    its_own = {"conversation_id": {"$in": conversations}}
    messages = [one["_id"] async for one in database["messages"].find(its_own, {"_id": 1})]
    keys = {"key": {"$in": [*contacts, *conversations, *messages]}}
    await database["work"].delete_many(keys)
    await database["messages"].delete_many(its_own)
    await database["provider_refs"].delete_many(its_own)
    await database["conversations"].delete_many({"_id": {"$in": conversations}})
    await database["contacts"].delete_many({"_id": {"$in": contacts}})
    await database["events"].update_many(
        of_lost, {"$set": {"state": "done"}, "$unset": {"body": "", "contact_id": "", "nth": ""}}
    )
    async for one in database["documents"].find({}, {"kind": 1, "name": 1}):
        if document_subject(one["kind"], one["name"]) not in known:
            await database["documents"].delete_one({"_id": one["_id"]})


async def _keyless(database: Any, collection: str, known: set[str]) -> list[str]:
    cursor = database[collection].find({}, {"_id": 1})
    return [one["_id"] async for one in cursor if one["_id"] not in known]
