"""A Bot API small enough to be told what to answer, on loopback."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "7000000001:CANARY-do-not-print-me"

Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]


def ok(result: Any) -> Answer:
    """The method worked."""
    return raw(200, json.dumps({"ok": True, "result": result}))


def error(status: int, description: str, **parameters: Any) -> Answer:
    """An error as the Bot API writes it."""
    body = {"ok": False, "error_code": status, "description": description}
    return raw(status, json.dumps(body | ({"parameters": parameters} if parameters else {})))


def raw(status: int, body: str) -> Answer:
    """Anything at all."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type="application/json")

    return answer


async def silence(request: web.Request) -> web.StreamResponse:
    """The call was taken, and no answer comes."""
    await asyncio.sleep(30)
    raise AssertionError("nobody waits that long")


async def cut(request: web.Request) -> web.StreamResponse:
    """The call was taken, and the line went dead."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@dataclass
class BotApi:
    """Answers each method with what is next in `answers`, else as an ordinary day would."""

    url: str = ""
    answers: dict[str, deque[Answer]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)

    def next(self, method: str, *answers: Answer) -> None:
        self.answers.setdefault(method, deque()).extend(answers)

    def called(self, method: str) -> list[dict[str, str]]:
        return [given for name, given in self.calls if name == method]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        form = {name: str(value) for name, value in (await request.post()).items()}
        given = dict(request.query) | form
        self.calls.append((method, given))
        if request.match_info["token"] != TOKEN:
            return await error(401, "Unauthorized")(request)
        if self.answers.get(method):
            return await self.answers[method].popleft()(request)
        return await ok(await self._ordinary(method, given))(request)

    async def _ordinary(self, method: str, given: dict[str, str]) -> Any:
        match method:
            case "sendMessage":
                return {
                    "message_id": 100 + len(self.called(method)),
                    "date": 1_772_452_800,
                    "chat": {"id": 501, "type": "private"},
                    "text": given["text"],
                }
            case "getMe":
                return {"id": 7000000001, "is_bot": True, "first_name": "Aide"}
            case "getFile":
                return {"file_id": "F", "file_unique_id": "U", "file_path": "photos/file_1.jpg"}
            case "getUpdates":
                self.updates = [u for u in self.updates if u["update_id"] >= int(given["offset"])]
                if not self.updates:
                    await asyncio.sleep(min(float(given["timeout"]), 0.05))
                return self.updates[:100]
            case _:
                return True


@asynccontextmanager
async def bot_api() -> AsyncIterator[BotApi]:
    """One that listens while it is used."""
    api = BotApi()
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", api.handle)
    server = TestServer(app)
    # Its own log of calls would hold the token.
    await server.start_server(shutdown_timeout=0.1, access_log=None)
    api.url = str(server.make_url("")).rstrip("/")
    try:
        yield api
    finally:
        await server.close()
