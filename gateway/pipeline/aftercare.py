"""The after lane: what follows the end of a conversation, and what was promised for later."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors.interface import CallsBack
from core import transitions
from core.clock import Clock
from core.conversation import Conversation
from core.errors import NotFound
from core.follow_up import Stage
from core.ids import ConversationId
from core.ports import Phrasebook, Store
from core.work import Lease

LEASE = timedelta(seconds=30)


class Aftercare:
    """The handler of the after lane."""

    def __init__(
        self, *, store: Store, channels: Mapping[str, object], phrases: Phrasebook, clock: Clock
    ) -> None:
        self._store = store
        self._channels = channels
        self._phrases = phrases
        self._clock = clock

    async def look(self, lease: Lease) -> timedelta | None:
        """Do what is due for one conversation; returns how long until something else is."""
        try:
            began = await self._store.conversation(ConversationId(lease.key))
        except NotFound:
            return None  # erased meanwhile
        latest = await self._store.latest_conversation(began.contact_id)
        assert latest is not None
        now = self._clock()
        change = transitions.follow_up_due(
            latest,
            reachable=may_write_first(self._channels, latest, now),
            now=now,
            phrases=self._phrases,
        )
        # Who has written again is not asked about the last time.
        if change is None and latest.id == began.id:
            change = transitions.ask_opinion(latest, now=now, phrases=self._phrases)
        if change is not None:
            await self._store.commit(change, now=now, lease=lease)
            latest = change.conversation
        due = _due(latest)
        if due is None and latest.id != began.id and _due(began) is not None:
            # What was promised here was seen to there.
            over = transitions.let_go(began, now=now, phrases=self._phrases)
            await self._store.commit(over, now=now, lease=lease)
        return None if due is None else max(due - now, timedelta(0))


def may_write_first(
    channels: Mapping[str, object], conversation: Conversation, now: datetime
) -> bool:
    """Whether the platform lets us write to the person at `now`, of our own accord."""
    until = conversation.window_ends_at
    if until is None or now < until:
        return True
    channel = channels.get(conversation.channel)
    return isinstance(channel, CallsBack) and channel.calls_back


def _due(conversation: Conversation) -> datetime | None:
    told = conversation.follow_up
    return told.due_at if told is not None and told.stage is Stage.AGREED else None
