"""What the gateway has read comes with the turn, and Rasa believes it as its own reading."""

from pathlib import Path

import pytest

from bot.understanding import Understanding
from core.assessment import Assessment
from tests.rasa.conftest import ROOT, Pair

SAID = "un garçon de ma classe m'insulte tous les jours sur insta"


@pytest.fixture(scope="module")
def understanding(model: Path) -> Understanding:
    found = Understanding(ROOT)
    found.look()
    return found


def _likely(understanding: Understanding, text: str) -> dict[str, float]:
    understanding(Assessment(), text)
    found = understanding.lately(text)
    assert found is not None
    return dict(found)


def test_a_turn_read_in_the_gateway_is_the_turn_that_rasa_reads(
    bot: Pair, understanding: Understanding
) -> None:
    alone = bot.turn(SAID).body
    told = bot.turn(SAID, intents=_likely(understanding, SAID)).body
    assert told["messages"] == alone["messages"]
    assert told["understood"]["issue_ranking"] == alone["understood"]["issue_ranking"]


def test_what_came_with_the_turn_is_not_read_again(bot: Pair, understanding: Understanding) -> None:
    likely = _likely(understanding, SAID)
    told = bot.turn("bonjour", intents=likely).body["understood"]
    assert told["issue"] == "cyberharcelement"
    likely |= dict.fromkeys(likely, 0.0) | {"ideation_suicidaire": 0.9}
    assert bot.turn("bonjour", intents=likely).body["hand_over"] == "danger"


def test_the_reading_of_another_model_does_not_count(bot: Pair) -> None:
    assert bot.turn("bonjour", intents={"sextorsion": 1.0}).said == ["ask_story"]


@pytest.mark.parametrize("intents", [[], "danger", {"danger": "1"}, {"danger": 7.5}])
def test_what_is_no_reading_is_refused(bot: Pair, intents: object) -> None:
    reply = bot.turn("bonjour", intents=intents)
    assert (reply.status, reply.body) == (422, {"error": "intents"})
