"""The one record a conversation leaves in the helpline's figures, and it tells of nobody.

A `Fact` is a pure function of a conversation. It is written in the same transaction as the change
that made it so: a crash neither loses nor doubles it, and a conversation that is opened again
replaces its record. The record is found by a name that only the conversation's data key can form:
once a person is erased the key is gone, the record stays, and nothing leads from it to anybody.
Moments are cut to the hour, waits rounded to ten seconds, and words a person may choose freely
(where they came from) are kept only as short plain codes.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from core.conversation import Conversation, Outcome
from core.course import Belief
from core.labels import AgeBand, Issue, Role, Urgency
from core.opinion import Answer

# A listener's first answer within this long counts as in time.
IN_TIME = timedelta(minutes=5)

_WAIT_STEP = 10
_ORIGIN = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_PLATFORM = re.compile(r"[a-z0-9][a-z0-9 ._-]{0,39}")
OTHER = "autre"


class End(StrEnum):
    """How far a conversation got."""

    GOING_ON = "going_on"
    # Nobody asked for a human.
    BOT = "bot"
    # A human was asked for, and the conversation ended before one answered.
    ABANDONED = "abandoned"
    LISTENER = "listener"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What the figures keep of one conversation.

    `hour` is the hour it began, in UTC. `asked`: a human was asked for. `wait` is the seconds from
    then until a listener's first answer, rounded up to ten. `tags` are from the supervisors' list.
    `believed` is what triage had made of it where a listener found that wrong. `helped` and `next`
    are what the person said at the end.
    """

    hour: datetime
    channel: str
    origin: str | None = None
    issue: Issue | None = None
    issue_secondary: Issue | None = None
    urgency_first: Urgency = Urgency.FAIBLE
    urgency: Urgency = Urgency.FAIBLE
    role: Role | None = None
    age_band: AgeBand | None = None
    platform: str | None = None
    asked: bool = False
    wait: int | None = None
    end: End = End.GOING_ON
    outcome: Outcome | None = None
    tags: tuple[str, ...] = ()
    believed: Belief | None = None
    helped: Answer | None = None
    next: Answer | None = None

    @property
    def in_time(self) -> bool | None:
        """Whether a listener answered in time; None where none was asked for or none did."""
        return None if self.wait is None else self.wait <= IN_TIME.total_seconds()


def fact_of(conversation: Conversation) -> Fact:
    """The record of a conversation as it stands."""
    seen, ticket, course = conversation.assessment, conversation.ticket, conversation.course
    # A mother who takes the phone comes about what the child told.
    cards = (seen, *(one.told for one in reversed(conversation.writers)))
    about = next((card for card in cards if card.issue), seen)
    return Fact(
        hour=hour_of(conversation.opened_at),
        channel=conversation.channel,
        origin=_plain(conversation.origin, _ORIGIN),
        issue=about.issue,
        issue_secondary=about.issue_secondary,
        urgency_first=course.urgency_first or seen.urgency,
        urgency=seen.urgency,
        role=seen.role,
        age_band=seen.age_band or about.age_band,
        platform=_plain(about.platform, _PLATFORM),
        asked=ticket is not None,
        wait=_wait(conversation),
        end=_end(conversation),
        outcome=ticket.outcome if ticket else None,
        tags=ticket.tags if ticket else (),
        believed=course.misread,
        helped=conversation.opinion.helped,
        next=conversation.opinion.next,
    )


def hour_of(moment: datetime) -> datetime:
    """The hour a moment lies in, in UTC."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _end(conversation: Conversation) -> End:
    if conversation.is_open:
        return End.GOING_ON
    if conversation.ticket is None:
        return End.BOT
    answered = conversation.course.answered_at or conversation.ticket.outcome
    return End.LISTENER if answered else End.ABANDONED


def _wait(conversation: Conversation) -> int | None:
    ticket, answered_at = conversation.ticket, conversation.course.answered_at
    if ticket is None or answered_at is None:
        return None
    seconds = max(0.0, (answered_at - ticket.opened_at).total_seconds())
    return math.ceil(seconds / _WAIT_STEP) * _WAIT_STEP


def _plain(told: str | None, wanted: re.Pattern[str]) -> str | None:
    """A code as it is; anything that is none, only as something else."""
    if told is None:
        return None
    code = told.strip().lower()
    return code if wanted.fullmatch(code) else OTHER
