"""What people are told of waiting: a range that holds, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from core.hours import PARIS
from core.prospects import Answered, Wait, expected_wait
from core.spoken import duration, moment_from, time_of_day

NOW = datetime(2026, 6, 10, 10, tzinfo=UTC)


def minutes(*counts: int) -> list[timedelta]:
    return [timedelta(minutes=count) for count in counts]


def test_too_few_answers_say_nothing() -> None:
    assert expected_wait(minutes(2, 3), []) is None


@pytest.mark.parametrize(
    ("answered", "standing", "told"),
    [
        ((1, 2, 3), (), Wait(0, 5)),
        ((6, 7, 8, 9), (), Wait(5, 15)),
        ((1, 2, 3), (40,), Wait(0, 60)),
        ((70, 80, 90), (), Wait(60, 120)),
        ((130, 140, 150), (), Wait(120, None)),
    ],
)
def test_the_range_reaches_to_who_stands_there_longest(
    answered: tuple[int, ...], standing: tuple[int, ...], told: Wait
) -> None:
    assert expected_wait(minutes(*answered), minutes(*standing)) == told


def test_whom_a_listener_took_within_half_an_hour_counts() -> None:
    queue = Answered()
    stood = {str(each): NOW - timedelta(minutes=7) for each in range(3)}
    assert queue.look(stood, (), now=NOW) is None
    assert queue.gone(()) == frozenset(stood)
    assert queue.look({}, queue.gone(()), now=NOW + timedelta(seconds=10)) == Wait(5, 15)
    assert queue.look({}, (), now=NOW + timedelta(minutes=31)) is None


def test_who_left_by_themselves_tells_nothing_of_the_wait() -> None:
    queue = Answered()
    queue.look({str(each): NOW for each in range(9)}, (), now=NOW)
    assert queue.look({}, ("0", "1"), now=NOW + timedelta(minutes=2)) is None


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (Wait(0, 5), "moins de 5 minutes"),
        (Wait(5, 15), "entre 5 et 15 minutes"),
        (Wait(15, 60), "entre 15 minutes et 1 heure"),
        (Wait(60, 120), "entre 1 heure et 2 heures"),
        (Wait(0, 60), "moins d’une heure"),
        (Wait(60, None), "plus d’une heure"),
        (Wait(120, None), "plus de 2 heures"),
    ],
)
def test_a_range_is_said_in_words(wait: Wait, words: str) -> None:
    assert duration(wait) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 6, 10, 9, tzinfo=PARIS), "aujourd’hui à 9 h"),
        (datetime(2026, 6, 11, 9, 30, tzinfo=PARIS), "demain à 9 h 30"),
        (datetime(2026, 6, 16, 9, tzinfo=PARIS), "mardi à 9 h"),
        (datetime(2026, 6, 17, 9, tzinfo=PARIS), "le 17 juin à 9 h"),
        (datetime(2026, 8, 1, 9, tzinfo=PARIS), "le 1er août à 9 h"),
        (None, "plus tard"),
    ],
)
def test_a_moment_is_said_as_one_would(moment: datetime | None, words: str) -> None:
    assert moment_from(moment, now=NOW) == words


def test_the_day_is_the_day_in_paris() -> None:
    late = datetime(2026, 6, 10, 22, 30, tzinfo=UTC)
    assert moment_from(datetime(2026, 6, 11, 9, tzinfo=PARIS), now=late) == "aujourd’hui à 9 h"
    assert time_of_day(datetime(2026, 6, 10, 22, tzinfo=UTC)) == "minuit"
