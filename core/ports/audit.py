"""The audit: a chain of entries that only grows; see `core.audit`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.audit import Deed, Entry, Mark
from core.ids import ConversationId, ListenerId


class Audit(Protocol):
    """Who did what. A deed that writes is recorded in the transaction of its write: give it there
    (`Change.deeds`, `deeds=`). A look is recorded by `record`, before anything is shown."""

    async def record(self, *deeds: Deed) -> None:
        """Append entries, all or none, durable on return."""

    async def audit_entries(
        self,
        *,
        before: int | None = None,
        limit: int = 100,
        verb: str | None = None,
        actor: ListenerId | None = None,
        conversation: ConversationId | None = None,
    ) -> Sequence[Entry]:
        """Entries with a number below `before`, the newest first, `limit` at most.

        Those that do not open any more are listed too, as not `readable`.
        """

    async def verify_audit(self, anchors: Sequence[Mark] = ()) -> Mark:
        """Check the whole chain, and that it goes through `anchors`; its head.

        Raises ChainBroken. An anchor older than what was purged proves nothing and is passed by.
        """

    async def purge_audit(self, *, before: datetime) -> int:
        """Forget the entries from before a moment, and sign where the rest starts; how many.

        What is left still verifies.
        """
