"""The line: who of those who wait for a human comes first.

Everyone who waits has a place, one number that the database keeps in order: the smaller, the
sooner. It is made of a band and a moment.

Bands are never left by waiting. First the critical ones, then every other danger to a life, then
the rest. Within a band the earlier moment comes first: the one since when the person waits, moved
back by a head start for a graver urgency, and by one for a minor. So a graver conversation, and a
minor's of the same urgency, comes first although it began later; but not for ever. Who waits is
passed at most by those who come within the difference of two head starts, three hours for an
adult's smallest question: nobody starves, and a place never has to be computed anew because time
went by. It changes when something is learnt.
"""

from datetime import UTC, datetime, timedelta
from enum import IntEnum

from core.assessment import MINOR, Assessment
from core.conversation import Conversation, Ticket
from core.labels import AgeBand, Role, Urgency
from core.ports import Conversations

# What a graver conversation may come later by and still be first; only within a band.
HEAD_START = {
    Urgency.FAIBLE: timedelta(0),
    Urgency.MODEREE: timedelta(hours=1, minutes=15),
    Urgency.ELEVEE: timedelta(hours=2, minutes=30),
    Urgency.CRITIQUE: timedelta(0),
}
# The same for a minor, of the same urgency: less than any urgency is worth.
MINORS_FIRST = timedelta(minutes=30)

_MINOR = frozenset({AgeBand.MOINS_13, AgeBand.MOINS_15, AgeBand.DE_15_A_17})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
# More than a moment's microseconds will be for three centuries.
_BAND = 10**16


class Band(IntEnum):
    """What no time of waiting makes up for."""

    CRITICAL = 0
    DANGER = 1
    OTHERS = 2

    @property
    def first_place(self) -> int:
        """Where the band begins."""
        return self * _BAND


def band(assessment: Assessment) -> Band:
    """The band somebody waits in."""
    if assessment.urgency is Urgency.CRITIQUE:
        return Band.CRITICAL
    return Band.DANGER if assessment.is_danger else Band.OTHERS


def concerns_minor(assessment: Assessment) -> bool:
    """Whether it is about a minor, whoever writes. What speaks for it counts more.

    A parent's child is one unless they say otherwise.
    """
    if assessment.age_band in _MINOR or assessment.role is Role.VICTIME_MINEURE:
        return True
    if assessment.age_band is AgeBand.MAJEUR or assessment.role is Role.VICTIME_MAJEURE:
        return False
    return assessment.role is Role.PARENT or any(fact.name == MINOR for fact in assessment.facts)


def place(assessment: Assessment, ticket: Ticket) -> int:
    """The place of who waits with this ticket."""
    moment = ticket.waiting_since - HEAD_START[assessment.urgency]
    if concerns_minor(assessment):
        moment -= MINORS_FIRST
    if ticket.ahead_of is not None:
        moment = min(moment, ticket.ahead_of - _TICK)
    return band(assessment) * _BAND + (moment - _EPOCH) // _TICK


def place_of(conversation: Conversation) -> int | None:
    """The place of a conversation; None when it does not wait."""
    ticket = conversation.ticket
    if ticket is None or not conversation.is_waiting:
        return None
    return place(conversation.assessment, ticket)


async def first_of(store: Conversations, conversation: Conversation) -> int | None:
    """The place of the first who waits with the urgency of `conversation`; None: nobody does."""
    seen = conversation.assessment
    return await store.first_place(seen.urgency, at_least=band(seen).first_place)


def at_the_head(conversation: Conversation, first: int | None, *, now: datetime) -> datetime:
    """What `ahead_of` must be to come before all of the same urgency who wait now, or will come.

    `first` is the place of the first who waits with this urgency in this band, if there is one.
    """
    to_come = now - HEAD_START[conversation.assessment.urgency] - MINORS_FIRST
    if first is None:
        return to_come
    return min(to_come, _EPOCH + (first % _BAND) * _TICK)
