"""Versioned documents: one of MongoDB's documents a version, one of them the current one."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo.errors import DuplicateKeyError

from core.errors import Conflict, SealBroken
from core.ids import ListenerId
from core.ports.documents import Document
from core.sealing import DataKey
from core.storage.mongo.engine import MongoEngine, record_of
from core.storage.records import DocumentRecord, document_subject, report_unreadable


class MongoDocuments(MongoEngine):
    """`core.ports.Documents` on MongoDB."""

    async def put_document(
        self,
        kind: str,
        name: str,
        body: bytes,
        *,
        version: int,
        now: datetime,
        by: ListenerId | None = None,
    ) -> Document:
        """Write the version that follows `version`, which is 0 for a document that is not there."""
        document = Document(kind=kind, name=name, version=version + 1, body=body, at=now, by=by)
        subject = document_subject(kind, name)
        new_key, wrapped = self._vault.new_key(subject)
        stored: dict[str, Any] = {}

        async def work(session: Any) -> None:
            try:
                if version == 0:
                    await self._in("data_keys").insert_one(
                        {"_id": subject, "wrapped": wrapped}, session=session
                    )
                    key = new_key
                else:
                    await self._outdate(kind, name, version, session)
                    key = await self._key_of(subject, session=session)
                stored.update(_stored(self._codec.seal_document(document, key)))
                await self._in("documents").insert_one(dict(stored), session=session)
            except DuplicateKeyError:
                raise Conflict from None

        async def landed() -> bool:
            # A sealed body is unique: the same one means that this very call wrote it.
            mine = {"_id": stored["_id"], "body": stored["body"]}
            return await self._in("documents").find_one(mine, {"_id": 1}) is not None

        await self._transaction(work, landed=landed)
        return document

    async def _outdate(self, kind: str, name: str, version: int, session: Any) -> None:
        done = await self._in("documents").update_one(
            {"_id": _identity(kind, name, version), "is_current": True},
            {"$set": {"is_current": False}},
            session=session,
        )
        if not done.matched_count:
            raise Conflict

    async def document(self, kind: str, name: str) -> Document | None:
        """The current version; None when there is no such document."""
        found = await self._find_documents(
            {"kind": kind, "name": name, "is_current": True}, [("name", 1)], 1
        )
        keys = await self._document_keys(found)
        return self._open_document(found[0], keys) if found else None

    async def documents(self, kind: str) -> Sequence[Document]:
        """The current versions of a kind, in the order of their names."""
        found = await self._find_documents({"kind": kind, "is_current": True}, [("name", 1)], 0)
        keys = await self._document_keys(found)
        opened: list[Document] = []
        for one in found:
            try:
                opened.append(self._open_document(one, keys))
            except SealBroken:
                continue
        report_unreadable(len(found) - len(opened))
        return opened

    async def document_history(self, kind: str, name: str, *, limit: int) -> Sequence[Document]:
        """The versions of a document, newest first."""
        found = await self._find_documents({"kind": kind, "name": name}, [("version", -1)], limit)
        keys = await self._document_keys(found)
        return [self._open_document(one, keys) for one in found]

    async def drop_document(self, kind: str, name: str) -> bool:
        """Destroy a document with all its versions and its key; False when there is none."""

        async def work(session: Any) -> bool:
            await self._in("data_keys").delete_one(
                {"_id": document_subject(kind, name)}, session=session
            )
            done = await self._in("documents").delete_many(
                {"kind": kind, "name": name}, session=session
            )
            return bool(done.deleted_count)

        return await self._transaction(work)

    async def _find_documents(
        self, criteria: Mapping[str, Any], order: list[tuple[str, int]], limit: int
    ) -> list[dict[str, Any]]:
        with self._errors():
            cursor = self._in("documents").find(criteria).sort(order).limit(limit)
            found: list[dict[str, Any]] = await cursor.to_list(None)
        return found

    async def _document_keys(self, found: Sequence[Mapping[str, Any]]) -> dict[str, DataKey]:
        with self._errors():
            return await self._keys_of(document_subject(one["kind"], one["name"]) for one in found)

    def _open_document(self, stored: Mapping[str, Any], keys: Mapping[str, DataKey]) -> Document:
        record = record_of(DocumentRecord, stored, identity="")
        key = keys.get(document_subject(record.kind, record.name))
        if key is None:
            raise SealBroken
        return self._codec.open_document(record, key)


def _stored(record: DocumentRecord) -> dict[str, Any]:
    return {"_id": _identity(record.kind, record.name, record.version), **asdict(record)}


def _identity(kind: str, name: str, version: int) -> str:
    return f"{kind}|{name}|{version}"
