"""Who waits with a danger hears the numbers again, rarely, and never where it may do harm."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core import transitions
from core.assessment import Assessment
from core.commands import Command
from core.conversation import TELEPHONE, Conversation, Erasure
from core.hours import Opening, Phase
from core.labels import Issue, Role, Urgency
from core.prospects import Prospect
from core.work import Lane
from tests.builders import NOON, a_waiting, an_event, changed
from tests.core.test_transitions import ANNE, CONTACT
from tests.fakes import Echo

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SAID = "danger_numbers_waiting"


def waiting(urgency: Urgency = Urgency.CRITIQUE, **fields: Any) -> Conversation:
    return a_waiting(CONTACT, urgency, **({"notice_at": NOON} | fields))


def told_over(conversation: Conversation, *, hours: int = 30, step: int = 1) -> list[int]:
    """The minutes at which the numbers are told, the clock being looked at every `step` of them."""
    found = []
    for minute in range(0, hours * 60, step):
        change = transitions.tell_numbers_again(
            conversation, now=NOON + minute * MINUTE, phrases=Echo()
        )
        if change is not None:
            assert [one.sentence for one in change.messages] == [SAID]
            conversation = change.conversation
            found.append(minute)
    return found


@pytest.mark.parametrize("urgency", [Urgency.CRITIQUE, Urgency.ELEVEE])
def test_after_half_an_hour_one_two_four_and_eight_hours_and_then_no_more(urgency: Urgency) -> None:
    assert told_over(waiting(urgency)) == [30, 60, 120, 240, 480]


@pytest.mark.parametrize("urgency", [Urgency.FAIBLE, Urgency.MODEREE])
def test_not_to_who_is_in_no_danger(urgency: Urgency) -> None:
    assert told_over(waiting(urgency)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"stopped": True},
        {"standby": True},
        {"channel": TELEPHONE},
        {"erasure": Erasure(asked_at=NOON)},
        {"closed_at": NOON},
        {"window_ends_at": NOON + 20 * MINUTE},
    ],
)
def test_never_where_we_may_not_write(fields: dict[str, Any]) -> None:
    assert told_over(waiting(**fields)) == []


def test_not_past_the_window_of_the_platform() -> None:
    assert told_over(waiting(window_ends_at=NOON + 2 * HOUR)) == [30, 60]


def test_a_gateway_that_was_down_says_it_once_and_not_after_twelve_hours() -> None:
    late = waiting()
    asked = transitions.numbers_again_at
    assert asked(late, now=NOON + 5 * HOUR) == NOON + 30 * MINUTE, "at once"
    change = transitions.tell_numbers_again(late, now=NOON + 5 * HOUR, phrases=Echo())
    assert change is not None
    assert asked(change.conversation, now=NOON + 5 * HOUR) == NOON + 8 * HOUR
    # None, and no moment in the past: or the watch would look again without end.
    assert asked(late, now=NOON + 12 * HOUR) is None


def test_once_a_listener_holds_it_no_machine_speaks() -> None:
    held = transitions.claim(waiting(), ANNE, now=NOON + 20 * MINUTE, phrases=Echo()).conversation
    assert told_over(held) == []


def test_who_stops_is_left_alone_and_the_listener_still_comes() -> None:
    stopped = transitions.receive(
        waiting(),
        an_event(text="STOP"),
        Assessment(),
        burst=MINUTE,
        now=NOON + MINUTE,
        phrases=Echo(),
        command=Command.STOP,
    ).conversation
    assert stopped.is_waiting
    assert told_over(stopped) == []


def test_who_stopped_is_not_told_of_closing_time_either() -> None:
    shut = Prospect(opening=Opening(phase=Phase.CLOSED, since=NOON + HOUR))
    now = NOON + HOUR + MINUTE

    def left(conversation: Conversation) -> bool:
        change = transitions.tell_of_closing(conversation, now=now, phrases=Echo(), prospect=shut)
        return change is not None

    assert left(waiting())
    assert not left(waiting(stopped=True))


def test_who_was_just_told_is_not_told_twice() -> None:
    assert told_over(waiting(danger_told_at=NOON + 25 * MINUTE)) == [60, 120, 240, 480]
    assert told_over(waiting(notice_at=NOON + 119 * MINUTE))[:1] == [240]


def test_a_new_danger_counts_anew() -> None:
    later = waiting(danger_since=NOON + 6 * HOUR, danger_told_at=NOON + 6 * HOUR)
    assert told_over(later)[:2] == [6 * 60 + 30, 7 * 60]


@pytest.mark.parametrize(
    "seen",
    [
        Assessment(urgency=Urgency.CRITIQUE, issue=Issue.IDEATION_SUICIDAIRE),
        # Grave, and no danger to a life: no alarm looks after it.
        Assessment(urgency=Urgency.ELEVEE, issue=Issue.SEXTORSION),
    ],
)
def test_whatever_makes_it_grave_wakes_the_watch_in_time(seen: Assessment) -> None:
    change = transitions.receive(
        waiting(Urgency.FAIBLE),
        an_event(text="…"),
        seen,
        burst=MINUTE,
        now=NOON,
        phrases=Echo(),
    )
    wished = [one.at for one in change.wakes if one.lane is Lane.WATCH]
    assert min(wished) <= NOON + 30 * MINUTE


def asks(conversation: Conversation) -> list[str | None]:
    change = transitions.receive(
        conversation,
        an_event(text="gestes"),
        Assessment(),
        burst=MINUTE,
        now=NOON + MINUTE,
        phrases=Echo(),
        command=Command.GESTURES,
    )
    return [one.sentence for one in change.messages[1:]]


def about(issue: Issue | None, role: Role | None = None, **fields: Any) -> Conversation:
    one = waiting(Urgency.MODEREE)
    return changed(one, assessment=replace(one.assessment, issue=issue, role=role), **fields)


@pytest.mark.parametrize(
    ("issue", "role", "said"),
    [
        (Issue.SEXTORSION, None, "gesture_sextorsion"),
        (Issue.SEXTORSION, Role.PARENT, "gesture_sextorsion_parent"),
        (Issue.PARAMETRAGE_COMPTE, Role.PARENT, "gesture_parametrage_compte"),
        (Issue.GROOMING, Role.PROFESSIONNEL, "gesture_grooming_pro"),
        (None, None, "gestures_any"),
        (Issue.SALUTATION, Role.PARENT, "gestures_any"),
        (Issue.IDEATION_SUICIDAIRE, None, "danger_numbers"),
        (Issue.DANGER_PHYSIQUE, None, "danger_numbers_violence"),
    ],
)
def test_who_asks_for_the_first_gestures_gets_those_that_fit(
    issue: Issue | None, role: Role | None, said: str
) -> None:
    assert asks(about(issue, role)) == [said]


def test_a_parent_is_not_told_by_them_what_the_child_told() -> None:
    assert asks(about(Issue.SEXTORSION, Role.PARENT, minor_wrote=True)) == ["gestures_any"]


def test_under_a_listener_the_word_is_for_the_listener() -> None:
    held = transitions.claim(about(Issue.SEXTORSION), ANNE, now=NOON, phrases=Echo()).conversation
    assert asks(held) == []
