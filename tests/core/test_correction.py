"""A listener corrects triage: what they had not seen is not lowered by their word."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core import transitions
from core.assessment import NOTHING_KNOWN, Assessment, Reason
from core.conversation import Conversation
from core.events import MessageType
from core.labels import Issue, Role, Urgency
from core.transitions import Correction, Why
from tests.builders import FAMILY, a_listener, a_message, a_waiting, an_event, at
from tests.fakes import Echo

ANNE = a_listener("anne")
JUMP = Assessment(
    urgency=Urgency.CRITIQUE,
    issue=Issue.IDEATION_SUICIDAIRE,
    reasons=(Reason(3, 0, 4, "suicide", Urgency.CRITIQUE),),
)
WORSE = Assessment(urgency=Urgency.ELEVEE, issue=Issue.SEXTORSION)
SAYS = Correction(
    issue=Issue.ARNAQUE,
    urgency=Urgency.FAIBLE,
    role=Role.PARENT,
    why=Why.LEARNED,
    seen=2,
    was=Urgency.FAIBLE,
)


def held(urgency: Urgency = Urgency.FAIBLE) -> Conversation:
    """One message was written, then the notice that Anne is there; she has seen both."""
    one = a_waiting(FAMILY, urgency, heard_seq=1, next_seq=2)
    return transitions.claim(one, ANNE, now=at(60), phrases=Echo()).conversation


def says(one: Conversation, seen: Assessment = NOTHING_KNOWN, **event: object) -> Conversation:
    change = transitions.receive(
        one, an_event(**event), seen, burst=timedelta(0), now=at(90), phrases=Echo()
    )
    return change.conversation


def fails_on(one: Conversation) -> Conversation:
    return transitions.enter_unread(one, an_event(), now=at(90), phrases=Echo()).conversation


def changes(one: Conversation) -> Conversation:
    """The person writes their first message anew; it has its old number."""
    edited = transitions.edit(one, a_message(one, 1), an_event(), JUMP, now=at(90), phrases=Echo())
    return edited.conversation


def corrected(one: Conversation, told: Correction = SAYS) -> Assessment:
    return transitions.correct(one, ANNE, told, now=at(99), phrases=Echo()).conversation.assessment


@pytest.mark.parametrize(
    ("comes", "stays"),
    [
        (lambda one: says(one, JUMP), Urgency.CRITIQUE),
        (lambda one: says(one, WORSE), Urgency.ELEVEE),
        (lambda one: says(says(one, JUMP)), Urgency.CRITIQUE),
        (fails_on, Urgency.ELEVEE),
        (changes, Urgency.CRITIQUE),
    ],
    ids=["danger", "graver", "danger, then words", "unreadable to us", "edited"],
)
def test_what_rose_while_the_listener_wrote_their_word_stays_and_the_rest_is_taken(
    comes: Callable[[Conversation], Conversation], stays: Urgency
) -> None:
    after = corrected(comes(held()))
    assert after.urgency is stays
    assert (after.issue, after.role, after.settled) == (Issue.ARNAQUE, Role.PARENT, True)


def test_a_danger_that_came_meanwhile_stays_named_beside_the_listeners_word() -> None:
    assert corrected(says(held(), JUMP)).issue_secondary is Issue.IDEATION_SUICIDAIRE
    again = replace(SAYS, issue=Issue.IDEATION_SUICIDAIRE)
    assert corrected(says(held(), JUMP), again).issue_secondary is None


@pytest.mark.parametrize(
    ("comes", "was"),
    [(lambda one: says(one, JUMP), Urgency.CRITIQUE), (changes, Urgency.CRITIQUE)],
    ids=["danger", "edited"],
)
def test_who_has_seen_it_lowers_it(
    comes: Callable[[Conversation], Conversation], was: Urgency
) -> None:
    one = comes(held())
    after = corrected(one, replace(SAYS, seen=one.heard_seq, was=was))
    assert (after.urgency, after.issue_secondary) == (Urgency.FAIBLE, None)


def test_the_urgency_on_the_screen_is_not_yet_the_message_that_raised_it() -> None:
    after = corrected(says(held(), WORSE), replace(SAYS, was=Urgency.ELEVEE))
    assert after.urgency is Urgency.ELEVEE


def test_danger_told_again_unseen_is_not_lowered_with_the_danger_that_was_seen() -> None:
    critical = held(Urgency.CRITIQUE)
    lowered = replace(SAYS, was=Urgency.CRITIQUE)
    assert corrected(critical, lowered).urgency is Urgency.FAIBLE
    assert corrected(says(critical, JUMP), lowered).urgency is Urgency.CRITIQUE


def test_calm_words_that_came_meanwhile_keep_nothing_up() -> None:
    after = corrected(says(held(Urgency.ELEVEE)), replace(SAYS, was=Urgency.ELEVEE))
    assert after.urgency is Urgency.FAIBLE


def test_a_graver_word_of_the_listener_counts_over_what_came_meanwhile() -> None:
    graver = replace(SAYS, urgency=Urgency.CRITIQUE)
    assert corrected(says(held(), WORSE), graver).urgency is Urgency.CRITIQUE


def test_a_voice_that_came_meanwhile_must_still_be_listened_to() -> None:
    one = says(held(), type=MessageType.AUDIO, text=None)
    unheard = corrected(one)
    assert (unheard.unheard, unheard.urgency) == (True, Urgency.MODEREE)
    heard = corrected(one, replace(SAYS, seen=3, was=Urgency.MODEREE))
    assert (heard.unheard, heard.urgency) == (False, Urgency.FAIBLE)


def test_what_our_code_failed_on_meanwhile_stays_marked() -> None:
    assert corrected(fails_on(held())).incomplete
    assert not corrected(fails_on(held()), replace(SAYS, seen=3, was=Urgency.ELEVEE)).incomplete


def test_whatever_raises_the_urgency_has_its_number() -> None:
    one = held()
    assert says(one).raised_seq == 0
    assert says(one, WORSE).raised_seq == 3
    assert says(says(one, WORSE)).raised_seq == 3
    assert says(says(one, WORSE), JUMP).raised_seq == 4
    assert says(says(one, JUMP), JUMP).raised_seq == 4
    assert changes(says(says(one))).raised_seq == 4
