"""What a locked phone shows of a message to somebody who wrote some time ago."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sentences import Catalogue
from connectors.degrade import utf8_length
from core.conversation import Contact
from core.discretion import AWAY_AFTER, LINE, ROOM, is_away, unveiled, veiled
from core.ids import ContactId
from core.labels import Address
from tests.builders import NOON, a_conversation

CATALOGUE = Catalogue.load()
LINES = [CATALOGUE.say(LINE, address).text for address in Address]
CONTACT = Contact(id=ContactId("c"), channel="x", account="1", address="2", created_at=NOON)
# Nobody who looks over a shoulder may learn what this conversation is about.
TELLING = re.compile(
    r"\d|aide|danger|écout|équipe|violen|suicid|mour|harc|urgen|secret|seule?\b|prot[èé]g|assistant"
)


@pytest.mark.parametrize("line", LINES)
def test_the_line_tells_nothing_and_fits_its_room(line: str) -> None:
    assert TELLING.search(line.lower()) is None
    assert utf8_length(veiled("", line)) <= ROOM
    assert CATALOGUE.sentences[LINE].choices == ()


@pytest.mark.parametrize("line", LINES)
def test_what_was_said_is_found_again_behind_the_line(line: str) -> None:
    assert unveiled(veiled("Je suis là.", line), CATALOGUE) == "Je suis là."
    assert unveiled("Je suis là.", CATALOGUE) == "Je suis là."


def test_somebody_is_away_after_two_minutes_and_where_nobody_knows() -> None:
    conversation = a_conversation(CONTACT)
    assert is_away(conversation, NOON)
    here = replace(conversation, heard_at=NOON)
    assert not is_away(here, NOON + AWAY_AFTER)
    assert is_away(here, NOON + AWAY_AFTER + timedelta(seconds=1))
