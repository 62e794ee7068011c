"""The questions at the end on a platform: asked once, answered by a tap or in words, never in the
way of somebody who writes again."""

import pytest

from core import transitions
from core.conversation import Conversation, Outcome
from core.opinion import Answer, Opinion
from core.work import Lane
from tests.core.test_transitions import ANNE
from tests.fakes import Echo
from tests.gateway.house import House

CHANNEL = "telegram"


async def writes(house: House, text: str, **fields: object) -> None:
    await house.writes(text, channel=CHANNEL, **fields)
    await house.run(Lane.INBOUND)


async def latest(house: House) -> Conversation:
    return await house.conversation(channel=CHANNEL)


async def said(house: House) -> list[str | None]:
    return [m.sentence for m in await house.store.messages((await latest(house)).id)]


async def heard_and_helped(house: House) -> None:
    """A person in danger writes; Anne takes it, answers and ends it well."""
    await writes(house, "DANGER")
    for decide in (
        lambda one: transitions.claim(one, ANNE, now=house.clock(), phrases=Echo()),
        lambda one: transitions.reply(
            one, ANNE, "oui", client_id="c", seen=9, now=house.clock(), phrases=Echo()
        ),
        lambda one: transitions.close(
            one, ANNE, Outcome.HELPED, seen=9, now=house.clock(), phrases=Echo()
        ),
    ):
        await house.commit(decide(await latest(house)))


@pytest.fixture
async def ended(house: House) -> Conversation:
    """A conversation that a listener ended well, and whose first question was asked."""
    await heard_and_helped(house)
    assert await house.run(Lane.AFTER) == 0
    house.clock.turn(36)
    await house.run(Lane.AFTER)
    conversation = await latest(house)
    assert (await said(house))[-1] == "rate_helped"
    return conversation


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("rate_helped_some", {"payload": "rate_helped_some"}),
        ("2", {}),
        ("Rate_helped_SOME.", {}),
    ],
)
async def test_an_answer_begins_no_conversation(
    house: House, ended: Conversation, text: str, fields: dict[str, object]
) -> None:
    await writes(house, text, **fields)
    now = await latest(house)
    assert now.id == ended.id
    assert now.opinion == Opinion(helped=Answer.SOME)
    assert (await said(house))[-1] == "rate_next"
    await writes(house, "3")
    assert (await latest(house)).opinion == Opinion(helped=Answer.SOME, next=Answer.NO)
    assert (await said(house))[-1] == "rate_thanks"


@pytest.mark.parametrize("text", ["non j'ai encore peur", "DANGER", "7", "bonjour"])
async def test_whatever_is_no_answer_is_a_message(
    house: House, ended: Conversation, text: str
) -> None:
    await writes(house, text)
    now = await latest(house)
    assert now.id != ended.id
    assert (await house.store.messages(now.id))[0].text == text


async def test_a_number_typed_days_later_is_a_message_and_a_tap_is_nothing(
    house: House, ended: Conversation
) -> None:
    house.clock.turn(25 * 3600)
    await writes(house, "rate_helped_no", payload="rate_helped_no")
    assert (await latest(house)).id == ended.id
    assert (await latest(house)).opinion == Opinion()
    await writes(house, "1")
    assert (await latest(house)).id != ended.id


async def test_who_writes_again_before_the_question_is_not_asked(house: House) -> None:
    await heard_and_helped(house)
    await writes(house, "encore moi")
    house.clock.turn(36)
    assert await house.run(Lane.AFTER) == 1
    contact = await house.store.find_contact(CHANNEL, "site", "visitor")
    assert contact is not None
    for one in await house.store.conversations_of(contact.id):
        assert "rate_helped" not in [m.sentence for m in await house.store.messages(one.id)]
