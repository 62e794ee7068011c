"""The questions at the end on the website, over real HTTP: see `docs/web-protocol.md`."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.ids import new_id
from tests.gateway.gateways import Running, Visit, running
from tests.handoff.test_console_api import a_console, a_waiting_person


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def closed(gateway: Running, outcome: str = "helped") -> tuple[Visit, dict[str, Any]]:
    """A person whose conversation a listener answered and closed, and the state they are told."""
    visit = await a_waiting_person(gateway)
    console = await a_console(gateway, "anne")
    _, detail = await console.next()
    path = f"/conversations/{detail['summary']['id']}"
    assert (await console.post(f"{path}/reply", {"cid": new_id(), "text": "oui", "seen": 99}))[
        0
    ] == 200
    assert (await console.post(f"{path}/close", {"outcome": outcome, "seen": 99}))[0] == 200
    return visit, await visit.frame("state", closed=True)


async def rate(visit: Visit, choice: object, cid: str | None = None) -> dict[str, Any]:
    cid = cid or new_id()
    await visit.socket.send_json({"type": "rate", "cid": cid, "choice": choice})
    while True:
        frame: dict[str, Any] = await visit.socket.receive_json()
        if frame["type"] in ("ack", "error") and frame["cid"] == cid:
            return frame
        visit.frames.append(frame)


def asked(state: dict[str, Any]) -> list[str]:
    return [each["id"] for each in (state["survey"] or {"questions": []})["questions"]]


async def test_both_questions_are_asked_one_by_one_and_make_no_message(gateway: Running) -> None:
    visit, state = await closed(gateway)
    assert asked(state) == ["helped", "next"]
    first = state["survey"]["questions"][0]
    assert first["text"] == "rate_helped/tu"
    assert [each["id"] for each in first["choices"]] == [
        "rate_helped_yes", "rate_helped_some", "rate_helped_no",
    ]  # fmt: skip
    before = len(visit.messages)
    cid = new_id()
    assert (await rate(visit, "rate_helped_yes", cid))["dup"] is False
    assert (await rate(visit, "rate_helped_yes", cid))["dup"] is True
    body = {"cid": new_id(), "choice": "rate_next_some"}
    bearer = {"Authorization": f"Bearer {visit.token}"}
    answer = await gateway.client.post("/web/survey", json=body, headers=bearer)
    assert (answer.status, (await answer.json())["type"]) == (200, "ack")
    while asked(state):
        state = await visit.frame("state")
    assert state["closed"] is True
    assert len(visit.messages) == before


async def test_after_a_danger_nothing_is_asked_and_an_answer_changes_nothing(
    gateway: Running,
) -> None:
    visit, state = await closed(gateway, "emergency")
    assert state["survey"] is None
    assert (await rate(visit, "rate_helped_yes"))["type"] == "ack"
    ack = await visit.say("encore moi")
    assert ack["dup"] is False
    assert (await visit.frame("state", closed=False))["survey"] is None


@pytest.mark.parametrize("choice", ["yes", "rate_helped", "", None, 3, "x" * 300])
async def test_what_is_no_answer_is_refused(gateway: Running, choice: object) -> None:
    visit = await gateway.visit()
    await visit.connect()
    assert (await rate(visit, choice))["code"] == "bad_request"
    bearer = {"Authorization": f"Bearer {visit.token}"}
    body = {"cid": new_id(), "choice": choice}
    for sent, headers, status in ((body, bearer, 400), (body, {}, 401), ({}, bearer, 400)):
        answer = await gateway.client.post("/web/survey", json=sent, headers=headers)
        assert answer.status == status
