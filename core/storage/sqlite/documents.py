"""Versioned documents: one row a version, one of them the current one."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core.errors import Conflict, SealBroken
from core.ids import ListenerId
from core.ports.documents import Document
from core.storage.records import (
    DocumentRecord,
    document_subject,
    report_unreadable,
)
from core.storage.sqlite.rows import Part, columns, insertion, record_of, values

_INSERT = insertion(DocumentRecord, "documents")
_ROWS = f"""
    SELECT {columns(DocumentRecord, "documents")}, data_keys.wrapped
    FROM documents
    LEFT JOIN data_keys ON data_keys.subject = 'document|' || kind || '|' || documents.name"""
CURRENT = f"{_ROWS} WHERE kind = ? AND documents.name = ? AND is_current = 1"
ALL_CURRENT = f"{_ROWS} WHERE kind = ? AND is_current = 1 ORDER BY documents.name"
HISTORY = f"{_ROWS} WHERE kind = ? AND documents.name = ? ORDER BY version DESC LIMIT ?"


class DocumentsPart(Part):
    """See `core.ports.Documents`."""

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
        """See `core.ports.Documents`."""
        document = Document(kind=kind, name=name, version=version + 1, body=body, at=now, by=by)
        subject = document_subject(kind, name)

        def operation(connection: sqlite3.Connection) -> None:
            try:
                if version == 0:
                    key = self._keys.created(connection, subject)
                else:
                    self._outdate(connection, kind, name, version)
                    key = self._keys.stored(connection, subject)
                record = self._codec.seal_document(document, key)
                connection.execute(_INSERT, values(record))
            except sqlite3.IntegrityError:
                raise Conflict from None

        await self._write(operation)
        return document

    @staticmethod
    def _outdate(connection: sqlite3.Connection, kind: str, name: str, version: int) -> None:
        done = connection.execute(
            "UPDATE documents SET is_current = 0"
            " WHERE kind = ? AND name = ? AND version = ? AND is_current = 1",
            (kind, name, version),
        )
        if not done.rowcount:
            raise Conflict

    async def document(self, kind: str, name: str) -> Document | None:
        """See `core.ports.Documents`."""
        row = await self._read(
            lambda connection: connection.execute(CURRENT, (kind, name)).fetchone()
        )
        return None if row is None else self._open_document(row)

    async def documents(self, kind: str) -> Sequence[Document]:
        """See `core.ports.Documents`."""
        rows = await self._read(
            lambda connection: connection.execute(ALL_CURRENT, (kind,)).fetchall()
        )
        found: list[Document] = []
        for row in rows:
            try:
                found.append(self._open_document(row))
            except SealBroken:
                continue
        report_unreadable(len(rows) - len(found))
        return found

    async def document_history(self, kind: str, name: str, *, limit: int) -> Sequence[Document]:
        """See `core.ports.Documents`."""
        rows = await self._read(
            lambda connection: connection.execute(HISTORY, (kind, name, limit)).fetchall()
        )
        return [self._open_document(row) for row in rows]

    async def drop_document(self, kind: str, name: str) -> bool:
        """See `core.ports.Documents`."""

        def operation(connection: sqlite3.Connection) -> bool:
            connection.execute(
                "DELETE FROM data_keys WHERE subject = ?", (document_subject(kind, name),)
            )
            done = connection.execute(
                "DELETE FROM documents WHERE kind = ? AND name = ?", (kind, name)
            )
            return done.rowcount > 0

        return await self._write(operation)

    def _open_document(self, row: Sequence[Any]) -> Document:
        record = record_of(DocumentRecord, row)
        subject = document_subject(record.kind, record.name)
        return self._codec.open_document(record, self._keys.unwrapped(subject, row[-1]))
