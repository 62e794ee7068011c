"""Small things that the desk itself writes and changes: hours, a directory, prepared replies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.ids import ListenerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One version of a document, found by kind and name. What a body means is the kind's affair.

    `kind` and `name` are stored open: they must never tell who or what a document is about. `by` is
    who wrote this version; None: a machine did.
    """

    kind: str
    name: str
    version: int
    body: bytes
    at: datetime
    by: ListenerId | None = None


class Documents(Protocol):
    """Versioned documents, each sealed under a data key of its own."""

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
        """Write the version that follows `version`, which is 0 for a document that is not there.

        Raises Conflict when the stored version is another one: somebody was first. Earlier versions
        stay readable until the document is dropped.
        """

    async def document(self, kind: str, name: str) -> Document | None:
        """The current version; None when there is no such document. Raises SealBroken."""

    async def documents(self, kind: str) -> Sequence[Document]:
        """The current versions of a kind, in the order of their names. One that cannot be opened is
        passed by and logged."""

    async def document_history(self, kind: str, name: str, *, limit: int) -> Sequence[Document]:
        """The versions of a document, newest first. Raises SealBroken."""

    async def drop_document(self, kind: str, name: str) -> bool:
        """Destroy a document with all its versions and its key; False when there is none."""
