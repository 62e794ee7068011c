"""What the assistant learned is linked to the message of the burst that told it."""

from core.assessment import Assessment, Fact
from core.assistant import AssistantTurn
from core.conversation import Contact
from core.ids import ContactId
from gateway.pipeline.answering import _traced
from tests.builders import NOON, a_conversation, a_message


def test_a_fact_names_the_message_that_told_it() -> None:
    contact = Contact(
        id=ContactId("c"), channel="web", account="site", address="x", created_at=NOON
    )
    chat = a_conversation(contact)
    burst = [a_message(chat, 3, text="il veut 200e"), a_message(chat, 4, text="non")]
    learned = (Fact("demand", "200e"), Fact("death_thoughts", "non"), Fact("since", "lundi"))
    turn = AssistantTurn(said=(), dialogue="", assessment=Assessment(facts=learned))
    known = Assessment(facts=(Fact("since", "lundi", 1),))
    linked = _traced(turn, known, burst).assessment.facts
    assert [fact.seq for fact in linked] == [3, 4, None]
    assert [fact.seq for fact in known.merged(Assessment(facts=linked)).facts] == [1, 3, 4]
