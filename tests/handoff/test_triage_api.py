"""A listener corrects triage over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import NOT_SEEN, a_console, a_waiting_person

CORRECTION: dict[str, object] = {
    "issue": "arnaque",
    "urgency": "faible",
    "role": "parent",
    "why": "misread",
    "seen": 9,
    "since": 1,
}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def test_who_holds_a_conversation_corrects_its_triage_and_nobody_else_does(
    gateway: Running,
) -> None:
    await a_waiting_person(gateway)
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    _, detail = await anne.next()
    assert detail["card"]["settled"] is False
    path = f"/conversations/{detail['summary']['id']}"

    status, error = await bilal.post(f"{path}/triage", CORRECTION)
    assert (status, error["error"]["code"]) == (409, "not_owner")
    status, error = await anne.post(f"{path}/triage", {**CORRECTION, "urgency": "rouge"})
    assert (status, error["error"]["code"]) == (400, "bad_request")

    status, corrected = await anne.post(f"{path}/triage", CORRECTION)
    assert status == 200
    assert corrected["summary"]["urgency"] == "faible"
    _, detail = await anne.get(path)
    card = detail["card"]
    assert (card["issue"], card["role"], card["settled"]) == ("arnaque", "parent", True)


async def test_a_danger_that_the_listener_had_not_seen_is_not_lowered(gateway: Running) -> None:
    gateway.assistant.dead = True
    visit = await a_waiting_person(gateway, "bonjour")
    anne = await a_console(gateway, "anne")
    await anne.connect()
    _, before = await anne.next()
    path, calm = f"/conversations/{before['summary']['id']}", before["summary"]
    assert calm["urgency"] != "critique"
    had = {"seen": calm["version"]}

    await visit.say("DANGER")
    worse = await anne.row(lambda row: row["urgency"] == "critique")
    assert calm["version"] < worse["raised_version"] <= worse["version"]
    status, answer = await anne.post(f"{path}/triage", CORRECTION | had)
    kept = answer["summary"]
    assert status == 200
    assert (kept["urgency"], kept["issue"], kept["role"]) == ("critique", "arnaque", "parent")

    read = CORRECTION | {"seen": worse["version"]}
    _, lowered = await anne.post(f"{path}/triage", read)
    assert lowered["summary"]["urgency"] == "faible"
    assert lowered["summary"]["danger_since"] is not None


async def test_who_does_not_say_what_they_had_seen_corrects_nothing(gateway: Running) -> None:
    await a_waiting_person(gateway)
    anne = await a_console(gateway, "anne")
    _, detail = await anne.next()
    path = f"/conversations/{detail['summary']['id']}"
    for without in ({"seen": seen} for seen in NOT_SEEN):
        status, error = await anne.post(f"{path}/triage", CORRECTION | without)
        assert (status, error["error"]["code"]) == (400, "bad_request")
    assert (await anne.get(path))[1]["summary"]["urgency"] == "critique"
    for without in ({"since": since} for since in (None, 0, "1", True, 2**70)):
        assert (await anne.post(f"{path}/triage", CORRECTION | without))[0] == 400
