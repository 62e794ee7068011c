"""The trained reading, whole: what must hold for any text, on the model of the present files."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.reading import Reader
from bot.screen import SpacyScreen
from bot.triage import triage
from bot.understanding import Understanding
from core.labels import Urgency
from tests.rasa.conftest import ROOT

_DANGER = ROOT / "tests/triage/danger.jsonl"
_SAID = [json.loads(line) for line in _DANGER.read_text(encoding="utf-8").splitlines()]
SOME = [entry["text"] for entry in _SAID[::40]]


@pytest.fixture(scope="module")
def reader(model: Path) -> Reader:
    understanding = Understanding(ROOT)
    understanding.look()
    assert understanding.learned
    return Reader(SpacyScreen(), understanding)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.sampled_from(SOME),
    then=st.one_of(
        st.sampled_from([*SOME, "mdr je rigole", "non c'est bon", "ok merci"]), st.text()
    ),
)
async def test_nothing_said_later_lowers_the_urgency(reader: Reader, first: str, then: str) -> None:
    alone = await triage([first], reader)
    both = await triage([first, then], reader)
    assert both.urgency.rank >= alone.urgency.rank
    assert set(alone.reasons) <= set(both.reasons)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u200b\u200d", "😶", "????", "a" * 100_000, "\ud800", "YWJj" * 2000, "ﷺ" * 500],
    ids=["empty", "blank", "zero width", "emoji", "signs", "long", "surrogate", "base64", "wide"],
)
async def test_any_text_is_read_in_time(reader: Reader, text: str) -> None:
    # This process's own work: what a message costs, whatever else the machine does.
    began = time.process_time()
    found = await triage([text], reader)
    assert time.process_time() - began < 40
    assert found.urgency.rank < Urgency.CRITIQUE.rank


@pytest.mark.parametrize(
    "text",
    [
        "je vais me tu3r ce soir",
        "je vais me s u i c i d e r",
        "jeeee vaaaais meeee tuerrrr",
        "je v\u200bais me su\u200bicider",
        "bla bla. " * 3000 + "je vais me suicider ce soir",
    ],
    ids=["leet", "spaced", "repeated", "zero width", "at the end of a long text"],
)
async def test_danger_in_disguise_is_found(reader: Reader, text: str) -> None:
    assert (await triage([text], reader)).urgency.rank >= Urgency.ELEVEE.rank


async def test_the_words_of_a_verdict_are_in_its_message(reader: Reader) -> None:
    turns = ["salut", "j'ai tout préparé pour ce soir, dites à ma mère que je l'aime"]
    found = await triage(turns, reader)
    assert found.urgency is Urgency.CRITIQUE
    assert found.reasons
    for reason in found.reasons:
        assert 0 <= reason.start < reason.end <= len(turns[reason.seq])
