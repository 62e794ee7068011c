"""Gives back what listeners hold who vanished: a crashed browser, a lost network, a closed laptop.

Whoever gave no sign of life for the grace time loses their conversations to the queue, and each
person is told. The rest of the rhythm follows from the grace time, so that all of it fits the 45
seconds we promise: signs of life come several times within it, and each process looks often. Any
number of processes may look at once: of two that give the same conversation back, one commits.

While the gateways or the database are away nobody can be heard. Then listeners have a while to
be heard again before their silence counts.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from core import line, transitions
from core.clock import Clock
from core.conversation import TELEPHONE, Conversation
from core.errors import Conflict, StorageUnavailable
from core.ids import ListenerId
from core.ports import Phrasebook, Store
from core.prospects import Expect, always_answered
from gateway.metrics import Metrics

log = structlog.get_logger()

# With the distance of looks 40.5 s; the rest is for a slow database and a clock that is ahead.
GRACE = timedelta(seconds=36)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often what happens, for listeners to be missed after `grace` and not before."""

    grace: timedelta = GRACE

    @property
    def ask_every(self) -> timedelta:
        """A console that is silent for so long is asked for a sign of life.

        Its socket is closed when none comes within half as much again.
        """
        return self.grace / 4

    @property
    def note_every(self) -> timedelta:
        """The signs of one listener are written no oftener than this."""
        return self.grace / 8

    @property
    def look_every(self) -> timedelta:
        """The distance of two looks for who is gone."""
        return self.grace / 8

    @property
    def settle(self) -> timedelta:
        """How long consoles may take to come back to a gateway that was away."""
        return self.grace / 2


class Vanished:
    """Looks for listeners who vanished, and gives back what they hold."""

    def __init__(
        self,
        *,
        store: Store,
        phrases: Phrasebook,
        clock: Clock,
        metrics: Metrics,
        rhythm: Rhythm,
        expect: Expect = always_answered,
    ) -> None:
        self._store = store
        self._phrases = phrases
        self._clock = clock
        self._metrics = metrics
        self._rhythm = rhythm
        self._expect = expect
        # The last look, and the first one of those that followed each other without a gap: a
        # process that slept, or whose clock was put, starts over like one that was just started.
        self._looked: datetime | None = None
        self._since = clock()

    async def watch(self) -> None:
        """Look, for ever. The database being down is waited out."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - nobody else would notice who is gone
                log.warning("presence_look_failed", error=type(error).__name__)
            await asyncio.sleep(self._rhythm.look_every.total_seconds())

    async def look(self) -> None:
        """Give back what is held by those who are silent now. Raises StorageUnavailable."""
        now = self._clock()
        # A look that fails does not count as one.
        looked, self._looked = self._looked, None
        if looked is None or not looked <= now < looked + self._rhythm.settle:
            self._since = now
        silent = await self._store.absent_holders(before=now - self._rhythm.grace)
        if now - self._since >= self._rhythm.settle:
            for listener_id in silent:
                # The last one given back comes first: let it be whom they took first.
                for held in reversed(await self._store.held_by(listener_id)):
                    # A call goes on when a browser does not: it stays with who is on the line.
                    if held.channel != TELEPHONE:
                        await self._give_back(held)
        self._looked = now

    async def _give_back(self, held: Conversation) -> None:
        try:
            given = await give_back(
                self._store,
                held,
                phrases=self._phrases,
                clock=self._clock,
                expect=self._expect,
            )
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one that fails must not keep the others waiting
            log.error("not_given_back", conversation=held.id, error=type(error).__name__)
            return
        if given:
            self._metrics.given_back.inc()
            log.warning("given_back", conversation=held.id)


async def give_back_all(
    store: Store,
    listener_id: ListenerId,
    *,
    phrases: Phrasebook,
    clock: Clock,
    expect: Expect = always_answered,
) -> int:
    """Put all that a listener holds back into the queue; how many conversations those were."""
    given_back = 0
    # The last taken first: each goes to the head of the queue.
    for held in reversed(await store.held_by(listener_id)):
        given_back += await give_back(store, held, phrases=phrases, clock=clock, expect=expect)
    return given_back


async def give_back(
    store: Store,
    held: Conversation,
    *,
    phrases: Phrasebook,
    clock: Clock,
    expect: Expect = always_answered,
) -> bool:
    """Put a conversation that a listener holds back into the queue, and tell the person.

    False when it left the listener by itself meanwhile, or was given back and taken anew.
    """
    conversation = held
    while _same_holding(conversation, held):
        now = clock()
        try:
            change = transitions.give_back(
                conversation,
                first=await line.first_of(store, conversation),
                now=now,
                phrases=phrases,
                prospect=expect(conversation.channel),
            )
            await store.commit(change, now=now)
        except Conflict:
            # The person wrote, say: decided again on what is there now.
            conversation = await store.conversation(held.id)
        else:
            return True
    return False


def _same_holding(now: Conversation, before: Conversation) -> bool:
    """Whether the listener who held the conversation does so still, without a break."""
    if not now.is_open or now.owner != before.owner or now.ticket is None or before.ticket is None:
        return False
    return now.ticket.claimed_at == before.ticket.claimed_at
