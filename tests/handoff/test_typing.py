"""A listener who writes is seen to write, on the website and where a platform can show it: by the
person of a conversation that they hold, while they hold it, and nothing is kept of it."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from connectors.web.screen import Screen
from core.accounts import Listener
from core.clock import system_clock
from core.conversation import Contact, Conversation
from core.errors import StorageUnavailable
from core.ids import ConversationId, ListenerId, new_id
from core.labels import Urgency
from core.ports import Change, Store
from gateway.marks import show_typing
from gateway.writing import FRESH, Writing
from handoff.console import typing
from handoff.desk import Desk
from tests.builders import a_contact, a_message, a_waiting, at, changed, claimed
from tests.gateway.gateways import Running, Visit, running
from tests.handoff.test_console_api import Console, a_console, a_waiting_person
from tests.handoff.test_writing import kept

ANNE = ListenerId("anne")


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def taken(console: Console, visit: Visit) -> str:
    """The next conversation, claimed; its person knows it."""
    held: str = (await console.next())[1]["summary"]["id"]
    await visit.frame("state", owner="listener")
    return held


async def writes(console: Console, held: str) -> None:
    assert (await console.post(f"/conversations/{held}/typing"))[0] == 204


async def until_a_reply(console: Console, held: str, visit: Visit) -> list[str]:
    """What a person is told until the next words of their listener, by the kinds of frames."""
    visit.frames.clear()
    body = {"cid": new_id(), "text": "je suis là", "seen": 99}
    assert (await console.post(f"/conversations/{held}/reply", body))[0] == 200
    await visit.frame("message", **{"from": "listener"})
    return [frame["type"] for frame in visit.frames]


# --- On the website


async def test_only_the_holder_is_seen_to_write_and_only_by_their_person(gateway: Running) -> None:
    visit, other = await a_waiting_person(gateway), await a_waiting_person(gateway)
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    held, hers = await taken(anne, visit), await taken(bilal, other)
    assert (await bilal.post(f"/conversations/{held}/typing"))[0] == 404
    assert "typing" not in await until_a_reply(anne, held, visit)
    await writes(anne, held)
    assert await visit.frame("typing") == {"type": "typing"}
    assert "typing" not in await until_a_reply(bilal, hers, other)


async def test_a_stream_without_a_socket_says_it_too(gateway: Running) -> None:
    visit = await a_waiting_person(gateway)
    anne = await a_console(gateway, "anne")
    held = await taken(anne, visit)
    await visit.socket.close()
    headers = {"Authorization": f"Bearer {visit.token}"}
    async with gateway.client.get("/web/events", headers=headers) as stream:
        async with asyncio.timeout(30):
            while b'"owner": "listener"' not in await stream.content.readline():
                """The stream says what was, first."""
            await writes(anne, held)
            while (await stream.content.readline()) != b'data: {"type": "typing"}\n':
                """Beside it there is nothing but silence."""


async def test_nobody_writes_where_nobody_answers(gateway: Running) -> None:
    visit = await a_waiting_person(gateway)
    anne = await a_console(gateway, "anne")
    (row,) = (await anne.connect())["waiting"]
    path = f"/conversations/{row['id']}"
    assert (await anne.post(f"{path}/typing"))[0] == 404
    await taken(anne, visit)
    assert (await anne.post(f"{path}/hand_back", {"cid": new_id(), "note": "pause"}))[0] == 200
    await visit.frame("state", owner="queue")
    assert (await anne.post(f"{path}/typing"))[0] == 404
    await taken(anne, visit)
    assert "typing" not in await until_a_reply(anne, row["id"], visit)


async def test_what_is_said_too_often_is_dropped_before_the_database_is_asked(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = await a_waiting_person(gateway)
    anne = await a_console(gateway, "anne")
    held = await taken(anne, visit)
    told: list[str] = []
    read: list[str] = []
    read_by_desk = Desk.read

    def tell(conversation_id: str, _: str) -> bool:
        told.append(conversation_id)
        return True

    # The desk's own reading: workers read this conversation, too.
    async def reading(desk: Desk, by: Listener, one: ConversationId, **more: int) -> Any:
        read.append(one)
        return await read_by_desk(desk, by, one, **more)

    monkeypatch.setattr(gateway.gateway.website, "listener_writes", tell)
    monkeypatch.setattr(Desk, "read", reading)
    await asyncio.gather(*(writes(anne, held) for _ in range(5)))
    assert told == read == [held]
    monkeypatch.setattr(typing, "EVERY", 0.0)
    await writes(anne, held)
    assert told == read == [held] * 2


async def test_nothing_is_stored_or_logged(gateway: Running, tmp_path: Path) -> None:
    visit = await a_waiting_person(gateway)
    anne = await a_console(gateway, "anne")
    held = ConversationId(await taken(anne, visit))
    before, conversation = kept(tmp_path / "relais.db"), await gateway.store.conversation(held)
    with capture_logs() as logs:
        await writes(anne, held)
        await visit.frame("typing")
    assert kept(tmp_path / "relais.db") == before
    assert await gateway.store.conversation(held) == conversation
    assert all(one.writes_in is None for one in await gateway.store.present(since=at(0)))
    assert [one for one in logs if re.search(f"typ|writ|{held}", str(one))] == []


async def test_a_person_on_another_process_sees_it_too(tmp_path: Path) -> None:
    async with running(tmp_path) as here, running(tmp_path) as there:
        visit, other = await a_waiting_person(there), await a_waiting_person(there)
        anne, bilal = await a_console(here, "anne"), await a_console(here, "bilal")
        held, hers = await taken(anne, visit), await taken(bilal, other)
        await writes(anne, held)
        assert await visit.frame("typing") == {"type": "typing"}
        assert "typing" not in await until_a_reply(bilal, hers, other)


class Website:
    """A channel whose people are here."""

    def __init__(self, *, here: bool) -> None:
        self.answered_here = here
        self.told: list[tuple[ConversationId, ListenerId]] = []

    def listener_writes(self, conversation_id: ConversationId, listener_id: ListenerId) -> bool:
        self.told.append((conversation_id, listener_id))
        return self.answered_here


async def held_by_anne(store: Store, **fields: Any) -> Conversation:
    waiting = a_waiting(await a_contact(store), Urgency.ELEVEE, **fields)
    await store.commit(Change(conversation=waiting), now=at(0))
    return claimed(waiting, ANNE, at(1))


async def test_what_another_process_heard_is_told_once_and_only_while_it_is_fresh(
    store: Store,
) -> None:
    talk = await held_by_anne(store)
    now = at(10)
    here, there = Website(here=False), Website(here=True)
    heard = Writing(store=store, channels={"web": here}, clock=lambda: now)
    shown = Writing(store=store, channels={"web": there}, clock=lambda: now)
    await heard.show(talk)
    await shown.look()
    await shown.look()
    assert there.told == [(talk.id, ANNE)]
    now = at(14)
    await heard.show(talk)
    await shown.look()
    assert there.told == [(talk.id, ANNE)] * 2
    # Somebody comes to a process when the sign is too old, and a sign of life is no sign of this.
    now = at(14) + 2 * FRESH
    await store.note_present(ANNE, now=now)
    late = Website(here=True)
    await Writing(store=store, channels={"web": late}, clock=lambda: now).look()
    assert late.told == []


async def test_a_process_that_serves_nobody_whom_a_listener_answers_does_not_look(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    monkeypatch.setattr(store, "present", None)
    await Writing(store=store, channels={"web": Website(here=False)}, clock=system_clock).look()


async def test_a_database_that_is_away_costs_the_sign(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    talk = await held_by_anne(store)

    async def away(*_: object, **__: object) -> None:
        raise StorageUnavailable

    monkeypatch.setattr(store, "note_writing", away)
    website = Website(here=False)
    await Writing(store=store, channels={"web": website}, clock=system_clock).show(talk)
    assert website.told == [(talk.id, ANNE)]


async def test_a_screen_that_is_busy_is_told_once_and_not_of_who_left_meanwhile() -> None:
    pushed: list[str] = []
    pushing = asyncio.Event()

    async def push(frame: dict[str, Any]) -> None:
        pushed.append(frame["type"])
        await pushing.wait()

    frame = {"type": "state", "owner": "listener", "closed": False}
    screen = Screen(push, {})
    change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    talk = ConversationId(new_id())
    shown = asyncio.create_task(screen.hold(change, talk, lambda: dict(frame)))
    while not pushed:
        await asyncio.sleep(0)
    for _ in range(3):
        screen.listener_writes()
    pushing.set()
    while len(pushed) < 2:
        await asyncio.sleep(0)
    assert pushed == ["state", "typing"]
    for over in ({"owner": "queue"}, {"owner": "listener", "closed": True}):
        frame |= over
        pushed.clear()
        screen.listener_writes()
        for _ in range(20):
            await asyncio.sleep(0)
        assert pushed == ["state"]
    # The message is there before the sign could be told.
    frame |= {"closed": False}
    screen.listener_writes()
    change.set_result(None)
    await shown
    pushed.clear()
    over_now: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    shown = asyncio.create_task(screen.hold(over_now, talk, lambda: dict(frame)))
    while not pushed:
        await asyncio.sleep(0)
    over_now.set_result(None)
    await shown
    assert pushed == ["state"]


# --- On platforms


class Phone:
    """A channel that shows who reads and writes."""

    def __init__(self) -> None:
        self.shown: list[tuple[Contact, str | None, bool]] = []

    async def show_seen(self, contact: Contact, provider_id: str | None, *, typing: bool) -> None:
        self.shown.append((contact, provider_id, typing))


async def test_the_last_message_is_read_and_an_answer_is_being_written(store: Store) -> None:
    contact, phone = await a_contact(store), Phone()
    waiting = a_waiting(contact, Urgency.ELEVEE, channel="whatsapp", next_seq=3)
    last = a_message(waiting, 2, provider_id="wamid.2")
    said = (a_message(waiting, 1, provider_id="wamid.1"), last)
    await store.commit(Change(conversation=waiting, messages=said), now=at(0))
    await show_typing(store, {"whatsapp": phone}, waiting, last)
    assert phone.shown == [(contact, "wamid.2", True)]
    await show_typing(store, {}, waiting, last)
    assert len(phone.shown) == 1

    writing = Writing(store=store, channels={"whatsapp": phone}, clock=system_clock)
    talk = claimed(waiting, ANNE, at(1))
    await writing.show(talk)
    assert phone.shown == [(contact, "wamid.2", True)] * 2
    # Nobody writes who waits, and nobody to somebody who left.
    for other in (waiting, changed(talk, closed_at=at(2))):
        await writing.show(other)
    assert len(phone.shown) == 2
    assert await store.present(since=at(0)) == []
