"""What the figures keep of a conversation, through everything that may happen to it."""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core import transitions
from core.assessment import NOTHING_KNOWN, Assessment, Reason
from core.conversation import Contact, Conversation, Outcome
from core.course import Belief, Course
from core.errors import Refused
from core.figures import End, Fact, fact_of
from core.ids import ContactId
from core.labels import Issue, Role, Urgency
from core.ports import Change
from core.transitions import Correction, Why
from tests.builders import NOON, a_listener, an_event
from tests.fakes import Echo

ANNE, BILAL = a_listener("anne"), a_listener("bilal")
CONTACT = Contact(
    id=ContactId("contact"), channel="web", account="site", address="x", created_at=NOON
)
WORRIED = Assessment(
    urgency=Urgency.ELEVEE,
    issue=Issue.CYBERHARCELEMENT,
    confidence=0.8123,
    role=Role.INCONNU,
    reasons=(Reason(1, 0, 4, "threat", Urgency.ELEVEE),),
)
SEXTORTION = Correction(
    issue=Issue.SEXTORSION,
    urgency=Urgency.MODEREE,
    role=Role.VICTIME_MINEURE,
    why=Why.MISREAD,
    seen=9,
    since=1,
)


def after(seconds: float) -> datetime:
    return NOON + timedelta(minutes=20, seconds=seconds)


def fact(change: Change) -> Fact:
    assert change.fact is not None
    return change.fact


def begun() -> Conversation:
    return transitions.open_conversation(CONTACT, None, now=after(0), origin="tiktok")


def said(conversation: Conversation, seen: Assessment = NOTHING_KNOWN, at: float = 0) -> Change:
    event = an_event(id="cid", text="bonjour")
    return transitions.receive(
        conversation, event, seen, burst=timedelta(0), now=after(at), phrases=Echo()
    )


def waiting() -> Conversation:
    change = said(begun(), replace(WORRIED, urgency=Urgency.CRITIQUE), at=10)
    return change.conversation


def held() -> Conversation:
    return transitions.claim(waiting(), ANNE, now=after(60), phrases=Echo()).conversation


def reply(conversation: Conversation, at: float) -> Change:
    return transitions.reply(
        conversation, ANNE, "oui", client_id="c" * 8, seen=9, now=after(at), phrases=Echo()
    )


def close(conversation: Conversation) -> Change:
    return transitions.close(
        conversation, ANNE, Outcome.HELPED, seen=9, now=after(900), phrases=Echo()
    )


def correct(conversation: Conversation, correction: Correction = SEXTORTION) -> Change:
    return transitions.correct(conversation, ANNE, correction, now=after(300), phrases=Echo())


def test_the_first_message_leaves_a_record_whose_moment_is_an_hour() -> None:
    kept = fact(said(begun(), WORRIED))
    assert kept.hour == NOON
    assert (kept.channel, kept.origin) == ("web", "tiktok")
    assert (kept.issue, kept.urgency) == (Issue.CYBERHARCELEMENT, Urgency.ELEVEE)
    assert (kept.asked, kept.end) == (False, End.GOING_ON)


def test_a_change_that_the_figures_do_not_count_writes_nothing() -> None:
    assert said(said(begun(), WORRIED).conversation).fact is None


def test_the_first_urgency_stays_beside_the_last() -> None:
    grown = fact(said(said(begun()).conversation, WORRIED))
    assert (grown.urgency_first, grown.urgency) == (Urgency.FAIBLE, Urgency.ELEVEE)


def test_the_wait_ends_with_the_first_answer_and_not_with_the_claim() -> None:
    taken = transitions.claim(waiting(), ANNE, now=after(60), phrases=Echo())
    assert taken.fact is None
    first = reply(taken.conversation, at=75.2)
    assert fact(first).wait == 70
    assert reply(first.conversation, at=400).fact is None


@pytest.mark.parametrize(("seconds", "in_time"), [(309.9, True), (310, True), (310.1, False)])
def test_five_minutes_are_in_time_to_the_second(seconds: float, in_time: bool) -> None:
    assert fact(reply(held(), at=seconds)).in_time is in_time


def test_who_hears_a_second_listener_waited_for_the_first() -> None:
    answered = reply(held(), at=60).conversation
    back = transitions.give_back(answered, first=None, now=after(200), phrases=Echo()).conversation
    again = transitions.claim(back, ANNE, now=after(500), phrases=Echo()).conversation
    assert fact_of(reply(again, at=600).conversation).wait == 50


