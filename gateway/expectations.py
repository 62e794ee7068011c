"""What people may be told of the team now: its hours, who is on call, how long the queue takes.

Kept in memory, since every message asks; a task looks at the queue and at the hours again and
again. Each gateway process looks for itself, so all of them say the same within seconds. What the
desk has not edited is as the settings say.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import holidays
import structlog

from connectors.registry import CHANNELS
from core.accounts import Availability
from core.clock import Clock
from core.conversation import Conversation
from core.errors import NotFound
from core.hours import Hours, IsHoliday, Plan, Span, hours_from, opening_at
from core.hours import as_document as hours_document
from core.ids import ConversationId
from core.labels import Urgency
from core.ports import Documents, Store
from core.prospects import Answered, Prospect, Wait
from core.rota import NOBODY, OnCall, Rota, rota_from
from core.rota import as_document as rota_document
from gateway.pagers import MailServer
from handoff.closing import FIRST_TAGS, checked_tags
from handoff.intake import ALL_OPEN, checked_intake
from handoff.orientations import first_directory
from handoff.papers import KIND, Paper, Papers, checked_directory, checked_hours, checked_rota
from handoff.replies import checked_replies, first_replies

log = structlog.get_logger()

LOOK_EVERY = 5.0
# A console that is open gives a sign of life more often than this.
SIGN_WITHIN = timedelta(minutes=1)
# Nobody of the team was there for so long: no handing over of a shift, no restart takes that.
GONE_FOR = timedelta(minutes=10)
# Enough of the queue to learn from; who stands further back is no sooner answered.
LOOKED_AT = 200

ALWAYS = Hours(plan=Plan(week=((Span(0, 24 * 60),),) * 7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the settings say of the service. `paging_secret` signs what webhooks are told."""

    hours: Hours = ALWAYS
    is_holiday: IsHoliday = lambda _day: False
    public_url: str | None = None
    mail: MailServer | None = None
    paging_secret: bytes | None = None
    # The links of an origin, by channel.
    links_for: Callable[[str], Mapping[str, str]] = lambda _code: {}


# Nothing is set: always open, nobody on call.
SETTLED = Facts()


def service_papers(
    documents: Documents, facts: Facts, clock: Clock, *, reachable: Callable[[OnCall], bool]
) -> Papers:
    """The papers that the desk edits, with what they begin with. `reachable`: by what is set up."""
    return Papers(
        documents=documents,
        papers={
            "rota": Paper(partial(checked_rota, reachable=reachable), rota_document(NOBODY)),
            "hours": Paper(partial(checked_hours, channels=CHANNELS), hours_document(facts.hours)),
            "directory": Paper(checked_directory, first_directory()),
            "replies": Paper(checked_replies, first_replies()),
            "tags": Paper(checked_tags, FIRST_TAGS),
            "intake": Paper(checked_intake, ALL_OPEN),
        },
        clock=clock,
    )


def french_holidays() -> IsHoliday:
    """Whether a day is a public holiday in all of France, overseas and Alsace aside."""
    calendar = holidays.country_holidays("FR")

    def is_holiday(day: date) -> bool:
        return day in calendar

    return is_holiday


class Expectations:
    """Tells each channel what its people may expect. `of` is an `Expect`."""

    def __init__(
        self,
        *,
        store: Store,
        facts: Facts,
        clock: Clock,
        reachable: Callable[[OnCall], bool] = lambda _person: True,
    ) -> None:
        """`reachable`: whether somebody on call can be called with the means there are."""
        self.hours = facts.hours
        self.rota: Rota = NOBODY
        self._store = store
        self._is_holiday = facts.is_holiday
        self._reachable = reachable
        self._clock = clock
        self._versions: dict[str, int] = {}
        self._answered = Answered()
        self._wait: Wait | None = None
        self._shut: frozenset[str] = frozenset()
        # Since when somebody of the team may have been there, for all that was seen.
        self._there_at: datetime | None = None
        self._deserted = False

    def of(self, channel: str) -> Prospect:
        """What holds now."""
        opening = opening_at(
            self.hours.plan_of(channel),
            self._clock(),
            is_holiday=self._is_holiday,
            closing_soon=self.hours.closing_soon,
        )
        return Prospect(
            opening=opening,
            wait=self._wait,
            on_call=bool(self.on_call()),
            unattended=channel in self._shut,
            deserted=opening.is_open and self._deserted,
        )

    def on_call(self) -> Sequence[Sequence[OnCall]]:
        """Who can be called now, level by level; empty when nobody can be."""
        levels = self.rota.levels_at(self._clock())
        able = [[one for one in level if self._reachable(one)] for level in levels]
        return [level for level in able if level]

    def patience(self) -> timedelta:
        """How long each level has to acknowledge a danger."""
        return self.rota.escalate_after

    async def watch(self) -> None:
        """Look, for ever. What fails is waited out: the last that was known still holds."""
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - people are answered all the same
                log.warning("expectations_not_known", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Learn what the desk edited, and how long people wait.

        Danger is not counted: it goes first, and is told numbers. Nor is the time before the team
        came: who writes now does not wait for the morning.
        """
        await self._read("hours", self._take_hours)
        await self._read("rota", self._take_rota)
        await self._read("intake", self._take_intake)
        await self._look_who_is_there()
        waiting = await self._store.waiting(limit=LOOKED_AT)
        since = {
            str(each.id): begun
            for each in waiting
            if not _goes_first(each) and (begun := self._waits_since(each)) is not None
        }
        gone = self._answered.gone(since)
        taken = [one for one in gone if await self._was_taken(ConversationId(one))]
        self._wait = self._answered.look(since, taken, now=self._clock())

    async def _look_who_is_there(self) -> None:
        """Whoever rests comes back soon; whose shift is over does not.

        A process that has just started knows nothing of before.
        """
        now = self._clock()
        seen = await self._store.present(since=now - SIGN_WITHIN)
        if self._there_at is None or any(one.availability is not Availability.OFF for one in seen):
            self._there_at = now
        self._deserted = now - self._there_at >= GONE_FOR

    def _waits_since(self, conversation: Conversation) -> datetime | None:
        """Since when somebody waits for a team that is there; None: it is not there."""
        opening = self.of(conversation.channel).opening
        if conversation.ticket is None or not opening.is_open:
            return None
        begun = conversation.ticket.waiting_since
        return begun if opening.since is None else max(begun, opening.since)

    async def _was_taken(self, wanted: ConversationId) -> bool:
        try:
            ticket = (await self._store.conversation(wanted)).ticket
        except NotFound:
            return False  # erased meanwhile
        return ticket is not None and ticket.claimed_at is not None

    async def _read(self, name: str, take: Callable[[object], None]) -> None:
        document = await self._store.document(KIND, name)
        if document is not None and document.version != self._versions.get(name):
            take(json.loads(document.body))
            self._versions[name] = document.version

    def _take_hours(self, body: object) -> None:
        self.hours = hours_from(body)

    def _take_rota(self, body: object) -> None:
        self.rota = rota_from(body)

    def _take_intake(self, body: object) -> None:
        self._shut = checked_intake(body).shut


def _goes_first(conversation: Conversation) -> bool:
    return conversation.assessment.urgency is Urgency.CRITIQUE
