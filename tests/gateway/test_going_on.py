"""Messages that wait one behind the other share a reading of the story, and none goes unread."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reading import ALONE_FROM, FRAGMENT, REMEMBERED, SHARED, going_on
from core.assessment import Assessment
from core.labels import Urgency
from core.work import Lane
from tests.fakes import Echo, OneWordScreen, ScriptedAssistant
from tests.gateway.house import House, a_house

STORY = [
    "un gars de ma classe a mis une photo de moi",
    "et depuis tout le monde me regarde au collège",
    "il y a aussi un compte avec mon nom dessus",
    "je sais pas quoi faire, aidez moi s'il vous plait",
]


@pytest.fixture
def heard() -> list[str]:
    """Each text that the learned reading was given."""
    return []


@pytest.fixture
async def house(tmp_path: Path, heard: list[str]) -> AsyncIterator[House]:
    def understand(screened: Assessment, text: str) -> Assessment:
        heard.append(text)
        grave = "photo" in text and "compte" in text
        return screened.merged(Assessment(urgency=Urgency.ELEVEE if grave else Urgency.FAIBLE))

    async with a_house(
        tmp_path,
        assistant=ScriptedAssistant(),
        screen=OneWordScreen(),
        understand=understand,
        phrases=Echo(),
        asks_for_human=lambda text: False,
    ) as house:
        yield house


async def test_of_messages_that_wait_each_is_read_and_the_story_once(
    house: House, heard: list[str]
) -> None:
    for text in STORY:
        await house.writes(text)
    await house.run(Lane.INBOUND)
    assert heard == [*STORY, " ".join(STORY)]
    # What only the messages together say was seen, though no message says it.
    assert (await house.conversation()).assessment.urgency is Urgency.ELEVEE


async def test_who_writes_at_their_own_pace_is_read_with_each_message(
    house: House, heard: list[str]
) -> None:
    for text in STORY:
        await house.writes(text)
        await house.run(Lane.INBOUND)
    assert heard == [
        STORY[0],
        *(part for n in (1, 2, 3) for part in (STORY[n], " ".join(STORY[: n + 1]))),
    ]


async def test_danger_is_seen_in_every_message_that_waits(house: House) -> None:
    for text in (STORY[0], "DANGER", *STORY[1:]):
        await house.writes(text)
    await house.run(Lane.INBOUND)
    assert (await house.conversation()).assessment.urgency is Urgency.CRITIQUE
    assert "service: danger_numbers" in await house.log()


async def test_the_story_is_read_before_a_tap_or_a_word(house: House, heard: list[str]) -> None:
    """What follows is not read with it: then the message itself must be."""
    house.phrases.choices["welcome"] = ("yes",)
    for text in STORY[:2]:
        await house.writes(text)
    await house.writes("Oui", payload="yes")
    await house.run(Lane.INBOUND)
    assert heard == [*STORY[:2], " ".join(STORY[:2])]


@pytest.mark.parametrize(
    "follows",
    [
        {"text": "je vous écris aussi depuis notre groupe", "chat": "group"},
        {"text": "Le code, c'est Lune - TAPIS rose !"},
        {"text": "supprimez cette conversation !!"},
        {"text": "non non, j'ai pas envie de mourir"},
    ],
    ids=["group", "code", "order", "no"],
)
async def test_the_story_is_read_before_what_may_not_be_read_with_it(
    house: House, heard: list[str], follows: dict[str, str]
) -> None:
    assert FRAGMENT <= len(follows["text"]) < ALONE_FROM
    for text in STORY[:2]:
        await house.writes(text)
    await house.writes(**follows)
    await house.run(Lane.INBOUND)
    assert " ".join(STORY[:2]) in heard


@given(st.lists(st.integers(0, 2 * ALONE_FROM), max_size=30))
def test_each_message_is_soon_read_with_all_that_left_it_to_a_later_one(lengths: list[int]) -> None:
    texts = ["x" * length for length in lengths]
    leave = going_on(texts)
    assert len(leave) == len(texts)
    assert not any(leave[-1:])
    for n, left in enumerate(leave):
        if not left:
            continue
        reader = leave.index(False, n)
        # Who reads the story is no fragment, and no text long enough to stand alone.
        assert FRAGMENT <= len(texts[reader]) < ALONE_FROM
        between = sum(len(text) + 1 for text in texts[n:reader])
        assert between <= SHARED < REMEMBERED


def test_of_a_long_row_of_short_messages_one_in_a_few_is_read_with_the_story() -> None:
    leave = going_on(["x" * 70] * 20)
    assert 2 <= leave.count(False) <= 5
