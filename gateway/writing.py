"""A listener is writing: shown to the person, wherever that is done.

Platforms show it by themselves. The website's browsers are told by the process that serves them: by
this one at once, and nothing is written down. Where the person is on another process, or nowhere,
the listener's row of presence says it, which holds the last sign only, is in no copy and ends with
a day's absence: processes share nothing but the database. Each process looks there once a second,
while it serves anybody whom a listener answers.

A sign that comes late or not at all does no harm, so none is ever tried again.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog

from connectors.interface import ShowsPresence, ShowsWriting
from core.clock import Clock
from core.conversation import Author, Conversation
from core.errors import StorageUnavailable
from core.ports import Store
from gateway.marks import show_typing

log = structlog.get_logger()

LOOK_EVERY = 1.0
# An older sign is let go of.
FRESH = timedelta(seconds=5)
# The person's last message is among the last so many, or there is nothing to mark as read.
LOOKED_AT = 50


class Writing:
    """Brings one process's signs to the people, and the signs of others to whom it serves."""

    def __init__(self, *, store: Store, channels: Mapping[str, object], clock: Clock) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        # The signs of others that were fresh at the last look.
        self._known: frozenset[object] = frozenset()

    async def show(self, conversation: Conversation) -> None:
        """Show the person that who holds the conversation writes; nothing where nobody does.

        Best effort: must not raise for a platform or a database that is away.
        """
        holder = conversation.owner.listener_id
        if holder is None or not conversation.is_open:
            return
        channel = self._channels.get(conversation.channel)
        try:
            if isinstance(channel, ShowsWriting):
                if not channel.listener_writes(conversation.id, holder):
                    await self._store.note_writing(holder, conversation.id, now=self._clock())
            elif isinstance(channel, ShowsPresence):
                await self._show_on_its_platform(conversation)
        except StorageUnavailable:
            return

    async def _show_on_its_platform(self, conversation: Conversation) -> None:
        after = max(0, conversation.next_seq - LOOKED_AT)
        last = await self._store.messages(conversation.id, after=after, limit=LOOKED_AT)
        heard = [one for one in last if one.author is Author.PERSON]
        if heard:
            await show_typing(self._store, self._channels, conversation, heard[-1])

    async def watch(self) -> None:
        """Look for the signs of other processes, for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - the next look may find the database again
                log.warning("writing_look_failed", error=type(error).__name__)

    async def look(self) -> None:
        """Show what other processes heard since the last look. Raises StorageUnavailable."""
        screens = [
            channel
            for channel in self._channels.values()
            if isinstance(channel, ShowsWriting) and channel.answered_here
        ]
        if not screens:
            return
        since = self._clock() - FRESH
        fresh = frozenset(
            (one.listener_id, one.writes_in, one.writes_at)
            for one in await self._store.present(since=since)
            if one.writes_in is not None and one.writes_at is not None and one.writes_at >= since
        )
        for listener_id, conversation_id, _ in fresh - self._known:
            for channel in screens:
                channel.listener_writes(conversation_id, listener_id)
        self._known = fresh
