"""A child's words through a parent's conversation: every way there, over real HTTP, is shut."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.screen import SpacyScreen
from core import transitions
from core.assessment import Assessment
from core.audit import Verb
from core.conversation import Conversation
from core.ids import ConversationId
from core.labels import Role
from core.transitions.news import SENTENCE
from tests.builders import an_event
from tests.fakes import Echo
from tests.gateway.gateways import Running, Visit, running
from tests.handoff.signalement.mailbox import Mailbox
from tests.handoff.signalement.test_dossiers import Dossier, a_service
from tests.handoff.signalement.test_following import a_removed_content, close, news
from tests.handoff.test_calls_api import a_call
from tests.handoff.test_console_api import Console, a_console

SECRET = "il a mes photos, ne le dis pas à maman"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        house.assistant.dead = True
        yield house


async def says(console: Console, conversation: str, role: str) -> None:
    """The listener says who writes."""
    path = f"/conversations/{conversation}"
    since = (await console.get(path))[1]["summary"]["writes_since"]
    body = {"issue": "sextorsion", "urgency": "moderee", "role": role, "why": "learned"}
    status, _ = await console.post(f"{path}/triage", {**body, "seen": 999, "since": since})
    assert status == 200


async def writes(gateway: Running, console: Console, visit: Visit, text: str) -> str:
    """Somebody writes on this device, and a listener takes it; its id."""
    await visit.say(text)
    await visit.frame("state", owner="queue")
    status, detail = await console.next()
    assert status == 200
    conversation: str = detail["summary"]["id"]
    return conversation


async def ends(console: Console, visit: Visit, conversation: str, outcome: str = "silent") -> None:
    closing = {"outcome": outcome, "seen": 999}
    assert (await console.post(f"/conversations/{conversation}/close", closing))[0] == 200
    await visit.frame("state", closed=True)


async def a_child_then_a_parent(
    gateway: Running, anne: Console, visit: Visit, first: str = "victime_mineure"
) -> tuple[str, str]:
    """On one device: what the child wrote is over, and another writes. The two conversations."""
    await visit.connect()
    childs = await writes(gateway, anne, visit, SECRET)
    await says(anne, childs, first)
    await ends(anne, visit, childs)
    return childs, await writes(gateway, anne, visit, "bonjour, c'est sa mère")


async def earlier(console: Console, conversation: str) -> dict[str, Any]:
    status, told = await console.get(f"/conversations/{conversation}/earlier")
    assert status == 200
    found: dict[str, Any] = told
    return found


@pytest.mark.parametrize("first", ["victime_mineure", "inconnu"])
async def test_on_a_shared_device_the_panel_of_a_parent_has_nothing_of_a_child(
    gateway: Running, first: str
) -> None:
    anne = await a_console(gateway, "anne")
    visit = await gateway.visit()
    childs, parents = await a_child_then_a_parent(gateway, anne, visit, first)
    await says(anne, parents, "parent")
    told = await earlier(anne, parents)
    assert (told["conversations"], told["withheld"]) == ([], 1)
    # What was not shown was not read.
    assert list(await gateway.store.audit_entries(verb=Verb.CONVERSATION_READ)) == []
    # It is the child after all: the listener says so, and may read.
    await says(anne, parents, "victime_mineure")
    told = await earlier(anne, parents)
    assert [one["summary"]["id"] for one in told["conversations"]] == [childs]
    assert SECRET in str(told)


async def test_while_nobody_knows_who_writes_a_childs_words_wait(gateway: Running) -> None:
    anne = await a_console(gateway, "anne")
    _, unnamed = await a_child_then_a_parent(gateway, anne, await gateway.visit())
    assert (await earlier(anne, unnamed))["withheld"] == 1


async def test_a_page_that_is_loaded_again_tells_a_parent_nothing_of_the_childs_thread(
    gateway: Running,
) -> None:
    anne = await a_console(gateway, "anne")
    visit = await gateway.visit()
    _, parents = await a_child_then_a_parent(gateway, anne, visit)
    await says(anne, parents, "parent")
    again = Visit(gateway.client, visit.token)
    await again.connect()
    await again.frame("state", owner="listener")
    texts = [one["text"] for one in again.messages]
    assert "bonjour, c'est sa mère" in texts
    assert SECRET not in texts
    # A child who comes back in their own tab finds their thread.
    await says(anne, parents, "victime_mineure")
    childs = Visit(gateway.client, visit.token)
    await childs.connect()
    await childs.frame("state", owner="listener")
    assert SECRET in [one["text"] for one in childs.messages]


async def joined(
    gateway: Running, anne: Console, visit: Visit, *, caller: str
) -> tuple[dict[str, Any], str]:
    """Somebody calls, and the code is typed where somebody wrote before. The call, and the chat."""
    call = await a_call(anne, role=caller, note=f"au téléphone : {SECRET}")
    _, code = await anne.post(f"/conversations/{call['id']}/code")
    await visit.say(code["words"])
    await visit.frame("message", text="call_joined/tu")
    held = await anne.connect()
    (chat,) = [one for one in held["mine"] if one["id"] != call["id"]]
    return call, str(chat["id"])


@pytest.mark.parametrize("child", ["victime_mineure", None])
async def test_the_code_of_a_parents_call_opens_no_childs_chat(
    gateway: Running, child: str | None
) -> None:
    anne = await a_console(gateway, "anne")
    visit = await gateway.visit()
    await visit.connect()
    await visit.say(SECRET)
    await visit.frame("state", owner="queue")
    call, chat = await joined(gateway, anne, visit, caller="parent")
    if child:
        await says(anne, chat, child)
    status, refused = await anne.get(f"/conversations/{call['id']}/joined")
    assert (status, refused["error"]["code"]) == (409, "another_person")
    # Nor is the child taken for the parent, and told *vous*.
    kept = await gateway.store.conversation(ConversationId(chat))
    assert (kept.assessment.role or "") != "parent"
    # The listener answers both, each in their own conversation.
    assert (await anne.get(f"/conversations/{chat}"))[1]["summary"]["mine"]


async def test_nor_is_a_childs_call_shown_in_a_parents_chat(gateway: Running) -> None:
    anne = await a_console(gateway, "anne")
    visit = await gateway.visit()
    await visit.connect()
    await visit.say("bonjour, je suis sa mère")
    await visit.frame("state", owner="queue")
    _, chat = await joined(gateway, anne, visit, caller="victime_mineure")
    detail = (await anne.get(f"/conversations/{chat}"))[1]
    assert detail["card"]["issue"] is None, "what the child said on the line stays there"
    for role in ("inconnu", "parent"):
        await says(anne, chat, role)
        assert (await anne.get(f"/conversations/{chat}/joined"))[0] == 409
    await says(anne, chat, "victime_mineure")
    assert SECRET in str((await anne.get(f"/conversations/{chat}/joined"))[1])


async def a_parent_writes_after(service: Running, childs: Conversation) -> None:
    """On the same device, with a word that says who it is."""
    contact = await service.store.contact(childs.contact_id)
    now = datetime.now(UTC)
    change = transitions.receive(
        transitions.open_conversation(contact, childs, now=now),
        an_event(sender=contact.address, text="je suis sa mère"),
        Assessment(role=Role.PARENT),
        burst=timedelta(0),
        now=now,
        phrases=Echo(),
    )
    await service.store.commit(change, now=now)


async def test_news_for_a_child_is_not_told_to_the_parent_who_writes_from_there_now(
    tmp_path: Path,
) -> None:
    async with a_service(tmp_path, Mailbox()) as service:
        dossier, childs = await a_removed_content(service, tell=True)
        await says(dossier.console, childs, "victime_mineure")
        await close(dossier, childs)
        first = await service.store.conversation(ConversationId(childs))
        await a_parent_writes_after(service, first)
        status, _ = await dossier.of_notice("tell")
        assert status == 409
        _, told = await dossier.console.get(dossier.at)
        assert told["tell_hindrance"] == "another"
        latest = await service.store.latest_conversation(first.contact_id)
        assert latest is not None
        assert latest.id != childs
        assert await news(service, latest.id) == await news(service, childs) == []
        assert SENTENCE not in str(await service.store.messages(latest.id))


async def marks(
    console: Console, conversation: str, since: int | None, role: str = "parent"
) -> Any:
    """The listener says from which message on another writes; the conversation's row."""
    body = {"since": since, "role": role, "age_band": None}
    status, told = await console.post(f"/conversations/{conversation}/writer", body)
    assert status == 200
    return told["summary"]


