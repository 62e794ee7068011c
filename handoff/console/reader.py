"""Reads each changed conversation once for all consoles of this process.

All that changed meanwhile is read in one go, and every console is told of the gravest first: in a
surge nobody in danger waits behind those who are not. Conversations that are still the bot's
concern no console and go no further than here. That a person is writing is passed on as it comes
and kept nowhere: the consoles that another process serves never hear it.
"""

import asyncio
import heapq
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog

from core.conversation import Conversation, OwnerKind
from core.errors import StorageUnavailable
from core.ids import ConversationId
from core.ports import Changes, Conversations, Feed

log = structlog.get_logger()

# So many are told to a console before it is seen what changed meanwhile.
AT_ONCE = 20


class News:
    """What one console has yet to be told: the newest state of each changed conversation, and in
    which ones the person is writing."""

    def __init__(self) -> None:
        self._changed: dict[ConversationId, Conversation] = {}
        self._writing: dict[ConversationId, Conversation] = {}
        self._failed = False
        self._something = asyncio.Event()

    def add(self, conversation: Conversation) -> None:
        self._changed[conversation.id] = conversation
        self._something.set()

    def writes(self, conversation: Conversation) -> None:
        """The person is writing."""
        self._writing[conversation.id] = conversation
        self._something.set()

    def fail(self) -> None:
        """Something could not be read: this console must start anew."""
        self._failed = True
        self._something.set()

    async def next(self) -> Sequence[Conversation]:
        """Wait until something changed or somebody writes; empty where nothing changed.

        Of much that changed the gravest, in that order; the others come with the next call.
        Raises StorageUnavailable.
        """
        await self._something.wait()
        if self._failed:
            raise StorageUnavailable
        gravest = heapq.nlargest(
            AT_ONCE, self._changed.values(), key=lambda one: one.assessment.urgency.rank
        )
        for each in gravest:
            del self._changed[each.id]
        if not self._changed:
            self._something.clear()
        return gravest

    def writing(self) -> Sequence[Conversation]:
        """Where the person was found to be writing since this was asked last, as it was then."""
        writing, self._writing = tuple(self._writing.values()), {}
        return writing


class ConsoleReader:
    """Follows all changes while at least one console is open."""

    def __init__(self, *, conversations: Conversations, feed: Feed) -> None:
        self._conversations = conversations
        self._feed = feed
        self._consoles: set[News] = set()
        self._reading: asyncio.Task[None] | None = None

    @contextmanager
    def news(self) -> Iterator[News]:
        """What changes from now on."""
        news = News()
        self._consoles.add(news)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(), name="console reader")
        try:
            yield news
        finally:
            self._consoles.discard(news)
            if not self._consoles and self._reading is not None:
                self._reading.cancel()
                self._reading = None

    def person_writes(self, conversation: Conversation) -> None:
        """Pass on that the person of a conversation, in its newest state, is writing.

        Nothing is written down of it. Each console decides by the state whether it may know.
        """
        for news in self._consoles:
            news.writes(conversation)

    async def _read(self) -> None:
        with self._feed.follow() as changes:
            while True:
                try:
                    await self._pass_on(changes)
                except Exception as error:  # noqa: BLE001 - the consoles start anew, the reader goes on
                    log.warning("console_reading_failed", error=type(error).__name__)
                    for news in self._consoles:
                        news.fail()

    async def _pass_on(self, changes: Changes) -> None:
        for conversation in await self._conversations.conversations(await changes.next()):
            # One that a listener let the bot go on with has to leave their console.
            if conversation.owner.kind is not OwnerKind.BOT or conversation.known_to:
                for news in self._consoles:
                    news.add(conversation)
