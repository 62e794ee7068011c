"""The watch lane: danger that nobody answers or that still waits, silence, closing time, who
left, wishes to erase."""

from datetime import datetime, timedelta

import structlog

from core import transitions
from core.clock import Clock
from core.conversation import Conversation
from core.errors import NotFound
from core.ids import ConversationId
from core.ports import Phrasebook, Store
from core.prospects import Expect, always_answered
from core.work import Lease
from gateway.privacy.reach import Reach, forget, reach

log = structlog.get_logger()

# How long other processes take to hear that a conversation ended.
SCREENS_LET_GO = timedelta(seconds=5)


class Watching:
    """The handler of the watch lane."""

    def __init__(
        self,
        *,
        store: Store,
        phrases: Phrasebook,
        clock: Clock,
        expect: Expect = always_answered,
    ) -> None:
        self._store = store
        self._phrases = phrases
        self._clock = clock
        self._expect = expect

    async def watch(self, lease: Lease) -> timedelta | None:
        """Do what is due; returns how long until something else is."""
        try:
            conversation = await self._store.conversation(ConversationId(lease.key))
        except NotFound:
            return None  # erased meanwhile
        now = self._clock()
        if (what := await self._to_erase(conversation, now)) is not None:
            return await self._erase(what, now)
        alarm = transitions.sound_alarm(conversation, now=now, phrases=self._phrases)
        prospect = self._expect(conversation.channel)
        change = (
            alarm
            or transitions.hand_over_silent(
                conversation, now=now, phrases=self._phrases, prospect=prospect
            )
            or transitions.tell_of_closing(
                conversation, now=now, phrases=self._phrases, prospect=prospect
            )
            or transitions.tell_numbers_again(
                conversation, now=now, phrases=self._phrases, prospect=prospect
            )
            or transitions.end_of_who_left(conversation, now=now, phrases=self._phrases)
        )
        if change is not None:
            await self._store.commit(change, now=now, lease=lease)
            conversation = change.conversation
        if alarm is not None:
            log.warning("danger_unanswered", conversation=conversation.id)
        moments = [
            transitions.alarm_at(conversation),
            transitions.silence_ends_at(conversation),
            transitions.ask_again_at(conversation, now=now),
            transitions.closing_at(conversation, prospect),
            transitions.numbers_again_at(conversation, now=now),
            transitions.left_at(conversation),
        ]
        return min((at - now for at in moments if at is not None), default=None)

    async def _to_erase(self, conversation: Conversation, now: datetime) -> Reach | None:
        """All that is to be erased now, the other half of their conversations included."""
        if conversation.erasure is None:
            return None
        latest = await self._store.latest_conversation(conversation.contact_id)
        if latest is None or not transitions.may_erase(latest, now=now):
            return None
        what = await reach(self._store, latest.contact_id)
        return what if all(transitions.may_be_ended(one) for one in what.others) else None

    async def _erase(self, what: Reach, now: datetime) -> timedelta | None:
        """As the person wished: first off every screen, then gone with all they ever wrote."""
        going_on = [one for one in what.conversations if one.is_open]
        for one in going_on:
            end = transitions.end_before_erasing(one, now=now, phrases=self._phrases)
            await self._store.commit(end, now=now)
        if going_on:
            return SCREENS_LET_GO
        await forget(self._store, what)
        for channel in {one.contact_id: one.channel for one in what.conversations}.values():
            log.info("contact_erased", channel=channel)
        return None