async def texts(console: Console, conversation: str) -> list[str]:
    """What the listener's screen has of a conversation."""
    return [
        one["text"] for one in (await console.get(f"/conversations/{conversation}"))[1]["messages"]
    ]


async def on_the_phone(gateway: Running, visit: Visit) -> list[str]:
    """What the page has of it, once it is loaded again."""
    again = Visit(gateway.client, visit.token)
    await again.connect()
    await again.frame("state", owner="listener")
    return [one["text"] for one in again.messages]


MOTHER = "bonjour, je suis sa mère, que se passe-t-il ?"


async def a_mother_writes(console: Console, visit: Visit, conversation: str) -> tuple[Any, int]:
    """What the listener's screen has after her first words, and their number."""
    await visit.say(MOTHER)
    await visit.frame("message", text=MOTHER)
    detail = (await console.get(f"/conversations/{conversation}"))[1]
    (hers,) = [each["seq"] for each in detail["messages"] if each["text"] == MOTHER]
    return detail, hers


@pytest.fixture
async def reading(tmp_path: Path) -> AsyncIterator[Running]:
    """A gateway that reads in the words who writes."""
    async with running(tmp_path, screen=SpacyScreen()) as house:
        house.assistant.dead = True
        yield house


async def test_a_mother_takes_the_phone_in_the_midst_of_her_childs_conversation(
    reading: Running,
) -> None:
    gateway = reading
    anne = await a_console(gateway, "anne")
    visit = await gateway.visit()
    await visit.connect()
    one = await writes(gateway, anne, visit, f"j'ai 13 ans, {SECRET}")
    detail, hers = await a_mother_writes(anne, visit, one)
    # Read in the words: the listener is asked, the phone shows no more of the child's.
    since = detail["summary"]["another_at"]
    assert since == hers
    assert (detail["summary"]["role"], detail["card"]["facts"]) == ("parent", [])
    assert SECRET in str(detail)
    shown = await on_the_phone(gateway, visit)
    assert MOTHER in shown
    assert SECRET not in str(shown)
    # Once the listener says so, their own screen is hers as well.
    row = await marks(anne, one, since)
    assert row["writers"] == [
        {
            "since": 1,
            "until": since,
            "role": "victime_mineure",
            "age_band": "moins_15",
            "apart": True,
        }
    ]
    assert SECRET not in str(await anne.get(f"/conversations/{one}"))
    assert (await anne.post("/search", {"words": "photos"}))[1]["hits"] == []
    # It was the child all along; and the mother again; and the child, who has the phone back.
    await marks(anne, one, None)
    assert SECRET in str(await texts(anne, one))
    await marks(anne, one, since)
    await visit.say("c'est bon elle est partie")
    await visit.frame("message", text="c'est bon elle est partie")
    childs = (await anne.get(f"/conversations/{one}"))[1]["summary"]["last_seq"]
    row = await marks(anne, one, childs, "victime_mineure")
    assert (row["role"], row["age_band"]) == ("victime_mineure", "moins_15")
    assert SECRET in str(await texts(anne, one))
    assert SECRET in str(await on_the_phone(gateway, visit))
    deeds = list(await gateway.store.audit_entries(verb=Verb.WRITER_TOLD))
    assert len(deeds) == 4


