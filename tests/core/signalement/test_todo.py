"""What waits for somebody in a dossier, and when the team is told of it."""

from dataclasses import replace
from datetime import timedelta

from core.signalement import moves, todo
from core.signalement.case import (
    Authority,
    Case,
    Declared,
    Dispatch,
    DispatchStatus,
    NoticeState,
    Route,
)
from core.signalement.platforms import directory
from core.signalement.todo import TELL_AFTER, TELL_EVERY, TELL_FOR, Why
from tests.builders import NOON
from tests.signalements import LISTENER, a_case, a_notice

KNOWN = directory()
ID = a_notice().id
DAY = timedelta(days=1)
PATIENCE = KNOWN.platforms["instagram"].patience


def with_notice(**changes: object) -> Case:
    return a_case(notices=(a_notice(**changes),))


def sent(state: NoticeState = NoticeState.DISPATCHED, **changes: object) -> Case:
    return with_notice(state=state, dispatched_at=NOON, **changes)


def whys(case: Case) -> list[tuple[Why, timedelta]]:
    return [(one.why, one.at - NOON) for one in todo.of_case(case, KNOWN)]


def a_sending(status: DispatchStatus) -> Dispatch:
    return Dispatch(route=Route.MAIL, status=status, queued_at=NOON, due_at=NOON)


def test_a_draft_and_what_is_on_its_way_wait_for_nobody() -> None:
    assert whys(a_case()) == []
    assert whys(with_notice(dispatch=a_sending(DispatchStatus.QUEUED))) == []


def test_what_may_have_arrived_and_what_was_refused_on_the_way_wait_at_once() -> None:
    unknown = with_notice(dispatch=a_sending(DispatchStatus.UNKNOWN))
    refused = with_notice(dispatch=a_sending(DispatchStatus.REFUSED))
    assert whys(unknown) == [(Why.UNKNOWN, timedelta(0))]
    assert whys(refused) == [(Why.NOT_SENT, timedelta(0))]


def test_what_was_stopped_waits_for_who_completes_it_unless_the_person_does_not_want_it() -> None:
    stopped = with_notice(dispatch=a_sending(DispatchStatus.STOPPED))
    assert whys(stopped) == [(Why.STOPPED, timedelta(0))]
    assert whys(replace(stopped, consent=None)) == []
    validated = moves.validate(stopped, ID, found=(), document="0" * 64, wording="{}")
    assert whys(validated) == [], "somebody did"


def test_a_platform_is_late_after_its_time_and_again_after_each_reminder() -> None:
    assert whys(sent()) == [(Why.LATE, PATIENCE)]
    again = moves.reminded(sent(), ID, now=NOON + PATIENCE)
    assert whys(again) == [(Why.LATE, PATIENCE + KNOWN.platforms["instagram"].reminding)]


def test_an_appeal_has_its_own_clock_and_keeps_the_day_of_sending() -> None:
    no = moves.refused(sent(), ID, reason="non", now=NOON + DAY)
    assert whys(no) == [(Why.REFUSED, DAY)]
    case = moves.appeal(no, ID, reason="si", now=NOON + 2 * DAY)
    assert whys(case) == [(Why.LATE, 2 * DAY + PATIENCE)]
    assert case.notices[0].dispatched_at == NOON


def test_what_went_to_an_authority_is_not_left_lying() -> None:
    no = moves.refused(sent(), ID, reason="non", now=NOON)
    passed = moves.escalate(
        no, Authority.PHAROS, found=(), letter="", reference="", by=LISTENER, now=NOON
    )
    assert whys(passed) == []


def test_removed_content_is_told_to_who_agreed_then_looked_at_until_the_watch_ends() -> None:
    agreed = replace(sent(), tell=Declared(by=LISTENER, at=NOON))
    gone = moves.removed(agreed, ID, now=NOON)
    assert whys(gone) == [(Why.TELL, timedelta(0))]
    case = moves.told(gone, ID, now=NOON)
    looks = []
    while found := todo.of_case(case, KNOWN):
        looks.append(found[0].at - NOON)
        case = moves.still_gone(case, ID, now=found[0].at)
    assert looks == [7 * DAY, 14 * DAY, 21 * DAY, 28 * DAY]


def test_content_that_came_back_is_watched_by_its_new_notice() -> None:
    gone = moves.removed(sent(), ID, now=NOON)
    back = moves.seen_again(gone, ID, new_id="d" * 32, now=NOON + DAY)
    assert whys(back) == []


def test_the_team_is_told_an_hour_later_then_daily_and_not_for_ever() -> None:
    case, told = sent(), []
    while planned := todo.told_when(case, KNOWN):
        told.append(planned[0][1] - NOON - PATIENCE)
        case = moves.team_told(case, [ID], now=planned[0][1])
    assert told[:3] == [TELL_AFTER, TELL_AFTER + DAY, TELL_AFTER + 2 * DAY]
    assert told[-1] <= TELL_FOR
    assert TELL_EVERY[Why.LATE] == DAY
