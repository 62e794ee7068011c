"""As much of the Graph API as these tests need: answers as told, remembers what it was asked."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True)
class Asked:
    """One request: where, with which token, and the JSON it brought."""

    method: str
    path: str
    token: str | None
    body: Any


@dataclass
class FakeGraph:
    """Gives the next of `answers`; when they are used up, takes every message."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    answers: deque[Any] = field(default_factory=deque)

    @property
    def sent(self) -> list[Any]:
        """The JSON of every message asked to be sent."""
        return [asked.body for asked in self.asked if asked.path.endswith("/messages")]

    def refuses(
        self, code: int, status: int = 400, *, subcode: int | None = None, **headers: str
    ) -> None:
        """The next request is refused with an error of Meta's form."""
        error: dict[str, Any] = {
            "code": code,
            "message": "(#0) +33612345678 did something",
            "type": "OAuth",
        }
        if subcode is not None:
            error["error_subcode"] = subcode
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((status, {"error": error}, names))

    def answers_with(self, status: int, body: Any) -> None:
        """The next request gets this."""
        self.answers.append((status, body, {}))

    def cuts(self) -> None:
        """The next request is read, and its connection closed without an answer."""
        self.answers.append("cut")

    def hangs(self) -> None:
        """The next request is read and not answered for long."""
        self.answers.append("hang")

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        token = request.headers.get("Authorization")
        self.asked.append(Asked(request.method, request.path, token, body))
        match self.answers.popleft() if self.answers else None:
            case "cut":
                assert request.transport is not None
                request.transport.close()
                return web.Response()
            case "hang":
                await asyncio.sleep(5)
                return web.Response()
            case (status, str() as text, headers):
                return web.Response(status=status, text=text, headers=headers)
            case (status, answer, headers):
                return web.json_response(answer, status=status, headers=headers)
        number = len(self.sent)
        to = (body or {}).get("to")
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "success": True,
                "contacts": [{"input": to, "wa_id": to}],
                "messages": [{"id": f"wamid.{number}"}],
            }
        )


@asynccontextmanager
async def fake_graph() -> AsyncIterator[FakeGraph]:
    """A fake Graph API on a free port of this machine."""
    graph = FakeGraph("")
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", graph.handle)
    async with TestServer(app, host="127.0.0.1") as server:
        graph.url = str(server.make_url("")).rstrip("/")
        yield graph
