"""The days that figures are asked for: a month, a year, or from one day to another, in Paris."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from core.hours import PARIS
from handoff.figures.words import MONTHS

LONGEST = timedelta(days=366)
_ONE_DAY = timedelta(days=1)
_MONTH, _YEAR = re.compile(r"(\d{4})-(\d{2})"), re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Raises ValueError for days in the wrong order, out of reach, or too many."""
        if not date(2000, 1, 1) <= self.first <= self.last <= date(2200, 1, 1):
            raise ValueError("The first day comes before the last.")
        if self.last - self.first >= LONGEST:
            raise ValueError("A period has 366 days at most.")

    @property
    def days(self) -> tuple[date, ...]:
        """Every day of it."""
        return tuple(self.first + n * _ONE_DAY for n in range((self.last - self.first).days + 1))

    @property
    def title(self) -> str:
        """What the period is called in French."""
        first, last = self.first, self.last
        if self == month_of(first):
            return f"{MONTHS[first.month - 1]} {first.year}"
        if (first, last) == (date(first.year, 1, 1), date(first.year, 12, 31)):
            return f"année {first.year}"
        return f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"

    def bounds(self) -> Iterator[tuple[datetime, datetime]]:
        """Each day's beginning and end, with the 23 or 25 hours of a change of summer time."""
        for day in self.days:
            yield _midnight(day), _midnight(day + _ONE_DAY)


def parse_period(text: str) -> Period:
    """`2026-11`, `2026`, `2026-11-03` or `2026-11-03..2026-11-09`. Raises ValueError."""
    if found := _MONTH.fullmatch(text):
        try:
            return month_of(date(int(found[1]), int(found[2]), 1))
        except OverflowError:
            raise ValueError("The last month of the calendar has no end.") from None
    if _YEAR.fullmatch(text):
        year = int(text)
        return Period(date(year, 1, 1), date(year, 12, 31))
    first, _, last = text.partition("..")
    begin = date.fromisoformat(first)
    return Period(begin, date.fromisoformat(last) if last else begin)


def month_of(day: date) -> Period:
    """The month that a day lies in."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - _ONE_DAY)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS).astimezone(UTC)
