"""People and listeners as clients of a running gateway, who write down what was promised to them.

A person keeps a ledger of what was acknowledged, outside the system; at the end the ledger is held
against what the system shows. People behave like the widget: they come back after a cut, and send
again under the same id what was not acknowledged.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from core.ids import new_id

RETRY = (0.05, 0.3)


@dataclass
class Person:
    """Somebody who writes some messages, one after the other."""

    session: aiohttp.ClientSession
    url: str
    lines: Sequence[str]
    pause: float = 0.0
    token: str = ""
    # What was acknowledged, in the order of writing: id and text.
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    # Every message number shown, in the order of arrival, over all connections.
    shown: list[int] = field(default_factory=list)
    duplicates: int = 0
    cuts: int = 0

    async def open(self) -> None:
        while not self.token:
            try:
                async with self.session.post(f"{self.url}/web/session", json={}) as answer:
                    self.token = (await answer.json())["token"]
            except (aiohttp.ClientError, TimeoutError, OSError):
                await asyncio.sleep(random.uniform(*RETRY))

    async def write_all(self) -> None:
        """Write every line until each is acknowledged."""
        await self.open()
        todo = [(new_id(), text) for text in self.lines]
        while todo:
            try:
                async with self.session.ws_connect(f"{self.url}/web/socket") as socket:
                    await self._hello(socket)
                    while todo:
                        cid, text = todo[0]
                        await socket.send_json({"type": "send", "cid": cid, "text": text})
                        if await self._acknowledged(socket, cid):
                            self.acknowledged.append(todo.pop(0))
                            await asyncio.sleep(self.pause)
                        else:
                            await asyncio.sleep(random.uniform(*RETRY))
            except (aiohttp.ClientError, ConnectionError, TimeoutError, OSError, TypeError):
                self.cuts += 1
                await asyncio.sleep(random.uniform(*RETRY))

    async def thread(self) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Everything the system shows this person from the start, and the state."""
        async with self.session.ws_connect(f"{self.url}/web/socket") as socket:
            await socket.send_json({"type": "hello", "token": self.token, "last": 0})
            messages: list[dict[str, Any]] = []
            while True:
                frame = await socket.receive_json(timeout=20)
                if frame["type"] == "message":
                    messages.append(frame)
                elif frame["type"] == "state":
                    return messages, frame

    async def wait_for(self, check: Any, within: float) -> tuple[list[dict[str, Any]], Any]:
        """Look at the thread until `check(messages, state)` holds."""
        deadline = asyncio.get_running_loop().time() + within
        while True:
            try:
                messages, state = await self.thread()
                if check(messages, state):
                    return messages, state
            except (aiohttp.ClientError, ConnectionError, TimeoutError, OSError, TypeError):
                state = None
            if asyncio.get_running_loop().time() > deadline:
                raise AssertionError(f"still {state} after {within} s")
            await asyncio.sleep(random.uniform(0.2, 0.6))

    async def _hello(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        last = max(self.shown, default=0)
        await socket.send_json({"type": "hello", "token": self.token, "last": last})

    async def _acknowledged(self, socket: aiohttp.ClientWebSocketResponse, cid: str) -> bool:
        """Wait for the answer to a send; False when it must be sent again."""
        while True:
            frame = await socket.receive_json(timeout=20)
            if frame["type"] == "message":
                self.duplicates += frame["id"] in self.shown
                self.shown.append(frame["id"])
            elif frame["type"] == "ack" and frame["cid"] == cid:
                return True
            elif frame["type"] == "error" and frame["cid"] == cid:
                return False


def in_queue(person: Person) -> Any:
    """A check for `wait_for`: all that was acknowledged has entered, and a human is asked for."""

    def check(messages: Sequence[dict[str, Any]], state: dict[str, Any]) -> bool:
        mine = sum(message["from"] == "me" for message in messages)
        return mine >= len(person.acknowledged) and state["owner"] == "queue"

    return check


def check_ledger(person: Person, messages: Sequence[dict[str, Any]]) -> None:
    """Every acknowledged message is shown once, in the order of writing, under rising numbers."""
    mine = [(message["cid"], message["text"]) for message in messages if message["from"] == "me"]
    assert mine == person.acknowledged, "what was acknowledged is not what is kept"
    numbers = [message["id"] for message in messages]
    assert numbers == list(range(1, len(numbers) + 1)), "numbers repeat or leave a gap"
    assert person.duplicates == 0, "a message was shown twice"
    assert person.shown == sorted(person.shown), "messages were shown out of order"


class Listener:
    """A listener at the console's API."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def sign_in(self, login: str, password: str, new_password: str | None = None) -> None:
        await self.post("/login", {"login": login, "password": password})
        if new_password:
            await self.post("/password", {"old": password, "new": new_password})

    async def next(self, *, expect: int = 200) -> Any:
        """Ask for the next one, by a wish of its own."""
        return await self.post("/claim", {"cid": new_id()}, expect=expect)

    async def post(self, path: str, body: object = None, *, expect: int = 200) -> Any:
        """Ask until the gateway answers; what it answers must be what is expected."""
        while True:
            try:
                async with self.session.post(
                    f"{self.url}/console/api{path}", json=body or {}
                ) as answer:
                    if answer.status == 503:
                        await asyncio.sleep(random.uniform(*RETRY))
                        continue
                    assert answer.status == expect, (path, answer.status, await answer.text())
                    return await answer.json()
            except (aiohttp.ClientError, ConnectionError, TimeoutError, OSError):
                await asyncio.sleep(random.uniform(*RETRY))

    async def snapshot(self) -> dict[str, Any]:
        async with self.session.ws_connect(f"{self.url}/console/api/socket") as socket:
            while True:
                frame: dict[str, Any] = await socket.receive_json(timeout=20)
                if frame["type"] == "snapshot":
                    return frame
