"""Hours: the clock turned through openings, closings, both changes of summer time, holidays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hours import (
    DAYS,
    PARIS,
    Hours,
    HoursError,
    Opening,
    Phase,
    Plan,
    Span,
    Wrong,
    as_document,
    hours_from,
    opening_at,
    parse_week,
)
from gateway.expectations import french_holidays

EVERY_DAY = Plan(week=parse_week("mon-sun 09:00-23:00"))
HOLIDAY = french_holidays()


def paris(*moment: int, fold: int = 0) -> datetime:
    return datetime(*moment, tzinfo=PARIS, fold=fold)  # type: ignore[arg-type, misc]


def opening(moment: datetime, plan: Plan = EVERY_DAY) -> Opening:
    return opening_at(plan, moment.astimezone(UTC), is_holiday=HOLIDAY)


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (paris(2026, 6, 10, 8, 59, 59), Phase.BEFORE),
        (paris(2026, 6, 10, 9, 0, 0), Phase.OPEN),
        (paris(2026, 6, 10, 22, 29, 59), Phase.OPEN),
        (paris(2026, 6, 10, 22, 30, 0), Phase.CLOSING),
        (paris(2026, 6, 10, 22, 59, 59), Phase.CLOSING),
        (paris(2026, 6, 10, 23, 0, 0), Phase.CLOSED),
        (paris(2026, 6, 11, 0, 0, 0), Phase.BEFORE),
    ],
)
def test_a_day_turns_to_the_second(moment: datetime, phase: Phase) -> None:
    assert opening(moment).phase is phase


def test_what_comes_next_is_told() -> None:
    shut = opening(paris(2026, 6, 10, 23, 30))
    assert shut.since == paris(2026, 6, 10, 23)
    assert shut.until == paris(2026, 6, 11, 9)
    assert shut.then == paris(2026, 6, 11, 23)
    there = opening(paris(2026, 6, 10, 12))
    assert (there.since, there.until) == (paris(2026, 6, 10, 9), paris(2026, 6, 10, 23))
    assert there.then == paris(2026, 6, 11, 9)


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (date(2026, 3, 28), 8),
        (date(2026, 3, 29), 7),
        (date(2026, 10, 24), 7),
        (date(2026, 10, 25), 8),
    ],
)
def test_nine_o_clock_stays_nine_o_clock_in_summer_and_winter(day: date, utc_hour: int) -> None:
    nine = datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    assert opening(nine - timedelta(seconds=1)).phase is Phase.BEFORE
    assert opening(nine).phase is Phase.OPEN


def test_the_night_that_has_an_hour_twice_is_open_through_both() -> None:
    night = Plan(week=parse_week("mon-sun 02:00-03:00"))
    first, second = paris(2026, 10, 25, 2, 30), paris(2026, 10, 25, 2, 30, fold=1)
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)
    assert opening(first, night).is_open
    assert opening(second, night).is_open
    assert not opening(paris(2026, 10, 25, 3), night).is_open
    # A closing within that hour is the second one.
    early = Plan(week=parse_week("mon-sun 01:00-02:45"))
    assert opening(second, early).is_open
    assert not opening(paris(2026, 10, 25, 2, 45, fold=1), early).is_open


def test_what_falls_into_the_hour_that_is_missing_comes_an_hour_later() -> None:
    night = Plan(week=parse_week("mon-sun 02:15-02:45"))
    assert not opening(paris(2026, 3, 29, 3, 14, 59), night).is_open
    assert opening(paris(2026, 3, 29, 3, 15), night).is_open
    assert not opening(paris(2026, 3, 29, 3, 45), night).is_open
    assert opening(paris(2026, 3, 30, 2, 15), night).is_open


def test_a_night_over_midnight_is_one_opening() -> None:
    late = Plan(week=parse_week("fri 20:00-24:00; sat 00:00-02:00"))
    there = opening(paris(2026, 6, 12, 23, 59, 59), late)
    assert there.phase is Phase.OPEN
    assert there.until == paris(2026, 6, 13, 2)
    assert opening(paris(2026, 6, 13, 1, 59, 59), late).phase is Phase.CLOSING


def test_on_a_holiday_the_hours_of_holidays_count() -> None:
    plan = Plan(week=EVERY_DAY.week, holidays=(Span(10 * 60, 18 * 60),))
    assert opening(paris(2026, 7, 14, 9, 30), plan).phase is Phase.BEFORE
    assert opening(paris(2026, 7, 14, 18), plan).phase is Phase.CLOSED
    assert opening(paris(2026, 7, 15, 9, 30), plan).phase is Phase.OPEN
    # Easter Monday moves; 2 June is a holiday in other countries.
    assert opening(paris(2026, 4, 6, 9, 30), plan).phase is Phase.BEFORE
    assert opening(paris(2026, 6, 2, 9, 30), plan).phase is Phase.OPEN


def test_without_hours_of_their_own_holidays_are_days_like_others() -> None:
    assert opening(paris(2026, 7, 14, 9)).phase is Phase.OPEN


def test_shut_on_holidays_names_the_day_after() -> None:
    plan = Plan(week=EVERY_DAY.week, holidays=())
    shut = opening(paris(2026, 12, 25, 12), plan)
    assert (shut.phase, shut.until) == (Phase.CLOSED, paris(2026, 12, 26, 9))


def test_an_exception_goes_before_holiday_and_week() -> None:
    plan = Plan(
        week=EVERY_DAY.week,
        holidays=(),
        exceptions={date(2026, 12, 25): (Span(14 * 60, 16 * 60),), date(2026, 12, 24): ()},
    )
    assert opening(paris(2026, 12, 25, 15), plan).is_open
    assert not opening(paris(2026, 12, 24, 15), plan).is_open


def test_a_house_that_never_opens_promises_nothing() -> None:
    never = opening(paris(2026, 6, 10, 12), Plan(week=((),) * 7))
    assert (never.phase, never.until, never.then) == (Phase.CLOSED, None, None)


def test_a_house_that_never_shuts_is_never_about_to() -> None:
    always = opening(paris(2026, 6, 10, 23, 59), Plan(week=parse_week("mon-sun 00:00-24:00")))
    assert (always.phase, always.until) == (Phase.OPEN, None)


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    spans=st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), max_size=3),
)
def test_any_plan_at_any_moment_says_what_comes_next(
    moment: datetime, spans: list[tuple[int, int]]
) -> None:
    starts: list[Span] = []
    for start, end in sorted(spans):
        if start < end and (not starts or start >= starts[-1].end):
            starts.append(Span(start, end))
    plan = Plan(week=(tuple(starts), ()) * 3 + ((),))
    now = opening(moment, plan)
    assert now.since is None or now.since <= moment
    assert now.until is None or now.until > moment
    if now.until is not None:
        assert opening(now.until, plan).is_open != now.is_open
        assert opening(now.until - timedelta(seconds=1), plan).is_open == now.is_open


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("", Wrong.FORM),
        ("always", Wrong.FORM),
        ("mon-fri 9:00-23:00", Wrong.FORM),
        ("mon-fri 09:00-24:30", Wrong.FORM),
        ("lun 09:00-23:00", Wrong.FORM),
        ("mon 23:00-09:00", Wrong.INVERTED),
        ("mon 09:00-09:00", Wrong.INVERTED),
        ("mon 09:00-12:00,11:59-18:00", Wrong.OVERLAP),
        ("mon-fri 09:00-12:00; wed 10:00-11:00", Wrong.OVERLAP),
        ("mon 01:00-02:00,03:00-04:00,05:00-06:00,07:00-08:00,09:00-10:00,11:00-12:00,13:00-14:00",
         Wrong.TOO_MANY),
    ],
)  # fmt: skip
def test_hours_that_cannot_be_are_refused(words: str, wrong: Wrong) -> None:
    with pytest.raises(HoursError) as caught:
        parse_week(words)
    assert caught.value.wrong is wrong


def test_touching_hours_do_not_overlap() -> None:
    assert parse_week("mon 13:00-18:00,09:00-13:00")[0] == (Span(540, 780), Span(780, 1080))


def test_a_week_may_run_over_sunday() -> None:
    week = parse_week("sat-mon 10:00-12:00")
    assert [bool(day) for day in week] == [True, False, False, False, False, True, True]


def test_hours_are_the_same_after_a_trip_through_a_document() -> None:
    hours = Hours(
        plan=Plan(
            week=parse_week("mon-fri 09:00-23:00"),
            holidays=(Span(600, 720),),
            exceptions={date(2026, 12, 24): (), date(2026, 12, 31): (Span(0, 1440),)},
        ),
        channels={"telegram": Plan(week=parse_week("sun 10:00-12:00"))},
        closing_soon=timedelta(minutes=45),
    )
    assert hours_from(as_document(hours)) == hours


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"week": []},
        {"week": {"lundi": []}},
        {"week": {"mon": "09:00-10:00"}},
        {"week": {"mon": [9]}},
        {"week": {}, "closing_soon": -1},
        {"week": {}, "closing_soon": True},
        {"week": {}, "exceptions": [{"day": "31/12/2026", "hours": []}]},
        {"week": {}, "exceptions": [{"day": "2026-12-31"}]},
        {"week": {}, "exceptions": [{"day": "2026-12-31", "hours": []}] * 2},
        {"week": {}, "channels": {"web": None}},
        {"week": {}, "holidays": ["10:00-09:00"]},
    ],
)
def test_a_document_that_is_no_plan_is_refused(document: object) -> None:
    with pytest.raises(HoursError):
        hours_from(document)


def test_the_day_with_the_mistake_is_named() -> None:
    with pytest.raises(HoursError, match="wed: hours that overlap"):
        parse_week("mon-fri 09:00-12:00; wed 10:00-11:00")
    assert len(DAYS) == 7
