"""The live board: who waits, who is there, what alarms; and the supervisor's two commands.

The light is red while somebody in danger has nobody, amber while people wait too long or something
is broken, green otherwise. Why is always told with it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from core import line, transitions
from core.accounts import Listener
from core.clock import Clock
from core.conversation import Conversation
from core.errors import NotThere
from core.figures import Fact, hour_of
from core.ids import ConversationId, ListenerId
from core.labels import Urgency
from core.ports import Phrasebook, Store
from core.prospects import Expect
from handoff.choosing import capacity_of
from handoff.colleagues import Colleague, Colleagues
from handoff.desk import Desk
from handoff.figures.tally import percentile
from handoff.figures.trends import Trend, since, trends
from handoff.waits import LateWaits

# How many who wait are looked at; more are told as "more".
LOOKED_AT = 1000
# What people may wait at each urgency before the light changes.
PATIENCE = {
    Urgency.CRITIQUE: timedelta(minutes=1),
    Urgency.ELEVEE: timedelta(minutes=5),
    Urgency.MODEREE: timedelta(minutes=15),
    Urgency.FAIBLE: timedelta(minutes=30),
}
# Four weeks are some ten thousand rows, a second of work: a wave is as plain five minutes later.
_TRENDS_LAST = timedelta(minutes=5)
_DAY = timedelta(days=1)


class Light(StrEnum):
    """How the desk does."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Cause(StrEnum):
    """Why the light is not green, the gravest first."""

    DANGER_UNANSWERED = "danger_unanswered"
    CRITICAL_WAITS = "critical_waits"
    WAITS_TOO_LONG = "waits_too_long"
    NOBODY_FREE = "nobody_free"
    CHANNEL_TROUBLE = "channel_trouble"


RED = frozenset({Cause.DANGER_UNANSWERED, Cause.CRITICAL_WAITS})


@dataclass(frozen=True, slots=True)
class Occupancy:
    """How full the desk is: what those who are free for people hold, and what they could hold.

    Danger is given beyond every capacity, so `held` may be the larger.
    """

    held: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Those whom a listener first answered in the last hour.

    `p90` is the wait in seconds that nine in ten did not exceed; None for too few to tell.
    """

    count: int
    p90: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The desk at one moment. `held` is by listener; `alarms` is danger that nobody answered."""

    at: datetime
    waiting: Sequence[Conversation]
    alarms: Sequence[Conversation]
    colleagues: Sequence[Colleague]
    held: dict[ListenerId, Sequence[Conversation]]
    occupancy: Occupancy
    answered: Answered
    trends: Sequence[Trend]
    causes: Sequence[Cause]

    @property
    def light(self) -> Light:
        """The traffic light."""
        if not self.causes:
            return Light.GREEN
        return Light.RED if self.causes[0] in RED else Light.AMBER


def causes(
    waiting: Iterable[Conversation],
    alarms: Sequence[Conversation],
    colleagues: Iterable[Colleague],
    *,
    now: datetime,
    trouble: bool,
) -> list[Cause]:
    """Why the light is not green."""
    waits = [
        (one.assessment.urgency, now - one.ticket.waiting_since)
        for one in waiting
        if one.ticket is not None
    ]
    late = {urgency for urgency, wait in waits if wait >= PATIENCE[urgency]}
    free = any(one.is_free for one in colleagues)
    found = {
        Cause.DANGER_UNANSWERED: any(one.is_alarming for one in alarms),
        Cause.CRITICAL_WAITS: Urgency.CRITIQUE in late,
        Cause.WAITS_TOO_LONG: bool(late - {Urgency.CRITIQUE}),
        Cause.NOBODY_FREE: bool(waits) and not free,
        Cause.CHANNEL_TROUBLE: trouble,
    }
    return [cause for cause in Cause if found[cause]]


def occupancy(
    colleagues: Iterable[Colleague],
    held: Mapping[ListenerId, Sequence[Conversation]],
    *,
    capacity: int,
) -> Occupancy:
    """How full those are who take people now. Whoever rests or telephones offers no place."""
    free = [one.listener for one in colleagues if one.is_free]
    return Occupancy(
        held=sum(len(held[one.id]) for one in free),
        capacity=sum(capacity_of(one, capacity) for one in free),
    )


class Supervision:
    """What a supervisor sees of the desk, and may do to it."""

    def __init__(
        self,
        *,
        desk: Desk,
        store: Store,
        colleagues: Colleagues,
        phrases: Phrasebook,
        clock: Clock,
        expect: Expect,
        trouble: Callable[[], bool],
        capacity: int,
    ) -> None:
        """`trouble` tells whether any channel that is switched on does not work.

        `capacity` is how many conversations a listener without a number of their own is given at a
        time.
        """
        self._desk = desk
        self._store = store
        self._colleagues = colleagues
        self._phrases = phrases
        self._clock = clock
        self._expect = expect
        self._trouble = trouble
        self._capacity = capacity
        self._waits = LateWaits(store=store)
        self._trends: tuple[datetime, Sequence[Trend]] | None = None
        # Several boards are open at once: the four weeks are read for all of them together.
        self._reading = asyncio.Lock()

    async def board(self) -> Board:
        """The desk now."""
        now = self._clock()
        waiting = await self._store.waiting(limit=LOOKED_AT)
        alarms = await self._store.in_danger(limit=LOOKED_AT)
        colleagues = await self._colleagues.all()
        held = {one.listener.id: await self._store.held_by(one.listener.id) for one in colleagues}
        waits = await self._waits.at(now)
        return Board(
            at=now,
            waiting=waiting,
            alarms=[one for one in alarms if one.is_alarming],
            colleagues=colleagues,
            held=held,
            occupancy=occupancy(colleagues, held, capacity=self._capacity),
            answered=Answered(len(waits), percentile(waits, 90)),
            trends=await self._lately(now),
            causes=causes(waiting, alarms, colleagues, now=now, trouble=self._trouble()),
        )

    async def take_back(self, supervisor: Listener, wanted: ConversationId) -> Conversation:
        """Take a conversation from its listener, back to the head of the queue.

        Raises Refused when nobody holds it.
        """
        first = await line.first_of(self._store, await self._store.conversation(wanted))
        return await self._desk.decide(
            wanted,
            lambda held: transitions.take_back(
                held,
                supervisor,
                first=first,
                now=self._clock(),
                phrases=self._phrases,
                prospect=self._expect(held.channel),
            ),
        )

    async def assign(
        self, supervisor: Listener, wanted: ConversationId, to: ListenerId
    ) -> Conversation:
        """Give a conversation, waiting or held, to a listener who is there.

        Raises NotThere when that listener is not, Refused when it can be given to nobody.
        """
        for colleague in await self._colleagues.all():
            if colleague.listener.id == to and colleague.present:
                return await self._desk.decide(
                    wanted,
                    partial(
                        transitions.assign,
                        to=colleague.listener,
                        supervisor=supervisor,
                        now=self._clock(),
                        phrases=self._phrases,
                    ),
                )
        raise NotThere

    async def _lately(self, now: datetime) -> Sequence[Trend]:
        async with self._reading:
            if self._trends is None or now - self._trends[0] >= _TRENDS_LAST:
                facts: list[Fact] = []
                begin, end = since(now), hour_of(now) + timedelta(hours=1)
                while begin < end:
                    day = min(begin + _DAY, end)
                    facts += await self._store.facts(since=begin, until=day)
                    begin = day
                self._trends = now, trends(facts, now)
            return self._trends[1]
