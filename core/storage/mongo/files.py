"""Files in GridFS: sealed, each under its conversation's id for a name.

GridFS has no transactions. So a file is sealed under a key that an erasure destroys first, and
what outlives its conversation for a moment is noise already.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from gridfs.errors import NoFile

from core.errors import NotFound
from core.ids import AttachmentId, ConversationId
from core.storage.mongo.driver import Driver
from core.storage.mongo.engine import MongoEngine

# How many conversations the sweep asks for at once.
_BATCH = 1000


class MongoFiles(MongoEngine):
    """`core.ports.Files` on MongoDB."""

    async def put_file(
        self, conversation_id: ConversationId, attachment_id: AttachmentId, content: bytes
    ) -> None:
        """Keep a file, durable on return; the same id again replaces it. Raises NotFound."""
        with self._errors():
            if not await self._existing([conversation_id]):
                raise NotFound
            key = await self._key_of(conversation_id)
            sealed = await asyncio.to_thread(self._codec.seal_file, content, attachment_id, key)
            before = await self._revisions(conversation_id, attachment_id)
            kept = await self._open_driver.files.upload_from_stream(
                conversation_id, sealed, metadata={"attachment_id": attachment_id}
            )
            if await self._existing([conversation_id]):
                await self._delete(before)
            else:  # erased meanwhile
                await self._delete([kept])
                raise NotFound

    async def file(
        self, conversation_id: ConversationId, attachment_id: AttachmentId
    ) -> bytes | None:
        """The bytes of a file; None when there is none. Raises SealBroken."""
        with self._errors():
            revisions = await self._revisions(conversation_id, attachment_id)
            if not revisions:
                return None
            key = await self._key_of(conversation_id)
            try:
                stream = await self._open_driver.files.open_download_stream(revisions[0])
                sealed: bytes = await stream.read()
            except NoFile:
                return None
        return await asyncio.to_thread(self._codec.open_file, sealed, attachment_id, key)

    async def drop_file(self, conversation_id: ConversationId, attachment_id: AttachmentId) -> None:
        """Destroy a file; one that is not there is no error."""
        with self._errors():
            await self._delete(await self._revisions(conversation_id, attachment_id))

    async def _revisions(self, conversation_id: str, attachment_id: str) -> list[Any]:
        """What is stored of a file, the latest first; more than one while it is replaced."""
        named = {"filename": conversation_id, "metadata.attachment_id": attachment_id}
        cursor = self._in("fs.files").find(named, {"_id": 1}).sort("_id", -1)
        return [document["_id"] for document in await cursor.to_list(None)]

    async def _delete(self, ids: Iterable[Any]) -> None:
        for one in ids:
            try:
                await self._open_driver.files.delete(one)
            except NoFile:  # another was first
                continue

    async def _drop_files(self, conversation_ids: Iterable[str]) -> None:
        """Destroy all files of conversations."""
        for one in conversation_ids:
            cursor = self._in("fs.files").find({"filename": one}, {"_id": 1})
            await self._delete([document["_id"] for document in await cursor.to_list(None)])

    async def _existing(self, conversation_ids: list[str]) -> set[str]:
        criteria = {"_id": {"$in": conversation_ids}}
        cursor = self._in("conversations").find(criteria, {"_id": 1})
        return {document["_id"] for document in await cursor.to_list(None)}

    async def _prepare(self, driver: Driver) -> None:
        await super()._prepare(driver)
        with self._errors():
            await self._sweep(driver)

    async def _sweep(self, driver: Driver) -> None:
        """Destroy files of conversations that are gone: an erasure was cut short."""
        found = await driver.aggregate("fs.files", [{"$group": {"_id": "$filename"}}])
        names = [document["_id"] for document in found]
        for start in range(0, len(names), _BATCH):
            batch = names[start : start + _BATCH]
            await self._drop_files(set(batch) - await self._existing(batch))
