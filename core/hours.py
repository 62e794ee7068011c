"""When the team is there: a weekly plan, public holidays and exceptions, in the time of Paris.

Hours are data: they changed every few years and will again. A plan is read from words
(`parse_week`) or from a document (`hours_from`), checked once, and then only asked where a moment
lies. A stretch that ends at midnight and one that begins then are one: nobody is sent away at
23:59. In the night that has an hour twice an opening counts from the first time and a closing from
the second; in the one that lacks an hour, what falls into the gap counts as an hour later.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MIDNIGHT = 24 * 60
CLOSING_SOON = timedelta(minutes=30)
# How far the next opening is looked for, and how many exceptions a plan may hold.
LOOK_AHEAD = 366
MOST_EXCEPTIONS = 400
MOST_SPANS = 6
# The end of what never ends.
_NEVER = datetime.max.replace(tzinfo=UTC)

IsHoliday: TypeAlias = Callable[[date], bool]

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)")
_PART = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\S+)")


class Wrong(StrEnum):
    """What can be wrong with hours."""

    FORM = "form"
    INVERTED = "inverted"
    OVERLAP = "overlap"
    TWICE = "twice"
    TOO_MANY = "too_many"


_REASONS = {
    Wrong.FORM: "looks like: mon-fri 09:00-23:00; sat 10:00-20:00",
    Wrong.INVERTED: "an end that is not after its beginning; a night is two spans: "
    "fri 20:00-24:00; sat 00:00-02:00",
    Wrong.OVERLAP: "hours that overlap",
    Wrong.TWICE: "the same day twice",
    Wrong.TOO_MANY: f"more than {MOST_SPANS} spans a day, or {MOST_EXCEPTIONS} exceptions",
}


class HoursError(ValueError):
    """Hours that cannot be: what is `wrong`, and on which day. The value itself is not repeated."""

    def __init__(self, wrong: Wrong, where: str = "") -> None:
        super().__init__(f"{where}: {_REASONS[wrong]}" if where else _REASONS[wrong])
        self.wrong = wrong
        self.where = where


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one minute of a day to another, the end excluded; 1440 is the midnight that ends it."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


Day: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The hours of one channel, or of all. `holidays`: None means as on any other day."""

    week: tuple[Day, ...]
    holidays: Day | None = None
    exceptions: Mapping[date, Day] = field(default_factory=dict)

    def on(self, day: date, is_holiday: IsHoliday) -> Day:
        """The hours of a day: an exception goes before a holiday, a holiday before the week."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.holidays is not None and is_holiday(day):
            return self.holidays
        return self.week[day.weekday()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """All that the service says of its hours. A channel without a plan of its own has `plan`."""

    plan: Plan
    channels: Mapping[str, Plan] = field(default_factory=dict)
    closing_soon: timedelta = CLOSING_SOON

    def plan_of(self, channel: str) -> Plan:
        """The plan that counts for a channel."""
        return self.channels.get(channel, self.plan)


class Phase(StrEnum):
    """Where a moment lies. `before`: shut, and the team comes later the same day."""

    OPEN = "open"
    CLOSING = "closing"
    BEFORE = "before"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Where a moment lies, and what comes next.

    `since`: when it last opened or shut; None: days ago. `until`: when it shuts or opens; `then`:
    when it does the other again. None where that is not in sight.
    """

    phase: Phase
    since: datetime | None = None
    until: datetime | None = None
    then: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the team is there."""
        return self.phase in (Phase.OPEN, Phase.CLOSING)


ALWAYS_OPEN = Opening(phase=Phase.OPEN)


def parse_week(words: str) -> tuple[Day, ...]:
    """A week from words such as `mon-fri 09:00-12:00,13:00-18:00; sat 10:00-20:00`.

    A day that is not named is shut. Raises HoursError.
    """
    spans: dict[str, list[str]] = {}
    for part in words.split(";"):
        read = _PART.fullmatch(part.strip())
        first, last = (read[1], read[2] or read[1]) if read else ("", "")
        if read is None or first not in DAYS or last not in DAYS:
            raise HoursError(Wrong.FORM)
        count = (DAYS.index(last) - DAYS.index(first)) % 7 + 1
        for step in range(count):
            day = DAYS[(DAYS.index(first) + step) % 7]
            spans.setdefault(day, []).extend(read[3].split(","))
    return tuple(day_of(spans.get(day, []), day) for day in DAYS)


def day_of(spans: Sequence[object], where: str) -> Day:
    """The hours of one day, in order. Raises HoursError that names `where`."""
    if len(spans) > MOST_SPANS:
        raise HoursError(Wrong.TOO_MANY, where)
    day = sorted(_span(words, where) for words in spans)
    for earlier, later in pairwise(day):
        if later.start < earlier.end:
            raise HoursError(Wrong.OVERLAP, where)
    return tuple(day)


def hours_from(document: object) -> Hours:
    """Hours from what `as_document` makes, or a person in the console. Raises HoursError."""
    body = _object(document, "")
    channels = _object(body.get("channels", {}), "channels")
    minutes = body.get("closing_soon", int(CLOSING_SOON.total_seconds()) // 60)
    if type(minutes) is not int or not 0 <= minutes <= 240:
        raise HoursError(Wrong.FORM, "closing_soon")
    return Hours(
        plan=_plan(body),
        channels={name: _plan(_object(plan, name)) for name, plan in channels.items()},
        closing_soon=timedelta(minutes=minutes),
    )


def as_document(hours: Hours) -> dict[str, Any]:
    """Hours as JSON; `hours_from` reads it back."""
    return {
        **_plan_document(hours.plan),
        "channels": {name: _plan_document(plan) for name, plan in hours.channels.items()},
        "closing_soon": int(hours.closing_soon.total_seconds()) // 60,
    }


def opening_at(
    plan: Plan, moment: datetime, *, is_holiday: IsHoliday, closing_soon: timedelta = CLOSING_SOON
) -> Opening:
    """Where `moment` (aware) lies in a plan, and when that changes."""
    today = moment.astimezone(PARIS).date()
    since: datetime | None = None
    ahead: list[tuple[datetime, datetime]] = []
    for start, end in _stretches(plan, today, is_holiday):
        if end <= moment:
            since = end
            continue
        ahead.append((start, end))
        if len(ahead) == 2:
            break
    if not ahead:
        return Opening(phase=Phase.CLOSED, since=since)
    start, end = ahead[0]
    if start > moment:
        same_day = start.astimezone(PARIS).date() == today
        phase = Phase.BEFORE if same_day else Phase.CLOSED
        return Opening(phase=phase, since=since, until=start, then=end)
    reopens = ahead[1][0] if len(ahead) == 2 else None
    phase = Phase.CLOSING if end - moment <= closing_soon else Phase.OPEN
    until = end if end is not _NEVER else None
    return Opening(phase=phase, since=start, until=until, then=reopens)


def _stretches(
    plan: Plan, today: date, is_holiday: IsHoliday
) -> Iterator[tuple[datetime, datetime]]:
    """Open stretches from two days ago on, those that touch at midnight as one."""
    current: tuple[datetime, datetime] | None = None
    for offset in range(-2, LOOK_AHEAD):
        day = today + timedelta(days=offset)
        for span in plan.on(day, is_holiday):
            start, end = _instants(day, span)
            if start >= end:
                continue  # swallowed by the hour that summer time takes
            if current is not None and start <= current[1]:
                current = (current[0], max(end, current[1]))
                continue
            if current is not None:
                yield current
            current = (start, end)
        if offset > 8 and current is not None and current[1] - current[0] > timedelta(days=8):
            current = (current[0], _NEVER)  # open day and night
            break
    if current is not None:
        yield current


def _instants(day: date, span: Span) -> tuple[datetime, datetime]:
    return _at(day, span.start), max(_at(day, span.end), _at(day, span.end, fold=1))


def _at(day: date, minute: int, *, fold: int = 0) -> datetime:
    if minute == MIDNIGHT:
        day, minute = day + timedelta(days=1), 0
    local = datetime.combine(day, time(minute // 60, minute % 60, fold=fold), PARIS)
    return local.astimezone(UTC)


def _plan(body: Mapping[str, Any]) -> Plan:
    week = _object(body.get("week"), "week")
    if not set(week) <= set(DAYS):
        raise HoursError(Wrong.FORM, "week")
    holidays = body.get("holidays")
    exceptions: dict[date, Day] = {}
    listed = body.get("exceptions", [])
    if not isinstance(listed, list) or len(listed) > MOST_EXCEPTIONS:
        raise HoursError(Wrong.TOO_MANY if isinstance(listed, list) else Wrong.FORM, "exceptions")
    for entry in listed:
        fields = _object(entry, "exceptions")
        day = _date(fields.get("day"))
        if day in exceptions:
            raise HoursError(Wrong.TWICE, day.isoformat())
        exceptions[day] = day_of(_list(fields.get("hours"), day.isoformat()), day.isoformat())
    return Plan(
        week=tuple(day_of(_list(week.get(day, []), day), day) for day in DAYS),
        holidays=None if holidays is None else day_of(_list(holidays, "holidays"), "holidays"),
        exceptions=exceptions,
    )


def _plan_document(plan: Plan) -> dict[str, Any]:
    return {
        "week": {
            day: [str(span) for span in spans] for day, spans in zip(DAYS, plan.week, strict=True)
        },
        "holidays": None if plan.holidays is None else [str(span) for span in plan.holidays],
        "exceptions": [
            {"day": day.isoformat(), "hours": [str(span) for span in spans]}
            for day, spans in sorted(plan.exceptions.items())
        ],
    }


def _span(words: object, where: str) -> Span:
    read = _SPAN.fullmatch(words) if isinstance(words, str) else None
    if read is None:
        raise HoursError(Wrong.FORM, where)
    start = int(read[1]) * 60 + int(read[2])
    end = MIDNIGHT if read[3] == "24:00" else int(read[4]) * 60 + int(read[5])
    if end <= start:
        raise HoursError(Wrong.INVERTED, where)
    return Span(start, end)


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise HoursError(Wrong.FORM, where)
    return value


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise HoursError(Wrong.FORM, where)
    return value


def _date(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise HoursError(Wrong.FORM, "exceptions") from None


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
