"""Callers, their code, the emergency sheet and follow-ups, over the console's API."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.audit import Verb
from core.figures import End, Fact
from core.hours import PARIS
from core.ids import ConversationId, new_id
from core.ports import Change
from core.work import Lane, Wake
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import Console, a_console, a_waiting_person

CALL = {
    "issue": "sextorsion",
    "urgency": "elevee",
    "role": "parent",
    "age_band": "15_17",
    "platform": "Snapchat",
    "note": "la mère appelle",
}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def a_call(console: Console, **fields: object) -> dict[str, Any]:
    status, told = await console.post("/calls", CALL | {"cid": new_id()} | fields)
    assert status == 200
    summary: dict[str, Any] = told["summary"]
    return summary


async def facts(gateway: Running) -> list[Fact]:
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    return list(await gateway.store.facts(since=now - hour, until=now + hour))


async def its_hour_comes(gateway: Running, wanted: ConversationId) -> None:
    """What was promised for a decent hour is due now, whatever time it is where this runs."""
    before, now = await gateway.store.conversation(wanted), datetime.now(UTC)
    assert before.follow_up is not None
    after = replace(
        before, version=before.version + 1, follow_up=replace(before.follow_up, due_at=now)
    )
    wake = Wake(Lane.AFTER, wanted, now)
    await gateway.store.commit(Change(conversation=after, wakes=(wake,)), now=now)


async def test_a_caller_has_a_ticket_with_card_notes_outcome_and_figures(gateway: Running) -> None:
    anne = await a_console(gateway, "anne")
    cid = new_id()
    call = await a_call(anne, cid=cid)
    assert (await a_call(anne, cid=cid))["id"] == call["id"]
    assert (call["channel"], call["mine"], call["issue"]) == ("telephone", True, "sextorsion")
    path = f"/conversations/{call['id']}"
    _, detail = await anne.get(path)
    assert [each["text"] for each in detail["notes"]] == ["la mère appelle"]
    assert detail["card"]["unknown"] == []
    assert detail["messages"] == []
    # Nothing can be written to a telephone, and no machine goes on with a caller.
    reply = {"cid": new_id(), "text": "oui", "seen": 9}
    assert (await anne.post(f"{path}/reply", reply))[0] == 409
    assert (await anne.post(f"{path}/to_bot", {"cid": new_id(), "summary": "…"}))[0] == 409
    closing = {"outcome": "helped", "seen": 0}
    assert (await anne.post(f"{path}/close", closing))[0] == 200
    conversation = ConversationId(call["id"])
    assert list(await gateway.store.undelivered(conversation)) == []
    assert list(await gateway.store.messages(conversation)) == []
    (fact,) = await facts(gateway)
    assert (fact.channel, fact.end, fact.outcome, fact.wait) == (
        "telephone", End.LISTENER, "helped", 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [{"cid": "x"}, {"issue": "y"}, {"urgency": None}, {"role": 3}, {"note": 3}, {"age_band": "9"},
     {"note": "a" * 2001}, {"platform": "p" * 41}],
)  # fmt: skip
async def test_a_form_that_is_wrong_makes_no_ticket(
    gateway: Running, wrong: dict[str, Any]
) -> None:
    anne = await a_console(gateway, "anne")
    status, _ = await anne.post("/calls", CALL | {"cid": new_id()} | wrong)
    assert status == 400
    assert await facts(gateway) == []


async def test_the_code_that_was_read_out_joins_the_chat_to_the_call(gateway: Running) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    call = await a_call(anne)
    path = f"/conversations/{call['id']}/code"
    assert (await bilal.post(path))[0] == 409
    _, first = await anne.post(path)
    _, code = await anne.post(path)
    other_half = f"/conversations/{call['id']}/joined"
    assert (await anne.get(other_half))[0] == 404
    visit = await gateway.visit()
    await visit.connect()
    # One given before holds no more: that is said, and no assistant takes it for a message.
    await visit.say(first["words"])
    assert (await visit.frame("message", text="code_unknown/tu"))["from"] == "service"
    assert "welcome/tu" in [each["text"] for each in visit.messages]
    assert gateway.assistant.requests == []
    # Who reads it out sees that something else was typed; nobody sees the words.
    _, told = await anne.get(f"/conversations/{call['id']}")
    assert told["summary"]["code"] == {"until": code["until"], "wrong": 1, "left": 19}
    await visit.say(f"Le code : {code['words'].upper()}.")
    assert (await visit.frame("message", text="call_joined/vous"))["from"] == "service"
    assert (await visit.frame("state", owner="listener"))["listener"] == "Anne"
    on_the_line = (await gateway.store.conversation(ConversationId(call["id"]))).owner.listener_id
    assert on_the_line is not None
    held = await gateway.store.held_by(on_the_line)
    (chat,) = [each for each in held if each.id != call["id"]]
    _, detail = await anne.get(f"/conversations/{chat.id}")
    assert detail["summary"]["joined"] == call["id"]
    assert detail["summary"]["issue"] == "sextorsion"
    assert detail["card"]["age_band"] == "15_17"
    _, detail = await anne.get(f"/conversations/{call['id']}")
    assert detail["summary"]["joined"] == chat.id
    assert detail["summary"]["code"] is None
    # Each half shows the other, to who holds it and to nobody else.
    _, half = await anne.get(other_half)
    assert half["summary"]["id"] == chat.id
    assert half["messages"][0]["text"] == first["words"]
    _, half = await anne.get(f"/conversations/{chat.id}/joined")
    assert [each["text"] for each in half["notes"]] == ["la mère appelle"]
    assert (await bilal.get(other_half))[0] == 404
    read = Verb.CONVERSATION_READ
    assert list(await gateway.store.audit_entries(verb=read)) == []
    closing = {"outcome": "helped", "seen": 0}
    assert (await anne.post(f"/conversations/{call['id']}/close", closing))[0] == 200
    # The call is over and its chat goes on: what was said on the line is still there, and noted.
    assert (await anne.get(f"/conversations/{chat.id}/joined"))[0] == 200
    assert (await anne.get(other_half))[0] == 404
    (look,) = await gateway.store.audit_entries(verb=read)
    assert look.conversation == ConversationId(call["id"])
    # Nobody else is joined by it.
    stranger = await gateway.visit()
    await stranger.connect()
    await stranger.say(code["words"])
    await stranger.frame("message", text="code_unknown/tu")
    entries = await gateway.store.audit_entries(verb=Verb.CALL_JOINED)
    assert [each.conversation for each in entries] == [chat.id]


async def test_who_is_cut_off_and_calls_again_keeps_both_calls(gateway: Running) -> None:
    anne = await a_console(gateway, "anne")
    visit = await gateway.visit()
    await visit.connect()
    calls: list[str] = []
    for _ in range(2):
        call = await a_call(anne)
        calls.append(call["id"])
        _, code = await anne.post(f"/conversations/{call['id']}/code")
        await visit.say(code["words"])
        await visit.frame("message", text=code["words"])
        held = await anne.connect()
        (chat,) = [one["id"] for one in held["mine"] if one["channel"] != "telephone"]
        closing = {"outcome": "helped", "seen": 0}
        assert (await anne.post(f"/conversations/{call['id']}/close", closing))[0] == 200
    # The console shows the last; an export and an erasure find both.
    told = await gateway.store.conversation(ConversationId(chat))
    assert (told.joined, list(told.halves)) == (calls[1], calls)


async def test_the_emergency_sheet_takes_a_reason_that_is_recorded_first(gateway: Running) -> None:
    await a_waiting_person(gateway)
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    _, detail = await anne.next()
    path = f"/conversations/{detail['summary']['id']}/emergency"
    for wrong in ({}, {"reason": " "}, {"reason": "a" * 301}, {"reason": 3}):
        status, error = await anne.post(path, wrong)
        assert (status, error["error"]["code"]) == (400, "emergency_reason")
    assert (await bilal.post(path, {"reason": "je veux voir"}))[0] == 404
    assert list(await gateway.store.audit_entries(verb=Verb.CONTACT_REVEALED)) == []
    status, sheet = await anne.post(path, {"reason": "elle a pris des cachets"})
    assert status == 200
    # The website keeps no address: the sheet says so.
    assert (sheet["channel"], sheet["contact"]) == ("web", None)
    assert sheet["card"]["unknown"] == ["role", "age_band", "platform"]
    (entry,) = await gateway.store.audit_entries(verb=Verb.CONTACT_REVEALED)
    assert entry.reason == "elle a pris des cachets"


async def test_a_call_back_is_noted_listed_and_its_number_shown_when_it_is_due(
    gateway: Running,
) -> None:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    call = await a_call(anne)
    path = f"/conversations/{call['id']}/follow_up"
    tomorrow = datetime.now(PARIS) + timedelta(days=1)
    noon = tomorrow.replace(hour=12, minute=0).isoformat()
    asked = {"kind": "call", "due_at": noon, "number": "06 12 34 56 78"}
    for wrong, code in (
        ({"number": "zéro six"}, "bad_number"),
        ({"number": None}, "bad_number"),
        ({"due_at": "demain"}, "bad_request"),
        ({"due_at": "2026-01-01T10:00:00"}, "bad_request"),
        ({"kind": "fax"}, "bad_request"),
    ):
        status, error = await anne.post(f"{path}/note", asked | wrong)
        assert (status, error["error"]["code"]) == (400, code)
    past = asked | {"due_at": "2020-01-01T10:00:00+00:00"}
    assert (await anne.post(f"{path}/note", past))[0] == 409
    at_night = asked | {"due_at": tomorrow.replace(hour=3, minute=0).isoformat()}
    status, error = await anne.post(f"{path}/note", at_night)
    assert (status, error["error"]["code"]) == (409, "indecent_hour")
    assert "8 h" in error["error"]["message"]
    assert (await bilal.post(f"{path}/note", asked))[0] == 409
    await anne.connect()
    status, told = await anne.post(f"{path}/note", asked)
    assert status == 200
    assert told["summary"]["follow_up"]["stage"] == "agreed"
    assert "06 12" not in str(told)
    await its_hour_comes(gateway, ConversationId(call["id"]))
    await anne.row(lambda row: row["follow_up"]["stage"] == "due")
    _, listed = await bilal.get("/follow_ups")
    assert [each["id"] for each in listed["follow_ups"]] == [call["id"]]
    assert (await bilal.post(f"{path}/number"))[1]["number"] == "06 12 34 56 78"
    (entry,) = await gateway.store.audit_entries(verb=Verb.CONTACT_REVEALED)
    assert entry.details == {"for": "call_back"}
    assert (await bilal.post(f"{path}/done"))[0] == 200
    assert (await bilal.post(f"{path}/done"))[0] == 409
    assert (await bilal.post(f"{path}/number"))[0] == 404
    assert (await bilal.get("/follow_ups"))[1]["follow_ups"] == []
