"""A listener corrects triage over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import a_console, a_waiting_person

CORRECTION = {"issue": "arnaque", "urgency": "faible", "role": "parent", "why": "misread"}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def test_who_holds_a_conversation_corrects_its_triage_and_nobody_else_does(
    gateway: Running,
) -> None:
    await a_waiting_person(gateway)
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    _, detail = await anne.post("/claim")
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
