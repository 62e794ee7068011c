"""What somebody who wants a human may honestly expect now: is anybody there, and how long it takes.

Nobody is told "soon" when nobody answers soon. A wait is told as a range, from how long those
waited who were answered lately and how long the others still stand; with too little to go by,
nothing is said.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from core.hours import ALWAYS_OPEN, Opening

# The limits that are told, in minutes: more precision than this would be made up.
STEPS = (0, 5, 15, 30, 60, 120)
# Fewer answers than this say nothing of the next one.
ENOUGH = 3
ANSWERED_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Wait:
    """A range in minutes, both of `STEPS`; without `most`: at least."""

    least: int
    most: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What holds now for a channel. `on_call`: danger is paged to somebody while it is shut.

    `unattended`: supervisors take nobody new on this channel, whatever the hours; danger they do.
    `deserted`: it is open by its hours, and nobody of the team has been there for a while.
    """

    opening: Opening = ALWAYS_OPEN
    wait: Wait | None = None
    on_call: bool = False
    unattended: bool = False
    deserted: bool = False


ANSWERED = Prospect()

# What holds now for a channel, by its name. Asked often: it must answer from memory.
Expect: TypeAlias = Callable[[str], Prospect]


def always_answered(_channel: str) -> Prospect:
    """Somebody is always there."""
    return ANSWERED


def expected_wait(answered: Sequence[timedelta], standing: Sequence[timedelta]) -> Wait | None:
    """The range for who begins to wait now. None: nobody can tell.

    From the second fastest quarter of those who were `answered` lately to nine in ten of them, and
    to the longest that somebody is `standing` there now.
    """
    if len(answered) < ENOUGH:
        return None
    ordered = sorted(answered)
    quick = ordered[len(ordered) // 4]
    slow = max(ordered[(len(ordered) * 9) // 10], *standing, timedelta(0))
    least = max(step for step in STEPS if timedelta(minutes=step) <= quick)
    above = [step for step in STEPS if timedelta(minutes=step) > slow]
    return Wait(least, above[0] if above else None)


class Answered:
    """Learns from looks at the queue how long those waited whom a listener took from it."""

    def __init__(self) -> None:
        self._standing: Mapping[str, datetime] = {}
        self._left: list[tuple[datetime, timedelta]] = []

    def gone(self, waiting: Collection[str]) -> frozenset[str]:
        """Those who stood there at the last look and do no more."""
        return frozenset(self._standing) - frozenset(waiting)

    def look(
        self, waiting: Mapping[str, datetime], taken: Collection[str], *, now: datetime
    ) -> Wait | None:
        """Take in who waits at `now`, and since when; the range that follows.

        `taken`: those of the `gone` whom a listener took. Of the others nobody knows how long they
        would have waited.
        """
        taken = self.gone(waiting).intersection(taken)
        self._left += [(now, now - self._standing[each]) for each in taken]
        self._left = [each for each in self._left if now - each[0] <= ANSWERED_WITHIN]
        self._standing = dict(waiting)
        return expected_wait(
            [waited for _, waited in self._left], [now - since for since in waiting.values()]
        )
