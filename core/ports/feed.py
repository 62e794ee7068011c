"""Who shows conversations learns that they changed."""

from contextlib import AbstractContextManager
from typing import Protocol

from core.ids import ContactId, ConversationId


class Changes(Protocol):
    """What changed since one looked last. Changes to one conversation are told once."""

    async def next(self) -> frozenset[ConversationId]:
        """Wait until something changed; never empty."""


class Feed(Protocol):
    """Tells who shows conversations that they changed, on whatever process that happened."""

    def follow(self, contact_id: ContactId | None = None) -> AbstractContextManager[Changes]:
        """The changes to a contact's conversations, or to all, from now on."""
