"""A number stands for a line that was offered, and nothing else does."""

import pytest

from core.choices import chosen_by_number, offered
from core.conversation import Author, Choice, Contact
from core.ids import ContactId
from tests.builders import NOON, a_conversation, a_message

CHOICES = (Choice("me", "Moi"), Choice("child", "Mon enfant"), Choice("friend", "Un proche"))
CONTACT = Contact(id=ContactId("c"), channel="telegram", account="1", address="2", created_at=NOON)


@pytest.mark.parametrize("text", ["2", " 2. ", "2)", "le 2", "n°2", "Numéro 2", "réponse 2 !"])
def test_the_ways_to_say_two(text: str) -> None:
    chosen = chosen_by_number(text, CHOICES)
    assert chosen is not None
    assert chosen.id == "child"


@pytest.mark.parametrize("text", ["4", "0", "12", "2 ans", "j'ai 2 comptes", "deux", "", "2" * 99])
def test_what_is_no_answer(text: str) -> None:
    assert chosen_by_number(text, CHOICES) is None


def test_only_the_last_thing_said_is_on_offer() -> None:
    conversation = a_conversation(CONTACT)
    question = a_message(conversation, 1, author=Author.BOT, choices=CHOICES)
    answer = a_message(conversation, 2)
    notice = a_message(conversation, 3, author=Author.SERVICE)
    assert offered([question, answer]) is question
    assert offered([question, answer, notice]) is None
    assert offered([]) is None
