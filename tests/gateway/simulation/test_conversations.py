"""One conversation on each channel, from the first contact to a listener's answer and its receipt.

Real HTTP all the way: the vendors' clients inside the connectors, the fake platforms outside.
"""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.conversation import Author, FileState, Message
from core.ids import new_id
from gateway.simulation.people import Person
from gateway.simulation.samples import sample
from gateway.simulation.script import CALLED, Turn
from tests.gateway.gateways import PASSWORD, running
from tests.gateway.simulation.world import CHANNELS, World, acts, eventually, says, world

# A page's link and an advertisement come with words, Telegram's opens the bot, and Instagram's only
# tells where somebody is from.
AT_THE_DOOR = {
    "whatsapp": ["welcome/tu", "question_1/tu"],
    "messenger": ["welcome/tu", "question_1/tu"],
    "instagram": [],
    "telegram": ["welcome/tu"],
}
# Telegram tells a bot nothing of what becomes of its messages.
LAST_RECEIPT = {"whatsapp": "read", "messenger": "read", "instagram": "read", "telegram": "sent"}


@pytest.mark.parametrize("channel", CHANNELS)
async def test_from_a_link_to_a_listener_s_answer(channel: str, tmp_path: Path) -> None:
    async with world(tmp_path) as everything:
        person = everything.person(channel)
        said = list(AT_THE_DOOR[channel])

        async def after(turn: Turn, *answers: str) -> None:
            """The person does something, and is answered this and nothing else."""
            await acts(person, turn)
            said.extend(answers)
            assert await everything.arrives(channel, person, said) == said

        await after(Turn(link="affiche_college"))
        # Instagram's first words are still to be said.
        welcome = [] if said else ["welcome/tu"]
        await after(Turn(media="image"), *welcome, "unheard/tu")
        assert await kept_picture(everything, channel, person) == (64, 64)

        await after(Turn("efface"), "erase_confirm/tu")
        await after(Turn(choice="erase_yes"), "erase_planned/tu")
        await after(Turn("annuler"), "erase_cancelled/tu")

        await after(Turn("DANGER ❤️ ça/là"), "danger_numbers/tu")
        detail = await everything.claim()
        summary = detail["summary"]
        assert (summary["channel"], summary["urgency"]) == (channel, "critique")
        assert summary["origin"] == "affiche_college"
        assert summary["erasure"] is None
        written = [m["text"] for m in detail["messages"] if m["author"] == Author.PERSON]
        assert written[-4:] == ["efface", "erase_yes", "annuler", "DANGER ❤️ ça/là"]

        await everything.reply(detail, "Je suis Zoé.")
        said += ["listener_joined/tu", "Je suis Zoé."]
        assert await everything.arrives(channel, person, said) == said
        read = [(text, LAST_RECEIPT[channel]) for text in said]
        assert await everything.settled(channel, person, read) == read


async def kept_picture(everything: World, channel: str, person: Person) -> tuple[int, int]:
    """The size of the first picture that the person sent, once it is kept; no place is in it."""
    assert Image.open(io.BytesIO(sample("image").content)).getexif()

    async def pictures() -> list[Message]:
        return [each for each in await everything.kept(channel, person) if each.attachments]

    async def state() -> FileState:
        return (await pictures())[0].attachments[0].state

    assert await eventually(state, FileState.KEPT) == FileState.KEPT
    message = (await pictures())[0]
    store = everything.gateway.store
    content = await store.file(message.conversation_id, message.attachments[0].id)
    assert content is not None
    kept = Image.open(io.BytesIO(content))
    assert not kept.getexif()
    return kept.size


async def test_from_the_website_s_link_to_a_listener_s_answer(tmp_path: Path) -> None:
    async with running(tmp_path) as gateway:
        visit = await gateway.visit(origin="affiche_college")
        await visit.connect()

        async def after(text: str, *answers: str, **tapped: str) -> None:
            await visit.say(text, **tapped)
            for answer in answers:
                await visit.frame("message", text=answer)

        await after("salut", "welcome/tu", "question_1/tu")
        await after("efface", "erase_confirm/tu")
        await after("Oui", "erase_planned/tu", choice="erase_yes")
        await after("annuler", "erase_cancelled/tu")
        await after("DANGER ❤️ ça/là", "danger_numbers/tu")

        await gateway.add_listener("zoe")
        client = await gateway.browser()
        async with client:
            console = "/console/api"
            await client.post(f"{console}/login", json={"login": "zoe", "password": PASSWORD})
            detail = await (await client.post(f"{console}/claim", json={"cid": new_id()})).json()
            assert detail["summary"]["origin"] == "affiche_college"
            own = f"{console}/conversations/{detail['summary']['id']}"
            await visit.frame("message", text="listener_joined/tu")
            seen = (await (await client.get(own)).json())["summary"]["version"]
            reply = {"cid": "console-1", "text": "Je suis Zoé.", "seen": seen}
            assert (await client.post(f"{own}/reply", json=reply)).status == 200
            answer = await visit.frame("message", text="Je suis Zoé.")
            await visit.socket.send_json({"type": "seen", "id": answer["id"]})

            async def receipt() -> Any:
                messages = (await (await client.get(own)).json())["messages"]
                return messages[-1]["delivery"]["status"]

            assert await eventually(receipt, "read") == "read"


@pytest.mark.parametrize("channel", CALLED)
async def test_who_calls_is_told_how_to_be_heard_and_waits_for_a_person(
    channel: str, tmp_path: Path
) -> None:
    async with world(tmp_path) as everything:
        person = everything.person(channel)
        await acts(person, Turn(call=True))
        said = ["call_missed/tu"]
        assert await everything.arrives(channel, person, said) == said
        waiting = await everything.waiting(channel)
        assert waiting.assessment.unheard
        # Who calls again at once is not told it again, and what they write then is read.
        await acts(person, Turn(call=True))
        await says(person, "DANGER")
        said += ["danger_numbers/tu"]
        assert await everything.arrives(channel, person, said) == said
        kept = await everything.kept(channel, person)
        assert [m.type for m in kept if m.author is Author.PERSON] == ["call", "call", None]
