"""Passing conversations on over the console's API: who is asked, who is told, what is done once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.audit import Verb
from core.ids import new_id
from tests.gateway.gateways import Running, Visit, running
from tests.handoff.test_console_api import Console, a_console, a_waiting_person


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        # So that whoever writes is handed to a human at once.
        house.assistant.dead = True
        yield house


async def colleague(console: Console, name: str) -> dict[str, Any]:
    _, told = await console.get("/colleagues")
    (found,) = [one for one in told["colleagues"] if one["name"] == name]
    return found


async def a_held_one(
    gateway: Running, console: Console, text: str = "bonjour"
) -> tuple[Visit, str]:
    visit = await a_waiting_person(gateway, text)
    _, detail = await console.next()
    return visit, f"/conversations/{detail['summary']['id']}"


async def test_a_transfer_needs_a_summary_and_the_colleagues_yes(gateway: Running) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    await anne.connect()
    visit, path = await a_held_one(gateway, anne)
    to = (await colleague(anne, "Bilal"))["id"]
    asked = {"cid": new_id(), "to": to, "summary": "elle veut un juriste"}
    # Who is not there is not asked.
    status, error = await anne.post(f"{path}/offer", asked)
    assert (status, error["error"]["code"]) == (409, "not_there")
    await bilal.connect()
    for bad, code in (("", "empty"), ("a" * 2001, "note_too_long"), (3, "bad_request")):
        status, error = await anne.post(f"{path}/offer", asked | {"summary": bad})
        assert (status, error["error"]["code"]) == (400, code)
    for _ in range(2):
        status, told = await anne.post(f"{path}/offer", asked)
        assert status == 200
        assert len(told["notes"]) == 1
        assert told["summary"]["mine"]
    offer = (await bilal.row(lambda row: row["offer"]))["offer"]
    assert (offer["to_me"], offer["from"], offer["summary"]) == (True, "Anne", asked["summary"])
    # Asked is not given: nothing is shown of what the person wrote.
    assert (await bilal.get(path))[0] == 404

    status, taken = await bilal.post(f"{path}/accept")
    assert (status, taken["summary"]["mine"]) == (200, True)
    assert [note["text"] for note in taken["notes"]] == [asked["summary"]]
    assert (await visit.frame("state", listener="Bilal"))["owner"] == "listener"
    assert (await anne.get(path))[0] == 404
    assert (await bilal.get(path))[1]["notes"][0]["name"] == "Anne"
    reply = {"cid": new_id(), "text": "x", "seen": 99}
    assert (await anne.post(f"{path}/reply", reply))[0] == 409
    # The person is told who answers, and reads nothing of the summary.
    said = [message["text"] for message in visit.messages]
    assert said[-1].startswith("listener_changed")
    assert not any("juriste" in text for text in said)


async def test_a_console_that_connects_later_sees_what_is_offered(gateway: Running) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    await bilal.connect()
    _, path = await a_held_one(gateway, anne)
    to = (await colleague(anne, "Bilal"))["id"]
    await anne.post(f"{path}/offer", {"cid": new_id(), "to": to, "summary": "…"})
    (row,) = (await bilal.connect())["offered"]
    assert row["offer"]["to_me"]
    assert (await bilal.post(f"{path}/decline"))[0] == 200
    assert (await bilal.connect())["offered"] == []
    status, error = await bilal.post(f"{path}/accept")
    assert (status, error["error"]["code"]) == (409, "no_offer")
    assert (await anne.get(path))[1]["summary"]["offer"]["declined"]


async def test_who_is_on_a_break_is_shown_so_and_not_asked(gateway: Running) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    await bilal.connect()
    assert (await colleague(anne, "Bilal"))["availability"] == "available"
    for said in ("pause", "phone", "off"):
        assert (await bilal.post("/availability", {"availability": said}))[0] == 200
        bilals = await colleague(anne, "Bilal")
        assert (bilals["present"], bilals["availability"]) == (True, said)
    assert (await bilal.post("/availability", {"availability": "gone"}))[0] == 400
    _, path = await a_held_one(gateway, anne)
    asked = {"cid": new_id(), "to": bilals["id"], "summary": "…"}
    assert (await anne.post(f"{path}/offer", asked))[1]["error"]["code"] == "not_there"


async def test_a_listener_hands_back_with_a_note_once(gateway: Running) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    visit, path = await a_held_one(gateway, anne)
    back = {"cid": new_id(), "note": "fin de service"}
    for _ in range(2):
        status, told = await anne.post(f"{path}/hand_back", back)
        assert (status, told["summary"]["ticket"]) == (200, "waiting")
    await visit.frame("state", owner="queue")
    _, detail = await bilal.next()
    assert [note["text"] for note in detail["notes"]] == ["fin de service"]
    assert (await anne.post(f"{path}/notes", {"cid": new_id(), "text": "…"}))[0] == 409


async def test_the_bot_goes_on_where_that_is_right_and_the_row_leaves(gateway: Running) -> None:
    anne = await a_console(gateway, "anne")
    visit, path = await a_held_one(gateway, anne)
    await anne.connect()
    for lacking in ({}, {"cid": new_id()}, {"cid": new_id(), "summary": " "}):
        assert (await anne.post(f"{path}/to_bot", lacking))[0] == 400
    why = {"cid": new_id(), "summary": "a eu sa réponse"}
    for _ in range(2):
        status, told = await anne.post(f"{path}/to_bot", why)
        assert (status, told["summary"]["owner"]) == (200, "bot")
    await anne.row(lambda row: not row["mine"])
    await visit.frame("state", owner="assistant")
    await visit.say("bonjour")
    await visit.frame("state", owner="queue")
    # Who takes it next sees why it was left to the bot, and the person never does.
    bilal = await a_console(gateway, "bilal")
    _, detail = await bilal.next()
    assert [(note["name"], note["text"]) for note in detail["notes"]] == [
        ("Anne", "a eu sa réponse")
    ]
    assert not any("sa réponse" in message["text"] for message in visit.messages)
    _, danger = await a_held_one(gateway, anne, "DANGER")
    status, error = await anne.post(f"{danger}/to_bot", {**why, "cid": new_id()})
    assert (status, error["error"]["code"]) == (409, "too_urgent")


async def test_a_closing_is_undone_unless_the_person_began_again(gateway: Running) -> None:
    anne = await a_console(gateway, "anne")
    visit, path = await a_held_one(gateway, anne)
    closing = {"outcome": "silent", "seen": 99}
    assert (await anne.post(f"{path}/close", closing))[0] == 200
    await visit.frame("state", closed=True)
    status, told = await anne.post(f"{path}/reopen")
    assert (status, told["summary"]["mine"]) == (200, True)
    await visit.frame("state", closed=False)
    assert (await anne.post(f"{path}/close", closing))[0] == 200
    await visit.frame("state", closed=True)
    await visit.say("encore moi")
    await visit.frame("state", closed=False)
    status, error = await anne.post(f"{path}/reopen")
    assert (status, error["error"]["code"]) == (409, "too_late")


async def test_who_holds_a_conversation_may_read_the_earlier_ones_and_the_audit_says_so(
    gateway: Running,
) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    visit, path = await a_held_one(gateway, anne)
    first = (await anne.get(path))[1]["summary"]["id"]
    assert (await anne.post(f"{path}/close", {"outcome": "helped", "seen": 99}))[0] == 200
    await visit.frame("state", closed=True)
    await visit.say("encore moi")
    await visit.frame("state", owner="queue")
    _, detail = await bilal.next()
    again = f"/conversations/{detail['summary']['id']}"
    assert detail["summary"]["known_to"] == "Anne"
    assert (await anne.get(f"{again}/earlier"))[0] == 404
    _, told = await bilal.get(f"{again}/earlier")
    (earlier,) = told["conversations"]
    assert earlier["summary"]["id"] == first
    assert "bonjour" in [message["text"] for message in earlier["messages"]]
    (entry,) = await gateway.store.audit_entries(verb=Verb.CONVERSATION_READ)
    assert entry.conversation == first
