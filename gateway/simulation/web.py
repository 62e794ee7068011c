"""A scripted person on the website chat, speaking docs/web-protocol.md."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from core.errors import RelaisError
from gateway.simulation.script import Script, Turn

Line = dict[str, Any]


async def play_web(
    script: Script, url: str, *, quiet_after: float, timeout: float
) -> AsyncIterator[Line]:
    """Play a conversation; yields its messages in order, then its state.

    A turn the gateway refuses, or does not answer at all, yields a line with `error`.
    """
    try:
        async with aiohttp.ClientSession() as session:
            origin = {"origin": script.turns[0].link} if _by_link(script) else {}
            async with session.post(f"{url}/web/session", json=origin) as answer:
                body = await answer.json()
                if answer.status != 200:
                    yield {"channel": "web", "error": body["error"]["code"]}
                    return
            async with session.ws_connect(f"{url}/web/socket") as socket:
                person = _Person(socket, quiet_after, timeout)
                await socket.send_json({"type": "hello", "token": body["token"], "last": 0})
                for turn in script.turns[1:] if _by_link(script) else script.turns:
                    async for line in person.play(turn):
                        yield line
                    if socket.closed:
                        break
                yield {"channel": "web", "state": person.state}
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise RelaisError(f"no gateway answers at {url} ({type(error).__name__})") from None


def _by_link(script: Script) -> bool:
    return bool(script.turns) and script.turns[0].link is not None


class _Person:
    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse, quiet_after: float, timeout: float
    ) -> None:
        self._socket = socket
        self._quiet_after = quiet_after
        self._timeout = timeout
        self._choices: dict[str, str] = {}
        self.state: Line = {}

    async def play(self, turn: Turn) -> AsyncIterator[Line]:
        """Send a turn and yield what follows, until nobody has spoken for a while."""
        frame = {"type": "send", "cid": secrets.token_hex(8), "text": turn.text}
        if turn.choice is not None:
            titles = {title: key for key, title in self._choices.items()}
            key = titles.get(turn.choice, turn.choice)
            if key not in self._choices:
                yield {"channel": "web", "error": "not_offered", "choice": turn.choice}
                return
            frame |= {"text": self._choices[key], "choice": key}
        await self._socket.send_json(frame)
        answered = False
        deadline = time.monotonic() + self._timeout
        while (left := deadline - time.monotonic()) > 0:
            patience = min(left, self._quiet_after) if answered else left
            try:
                incoming = await asyncio.wait_for(self._socket.receive(), patience)
            except TimeoutError:
                break
            if incoming.type is not aiohttp.WSMsgType.TEXT:
                yield {"channel": "web", "error": "closed", "code": self._socket.close_code}
                return
            heard = incoming.json()
            if heard["type"] == "state":
                self.state = {key: value for key, value in heard.items() if key != "type"}
                # With a human there may be no answer for long: the turn is played once it is kept.
                answered = answered or heard["owner"] != "assistant"
            elif heard["type"] == "error":
                yield {"channel": "web", "error": heard["code"], "message": heard["message"]}
                return
            elif heard["type"] == "message":
                self._choices = {c["id"]: c["title"] for c in heard["choices"]} or self._choices
                answered = answered or heard["from"] != "me"
                yield {"channel": "web", **{k: v for k, v in heard.items() if k != "type"}}
            elif heard["type"] == "ack" and self.state.get("owner") in ("queue", "listener"):
                answered = True
        if not answered:
            yield {"channel": "web", "error": "no_answer"}
