"""A child's words are not shown in the conversation of another; who is unnamed may be the child."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import transitions
from core.assessment import Assessment, Fact
from core.conversation import (
    BOT,
    QUEUE,
    Author,
    Conversation,
    Outcome,
    Ticket,
    TicketStatus,
)
from core.ids import ConversationId, new_id
from core.labels import AgeBand, Issue, Role, Urgency
from core.ports import Change
from core.voices import another_wrote, is_a_minors, may_be_shown
from tests.builders import FAMILY, NOON, an_event
from tests.fakes import Echo

CHILD, PARENT, UNNAMED = Role.VICTIME_MINEURE, Role.PARENT, Role.INCONNU


def by(role: Role | None, **fields: object) -> Conversation:
    fresh = transitions.open_conversation(FAMILY, None, now=NOON)
    return replace(
        fresh, id=ConversationId(new_id()), version=1, assessment=Assessment(role=role), **fields
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("there", "here", "shown", "another"),
    [
        (CHILD, CHILD, True, False),
        (CHILD, Role.VICTIME_AGE_INCONNU, True, False),
        (CHILD, PARENT, False, True),
        (CHILD, Role.PROFESSIONNEL, False, True),
        (CHILD, Role.TEMOIN_AMI, False, True),
        (CHILD, Role.VICTIME_MAJEURE, False, True),
        (CHILD, None, False, False),
        (CHILD, UNNAMED, False, False),
        (None, PARENT, False, True),
        (UNNAMED, Role.PROFESSIONNEL, False, True),
        (Role.TEMOIN_AMI, PARENT, False, True),
        (PARENT, Role.PROFESSIONNEL, False, True),
        (PARENT, PARENT, True, False),
        (PARENT, CHILD, True, False),
        (None, None, True, False),
        (Role.VICTIME_MAJEURE, UNNAMED, True, False),
    ],
)
def test_whose_words_are_shown_where(
    there: Role | None, here: Role | None, shown: bool, another: bool
) -> None:
    before, now = by(there), by(here)
    assert may_be_shown(before, now) is shown
    assert another_wrote(before, now) is another
    assert may_be_shown(now, now), "everybody reads their own"
    assert not another_wrote(now, now)


def test_an_age_tells_a_minor_where_no_role_does() -> None:
    assert is_a_minors(Assessment(age_band=AgeBand.MOINS_15))
    assert is_a_minors(Assessment(role=Role.VICTIME_AGE_INCONNU, age_band=AgeBand.DE_15_A_17))
    assert not is_a_minors(Assessment(age_band=AgeBand.MAJEUR))
    # The age of the child of whom a parent writes.
    assert not is_a_minors(Assessment(role=PARENT, age_band=AgeBand.MOINS_13))


def heard(conversation: Conversation, seen: Assessment, *, after: float = 60) -> Change:
    return transitions.receive(
        conversation,
        an_event(text="…"),
        seen,
        burst=timedelta(seconds=1),
        now=conversation.updated_at + timedelta(seconds=after),
        phrases=Echo(),
    )


def test_where_a_parent_goes_on_the_bot_does_not_answer_from_what_the_child_told() -> None:
    child = heard(by(None), Assessment(role=CHILD, issue=Issue.SEXTORSION)).conversation
    assert child.owner == BOT
    child = replace(child, dialogue="all that was told")
    change = heard(child, Assessment(role=PARENT))
    assert change.conversation.owner == QUEUE
    assert change.conversation.dialogue == ""
    assert [one.text for one in change.messages if one.author is Author.SERVICE] == [
        "handed_over/vous"
    ]
    # Whoever writes now: a child did, and that is not forgotten.
    assert change.conversation.minor_wrote
    assert another_wrote(change.conversation, by(PARENT))
    # A child who names a parent stays with the bot.
    assert heard(child, Assessment()).conversation.owner == BOT


def a_helped_child() -> Conversation:
    told = Assessment(
        role=CHILD,
        issue=Issue.SEXTORSION,
        platform="snapchat",
        urgency=Urgency.ELEVEE,
        facts=(Fact("demand", "200 euros", 3),),
    )
    ticket = replace(
        Ticket.opened(NOON), status=TicketStatus.CLOSED, outcome=Outcome.HELPED, closed_at=NOON
    )
    return replace(by(CHILD, closed_at=NOON, ticket=ticket), assessment=told)


def test_what_a_child_told_does_not_come_over_to_the_parent_who_writes_next() -> None:
    child = a_helped_child()
    back = transitions.open_conversation(FAMILY, child, now=NOON)
    assert back.assessment.facts, "a child who comes back need not tell it twice"
    parents = heard(back, Assessment(role=PARENT)).conversation
    told = parents.assessment
    assert (told.facts, told.issue, told.platform) == ((), None, None)
    # No machine makes it less grave.
    assert (told.urgency, told.role) == (Urgency.ELEVEE, PARENT)
    assert not parents.minor_wrote
    childs = heard(back, Assessment()).conversation
    assert childs.assessment.facts
    assert childs.minor_wrote
