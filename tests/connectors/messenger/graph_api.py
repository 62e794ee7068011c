"""A Graph API on loopback that answers what a test tells it to, and keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    method: str
    url: str
    headers: dict[str, str]
    body: Any


@dataclass
class GraphApi:
    """`replies` are given in turn; when none is left, everything is taken."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    @property
    def bodies(self) -> list[Any]:
        return [call.body for call in self.calls]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        self.calls.append(
            Call(request.method, str(request.rel_url), dict(request.headers.items()), body)
        )
        if self.replies:
            return await self.replies.pop(0)(request)
        return web.json_response({"recipient_id": "1", "message_id": f"m_{len(self.calls)}"})


def says(body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """An answer of JSON, or of the bytes given."""

    async def reply(_request: web.Request) -> web.StreamResponse:
        if isinstance(body, bytes):
            return web.Response(body=body, status=status, headers=headers)
        return web.json_response(body, status=status, headers=headers)

    return reply


def refuses(code: int, subcode: int | None = None, *, status: int = 400, **headers: str) -> Reply:
    """A refusal as Meta writes it; the words in it must go nowhere."""
    error: dict[str, Any] = {
        "message": "Anne Martin cannot be reached",
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "A1",
    }
    if subcode is not None:
        error["error_subcode"] = subcode
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return says({"error": error}, status=status, headers=named)


async def hangs(_request: web.Request) -> web.StreamResponse:
    """The call was taken, and nothing comes back."""
    await asyncio.sleep(30)
    return web.Response()


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """The call was taken, and the line is cut."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def graph_api() -> AsyncIterator[GraphApi]:
    """The API, listening."""
    api = GraphApi()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.handle)
    async with TestServer(app) as server:
        api.url = str(server.make_url("")).rstrip("/")
        yield api
