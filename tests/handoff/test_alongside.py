"""Co-listening: who is invited reads and leaves notes, never answers, and only while invited."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.audit import Verb
from core.ids import ConversationId
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import Console, a_console, a_waiting_person


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def team(gateway: Running) -> tuple[dict[str, str], Console, Console]:
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    await anne.connect()
    await bilal.connect()
    _, told = await anne.get("/colleagues")
    return {one["name"]: one["id"] for one in told["colleagues"]}, anne, bilal


async def test_who_is_invited_reads_and_notes_and_never_answers(gateway: Running) -> None:
    ids, anne, bilal = await team(gateway)
    await a_waiting_person(gateway)
    held = (await anne.next())[1]["summary"]["id"]
    one = f"/conversations/{held}"
    assert (await bilal.get(f"{one}/alongside"))[0] == 404
    for nobody in ("x", "0" * 32, ids["Anne"]):
        assert (await anne.post(f"{one}/alongside", {"to": nobody}))[0] in (400, 409)
    status, told = await anne.post(f"{one}/alongside", {"to": ids["Bilal"]})
    assert (status, told["summary"]["readers"]) == (200, ["Bilal"])
    row = await bilal.row(lambda row: row["alongside"])
    assert (row["id"], row["mine"], row["listener"]) == (held, False, "Anne")

    status, detail = await bilal.get(f"{one}/alongside")
    assert (status, detail["messages"][0]["text"]) == (200, "DANGER")
    last = detail["messages"][-1]["seq"]
    assert (await bilal.get(f"{one}/alongside?after={last}"))[1]["messages"] == []
    assert (await bilal.get(f"{one}/alongside?after=-1"))[0] == 400
    note = {"cid": "n" * 32, "text": "demande-lui où elle est"}
    assert (await bilal.post(f"{one}/notes", note))[0] == 200
    assert (await anne.get(one))[1]["notes"][0]["text"] == note["text"]

    said = {"cid": "c" * 32, "text": "canari", "seen": 99}
    assert (await bilal.post(f"{one}/reply", said))[0] == 409
    assert (await bilal.post(f"{one}/close", {"outcome": "helped", "seen": 99}))[0] == 409
    assert (await bilal.post(f"{one}/alongside", {"to": ids["Bilal"]}))[0] == 409
    assert (await bilal.get(one))[0] == 404
    verbs = [entry.verb for entry in await gateway.store.audit_entries(limit=9)]
    # A look that goes on is one look.
    assert verbs.count(Verb.CONVERSATION_READ) == verbs.count(Verb.CO_LISTENING_BEGUN) == 1


async def test_it_is_over_when_one_leaves_and_when_somebody_else_answers(gateway: Running) -> None:
    ids, anne, bilal = await team(gateway)
    await a_waiting_person(gateway)
    held = (await anne.next())[1]["summary"]["id"]
    one = f"/conversations/{held}"
    for _ in range(2):
        assert (await anne.post(f"{one}/alongside", {"to": ids["Bilal"]}))[0] == 200
    assert (await bilal.post(f"{one}/alongside/leave", {}))[1]["summary"]["readers"] == []
    assert (await bilal.post(f"{one}/alongside/leave", {}))[0] == 409
    assert (await bilal.get(f"{one}/alongside"))[0] == 404

    await anne.post(f"{one}/alongside", {"to": ids["Bilal"]})
    assert (await anne.post(f"{one}/hand_back", {"cid": "b" * 32, "note": "fin"}))[0] == 200
    assert (await bilal.get(f"{one}/alongside"))[0] == 404
    # Even when the same listener takes it again, nobody reads along unasked.
    assert (await gateway.store.conversation(ConversationId(held))).readers == ()


async def test_who_reads_along_is_named_whatever_the_listener_does_meanwhile(
    gateway: Running,
) -> None:
    ids, anne, _ = await team(gateway)
    await a_waiting_person(gateway)
    held = (await anne.next())[1]["summary"]["id"]
    one = f"/conversations/{held}"
    await anne.post(f"{one}/alongside", {"to": ids["Bilal"]})
    corrected = {"issue": "arnaque", "urgency": "faible", "role": "parent", "why": "misread"}
    corrected |= {"seen": 999, "since": 1}
    for path, body in (("triage", corrected), ("needs", {"skill": "juriste"})):
        status, told = await anne.post(f"{one}/{path}", body)
        assert (path, status, told["summary"]["readers"]) == (path, 200, ["Bilal"])
