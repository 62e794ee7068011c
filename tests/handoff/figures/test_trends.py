"""A wave is seen, and an ordinary evening is none."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.figures import Fact, hour_of
from core.labels import Issue
from handoff.figures.trends import DAYS, Trend, is_surge, since, trends

NOW = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
FACT = Fact(hour=hour_of(NOW), channel="web", issue=Issue.SEXTORSION)


def usually(a_day: int) -> list[Fact]:
    """So many a day at nine in the evening, for four weeks."""
    return [
        replace(FACT, hour=FACT.hour - timedelta(days=day))
        for day in range(1, DAYS + 1)
        for _ in range(a_day)
    ]


def of(told: list[Trend], issue: Issue | None) -> Trend:
    return next(one for one in told if one.issue is issue)


def test_a_wave_of_one_issue_is_told_and_stands_first() -> None:
    calm = [replace(one, issue=Issue.ARNAQUE) for one in usually(6)]
    told = trends([*usually(2), *calm, *[FACT] * 12], NOW)
    assert [one.issue for one in told][:2] == [None, Issue.SEXTORSION]
    wave = of(told, Issue.SEXTORSION)
    assert (wave.now, wave.surge) == (12, True)
    assert wave.usual == pytest.approx(1.8, abs=0.1)
    assert not of(told, Issue.ARNAQUE).surge


def test_what_is_usual_at_another_time_of_day_is_not_usual_now() -> None:
    mornings = [replace(one, hour=one.hour - 12 * HOUR) for one in usually(9)]
    assert of(trends([*mornings, *[FACT] * 6], NOW), Issue.SEXTORSION).surge


def test_a_few_people_are_no_wave_however_rare_the_issue() -> None:
    long_ago = replace(FACT, hour=FACT.hour - timedelta(days=DAYS), issue=Issue.ARNAQUE)
    assert not of(trends([long_ago, *[FACT] * 4], NOW), Issue.SEXTORSION).surge
    assert of(trends([long_ago, *[FACT] * 5], NOW), Issue.SEXTORSION).surge


@pytest.mark.parametrize(("days", "surge"), [(0, False), (6, False), (7, True)])
def test_a_new_service_knows_no_wave_before_its_first_week(days: int, surge: bool) -> None:
    first = replace(FACT, hour=FACT.hour - timedelta(days=days))
    assert of(trends([first, *[FACT] * 9], NOW), Issue.SEXTORSION).surge is surge


def test_what_is_usual_is_counted_over_the_days_there_are() -> None:
    young = [one for one in usually(3) if FACT.hour - one.hour <= timedelta(days=10)]
    assert of(trends(young, NOW), Issue.SEXTORSION).usual == pytest.approx(2.8, abs=0.2)


def test_chance_alone_hardly_ever_raises_the_alarm() -> None:
    chance = random.Random(1)
    false = 0
    for _ in range(2000):
        count = sum(chance.random() < 0.01 for _ in range(800))
        false += is_surge(count, 8.0)
    assert false <= 3
    assert is_surge(24, 8.0)


def test_weeks_are_held_against_each_other() -> None:
    told = of(trends(usually(1), NOW), Issue.SEXTORSION)
    assert (told.week, told.week_before) == (6, 7)


def test_no_fact_older_than_it_asks_for_changes_anything() -> None:
    old = replace(FACT, hour=since(NOW) - HOUR)
    assert trends([old] * 50, NOW)[0] == Trend(
        issue=None, now=0, usual=0.0, surge=False, week=0, week_before=0
    )
