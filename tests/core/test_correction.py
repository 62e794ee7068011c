"""A listener corrects triage: what they had not seen is not lowered by their word."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core import transitions
from core.assessment import NOTHING_KNOWN, Assessment, Reason
from core.conversation import Conversation, Outcome
from core.errors import AnotherWrites, Unseen
from core.events import MessageType
from core.labels import Issue, Role, Urgency
from core.transitions import Correction, Why
from core.voices import begun_at
from tests.builders import FAMILY, a_listener, a_message, a_waiting, an_event, at
from tests.fakes import Echo

ANNE = a_listener("anne")
JUMP = Assessment(
    urgency=Urgency.CRITIQUE,
    issue=Issue.IDEATION_SUICIDAIRE,
    reasons=(Reason(3, 0, 4, "suicide", Urgency.CRITIQUE),),
)
WORSE = Assessment(urgency=Urgency.ELEVEE, issue=Issue.SEXTORSION)
ON_SCREEN = 2
SAYS = Correction(
    issue=Issue.ARNAQUE,
    urgency=Urgency.FAIBLE,
    role=Role.PARENT,
    why=Why.LEARNED,
    seen=ON_SCREEN,
    since=1,
)


def held(urgency: Urgency = Urgency.FAIBLE) -> Conversation:
    """One message was written, then the notice that Anne is there; she has seen both."""
    one = a_waiting(FAMILY, urgency, heard_seq=1, next_seq=2)
    taken = transitions.claim(one, ANNE, now=at(60), phrases=Echo()).conversation
    assert taken.version == ON_SCREEN
    return taken


def says(one: Conversation, seen: Assessment = NOTHING_KNOWN, **event: object) -> Conversation:
    change = transitions.receive(
        one, an_event(**event), seen, burst=timedelta(0), now=at(90), phrases=Echo()
    )
    return change.conversation


def fails_on(one: Conversation) -> Conversation:
    return transitions.enter_unread(one, an_event(), now=at(90), phrases=Echo()).conversation


def changes(one: Conversation, seen: Assessment = JUMP) -> Conversation:
    """The person writes their first message anew; it has its old number."""
    edited = transitions.edit(one, a_message(one, 1), an_event(), seen, now=at(90), phrases=Echo())
    return edited.conversation


def replies(one: Conversation, seen: int) -> Conversation:
    return transitions.reply(
        one, ANNE, "oui", client_id="c" * 8, seen=seen, now=at(99), phrases=Echo()
    ).conversation


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


@pytest.mark.parametrize("comes", [lambda one: says(one, JUMP), changes], ids=["danger", "edited"])
def test_who_has_seen_it_lowers_it(comes: Callable[[Conversation], Conversation]) -> None:
    one = comes(held())
    after = corrected(one, replace(SAYS, seen=one.version))
    assert (after.urgency, after.issue_secondary) == (Urgency.FAIBLE, None)


@pytest.mark.parametrize("comes", [lambda one: says(one, JUMP), changes], ids=["danger", "edited"])
def test_danger_told_again_unseen_is_not_lowered_with_the_danger_that_was_seen(
    comes: Callable[[Conversation], Conversation],
) -> None:
    critical = held(Urgency.CRITIQUE)
    assert corrected(critical).urgency is Urgency.FAIBLE
    assert corrected(comes(critical)).urgency is Urgency.CRITIQUE


def test_calm_words_that_came_meanwhile_keep_nothing_up() -> None:
    elevated = held(Urgency.ELEVEE)
    assert corrected(says(elevated)).urgency is Urgency.FAIBLE
    assert corrected(changes(elevated, NOTHING_KNOWN)).urgency is Urgency.FAIBLE


def test_a_reply_begun_before_a_message_was_changed_into_danger_does_not_answer_it() -> None:
    one = changes(held())
    assert one.heard_seq == 1
    assert replies(one, ON_SCREEN).danger_since is not None
    assert replies(one, one.version).danger_since is None
    # An earlier danger that was seen is no excuse.
    twice = changes(says(held(), JUMP))
    assert replies(twice, twice.version - 1).danger_since is not None


def test_nothing_is_closed_over_words_that_were_changed_unseen() -> None:
    one = changes(held(), NOTHING_KNOWN)
    with pytest.raises(Unseen):
        transitions.close(one, ANNE, Outcome.HELPED, seen=ON_SCREEN, now=at(99), phrases=Echo())
    seen = transitions.close(
        one, ANNE, Outcome.HELPED, seen=one.version, now=at(99), phrases=Echo()
    )
    assert not seen.conversation.is_open


def test_a_graver_word_of_the_listener_counts_over_what_came_meanwhile() -> None:
    graver = replace(SAYS, urgency=Urgency.CRITIQUE)
    assert corrected(says(held(), WORSE), graver).urgency is Urgency.CRITIQUE


def test_ones_own_graver_word_may_be_taken_back_at_once() -> None:
    graver = replace(SAYS, urgency=Urgency.CRITIQUE)
    one = transitions.correct(held(), ANNE, graver, now=at(95), phrases=Echo()).conversation
    assert corrected(one).urgency is Urgency.FAIBLE
    assert corrected(says(one, JUMP)).urgency is Urgency.CRITIQUE


def test_a_voice_that_came_meanwhile_must_still_be_listened_to() -> None:
    one = says(held(), type=MessageType.AUDIO, text=None)
    unheard = corrected(one)
    assert (unheard.unheard, unheard.urgency) == (True, Urgency.MODEREE)
    heard = corrected(one, replace(SAYS, seen=one.version))
    assert (heard.unheard, heard.urgency) == (False, Urgency.FAIBLE)


def test_what_our_code_failed_on_meanwhile_stays_marked() -> None:
    assert corrected(fails_on(held())).incomplete
    assert not corrected(fails_on(held()), replace(SAYS, seen=ON_SCREEN + 1)).incomplete


def test_whatever_raises_the_urgency_is_of_its_version() -> None:
    one = held()
    assert says(one).raised_version == 0
    assert says(one, WORSE).raised_version == 3
    assert says(says(one, WORSE)).raised_version == 3
    assert says(says(one, WORSE), JUMP).raised_version == 4
    assert says(says(one, JUMP), JUMP).raised_version == 4
    assert changes(says(says(one))).raised_version == 5


def a_parent_takes_the_phone(one: Conversation) -> Conversation:
    child = replace(one, assessment=replace(one.assessment, role=Role.VICTIME_MINEURE))
    return says(child, Assessment(role=Role.PARENT))


def test_a_word_said_of_the_child_is_not_said_of_the_parent_who_took_the_phone_meanwhile() -> None:
    parents = a_parent_takes_the_phone(held())
    assert parents.assessment.role is Role.PARENT
    with pytest.raises(AnotherWrites):
        corrected(parents, replace(SAYS, seen=parents.version))
    its_card = replace(SAYS, since=begun_at(parents))
    assert corrected(parents, its_card).issue is Issue.ARNAQUE
    # It was the child all along: then a word said of the parent is nobody's.
    same = transitions.nobody_else_writes(parents, ANNE, now=at(95), phrases=Echo()).conversation
    with pytest.raises(AnotherWrites):
        corrected(same, its_card)
    assert corrected(same).issue is Issue.ARNAQUE


def test_where_a_machine_only_asks_who_writes_the_card_is_still_whose_it_was() -> None:
    settled = held()
    settled = replace(settled, assessment=replace(settled.assessment, settled=True))
    asked = a_parent_takes_the_phone(settled)
    assert asked.another_at is not None
    assert corrected(asked).issue is Issue.ARNAQUE