async def apart(console: Console, conversation: str) -> tuple[int, list[str]]:
    """What another wrote before, read again by a deed of its own."""
    status, told = await console.get(f"/conversations/{conversation}/apart")
    return status, [each["text"] for each in told.get("messages", [])]


async def test_what_a_child_wrote_may_be_read_again_by_who_answers_and_that_is_in_the_audit(
    gateway: Running,
) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    visit = await gateway.visit()
    await visit.connect()
    one = await writes(gateway, anne, visit, SECRET)
    _, hers = await a_mother_writes(anne, visit, one)
    # Nothing is left out: there is nothing to read, and no look.
    assert await apart(anne, one) == (404, [])
    await marks(anne, one, hers)
    assert await apart(bilal, one) == (404, [])
    looks = gateway.store.audit_entries
    assert list(await looks(verb=Verb.APART_READ)) == []

    status, words = await apart(anne, one)
    assert status == 200
    assert SECRET in words
    assert MOTHER not in words
    (look,) = await looks(verb=Verb.APART_READ)
    named = {each.login: each.id for each in await gateway.store.listeners()}
    assert (look.conversation, look.actor) == (ConversationId(one), named["anne"])
    # It is no way back into the conversation, on either side.
    assert SECRET not in str(await texts(anne, one))
    assert SECRET not in str(await on_the_phone(gateway, visit))
    # The child is back, and reads no mother's words apart: nothing is left out.
    await visit.say("elle est partie")
    await visit.frame("message", text="elle est partie")
    back = (await anne.get(f"/conversations/{one}"))[1]["summary"]["last_seq"]
    await marks(anne, one, back, "victime_mineure")
    assert await apart(anne, one) == (404, [])
    # Nor is anything read again of what is over.
    await marks(anne, one, None)
    await ends(anne, visit, one)
    assert await apart(anne, one) == (404, [])
    assert len(await looks(verb=Verb.APART_READ)) == 1


