"""A whole gateway for tests: real store, real HTTP, fake screen and assistant."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from core.accounts import Listener, StaffRole
from core.clock import Clock, system_clock
from core.ids import ListenerId, new_id
from core.ports import DangerScreen, Store
from core.storage.sqlite import SqliteStore
from gateway.expectations import SETTLED, Facts
from gateway.heartbeat import Heartbeat
from gateway.presence import GRACE
from gateway.removals import Reach
from gateway.service import Connections, Doors, Gateway
from gateway.traces import Traces
from handoff.passwords import hash_password
from tests.builders import a_vault
from tests.described import hold_to_its_word
from tests.fakes import Echo, OneWordScreen, ScriptedAssistant
from tests.web_protocol import wrong_frame

PASSWORD = "correct horse battery"
_HASHED = hash_password(PASSWORD)
Client = TestClient[web.Request, web.Application]


@dataclass
class Running:
    """A gateway that runs, and the way in."""

    client: Client
    store: Store
    assistant: ScriptedAssistant
    gateway: Gateway
    browsers: list[Client] = field(default_factory=list)

    async def add_listener(
        self, login: str, *, role: StaffRole = StaffRole.LISTENER, one_time: bool = False
    ) -> Listener:
        listener = Listener(
            id=ListenerId(new_id()),
            login=login,
            name=login.title(),
            role=role,
            password_hash=_HASHED,
            created_at=datetime.now(UTC),
            one_time=one_time,
        )
        await self.store.add_listener(listener)
        return listener

    async def browser(self) -> Client:
        """A second browser, with cookies of its own; it ends with the gateway."""
        client: Client = TestClient(self.client.server)
        self.browsers.append(client)
        return client

    async def close_browsers(self) -> None:
        for client in self.browsers:
            await client.session.close()

    async def visit(self, **come: str) -> "Visit":
        """A new person on the website; `come` is what their page says of how they came."""
        answer = await self.client.post("/web/session", json=come)
        token = (await answer.json())["token"]
        return Visit(self.client, token)


class Visit:
    """A person's browser tab."""

    def __init__(self, client: Client, token: str) -> None:
        self.client = client
        self.token = token
        self.socket: Any = None
        self.frames: list[dict[str, Any]] = []

    async def connect(self, last: int = 0) -> dict[str, Any]:
        self.socket = await self.client.ws_connect("/web/socket")
        await self.socket.send_json({"type": "hello", "token": self.token, "last": last})
        return await self.frame("welcome")

    async def frame(self, kind: str, within: float = 30.0, **fields: Any) -> dict[str, Any]:
        """The next frame of a kind that has these fields; others are kept in `frames`."""
        async with asyncio.timeout(within):
            while True:
                text = await self.socket.receive_str()
                wrong = wrong_frame("server", text)
                assert wrong is None, wrong
                frame: dict[str, Any] = json.loads(text)
                self.frames.append(frame)
                wanted = fields.items()
                if frame["type"] == kind and all(frame[name] == value for name, value in wanted):
                    return frame

    async def say(self, text: str, cid: str | None = None, **extra: Any) -> dict[str, Any]:
        """Send and wait for the acknowledgement."""
        cid = cid or new_id()
        await self.socket.send_json({"type": "send", "cid": cid, "text": text, **extra})
        return await self.frame("ack", cid=cid)

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == "message"]


@asynccontextmanager
async def running(
    folder: Path,
    *,
    store: Store | None = None,
    origins: frozenset[str] = frozenset(),
    partners: frozenset[str] = frozenset(),
    grace: timedelta = GRACE,
    second_factor: Collection[StaffRole] = (),
    reach: Reach = Reach(),
    heartbeat: Heartbeat | None = None,
    traces: Traces = Traces(),
    clock: Clock = system_clock,
    facts: Facts = SETTLED,
    screen: DangerScreen | None = None,
    connect: Callable[[Doors], Connections] = lambda _doors: Connections(),
    rate_per_address: int = 600,
) -> AsyncIterator[Running]:
    """A gateway on a free port, working until the end of the block."""
    own = store or SqliteStore(folder / "relais.db", a_vault())
    await own.open()
    assistant = ScriptedAssistant()

    async def works() -> bool:
        return not assistant.dead

    gateway = Gateway(
        store=own,
        vault=a_vault(),
        screen=screen or OneWordScreen(),
        assistant=assistant,
        working={"rasa": works},
        understand=lambda screened, text: screened,
        asks_for_human=lambda text: "HUMAIN" in text,
        phrases=Echo(),
        origins=origins,
        partners=partners,
        secure=False,
        second_factor=second_factor,
        rate_per_address=rate_per_address,
        grace=grace,
        reach=reach,
        heartbeat=heartbeat,
        traces=traces,
        clock=clock,
        facts=facts,
        connect=connect,
    )
    broken = hold_to_its_word(gateway)
    stopping = asyncio.Event()

    async def close_door() -> None:
        """The test server goes on listening."""

    async with TestClient(TestServer(gateway.app)) as client, asyncio.TaskGroup() as tasks:
        tasks.create_task(gateway.run(stopping, close_door))
        running = Running(client, own, assistant, gateway)
        try:
            yield running
        finally:
            await running.close_browsers()
            stopping.set()
    await own.close()
    assert broken == [], "the console answered what its own description does not say"