def test_how_a_conversation_ended() -> None:
    answered = close(reply(held(), at=60).conversation)
    assert (fact(answered).end, fact(answered).outcome) == (End.LISTENER, Outcome.HELPED)

    def ended(conversation: Conversation) -> End:
        change = transitions.end_before_erasing(conversation, now=after(99), phrases=Echo())
        return fact(change).end

    assert ended(said(begun()).conversation) is End.BOT
    assert ended(waiting()) is End.ABANDONED
    assert ended(reply(held(), at=60).conversation) is End.LISTENER


def test_what_a_listener_finds_misread_is_kept_beside_what_it_is() -> None:
    kept = fact(correct(held()))
    assert (kept.issue, kept.urgency, kept.role) == (
        Issue.SEXTORSION,
        Urgency.MODEREE,
        Role.VICTIME_MINEURE,
    )
    assert kept.believed == Belief(
        issue=Issue.CYBERHARCELEMENT,
        urgency=Urgency.CRITIQUE,
        role=Role.INCONNU,
        confidence=0.81,
        rules=("threat",),
    )


def test_only_what_the_machine_misread_is_an_error_of_triage() -> None:
    assert fact(correct(held(), replace(SEXTORTION, why=Why.LEARNED))).believed is None
    first = correct(held()).conversation
    again = correct(first, replace(SEXTORTION, issue=Issue.GROOMING))
    assert fact(again).believed == fact(correct(held())).believed
    confirmed = replace(
        SEXTORTION,
        issue=Issue.CYBERHARCELEMENT,
        urgency=Urgency.CRITIQUE,
        role=Role.INCONNU,
    )
    assert correct(held(), confirmed).conversation.course.misread is None


def test_what_a_listener_settled_only_danger_changes() -> None:
    settled = correct(held()).conversation
    other = replace(WORRIED, issue=Issue.ARNAQUE, urgency=Urgency.ELEVEE, role=Role.PARENT)
    same = said(settled, other, at=400).conversation.assessment
    assert (same.issue, same.urgency, same.role) == (
        Issue.SEXTORSION,
        Urgency.MODEREE,
        Role.VICTIME_MINEURE,
    )
    danger = Assessment(urgency=Urgency.CRITIQUE, issue=Issue.IDEATION_SUICIDAIRE)
    grave = said(settled, danger, at=400).conversation
    assert grave.assessment.urgency is Urgency.CRITIQUE
    assert grave.assessment.issue is Issue.SEXTORSION
    assert grave.assessment.issue_secondary is Issue.IDEATION_SUICIDAIRE
    assert grave.danger_since is not None


def test_nobody_corrects_what_another_holds() -> None:
    with pytest.raises(Refused):
        transitions.correct(held(), BILAL, SEXTORTION, now=after(300), phrases=Echo())
    with pytest.raises(Refused):
        correct(waiting())


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("tiktok", "tiktok"),
        (" Lycee-12 ", "lycee-12"),
        ("Léa Martin, 3e B", "autre"),
        ("06 12 34 56 78", "autre"),
        ("a" * 41, "autre"),
        ("x\n", "x"),
        ("", "autre"),
        (None, None),
    ],
)
def test_where_people_came_from_is_a_short_plain_code(told: str | None, kept: str | None) -> None:
    assert fact_of(replace(begun(), origin=told)).origin == kept


def test_a_record_holds_no_word_no_id_and_no_moment_of_the_conversation() -> None:
    """Every field of a record is one of these kinds; whoever adds another must think of it."""
    allowed: dict[str, Any] = {field.name: field.type for field in fields(Fact)}
    assert set(allowed) == {
        "hour", "channel", "origin", "issue", "issue_secondary", "urgency_first", "urgency",
        "role", "age_band", "platform", "asked", "wait", "end", "outcome", "believed", "helped",
        "next", "tags",
    }  # fmt: skip
    whole = replace(
        held(),
        origin="Rue des Lilas",
        dialogue="secret",
        course=Course(answered_at=after(61.5)),
        assessment=replace(WORRIED, platform="le téléphone de Léa"),
    )
    shown = repr(fact_of(whole))
    for private in (whole.id, whole.contact_id, ANNE.id, "Lilas", "Léa", "secret", "61"):
        assert private not in shown