async def test_a_word_begun_about_the_child_does_not_land_on_the_mothers_card(
    gateway: Running,
) -> None:
    anne = await a_console(gateway, "anne")
    visit = await gateway.visit()
    await visit.connect()
    one = await writes(gateway, anne, visit, SECRET)
    path = f"/conversations/{one}"
    child = (await anne.get(path))[1]["summary"]
    _, hers = await a_mother_writes(anne, visit, one)
    await marks(anne, one, hers)
    word = {
        "issue": "sextorsion",
        "urgency": "faible",
        "role": "victime_mineure",
        "why": "learned",
        "seen": child["version"],
        "since": child["writes_since"],
    }
    status, refused = await anne.post(f"{path}/triage", word)
    assert (status, refused["error"]["code"]) == (409, "another_writes")
    assert refused["error"]["message"].startswith("Une autre personne écrit maintenant")
    mothers = (await anne.get(path))[1]["summary"]
    assert (mothers["role"], mothers["writes_since"]) == ("parent", hers)
    word |= {"role": "parent", "since": hers, "seen": mothers["version"]}
    assert (await anne.post(f"{path}/triage", word))[1]["summary"]["issue"] == "sextorsion"


async def test_what_is_no_beginning_of_another_is_refused(gateway: Running) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    visit = await gateway.visit()
    await visit.connect()
    one = await writes(gateway, anne, visit, SECRET)
    detail, hers = await a_mother_writes(anne, visit, one)
    ours = next(each["seq"] for each in detail["messages"] if each["author"] == "service")
    at = f"/conversations/{one}/writer"
    for since, role, status in (
        (None, "parent", 409),
        (ours, "parent", 409),
        (1, "parent", 409),
        (hers + 50, "parent", 409),
        (hers, "licorne", 400),
        ("2", "parent", 400),
        (True, "parent", 400),
        (2**70, "parent", 400),
    ):
        assert (await anne.post(at, {"since": since, "role": role}))[0] == status, since
    assert (await bilal.post(at, {"since": hers, "role": "parent"}))[0] == 409
    # The child was not named: who is unnamed may be the child.
    await marks(anne, one, hers)
    assert SECRET not in str(await texts(anne, one))


async def test_a_dossier_with_a_childs_words_does_not_go_along_to_who_answers_the_mother(
    reading: Running,
) -> None:
    gateway = reading
    anne, bob = await a_console(gateway, "anne"), await a_console(gateway, "bob")
    visit = await gateway.visit()
    await visit.connect()
    one = await writes(gateway, anne, visit, f"j'ai 13 ans, {SECRET}")
    hers = Dossier(anne)
    await hers.open(one)
    _, since = await a_mother_writes(anne, visit, one)
    await marks(anne, one, since)
    body = {"note": "la mère veut parler à quelqu'un d'autre", "cid": "a" * 32}
    assert (await anne.post(f"/conversations/{one}/hand_back", body))[0] < 300
    assert (await bob.next())[0] == 200
    assert (await bob.get(hers.at))[0] == 404
    assert (await bob.get("/signalements"))[1]["cases"] == []
