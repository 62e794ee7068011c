"""A notice goes its way in order, is never sent twice by a machine, and has a clock of its own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import Refused
from core.ids import ListenerId
from core.signalement import moves
from core.signalement.case import (
    Authority,
    Case,
    DispatchStatus,
    Notice,
    NoticeState,
    Route,
    Target,
)
from core.signalement.case import ContentKind as Kind
from core.signalement.checks import Problem
from core.signalement.platforms import directory
from tests.builders import NOON, at
from tests.signalements import LISTENER, a_case, a_notice

ID = "b" * 32
LAWYER = ListenerId("1" * 32)
INSTAGRAM = directory().platforms["instagram"]
HOUR = 3600


def the_notice(case: Case) -> Notice:
    notice = case.notice(ID)
    assert notice is not None
    return notice


def validated() -> Case:
    return moves.validate(a_case(), ID, found=(), document="0" * 64, wording="{}")


def queued() -> Case:
    return moves.queue(validated(), ID, Route.MAIL, found=(), now=NOON)


def sending() -> Case:
    return moves.begin_sending(queued(), ID, found=())


def dispatched() -> Case:
    return moves.sent(sending(), ID, now=NOON)


def removed() -> Case:
    return moves.removed(
        moves.received(dispatched(), ID, reference=" R1 ", now=at(60)), ID, now=at(HOUR)
    )


def test_a_notice_from_draft_to_removed() -> None:
    notice = the_notice(removed())
    assert notice.state is NoticeState.REMOVED
    assert notice.reference == "R1"
    assert notice.decided_at == at(HOUR)
    assert notice.watch_until == at(HOUR) + moves.WATCH_FOR


def test_a_refusal_is_contested_with_a_new_clock() -> None:
    no = moves.refused(dispatched(), ID, reason="Pas contraire aux règles", now=at(HOUR))
    with pytest.raises(Refused):
        moves.appeal(no, ID, reason="  ", now=at(2 * HOUR))
    again = moves.appeal(no, ID, reason="Article 222-33-2-3", now=at(2 * HOUR))
    clock = moves.deadline(the_notice(again), INSTAGRAM, now=at(25 * HOUR))
    assert clock is not None
    assert clock.due_at == at(26 * HOUR)
    assert not clock.overdue
    assert the_notice(moves.removed(again, ID, now=at(9999))).state is NoticeState.REMOVED


MOVES: dict[str, Callable[[Case], Case]] = {
    "validate": lambda case: moves.validate(case, ID, found=(), document="1" * 64, wording="{}"),
    "queue": lambda case: moves.queue(case, ID, Route.MAIL, found=(), now=NOON),
    "copied": lambda case: moves.copied(case, ID, found=(), now=NOON),
    "begin": lambda case: moves.begin_sending(case, ID, found=()),
    "stop": lambda case: moves.stop(case, ID, error="no_consent"),
    "cancel": lambda case: moves.cancel(case, ID),
    "sent": lambda case: moves.sent(case, ID, now=NOON),
    "not_sent": lambda case: moves.not_sent(case, ID, error="x", again=True, now=NOON),
    "lost": lambda case: moves.lost_sight(case, ID, error="x"),
    "resolve": lambda case: moves.resolve(case, ID, arrived=True, now=NOON),
    "received": lambda case: moves.received(case, ID, reference="", now=NOON),
    "removed": lambda case: moves.removed(case, ID, now=NOON),
    "refused": lambda case: moves.refused(case, ID, reason="", now=NOON),
    "appeal": lambda case: moves.appeal(case, ID, reason="r", now=NOON),
    "reminded": lambda case: moves.reminded(case, ID, now=NOON),
    "again": lambda case: moves.seen_again(case, ID, new_id="9" * 32, now=NOON),
}
ALLOWED: list[tuple[Callable[[], Case], set[str]]] = [
    (a_case, {"validate"}),
    (validated, {"validate", "queue", "copied"}),
    (queued, {"begin", "stop", "cancel"}),
    (lambda: moves.stop(queued(), ID, error="no_consent"), {"validate"}),
    (lambda: moves.cancel(queued(), ID), {"validate"}),
    (sending, {"sent", "not_sent", "lost"}),
    (lambda: moves.lost_sight(sending(), ID, error="timeout"), {"resolve"}),
    (dispatched, {"received", "removed", "refused", "reminded"}),
    (lambda: moves.refused(dispatched(), ID, reason="non", now=NOON), {"appeal", "removed"}),
    (removed, {"again"}),
]


@pytest.mark.parametrize("number", range(len(ALLOWED)))
def test_nothing_else_may_happen_in_a_state(number: int) -> None:
    build, allowed = ALLOWED[number]
    happened = set()
    for name, move in MOVES.items():
        try:
            move(build())
            happened.add(name)
        except Refused:
            continue
    assert happened == allowed


def test_what_lacks_something_is_blocked_with_the_reasons() -> None:
    lack = Problem(code="no_consent", where="consent")
    with pytest.raises(moves.Blocked) as blocked:
        moves.validate(a_case(), ID, found=[lack], document="0" * 64, wording="{}")
    assert blocked.value.problems == [lack]


def test_what_lacks_something_by_now_neither_goes_nor_is_queued_nor_copied() -> None:
    """The last look, before the first byte: consent may be taken back until then."""
    lack = Problem(code="no_consent", where="consent")
    with pytest.raises(moves.Blocked) as blocked:
        moves.begin_sending(queued(), ID, found=[lack])
    assert blocked.value.problems == [lack]
    for route in (Route.MAIL, Route.FORM):
        with pytest.raises(moves.Blocked):
            moves.queue(validated(), ID, route, found=[lack], now=NOON)


def test_what_was_stopped_is_a_draft_that_says_why_and_what_was_taken_back_is_one_too() -> None:
    stopped = the_notice(moves.stop(queued(), ID, error="no_consent"))
    assert (stopped.state, stopped.document) == (NoticeState.DRAFT, None)
    assert stopped.dispatch is not None
    assert (stopped.dispatch.status, stopped.dispatch.error) == ("stopped", "no_consent")
    taken_back = moves.cancel(queued(), ID)
    assert the_notice(taken_back) == a_notice()
    assert moves.may_be_destroyed(taken_back)


def test_a_sending_of_unknown_fate_waits_for_a_person() -> None:
    lost = moves.lost_sight(sending(), ID, error="timeout")
    assert the_notice(lost).state is NoticeState.VALIDATED
    arrived = moves.resolve(lost, ID, arrived=True, now=at(60))
    assert the_notice(arrived).state is NoticeState.DISPATCHED
    lost_for_good = moves.resolve(lost, ID, arrived=False, now=at(60))
    assert the_notice(moves.queue(lost_for_good, ID, Route.MAIL, found=(), now=at(61))).dispatch


def test_a_refusal_for_now_is_tried_again_ever_later_and_then_left_to_a_person() -> None:
    case, waits = sending(), []
    for _ in moves.BACKOFF:
        case = moves.not_sent(case, ID, error="451", again=True, now=NOON)
        dispatch = the_notice(case).dispatch
        assert dispatch is not None
        assert dispatch.status is DispatchStatus.QUEUED
        waits.append(dispatch.due_at - NOON)
        case = moves.begin_sending(case, ID, found=())
    assert waits == sorted(waits)
    given_up = the_notice(moves.not_sent(case, ID, error="451", again=True, now=NOON)).dispatch
    assert given_up is not None
    assert given_up.status is DispatchStatus.REFUSED


def test_the_clock_reminds_when_the_time_is_over_and_again_later() -> None:
    notice = the_notice(dispatched())
    early = moves.deadline(notice, INSTAGRAM, now=at(23 * HOUR))
    late = moves.deadline(notice, INSTAGRAM, now=at(24 * HOUR))
    assert early is not None
    assert late is not None
    assert (early.overdue, early.remind) == (False, False)
    assert (late.overdue, late.remind) == (True, True)
    asked = the_notice(moves.reminded(dispatched(), ID, now=at(24 * HOUR)))
    calm = moves.deadline(asked, INSTAGRAM, now=at(35 * HOUR))
    again = moves.deadline(asked, INSTAGRAM, now=at(36 * HOUR))
    assert calm is not None
    assert again is not None
    assert (calm.remind, again.remind) == (False, True)
    assert moves.deadline(the_notice(removed()), INSTAGRAM, now=at(99 * HOUR)) is None


def test_content_that_comes_back_makes_a_new_notice_that_must_be_validated() -> None:
    back = moves.seen_again(removed(), ID, new_id="9" * 32, now=at(2 * HOUR))
    new = back.notice("9" * 32)
    assert new is not None
    assert new.state is NoticeState.DRAFT
    assert new.targets == the_notice(back).targets
    assert the_notice(back).seen_again_at == at(2 * HOUR)


def test_said_three_times_it_makes_one_notice_until_that_one_is_answered_by_a_removal() -> None:
    case = removed()
    for number in range(3):
        case = moves.seen_again(case, ID, new_id=str(number) * 32, now=at((2 + number) * HOUR))
    assert [one.id for one in case.notices] == [ID, "0" * 32]
    # Each sighting is told all the same.
    assert the_notice(case).seen_again_at == at(4 * HOUR)
    second = case.notices[1]

    def once(**fields: object) -> Case:
        changed = replace(second, **fields)  # type: ignore[arg-type]
        standing = replace(case, notices=(case.notices[0], changed))
        return moves.seen_again(standing, ID, new_id="9" * 32, now=at(9 * HOUR))

    # One that a platform has or refuses is carried on; one that was answered is over.
    for state in (NoticeState.DISPATCHED, NoticeState.RECEIVED, NoticeState.REFUSED):
        assert len(once(state=state).notices) == 2
    assert len(once(state=NoticeState.REMOVED).notices) == 3
    # Another place is another notice's matter.
    elsewhere = tuple(replace(one, url=one.url + "9", handle="x") for one in second.targets)
    assert len(once(targets=elsewhere).notices) == 3
    assert len(once(platform="tiktok").notices) == 3


def test_editing_makes_a_validated_notice_a_draft_and_leaves_what_was_sent_alone() -> None:
    other = (Target(kind=Kind.PROFILE, url="https://instagram.com/x"),)
    changed = replace(validated(), notices=(replace(the_notice(validated()), targets=other),))
    assert the_notice(moves.edited(validated(), changed)).state is NoticeState.DRAFT
    assert the_notice(moves.edited(validated(), changed)).targets == other
    for build in (queued, dispatched, removed):
        forged = replace(build(), notices=(replace(the_notice(build()), targets=other),))
        assert moves.edited(build(), forged).notices == build().notices
        assert moves.edited(build(), replace(build(), notices=())).notices == build().notices


def test_saving_what_did_not_change_leaves_a_validated_notice_alone() -> None:
    assert moves.edited(validated(), validated()) == validated()
    told = replace(validated(), explanation="Une autre explication.")
    assert the_notice(moves.edited(validated(), told)).state is NoticeState.DRAFT


def test_a_new_notice_cannot_be_written_as_one_that_was_sent() -> None:
    forged = replace(the_notice(dispatched()), id="9" * 32)
    case = moves.edited(a_case(), replace(a_case(), notices=(a_notice(), forged)))
    new = case.notice("9" * 32)
    assert new is not None
    assert new.state is NoticeState.DRAFT
    assert new.dispatch is None


def test_a_case_is_not_destroyed_while_it_is_held_or_open() -> None:
    assert moves.may_be_destroyed(a_case())
    assert not moves.may_be_destroyed(queued())
    assert not moves.may_be_destroyed(dispatched())
    assert moves.may_be_destroyed(removed())
    held = moves.hold(removed(), "Réquisition judiciaire", by=LISTENER, now=NOON)
    assert not moves.may_be_destroyed(held)
    assert moves.may_be_destroyed(moves.release(held))


def passed_on(case: Case, **more: Any) -> Case:
    told = {"found": (), "letter": "Les faits.", "reference": " P ", "by": LISTENER, "now": NOON}
    return moves.escalate(case, Authority.PHAROS, **{**told, **more})


def test_what_goes_to_an_authority_is_kept_and_nothing_goes_that_lacks_something() -> None:
    [passed] = passed_on(a_case()).escalations
    assert (passed.authority, passed.reference) == (Authority.PHAROS, "P")
    assert passed.letter == "Les faits."
    with pytest.raises(moves.Blocked):
        passed_on(a_case(), found=[Problem(code="no_consent", where="consent")])


def test_what_is_written_for_an_authority_leaves_the_notices_and_the_lawyers_word_alone() -> None:
    reviewed = moves.reviewed(validated(), approved=True, remarks="", by=LAWYER, now=NOON)
    told = replace(reviewed, letters={"ecole": {"asked": "Que cela cesse."}})
    assert moves.edited(reviewed, told) == told
    changed = moves.edited(reviewed, replace(told, explanation="Autre chose. " * 9))
    assert (the_notice(changed).state, changed.review) == (NoticeState.DRAFT, None)


def test_the_deadline_of_a_platform_is_its_own() -> None:
    slow = replace(INSTAGRAM, deadline=72)
    clock = moves.deadline(the_notice(dispatched()), slow, now=NOON)
    assert clock is not None
    assert clock.due_at - NOON == timedelta(hours=72)
