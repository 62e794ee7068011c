"""The end of what is kept: what has had its time goes, and nothing else."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from core.ids import ConversationId
from core.ports.conversations import Touched
from core.retention import Cutoffs


class Purge(Protocol):
    """Destroys what is older than it may be.

    A conversation has had its time when it last changed before the cutoff, but never while it is
    open and somebody waits in it for a human, holds it, or is in danger: that is for people to end.
    """

    async def expired(self, cutoffs: Cutoffs) -> Mapping[str, int]:
        """How many rows of each class have had their time. It may read much."""

    async def overdue(self, *, before: datetime) -> int:
        """How many conversations would have had their time, did nobody wait in them."""

    async def expired_conversations(
        self, *, after: datetime, before: datetime, limit: int
    ) -> Sequence[Touched]:
        """Conversations that had their time, last changed between the two, oldest change first."""

    async def forget_conversation(
        self, conversation_id: ConversationId, *, before: datetime
    ) -> bool:
        """Destroy a conversation with its messages, files, work and key.

        False when it is gone, or has not had its time at `before` (any more).
        """

    async def forget_rest(self, cutoffs: Cutoffs, *, limit: int) -> Mapping[str, int]:
        """Destroy up to `limit` each of files, events, contacts with nothing left, sign-ins and
        signs of life that had their time. How many of each went."""

    async def leave_no_trace(self) -> bool:
        """Take what was destroyed or rewrapped out of the engine's own log as well.

        False where somebody still reads there: then nothing is lost by asking again, and
        `forget_rest` does so each time.
        """
