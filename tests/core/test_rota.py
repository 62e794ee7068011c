"""The on-call rota: who is called on which night, until somebody answers."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.hours import PARIS
from core.paging import Page, Step, as_document, next_step, page_from
from core.rota import OnCall, Rota, RotaError, rota_from
from core.rota import as_document as rota_document

ANNE = OnCall(name="Anne", email="anne@example.org")
BILAL = OnCall(name="Bilal", webhook="https://sms.example.org/send")
BODY: dict[str, Any] = {
    "people": [
        {"name": "Anne", "email": "anne@example.org"},
        {"name": "Bilal", "webhook": BILAL.webhook},
    ],
    "turns": [{"first": "2026-06-08", "last": "2026-06-10", "levels": [["Anne"], ["Bilal"]]}],
    "otherwise": [["Bilal"]],
    "escalate_after": 10,
}


def a_turn(levels: object, first: str = "2026-06-08") -> dict[str, Any]:
    return {"first": first, "last": "2026-06-08", "levels": levels}


ROTA = rota_from(BODY)
NIGHT = datetime(2026, 6, 10, 2, 0, tzinfo=PARIS)
PATIENCE = timedelta(minutes=10)
LEVELS = ((ANNE,), (BILAL,))


def names(rota: Rota, *moment: int) -> list[list[str]]:
    at = datetime(*moment, tzinfo=PARIS)  # type: ignore[arg-type, misc]
    return [[one.name for one in level] for level in rota.levels_at(at)]


def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    assert names(ROTA, 2026, 6, 8, 11, 59) == [["Bilal"]]
    assert names(ROTA, 2026, 6, 8, 12, 0) == [["Anne"], ["Bilal"]]
    assert names(ROTA, 2026, 6, 11, 4, 0) == [["Anne"], ["Bilal"]]
    assert names(ROTA, 2026, 6, 11, 12, 0) == [["Bilal"]]


def test_without_a_turn_and_without_others_nobody_is_on_call() -> None:
    assert Rota(people={}).levels_at(NIGHT) == ()


def test_a_rota_is_the_same_after_a_trip_through_a_document() -> None:
    assert rota_from(rota_document(ROTA)) == ROTA


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"people": [{"name": "Anne"}]}, "no_means"),
        ({"people": [{"name": "Anne", "email": "anne"}]}, "email"),
        ({"people": [{"name": "Anne", "email": "a@b.fr, c@d.fr"}]}, "email"),
        ({"people": [{"name": "Anne", "webhook": "ftp://x"}]}, "webhook"),
        ({"people": [{"name": "Anne", "webhook": "https://user:pass@host/"}]}, "webhook"),
        ({"people": BODY["people"] * 2}, "twice"),
        ({"people": {}}, "form"),
        ({"turns": [a_turn([["Anne"]], first="2026-06-10")]}, "inverted"),
        ({"turns": [a_turn([["Chloé"]])]}, "stranger"),
        ({"turns": [a_turn([[{}]])]}, "stranger"),
        ({"turns": [a_turn([])]}, "nobody"),
        ({"turns": BODY["turns"] * 2}, "overlap"),
        ({"turns": [a_turn([["Anne"]], first="demain")]}, "form"),
        ({"otherwise": [[]]}, "nobody"),
        ({"escalate_after": 0}, "form"),
    ],
)  # fmt: skip
def test_a_rota_that_cannot_be_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(RotaError) as caught:
        rota_from(BODY | change)
    assert caught.value.code == code


def step(page: Page, minutes: float) -> Step:
    now = NIGHT + timedelta(minutes=minutes)
    return next_step(page, LEVELS, patience=PATIENCE, now=now)


def called(page: Page, *people: OnCall, reached: bool = True) -> Page:
    for one in people:
        page = page.called(one.name, reached=reached)
    return page


def test_the_first_level_is_called_once() -> None:
    first = step(Page(since=NIGHT), 0)
    assert first.call == (ANNE,)
    after = step(called(first.page, ANNE), 1)
    assert after.call == ()
    assert after.again == timedelta(minutes=9)


def test_who_acknowledges_nothing_leaves_it_to_the_next_and_the_last_is_called_again() -> None:
    page = called(step(Page(since=NIGHT), 0).page, ANNE)
    second = step(page, 10)
    assert second.call == (BILAL,)
    third = step(called(second.page, BILAL), 20)
    assert third.call == (BILAL,)


def test_who_cannot_be_reached_is_tried_again_and_then_passed_by() -> None:
    page = Page(since=NIGHT)
    for tried in range(3):
        now = step(page, tried / 2)
        assert now.call == (ANNE,)
        assert now.again == timedelta(seconds=30)
        page = called(now.page, ANNE, reached=False)
    assert step(page, 2).call == (BILAL,)


def test_the_last_level_is_not_passed_by_without_its_time() -> None:
    page = Page(level=1, since=NIGHT, tries=(("Bilal", 3),))
    assert step(page, 2).call == ()
    assert step(page, 10).call == (BILAL,)


def test_all_was_in_vain_once_the_last_level_had_its_time_or_cannot_be_reached() -> None:
    assert not step(called(Page(since=NIGHT), ANNE), 10).in_vain, "the next level has its turn"
    last = called(Page(level=1, since=NIGHT), BILAL)
    assert not step(last, 9.9).in_vain
    assert step(last, 10).in_vain
    assert step(called(step(last, 10).page, BILAL), 11).in_vain, "until somebody answers"
    lost = Page(level=1, since=NIGHT, tries=(("Bilal", 3),))
    assert step(lost, 2).in_vain
    assert not step(Page(since=NIGHT, tries=(("Anne", 3),)), 2).in_vain
    assert not step(last.acknowledged("Bilal", NIGHT), 14).in_vain


def test_an_acknowledgement_holds_for_a_quarter_of_an_hour() -> None:
    page = called(Page(since=NIGHT), ANNE).acknowledged("Anne", NIGHT + timedelta(minutes=5))
    assert step(page, 19).call == ()
    assert step(page, 20).call == (BILAL,)
    assert page.acknowledged("Bilal", NIGHT).acknowledged_by == "Anne"


def test_a_page_is_the_same_after_a_trip_through_a_document() -> None:
    page = called(Page(level=1, since=NIGHT), ANNE).acknowledged("Anne", NIGHT)
    page = page.called("Bilal", reached=False)
    assert page_from(as_document(page)) == page
    assert page.since.date() == date(2026, 6, 10)
