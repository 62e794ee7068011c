"""The golden conversations, played through the gateway's own pipeline with the real Rasa.

Screen, catalogue, storage and lanes are the real ones; only the clock is turned by hand.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.assistant import RasaAssistant
from bot.screen import SpacyScreen
from bot.sentences import Catalogue
from bot.understanding import Understanding
from bot.wishes import asks_for_human
from core.assistant import AssistantRequest, AssistantTurn
from core.conversation import Author, OwnerKind
from core.errors import AssistantUnavailable
from core.prospects import ANSWERED
from core.transitions.honesty import told_of
from core.typography import plain
from core.work import Lane
from tests.conversations.script import Golden, Step, every
from tests.gateway.house import House, a_house
from tests.rasa.conftest import ROOT, TOKEN, Pair

GOLDEN = every()
CATALOGUE = Catalogue.load()


@dataclass
class Overheard:
    """The real assistant, whose reasons are noted and during whose answer something may happen."""

    real: RasaAssistant
    dead: bool = False
    reasons: list[str] = field(default_factory=list)
    meanwhile: Callable[[], Any] | None = None

    async def turn(self, request: AssistantRequest) -> AssistantTurn:
        if self.dead:
            raise AssistantUnavailable("dead")
        turn = await self.real.turn(request)
        if turn.hand_over is not None:
            self.reasons.append(turn.hand_over.value)
        if (happens := self.meanwhile) is not None:
            self.meanwhile = None
            await happens()
        return turn


@dataclass
class Stage:
    """A conversation being played."""

    house: House
    assistant: Overheard
    end: str = "none"
    shown: int = 0

    async def play(self, step: Step, after: Step | None) -> None:
        if step.who == "personne":
            if after is not None and after.who == "trop_tot":
                self.assistant.meanwhile = lambda: self._writes(after.what[0])
            for text in step.what:
                await self._writes(text)
                self.house.clock.turn(0.3)
            await self._settle()
        elif step.who == "appuie":
            await self._taps(step.what[0])
            await self._settle()
        elif step.who == "silence":
            self.house.clock.turn(60 * float(step.what[0]))
            await self._running(Lane.WATCH, "silence")

    async def answered(self) -> Step:
        """All sentences said since this was asked before."""
        conversation = await self.house.conversation()
        messages = await self.house.store.messages(conversation.id, after=self.shown)
        self.shown = conversation.next_seq - 1
        said = (m.sentence or m.text for m in messages if m.author is not Author.PERSON)
        return Step("bot", tuple(said))

    async def _writes(self, text: str, **fields: object) -> None:
        await self.house.writes(text, **fields)
        await self._running(Lane.INBOUND, "screen")

    async def _taps(self, title: str) -> None:
        conversation = await self.house.conversation()
        messages = await self.house.store.messages(conversation.id)
        offered = {plain(c.title): c.id for m in messages[-1:] for c in m.choices}
        assert title in offered, f"no button {title!r} on the screen, only {sorted(offered)}"
        await self._writes(title, payload=offered[title])

    async def _settle(self) -> None:
        for _ in range(2):  # what was written meanwhile is answered too
            self.house.clock.turn(3)
            while await self._running(Lane.ASSISTANT, "failure"):
                pass

    async def _running(self, lane: Lane, end: str) -> int:
        """Run a lane; if that makes the bot leave, note why: its own reason, or `end`."""
        heard = len(self.assistant.reasons)
        done = await self.house.run(lane)
        left = (await self.house.conversation()).owner.kind is not OwnerKind.BOT
        if left and self.end == "none":
            self.end = (self.assistant.reasons[heard:] or [end])[0]
        return done


@pytest.fixture(scope="session")
def screen() -> SpacyScreen:
    return SpacyScreen()


@pytest.fixture(scope="session")
def understanding(model: Path) -> Understanding:
    found = Understanding(ROOT)
    found.look()
    assert found.learned
    return found


@pytest.fixture
async def stage(
    bot: Pair, screen: SpacyScreen, understanding: Understanding, tmp_path: Path
) -> AsyncIterator[Stage]:
    assistant = Overheard(
        RasaAssistant(bot.url, token=TOKEN, timeout=20, read_lately=understanding.lately)
    )
    async with a_house(
        tmp_path,
        assistant=assistant,
        screen=screen,
        understand=understanding,
        phrases=CATALOGUE,
        asks_for_human=asks_for_human,
    ) as house:
        yield Stage(house, assistant)
    await assistant.real.close()


@pytest.mark.rasa
@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: f"{golden.file}: {golden.title}")
async def test_golden(golden: Golden, stage: Stage) -> None:
    stage.assistant.dead = golden.assistant_dead
    played: list[Step] = []
    for step, after in zip(golden.steps, (*golden.steps[1:], None), strict=True):
        await stage.play(step, after)
        played.append(await stage.answered() if step.who == "bot" else step)
    assert [str(step) for step in played] == [str(step) for step in golden.steps]
    assert (await stage.answered()).what == (), "the bot said more than is written down"

    conversation = await stage.house.conversation()
    known = conversation.assessment
    assert stage.end == golden.end
    if golden.issue is not None:
        assert known.issue == golden.issue
    facts = {fact.name: fact.value for fact in known.facts} | {
        "role": known.role,
        "platform": known.platform,
        "age_band": known.age_band,
        "urgency": known.urgency,
        "secondary": known.issue_secondary,
    }
    assert {name: facts.get(name) for name in golden.facts} == golden.facts

    messages = await stage.house.store.messages(conversation.id)
    last = next(m for m in reversed(messages) if m.author is not Author.PERSON)
    now_true = told_of(ANSWERED, last.at, CATALOGUE, golden.address)
    told = CATALOGUE.say(last.sentence or "", golden.address, now_true)
    assert last.text == told.text, "tu or vous"


def test_there_are_enough_of_them() -> None:
    assert len(GOLDEN) >= 60
    titles = [(golden.file, golden.title) for golden in GOLDEN]
    assert len(set(titles)) == len(titles)


def test_every_conversation_names_sentences_of_the_catalogue() -> None:
    for golden in GOLDEN:
        for step in golden.steps:
            if step.who == "bot":
                assert set(step.what) <= set(CATALOGUE.sentences), (golden.title, step)


def test_no_conversation_asks_more_than_five_things_or_the_same_without_a_reason() -> None:
    for golden in GOLDEN:
        asked = [s for step in golden.steps if step.who == "bot" for s in step.what]
        questions = {s for s in asked if s.startswith("ask_") and s != "ask_story"}
        assert len(questions) <= 5, golden.title
        for step in golden.steps:
            if step.who == "bot":
                assert sum(s.startswith("ask_") for s in step.what) <= 2, golden.title


def test_the_golden_conversations_reach_every_gesture_and_question() -> None:
    """A sentence that no conversation reaches is one nobody has read in its place."""
    said = {s for golden in GOLDEN for step in golden.steps if step.who == "bot" for s in step.what}
    families = ("gesture_", "path_", "already_", "language_", "ask_", "services_", "danger_numbers")
    unread = {s for s in CATALOGUE.sentences if s.startswith(families)} - said
    assert not unread
