"""The watch lane: danger that nobody answers or that still waits, silence,
closing time, wishes to erase."""

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
from gateway.privacy.papers import drop_papers

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
        if (latest := await self._to_erase(conversation, now)) is not None:
            return await self._erase(latest, now)
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
        ]
        return min((at - now for at in moments if at is not None), default=None)

    async def _to_erase(self, conversation: Conversation, now: datetime) -> Conversation | None:
        """The person's present conversation, if all of theirs are to be erased now."""
        if conversation.erasure is None:
            return None
        latest = await self._store.latest_conversation(conversation.contact_id)
        return latest if latest is not None and transitions.may_erase(latest, now=now) else None

    async def _erase(self, latest: Conversation, now: datetime) -> timedelta | None:
        """As the person wished: first off every screen, then gone with all they ever wrote."""
        if latest.is_open:
            end = transitions.end_before_erasing(latest, now=now, phrases=self._phrases)
            await self._store.commit(end, now=now)
            return SCREENS_LET_GO
        conversations = await self._store.conversations_of(latest.contact_id)
        await self._store.erase_contact(latest.contact_id)
        await drop_papers(self._store, [one.id for one in conversations])
        log.info("contact_erased", channel=latest.channel)
        return None
