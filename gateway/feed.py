"""The feed: tells sockets which conversations changed, on this process or another.

What this process writes is told at once. What others write is found by polling the store: ten times
a second for what came after the last that was seen, and every so often further back, because their
clocks and transactions may lag. A conversation told twice does no harm, since whoever listens loads
its state and shows only what is new.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog

from core.clock import Clock
from core.ids import ContactId, ConversationId
from core.ports import Store, Touched

log = structlog.get_logger()

POLL_EVERY = 0.1
# Every so many looks goes back by the overlap; it is then found within half a second.
FURTHER_EVERY = 5
OVERLAP = timedelta(seconds=3)
PAGE = 1000


class Pending:
    """One follower's changes, each conversation once however often it changes."""

    def __init__(self) -> None:
        self._conversations: set[ConversationId] = set()
        self._something = asyncio.Event()

    def add(self, conversation_id: ConversationId) -> None:
        self._conversations.add(conversation_id)
        self._something.set()

    async def next(self) -> frozenset[ConversationId]:
        """Wait until something changed; never empty."""
        await self._something.wait()
        self._something.clear()
        changed, self._conversations = frozenset(self._conversations), set()
        return changed


class LiveFeed:
    """The feed of one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._everything: set[Pending] = set()
        self._by_contact: dict[ContactId, set[Pending]] = {}
        # When each conversation was last heard of, within the overlap: not told again by the poll.
        self._heard: dict[ConversationId, datetime] = {}

    @contextmanager
    def follow(self, contact_id: ContactId | None = None) -> Iterator[Pending]:
        """The changes to a contact's conversations, or to all, from now on."""
        pending = Pending()
        followers = (
            self._everything
            if contact_id is None
            else self._by_contact.setdefault(contact_id, set())
        )
        followers.add(pending)
        try:
            yield pending
        finally:
            followers.discard(pending)
            if contact_id is not None and not followers:
                self._by_contact.pop(contact_id, None)

    def tell(
        self, conversation_id: ConversationId, contact_id: ContactId | None, at: datetime
    ) -> None:
        """A conversation changed; without a contact only those who follow everything hear it.

        Then the poll must still find it, for those who follow the contact.
        """
        if contact_id is not None:
            self._heard[conversation_id] = at
        for pending in self._everything:
            pending.add(conversation_id)
        for pending in self._by_contact.get(contact_id, ()) if contact_id else ():
            pending.add(conversation_id)

    async def poll(self, store: Store) -> None:
        """Find what other processes wrote, for ever. The database being down is waited out."""
        seen, looks = self._clock(), 0
        while True:
            await asyncio.sleep(POLL_EVERY)
            further = looks % FURTHER_EVERY == 0
            try:
                seen = await self._look(store, seen - OVERLAP if further else seen, seen)
            except Exception as error:  # noqa: BLE001 - without the feed no screen would be current
                log.warning("feed_poll_failed", error=type(error).__name__)
                looks = 0
                continue
            looks += 1
            if further:
                self._heard = {key: at for key, at in self._heard.items() if at >= seen - OVERLAP}

    async def _look(self, store: Store, since: datetime, seen: datetime) -> datetime:
        """Tell what changed `since`; returns up to when changes are seen now, before: `seen`."""
        while page := await store.changed_since(since, limit=PAGE):
            for touched in page:
                self._hear(touched)
            since = page[-1].at
            if len(page) < PAGE:
                break
        # A row dated ahead, by a clock that is wrong, must not hide what is written until then.
        return max(seen, min(since, self._clock()))

    def _hear(self, touched: Touched) -> None:
        if self._heard.get(touched.conversation_id) != touched.at:
            self.tell(touched.conversation_id, touched.contact_id, touched.at)
