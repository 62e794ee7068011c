"""What we promised somebody: to write to them here, or to call them back, when they said we may.

Nothing is begun without their word. The first thing said is neutral, and until they have said that
it is they who answer, nothing of before is named.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.directory import HOME
from core.hours import PARIS
from core.ids import ListenerId

# The catalogue's ids: the question whether we may write, or call, and what is written then.
ASK, ASK_CALL, MESSAGE = "follow_up_ask", "follow_up_call_ask", "follow_up"
# The question that a number answers, and the same said again where it was not plain which.
ASK_NUMBER, ASK_NUMBER_AGAIN = "follow_up_call_number", "follow_up_call_number_again"
# Where no message of ours can be the first: who called has hung up, and a browser tab is gone the
# next day, and with it the only way there.
BY_CALL_ONLY = frozenset({"telephone", "web"})
# "Demain" said at night is the day that begins: no sooner than after a night's rest.
NO_SOONER = timedelta(hours=8)
# By their own clock: earlier or later it wakes a house, and those whom it must not reach.
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

# A French number, or one of another country with its code; never cut out of a longer one.
_NUMBER = re.compile(
    r"(?<![\w+])(?:0[1-9](?:[ ./-]{0,2}\d){8}|(?:\+|00)[1-9](?:[ ./()-]{0,3}\d){7,13})(?!\w)"
)
# What may stand beside a number without making it somebody else's.
_BESIDE = frozenset(
    "alors au bonjour c cest d accord est et le merci mon mobile moi num numero oui ok portable "
    "sur stp svp tel telephone voici voila".split()
)
# Fewer digits than this are no attempt to give a number.
_TRIED = 6
# Nobody says more than this around a number of theirs.
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """`at`: when it was last changed. `by` is the listener who asked or noted it; None: the bot.

    `due_at` is when, once it is agreed. `number` is where to call, for a call only. `agreed_at` is
    the consent; a call that was agreed to and has no number yet is still `ASKED`. `finished_by` is
    the listener who did it, or let it be.
    """

    kind: Kind = Kind.MESSAGE
    stage: Stage
    at: datetime
    by: ListenerId | None = None
    agreed_at: datetime | None = None
    due_at: datetime | None = None
    number: str | None = None
    finished_by: ListenerId | None = None
    # Whose clock they mean (`core.regions`).
    region: str = HOME

    @property
    def is_pending(self) -> bool:
        """Whether it is still to be done."""
        return self.stage in (Stage.AGREED, Stage.DUE)

    @property
    def takes_number(self) -> bool:
        """Whether a number that the person writes is where to call them: the machine asked for it.

        What a listener noted is theirs: no machine writes over it.
        """
        agreed = self.stage is Stage.AGREED or self.lacks_number
        return self.kind is Kind.CALL and self.by is None and agreed

    @property
    def lacks_number(self) -> bool:
        """Whether a call was agreed to, and nobody knows yet where to call."""
        return self.kind is Kind.CALL and self.stage is Stage.ASKED and self.agreed_at is not None

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


def is_decent(moment: datetime, clock: ZoneInfo = PARIS) -> bool:
    """Whether somebody with such a clock may be written to or called then."""
    return EARLIEST <= moment.astimezone(clock).time() <= LATEST


def moment_for(wish: Moment, *, now: datetime, clock: ZoneInfo = PARIS) -> datetime:
    """The next such hour, by the clock of who said so, that is not too soon."""
    day = now.astimezone(clock).date()
    while True:
        moment = datetime.combine(day, _HOURS[wish], clock)
        if moment - now >= NO_SOONER:
            return moment
        day += timedelta(days=1)


def number_in(text: str) -> str | None:
    """The number that a message is: digits alone, with their plus. None where it says more.

    "il m’appelle du 06..." must never become whom we call. Linear time, never raises.
    """
    found = _NUMBER.search(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    around = unicodedata.normalize("NFKD", (text[: found.start()] + " " + text[found.end() :]))
    bare = "".join(each for each in around.casefold() if not unicodedata.combining(each))
    if re.search(r"\d", bare) or not set(re.findall(r"[a-z]+", bare)) <= _BESIDE:
        return None
    digits = re.sub(r"\D", "", found[0])
    if found[0].startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def tries_a_number(text: str) -> bool:
    """Whether a message may mean to give a number, though it is not plainly one."""
    return sum(each.isdigit() for each in text[:1000]) >= _TRIED


def still_ahead(due_at: datetime, *, now: datetime, clock: ZoneInfo = PARIS) -> datetime:
    """The moment that was agreed to, or the same hour there of the first day it is ahead."""
    local = due_at.astimezone(clock)
    while local <= now:
        local = datetime.combine(local.date() + timedelta(days=1), local.time(), clock)
    return local


def by_clock(due_at: datetime, before: ZoneInfo, clock: ZoneInfo) -> datetime:
    """The same hour by another clock: who said "this evening" meant theirs."""
    return due_at.astimezone(before).replace(tzinfo=clock)
