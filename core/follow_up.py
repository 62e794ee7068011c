"""What we promised somebody: to write to them here, or to call them back, when they said we may.

Nothing is begun without their word. The first thing said is neutral, and until they have said that
it is they who answer, nothing of before is named.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from core.hours import PARIS
from core.ids import ListenerId

# The catalogue's ids: the question whether we may write, and what is written then.
ASK, MESSAGE = "follow_up_ask", "follow_up"
# Where no message of ours can be the first: who called has hung up, and a browser tab is gone the
# next day, and with it the only way there.
BY_CALL_ONLY = frozenset({"telephone", "web"})
# "Demain" said at night is the day that begins: no sooner than after a night's rest.
NO_SOONER = timedelta(hours=8)
# In Paris: earlier or later a message or a ring wakes a house, and those whom it must not reach.
EARLIEST, LATEST = time(8), time(21)
# Longer than this nobody remembers having agreed.
NO_LATER = timedelta(days=7)


class Kind(StrEnum):
    """What was agreed to."""

    MESSAGE = "message"
    CALL = "call"


class Stage(StrEnum):
    """How far it is."""

    ASKED = "asked"
    AGREED = "agreed"
    # Its hour has come, and it is for a listener to do.
    DUE = "due"
    # Written to; who answers has not said yet that it is they.
    SENT = "sent"
    CONFIRMED = "confirmed"
    # Somebody else answered.
    DENIED = "denied"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class Moment(StrEnum):
    """When we may write, as the buttons offer it."""

    MIDDAY = "midday"
    EVENING = "evening"


_HOURS = {Moment.MIDDAY: time(12, 30), Moment.EVENING: time(18, 0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """`at`: when it was last changed. `by` is the listener who asked or noted it; None: the bot.

    `due_at` is when, once it is agreed. `number` is where to call, for a call only. `agreed_at` is
    the consent. `finished_by` is the listener who did it, or let it be.
    """

    kind: Kind = Kind.MESSAGE
    stage: Stage
    at: datetime
    by: ListenerId | None = None
    agreed_at: datetime | None = None
    due_at: datetime | None = None
    number: str | None = None
    finished_by: ListenerId | None = None

    @property
    def is_pending(self) -> bool:
        """Whether it is still to be done."""
        return self.stage in (Stage.AGREED, Stage.DUE)

    @property
    def is_over(self) -> bool:
        """Whether it was seen to: whoever comes back later may be asked again."""
        return self.stage in (Stage.CONFIRMED, Stage.DONE)

    @property
    def is_doubtful(self) -> bool:
        """Whether we wrote first, and it is not known that the same person answers."""
        return self.stage in (Stage.SENT, Stage.DENIED)

    @property
    def goes_on(self) -> bool:
        """Whether it concerns the person's next conversation too."""
        return self.is_pending or self.stage is Stage.SENT


def is_decent(moment: datetime) -> bool:
    """Whether somebody may be written to or called at such an hour."""
    return EARLIEST <= moment.astimezone(PARIS).time() <= LATEST


def moment_for(wish: Moment, *, now: datetime) -> datetime:
    """The next such hour in Paris that is not too soon."""
    day = now.astimezone(PARIS).date()
    while True:
        moment = datetime.combine(day, _HOURS[wish], PARIS)
        if moment - now >= NO_SOONER:
            return moment
        day += timedelta(days=1)
