"""A whole gateway with every channel on, its platforms faked, and people on them."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from aiohttp.test_utils import TestClient, TestServer

from core.clock import system_clock
from core.conversation import Conversation, Message
from core.ids import new_id
from core.ports import Assistant, DangerScreen, Phrasebook
from core.storage.sqlite import SqliteStore
from gateway.connections import connections
from gateway.removals import Reach
from gateway.service import Gateway
from gateway.simulation.faults import Fault
from gateway.simulation.people import Line, Person
from gateway.simulation.platform import FakePlatform
from gateway.simulation.script import Turn
from gateway.simulation.stage import Stage, stage
from tests.builders import a_vault
from tests.fakes import Echo, OneWordScreen, ScriptedAssistant
from tests.gateway.gateways import PASSWORD, Running
from tests.gateway.simulation.parrot import settings

T = TypeVar("T")

CHANNELS = ("whatsapp", "messenger", "instagram", "telegram")
ACCOUNTS = {"whatsapp": "1065", "messenger": "1029", "instagram": "1784", "telegram": "3018"}
# For a machine that has other things to do.
PATIENCE = 60.0


class Ahead:
    """The system's clock, which a test may put forward."""

    def __init__(self) -> None:
        self._by = timedelta(0)

    def __call__(self) -> datetime:
        return system_clock() + self._by

    def skip(self, seconds: float) -> None:
        self._by += timedelta(seconds=seconds)


@dataclass
class World:
    """The gateway, the platforms, and what tests ask of both."""

    gateway: Running
    platforms: Stage
    clock: Ahead

    def person(self, channel: str) -> Person:
        """Somebody impatient: `arrives` waits for what takes longer."""
        return self.platforms.person(channel, quiet_after=0.05, timeout=0.3)

    def platform(self, channel: str) -> FakePlatform:
        return self.platforms.platform(channel)

    def received(self, channel: str, person: Person) -> list[str]:
        """What the person has on their phone."""
        return [message.text for message in self.platform(channel).inboxes.of(person.address)]

    async def arrives(self, channel: str, person: Person, expected: list[str]) -> list[str]:
        """`received`, once it is as expected or after a while; read by the person."""

        async def read() -> list[str]:
            await hears(person)
            return self.received(channel, person)

        return await eventually(read, expected)

    async def kept(self, channel: str, person: Person) -> Sequence[Message]:
        """The person's conversation as the gateway keeps it, once there is one."""
        store = self.gateway.store

        async def begun() -> bool:
            nonlocal conversation
            contact = await store.find_contact(channel, ACCOUNTS[channel], person.address)
            conversation = await store.latest_conversation(contact.id) if contact else None
            return conversation is not None

        conversation: Conversation | None = None
        await eventually(begun, True)
        assert conversation is not None
        return await store.messages(conversation.id)

    async def delivered(self, channel: str, person: Person) -> list[tuple[str, str]]:
        """Outgoing messages and how far each got."""
        kept = await self.kept(channel, person)
        return [(m.text, m.delivery.status.value) for m in kept if m.delivery is not None]

    async def settled(
        self, channel: str, person: Person, expected: list[tuple[str, str]]
    ) -> list[tuple[str, str]]:
        """`delivered`, once it is as expected or after a while."""
        return await eventually(lambda: self.delivered(channel, person), expected)

    async def waiting(self, channel: str) -> Conversation:
        """The one conversation that waits for a listener."""
        (waiting,) = await self.gateway.store.waiting(limit=9)
        assert waiting.channel == channel
        return waiting

    async def health(self, channel: str) -> tuple[str, str]:
        """What the gateway tells of itself and of a channel."""
        ready = await (await self.gateway.client.get("/health/ready")).json()
        return ready["status"], ready["components"][channel]

    async def claim(self) -> dict[str, Any]:
        """A listener signs in and takes the most urgent conversation."""
        await self.gateway.add_listener("zoe")
        client = self.gateway.client
        await client.post("/console/api/login", json={"login": "zoe", "password": PASSWORD})
        answer = await client.post("/console/api/claim", json={"cid": new_id()})
        assert answer.status == 200
        detail: dict[str, Any] = await answer.json()
        return detail

    async def reply(self, detail: dict[str, Any], text: str) -> None:
        """The listener answers, having seen everything so far."""
        path = f"/console/api/conversations/{detail['summary']['id']}"
        seen = (await (await self.gateway.client.get(path)).json())["summary"]["version"]
        body = {"cid": new_id(), "text": text, "seen": seen}
        answer = await self.gateway.client.post(f"{path}/reply", json=body)
        assert answer.status == 200, await answer.text()


async def eventually(ask: Callable[[], Awaitable[T]], expected: T) -> T:
    """The answer, once it is as expected or after a while."""
    deadline = time.monotonic() + PATIENCE
    while (answer := await ask()) != expected and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    return answer


async def says(person: Person, text: str, *faults: Fault) -> list[Line]:
    """The person writes while these faults begin; the lines of what follows at once."""
    return await acts(person, Turn(text), *faults)


async def acts(person: Person, turn: Turn, *faults: Fault) -> list[Line]:
    """The person does something while these faults begin; the lines of what follows at once."""
    return [line async for line in person.play(turn, faults)]


async def hears(person: Person) -> None:
    """The person reads what is there, and the platform reports it."""
    async for _ in person.hear():
        pass


@asynccontextmanager
async def world(
    folder: Path,
    *,
    screen: DangerScreen = OneWordScreen(),
    assistant: Assistant | None = None,
    phrases: Phrasebook = Echo(),
    reach: Reach = Reach(),
) -> AsyncIterator[World]:
    """Everything up, until the end of the block."""
    own, clock = settings(), Ahead()
    store = SqliteStore(folder / "relais.db", a_vault())
    await store.open()
    scripted = ScriptedAssistant()

    async def works() -> bool:
        return True

    gateway = Gateway(
        store=store,
        vault=a_vault(),
        screen=screen,
        assistant=assistant or scripted,
        working={"rasa": works},
        understand=lambda screened, text: screened,
        asks_for_human=lambda text: "HUMAIN" in text,
        phrases=phrases,
        secure=False,
        clock=clock,
        connect=partial(connections, own, phrases),
        loopback_media=True,
        reach=reach,
    )
    stopping = asyncio.Event()

    async def close_door() -> None:
        """The test server goes on listening."""

    async with TestClient(TestServer(gateway.app)) as client:
        address = str(client.make_url("")).rstrip("/")
        async with stage(own, address, CHANNELS) as platforms, asyncio.TaskGroup() as tasks:
            tasks.create_task(gateway.run(stopping, close_door))
            running = Running(client, store, scripted, gateway)
            try:
                yield World(running, platforms, clock)
            finally:
                await running.close_browsers()
                stopping.set()
    await store.close()
