"""What people write about lately, beside what is usual, so that a wave is seen while it comes.

The last hours of each issue are held against the same hours of the four weeks before. What comes by
chance comes in a Poisson number: it is a surge when so many would come by chance less than once in
ten thousand looks. The first hours of something new need five people, not one. A service that is
younger than a week does not know yet what is usual: it has no waves.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp

from core.figures import Fact, hour_of
from core.labels import Issue

# The last hours: the one that runs, and those before it.
HOURS = 6
# The days before that tell what is usual.
DAYS = 28
FEWEST_DAYS = 7
FEWEST = 5
BY_CHANCE = 1e-4

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """`issue` is None for all together. `now` in the last hours; `usual` at this time of day.

    `week` and `week_before` are the last seven days and the seven before those.
    """

    issue: Issue | None
    now: int
    usual: float
    surge: bool
    week: int
    week_before: int


def since(now: datetime) -> datetime:
    """The first moment whose facts `trends` needs."""
    return hour_of(now) - DAYS * _DAY - HOURS * _HOUR


def trends(facts: Iterable[Fact], now: datetime) -> list[Trend]:
    """All together, then each issue that anybody wrote about in two weeks, the most usual last."""
    lately: Counter[Issue | None] = Counter()
    before: Counter[Issue | None] = Counter()
    week: Counter[Issue | None] = Counter()
    week_before: Counter[Issue | None] = Counter()
    newest, oldest = hour_of(now), 0
    for fact in facts:
        age = (newest - fact.hour) // _HOUR
        oldest = max(oldest, age)
        for about in {None, fact.issue}:
            if 0 <= age < HOURS:
                lately[about] += 1
            elif age > 0 and age % 24 < HOURS and age // 24 <= DAYS:
                before[about] += 1
            if 0 <= age < 7 * 24:
                week[about] += 1
            elif 7 * 24 <= age < 14 * 24:
                week_before[about] += 1
    # The hour that runs is not over: as much less is usual.
    part = (HOURS - 1 + (now - newest) / _HOUR) / HOURS
    days = min(DAYS, oldest // 24)
    told = []
    for about in {None, *week, *week_before}:
        usual = before[about] / max(days, 1) * part
        count = lately[about]
        told.append(
            Trend(
                issue=about,
                now=count,
                usual=round(usual, 1),
                surge=days >= FEWEST_DAYS and is_surge(count, usual),
                week=week[about],
                week_before=week_before[about],
            )
        )
    return sorted(told, key=lambda one: (one.issue is not None, not one.surge, -one.week))


def is_surge(count: int, usual: float) -> bool:
    """Whether chance does not bring so many where `usual` come."""
    return count >= FEWEST and _at_least(count, max(usual, 1 / DAYS)) < BY_CHANCE


def _at_least(count: int, mean: float) -> float:
    """How often a Poisson number of this mean is `count` or more."""
    term = below = exp(-mean)
    for n in range(1, count):
        term *= mean / n
        below += term
    return max(0.0, 1.0 - below)
