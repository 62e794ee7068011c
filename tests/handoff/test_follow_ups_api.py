"""A promised message that could not be sent at its hour, sent from the list of what is due."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.audit import Verb
from core.errors import Conflict
from core.follow_up import MESSAGE, FollowUp, Stage
from core.ids import ConversationId
from core.ports import Change
from tests.gateway.gateways import Running, Visit, running
from tests.handoff.test_console_api import Console, a_console, a_waiting_person


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def changed(gateway: Running, wanted: ConversationId, **fields: object) -> None:
    while True:
        before = await gateway.store.conversation(wanted)
        after = replace(before, version=before.version + 1, **fields)  # type: ignore[arg-type]
        # The gateway is at work on it too.
        with contextlib.suppress(Conflict):
            await gateway.store.commit(Change(conversation=after), now=datetime.now(UTC))
            return


async def a_message_due(gateway: Running) -> tuple[Visit, Console, Console, ConversationId]:
    """Its hour came while Anne talked with the person, whose conversation she has closed since."""
    visit = await a_waiting_person(gateway)
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    _, detail = await anne.next()
    wanted = ConversationId(detail["summary"]["id"])
    now = datetime.now(UTC)
    due = FollowUp(stage=Stage.DUE, at=now, agreed_at=now, due_at=now)
    await changed(gateway, wanted, follow_up=due)
    path = f"/conversations/{wanted}"
    status, error = await anne.post(f"{path}/follow_up/write")
    assert (status, error["error"]["code"]) == (409, "no_follow_up"), "she talks with them"
    closing = {"outcome": "helped", "seen": detail["summary"]["version"]}
    assert (await anne.post(f"{path}/close", closing))[0] == 200
    return visit, anne, bilal, wanted


async def written(gateway: Running, wanted: ConversationId) -> int:
    return sum(one.sentence == MESSAGE for one in await gateway.store.messages(wanted))


async def test_anybody_sends_it_once_and_the_audit_says_who(gateway: Running) -> None:
    _, _, bilal, wanted = await a_message_due(gateway)
    path = f"/conversations/{wanted}/follow_up/write"
    await changed(gateway, wanted, window_ends_at=datetime.now(UTC) - timedelta(hours=1))
    status, error = await bilal.post(path)
    assert (status, error["error"]["code"]) == (409, "out_of_reach")
    await changed(gateway, wanted, window_ends_at=None)
    status, told = await bilal.post(path)
    assert (status, told["summary"]["follow_up"]["stage"]) == (200, "sent")
    assert (await bilal.post(path))[0] == 409
    assert await written(gateway, wanted) == 1
    (entry,) = await gateway.store.audit_entries(verb=Verb.FOLLOW_UP_SENT)
    assert entry.actor == (await bilal.get("/me"))[1]["me"]["id"]
    assert (await bilal.get("/follow_ups"))[1]["follow_ups"] == []


async def test_who_has_written_again_is_not_written_to_behind_whoever_answers(
    gateway: Running,
) -> None:
    visit, _, bilal, wanted = await a_message_due(gateway)
    await visit.say("je reviens", cid="cid-again")
    await visit.frame("state", owner="queue")
    assert (await bilal.post(f"/conversations/{wanted}/follow_up/write"))[0] == 409
    assert await written(gateway, wanted) == 0
