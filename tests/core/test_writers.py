"""Somebody takes the phone in the midst of another's conversation: two cards, and whose words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core import transitions
from core.assessment import Assessment, Fact, Reason
from core.conversation import (
    Author,
    Conversation,
    Message,
    Outcome,
    Owner,
    OwnerKind,
    Ticket,
)
from core.errors import Refused
from core.figures import fact_of
from core.ids import ConversationId
from core.labels import AgeBand, Issue, Role, Urgency
from core.ports import Change
from core.voices import another_wrote, for_the_listener, for_the_person
from tests.builders import FAMILY, NOON, a_listener, an_event
from tests.fakes import Echo

ANNE, BILAL = a_listener("anne"), a_listener("bilal")
CHILD, PARENT = Role.VICTIME_MINEURE, Role.PARENT
TOLD = Assessment(
    role=CHILD,
    age_band=AgeBand.MOINS_15,
    issue=Issue.SEXTORSION,
    platform="snapchat",
    urgency=Urgency.ELEVEE,
    facts=(Fact("demand", "200 euros", 1),),
    reasons=(Reason(1, 0, 4, "chantage", Urgency.ELEVEE),),
)


class Talk:
    """One conversation, as it goes on, with all that was written in it."""

    def __init__(self, told: Assessment = TOLD, *, held: bool = True) -> None:
        fresh = transitions.open_conversation(FAMILY, None, now=NOON)
        self.now: Conversation = replace(fresh, id=ConversationId("talk"), version=1)
        self.messages: list[Message] = []
        self.writes("il a mes photos", told)
        if held:
            ticket = replace(Ticket.opened(NOON), listener_id=ANNE.id)
            owner = Owner(OwnerKind.LISTENER, ANNE.id)
            self.now = replace(self.now, owner=owner, ticket=ticket)

    def take(self, change: Change) -> None:
        self.now = change.conversation
        self.messages += change.messages

    def writes(self, text: str, seen: Assessment | None = None) -> int:
        """The person writes; the number of their message."""
        seq = self.now.next_seq
        change = transitions.receive(
            self.now,
            an_event(text=text),
            seen or Assessment(),
            burst=timedelta(seconds=1),
            now=self.now.updated_at + timedelta(minutes=1),
            phrases=Echo(),
        )
        self.take(change)
        return seq

    def marks(self, since: int, role: Role = PARENT, age_band: AgeBand | None = None) -> None:
        self.take(
            transitions.another_writes(
                self.now,
                ANNE,
                since=since,
                role=role,
                age_band=age_band,
                now=NOON,
                phrases=Echo(),
            )
        )

    def same(self) -> None:
        self.take(transitions.nobody_else_writes(self.now, ANNE, now=NOON, phrases=Echo()))

    def shown(self) -> tuple[list[str], list[str]]:
        """What the person wrote, as the listener and the phone may show it."""
        theirs = [one for one in self.messages if one.author is Author.PERSON]
        return (
            [one.text for one in for_the_listener(self.now, theirs)],
            [one.text for one in for_the_person(self.now, theirs)],
        )


def test_a_mother_who_takes_the_phone_has_a_card_of_her_own() -> None:
    talk = Talk()
    since = talk.writes("bonjour, je suis sa mère", Assessment(role=PARENT))
    card = talk.now.assessment
    assert (card.role, card.issue, card.platform, card.facts) == (PARENT, None, None, ())
    assert card.urgency is Urgency.ELEVEE, "no machine makes it less grave"
    (child,) = talk.now.writers
    assert (child.told, child.until) == (TOLD, since)
    # A machine thinks so: the phone shows no more of the child's, the listener sees all, and says.
    everything, on_the_phone = talk.shown()
    assert everything == ["il a mes photos", "bonjour, je suis sa mère"]
    assert on_the_phone == ["bonjour, je suis sa mère"]
    assert talk.now.another_at == since
    talk.marks(since, PARENT)
    assert talk.shown() == (["bonjour, je suis sa mère"], ["bonjour, je suis sa mère"])
    assert (talk.now.another_at, len(talk.now.writers)) == (None, 1)
    assert another_wrote(talk.now, talk.now)


def test_she_is_spoken_to_as_vous() -> None:
    talk = Talk()
    talk.marks(talk.writes("bonjour, sa mère à l'appareil"))
    talk.take(transitions.close(talk.now, ANNE, Outcome.HELPED, seen=999, now=NOON, phrases=Echo()))
    assert talk.messages[-1].text == "conversation_closed/vous"


def test_it_was_the_same_person_after_all() -> None:
    talk = Talk()
    talk.writes("je suis sa mère, qu'il a écrit", Assessment(role=PARENT))
    talk.same()
    assert talk.now.assessment == TOLD
    assert (talk.now.writers, talk.now.another_at) == ((), None)
    assert len(talk.shown()[1]) == 2
    with pytest.raises(Refused):
        talk.same()


def test_a_child_who_comes_back_finds_their_card_and_all_that_was_said() -> None:
    talk = Talk()
    talk.marks(talk.writes("je suis sa mère"))
    talk.marks(talk.writes("elle est partie, c'est moi"), CHILD)
    assert talk.now.assessment.facts == TOLD.facts
    assert talk.now.assessment.age_band is TOLD.age_band
    listener, phone = talk.shown()
    assert listener == phone == ["il a mes photos", "je suis sa mère", "elle est partie, c'est moi"]
    # And the mother again: of the child's two turns she sees neither.
    talk.marks(talk.writes("me revoilà"))
    assert talk.shown()[0] == ["je suis sa mère", "me revoilà"]


def test_words_the_listener_notices_late_are_hers_from_the_first() -> None:
    talk = Talk()
    crying = Fact("since", "hier", talk.now.next_seq)
    since = talk.writes("elle pleure depuis hier", Assessment(facts=(crying,)))
    talk.writes("je suis sa maman", Assessment(role=PARENT))
    talk.marks(since, PARENT)
    assert talk.shown()[0] == ["elle pleure depuis hier", "je suis sa maman"]
    assert talk.now.assessment.facts == (crying,)
    assert talk.now.writers[0].told.facts == TOLD.facts


def test_who_was_not_named_may_be_the_child() -> None:
    talk = Talk(Assessment(urgency=Urgency.MODEREE))
    talk.marks(talk.writes("je suis le père"))
    assert talk.shown() == (["je suis le père"], ["je suis le père"])


def test_a_stranger_who_takes_the_phone_of_a_child_reads_nothing() -> None:
    talk = Talk()
    talk.marks(talk.writes("c'est qui ?"), Role.INCONNU)
    assert talk.shown() == (["c'est qui ?"], ["c'est qui ?"])


def test_a_danger_stays_named_while_the_mother_writes() -> None:
    grave = Assessment(role=CHILD, issue=Issue.IDEATION_SUICIDAIRE, urgency=Urgency.CRITIQUE)
    talk = Talk(grave)
    talk.marks(talk.writes("je suis sa mère"))
    card = talk.now.assessment
    assert (card.issue, card.urgency) == (Issue.IDEATION_SUICIDAIRE, Urgency.CRITIQUE)
    assert talk.now.danger_since is not None
    assert talk.now.minor_wrote


def test_a_card_that_a_listener_settled_is_only_asked_about() -> None:
    talk = Talk()
    talk.now = replace(talk.now, assessment=replace(TOLD, settled=True))
    since = talk.writes("je suis sa mère", Assessment(role=PARENT))
    assert talk.now.assessment.role is CHILD
    assert (talk.now.another_at, talk.now.writers) == (since, ())
    # Perhaps she reads: the phone waits for the answer too.
    assert talk.shown()[1] == ["je suis sa mère"]
    talk.same()
    assert len(talk.shown()[1]) == 2
    assert talk.now.another_at is None


def test_the_bot_goes_on_with_a_child_whose_parent_wrote_first() -> None:
    talk = Talk(Assessment(role=PARENT, issue=Issue.CYBERHARCELEMENT), held=False)
    talk.writes("c'est moi, j'ai 12 ans", Assessment(role=CHILD))
    assert (talk.now.writers, talk.now.another_at) == ((), None)
    assert talk.now.assessment.issue is Issue.CYBERHARCELEMENT


def test_the_figures_tell_what_the_child_came_about() -> None:
    talk = Talk()
    talk.marks(talk.writes("je suis sa mère"))
    fact = fact_of(talk.now)
    assert (fact.issue, fact.platform, fact.role) == (Issue.SEXTORSION, "snapchat", PARENT)
    assert fact.age_band is AgeBand.MOINS_15


@pytest.mark.parametrize("since", [0, 1, 99])
def test_nobody_begins_with_the_first_message_or_with_none(since: int) -> None:
    talk = Talk()
    talk.writes("et aussi")
    with pytest.raises(Refused):
        talk.marks(since)


def test_only_who_answers_says_who_writes() -> None:
    talk = Talk()
    since = talk.writes("je suis sa mère", Assessment(role=PARENT))
    for decision in (
        lambda: transitions.nobody_else_writes(talk.now, BILAL, now=NOON, phrases=Echo()),
        lambda: transitions.another_writes(
            talk.now, BILAL, since=since, role=PARENT, age_band=None, now=NOON, phrases=Echo()
        ),
    ):
        with pytest.raises(Refused):
            decision()
