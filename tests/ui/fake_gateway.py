"""A small gateway for the widget's tests: docs/web-protocol.md in memory, with faults on demand.

It runs in a thread of its own; the tests talk to it with plain calls. Whatever it and the page tell
each other is held to the protocol (`tests.web_protocol`), as a real gateway is: what is not of it
fails the test.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import secrets
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from connectors.web.payloads import error_body, error_frame
from tests.ui.loops import run_until_stopped
from tests.web_protocol import wrong_answer, wrong_frame

STATIC = Path(__file__).resolve().parents[2] / "connectors" / "web" / "static"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'; report-uri /csp"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Frame = dict[str, Any]
Sink = Callable[[Frame], Coroutine[Any, Any, None]]


@dataclass
class Faults:
    """What goes wrong, changed by a test while the gateway runs."""

    drop_acks: int = 0
    refuse_sockets: bool = False
    mute_sockets: bool = False
    stall: bool = False
    replay_all: bool = False
    # The code of a refusal.
    refuse_sends: str | None = None
    refuse_images: bool = False


@dataclass
class Conversation:
    token: str
    messages: list[Frame] = field(default_factory=list)
    by_cid: dict[str, int] = field(default_factory=dict)
    seen: int = 0
    sinks: list[Sink] = field(default_factory=list)
    state: Frame = field(
        default_factory=lambda: {
            "type": "state",
            "owner": "assistant",
            "listener": None,
            "danger": False,
            "closed": False,
            "address": "tu",
            "region": "FR",
            "survey": None,
            "team": {"open": True, "closes": None, "opens": None, "wait": None},
        }
    )


class FakeGateway:
    def __init__(self) -> None:
        self.faults = Faults()
        self.text_limit = 4000
        # What each next message is answered with, at once: a change of state and a text.
        self.answers: list[tuple[Frame, str]] = []
        self.conversations: dict[str, Conversation] = {}
        # Whether the team is there, told to who connects from now on.
        self.team: Frame | None = None
        self.sends: list[str] = []
        self.lies: list[str] = []
        # The signs that somebody types, as they came.
        self.signs: list[Frame] = []
        # What one asks for beside the messages: the code that is given out, images, answers.
        self.code = "châtaigne hamac piano rubis vélo"
        self.images: list[bytes] = []
        self.rates: list[str] = []
        # A site of a partner that may show the chat in a frame.
        self.framed_by = "'none'"
        self.hellos: list[int] = []
        self.streams = 0
        self.sockets: set[web.WebSocketResponse] = set()
        self.transports: set[asyncio.Transport] = set()
        self.referrers: list[str | None] = []
        self.csp_reports: list[str] = []
        self.origins: list[str | None] = []
        self.url = ""
        self._released = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="fake-gateway", daemon=True)

    # --- from the tests' thread

    def __enter__(self) -> FakeGateway:
        started = threading.Event()
        self._loop.call_soon_threadsafe(lambda: self._loop.create_task(self._serve(started)))
        self._thread.start()
        assert started.wait(30), "the fake gateway did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._released.set)
        self._do(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        assert not self.lies, "no gateway talks like this:\n" + "\n".join(self.lies)

    @property
    def conversation(self) -> Conversation:
        """The newest one: a test has one person."""
        return list(self.conversations.values())[-1]

    def mine(self) -> list[str]:
        return [one["text"] for one in self.conversation.messages if one["from"] == "me"]

    def say(
        self,
        text: str,
        sender: str = "assistant",
        name: str | None = None,
        choices: list[tuple[str, str]] | None = None,
    ) -> None:
        self._do(self._add(self.conversation, text, sender, name, None, choices or []))

    def set_state(self, **change: Any) -> None:
        async def change_it() -> None:
            self.conversation.state |= change
            await self._tell(self.conversation, self.conversation.state)

        self._do(change_it())

    def writes(self) -> None:
        """The listener who answers is writing."""
        self._do(self._tell(self.conversation, {"type": "typing"}))

    def cut(self) -> None:
        """The network goes: every connection dies without a goodbye."""

        async def abort() -> None:
            for transport in list(self.transports):
                transport.abort()

        self._do(abort())

    def forget(self) -> None:
        """Every token becomes wrong, as after a purge."""

        async def close() -> None:
            self.conversations.clear()
            for socket in list(self.sockets):
                await socket.close(code=4003)

        self._do(close())

    # --- in the gateway's own loop

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        run_until_stopped(self._loop)

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _serve(self, started: threading.Event) -> None:
        app = web.Application(middlewares=[self._middleware])
        app.on_response_prepare.append(self._harden)
        app.on_response_prepare.append(self._hold_to_the_protocol)
        app.router.add_get("/", self._file)
        app.router.add_get("/before", self._before)
        app.router.add_get("/partner", self._partner)
        app.router.add_post("/csp", self._csp)
        app.router.add_post("/web/session", self._session)
        app.router.add_get("/web/socket", self._socket)
        app.router.add_get("/web/events", self._events)
        app.router.add_post("/web/messages", self._post)
        app.router.add_post("/web/code", self._code)
        app.router.add_post("/web/return", self._return)
        app.router.add_post("/web/images/{cid}", self._image)
        app.router.add_post("/web/survey", self._rate)
        app.router.add_get("/{name}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"
        started.set()

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.faults.stall:
            await self._released.wait()
        return await handler(request)

    async def _harden(self, request: web.Request, response: web.StreamResponse) -> None:
        if request.path == "/partner":
            return
        response.headers.update(HEADERS)
        policy = HEADERS["Content-Security-Policy"]
        response.headers["Content-Security-Policy"] = policy.replace(
            "frame-ancestors 'none'", f"frame-ancestors {self.framed_by}"
        )

    async def _hold_to_the_protocol(
        self, request: web.Request, response: web.StreamResponse
    ) -> None:
        if isinstance(response, web.Response) and isinstance(response.body, bytes):
            self._note(wrong_answer(request.path, response.status, response.body))

    def _note(self, wrong: str | None) -> None:
        if wrong is not None:
            self.lies.append(wrong)

    def _written(self, frame: Frame) -> str:
        text = json.dumps(frame)
        self._note(wrong_frame("server", text))
        return text

    async def _file(self, request: web.Request) -> web.StreamResponse:
        self.referrers.append(request.headers.get("Referer"))
        path = STATIC / request.match_info.get("name", "index.html")
        return web.FileResponse(path) if path.is_file() else web.Response(status=404)

    async def _before(self, _: web.Request) -> web.Response:
        return web.Response(
            text="<!doctype html><title>Avant</title><p>page d'avant", content_type="text/html"
        )

    async def _partner(self, _: web.Request) -> web.Response:
        """Somebody else's page, with a policy of its own, on which our lines were pasted."""
        policy = f"default-src 'none'; script-src {self.url}; frame-src {self.url}"
        return web.Response(
            text="<!doctype html><title>École</title><h1>Aide</h1>"
            f'<script async src="{self.url}embed.js" data-origin="ecole-12"></script>',
            content_type="text/html",
            headers={"Content-Security-Policy": policy},
        )

    async def _csp(self, request: web.Request) -> web.Response:
        self.csp_reports.append(await request.text())
        return web.Response(status=204)

    async def _session(self, request: web.Request) -> web.Response:
        self.origins.append((await request.json()).get("origin"))
        token = secrets.token_urlsafe(24)
        self.conversations[token] = Conversation(token)
        return web.json_response({"token": token, "text_limit": self.text_limit})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.faults.refuse_sockets:
            return web.Response(status=403)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if self.faults.mute_sockets:
            await self._released.wait()
            return socket
        transport = request.transport
        self.sockets.add(socket)
        self.transports.add(transport)

        async def sink(frame: Frame) -> None:
            await socket.send_str(self._written(frame))

        conversation: Conversation | None = None
        try:
            async for raw in socket:
                if raw.type is not WSMsgType.TEXT:
                    break
                self._note(wrong_frame("client", raw.data))
                frame = json.loads(raw.data)
                if conversation is None:
                    conversation = self.conversations.get(frame.get("token", ""))
                    if frame["type"] != "hello" or conversation is None:
                        await socket.close(code=4003)
                        break
                    self.hellos.append(frame["last"])
                    await self._greet(conversation, frame["last"], sink)
                elif frame["type"] == "send":
                    answer = await self._keep(conversation, frame)
                    if answer:
                        await sink(answer)
                        await self._answer(conversation)
                elif frame["type"] == "typing":
                    self.signs.append(frame)
                elif frame["type"] == "seen":
                    conversation.seen = max(conversation.seen, frame["id"])
        finally:
            self.sockets.discard(socket)
            self.transports.discard(transport)
            if conversation and sink in conversation.sinks:
                conversation.sinks.remove(sink)
        return socket

    async def _events(self, request: web.Request) -> web.StreamResponse:
        conversation = self._authorised(request)
        self.streams += 1
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        transport = request.transport
        self.transports.add(transport)
        gone = asyncio.Event()

        async def sink(frame: Frame) -> None:
            try:
                await response.write(f"data: {self._written(frame)}\n\n".encode())
            except (ConnectionError, RuntimeError):
                gone.set()

        await self._greet(conversation, int(request.query.get("last", "0")), sink)
        try:
            while not gone.is_set() and not self._released.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(gone.wait(), 0.2)
                if transport.is_closing():
                    break
        finally:
            self.transports.discard(transport)
            if sink in conversation.sinks:
                conversation.sinks.remove(sink)
        return response

    async def _post(self, request: web.Request) -> web.Response:
        conversation = self._authorised(request)
        answer = await self._keep(conversation, await request.json())
        if answer is None:
            request.transport.abort()
            return web.Response()
        if answer["type"] == "error":
            status = {"too_long": 413, "too_many": 429}[answer["code"]]
            return web.json_response(error_body(answer["code"]), status=status)
        return web.json_response(answer)

    async def _code(self, request: web.Request) -> web.Response:
        self._authorised(request)
        return web.json_response({"code": self.code})

    async def _return(self, request: web.Request) -> web.Response:
        if (await request.json())["code"] != self.code:
            return web.json_response(error_body("bad_code"), status=404)
        first = next(iter(self.conversations))
        return web.json_response({"token": first, "text_limit": self.text_limit})

    async def _image(self, request: web.Request) -> web.Response:
        conversation = self._authorised(request)
        cid, content = request.match_info["cid"], await request.read()
        if self.faults.refuse_images:
            return web.json_response(error_body("bad_image"), status=400)
        dup = cid in conversation.by_cid
        if not dup:
            self.images.append(content)
            await self._add(conversation, "", "me", None, cid, [], files=["image"])
        if self.faults.drop_acks > 0:
            self.faults.drop_acks -= 1
            request.transport.abort()
        return web.json_response({"type": "ack", "cid": cid, "id": cid, "dup": dup})

    async def _rate(self, request: web.Request) -> web.Response:
        self._authorised(request)
        said = await request.json()
        self.rates.append(said["choice"])
        return web.json_response(
            {"type": "ack", "cid": said["cid"], "id": said["cid"], "dup": False}
        )

    def _authorised(self, request: web.Request) -> Conversation:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.conversations:
            raise web.HTTPUnauthorized(text=json.dumps(error_body("bad_token")))
        return self.conversations[token]

    async def _greet(self, conversation: Conversation, last: int, sink: Sink) -> None:
        conversation.state["team"] = self.team or conversation.state["team"]
        await sink({"type": "welcome", "last": last, "team": conversation.state["team"]})
        if self.faults.replay_all:
            last = 0
        for message in [one for one in conversation.messages if one["id"] > last]:
            await sink(message)
        # Before the first message there is no conversation to tell the state of.
        if conversation.messages:
            await sink(conversation.state)
        conversation.sinks.append(sink)

    async def _keep(self, conversation: Conversation, frame: Frame) -> Frame | None:
        """Keeps a message once and answers; None when the answer is to be lost."""
        self.sends.append(frame["cid"])
        if self.faults.refuse_sends:
            return error_frame(self.faults.refuse_sends, frame["cid"])
        dup = frame["cid"] in conversation.by_cid
        lost = self.faults.drop_acks > 0
        if not dup:
            await self._add(conversation, frame["text"], "me", None, frame["cid"], [], silent=lost)
        if lost:
            self.faults.drop_acks -= 1
            return None
        return {
            "type": "ack",
            "cid": frame["cid"],
            "id": str(conversation.by_cid[frame["cid"]]),
            "dup": dup,
        }

    async def _answer(self, conversation: Conversation) -> None:
        if not self.answers:
            return
        change, text = self.answers.pop(0)
        conversation.state |= change
        await self._add(conversation, text, "assistant", None, None, [])
        await self._tell(conversation, conversation.state)

    _ids = itertools.count(1)

    async def _add(
        self,
        conversation: Conversation,
        text: str,
        sender: str,
        name: str | None,
        cid: str | None,
        choices: list[tuple[str, str]],
        silent: bool = False,
        files: list[str] | None = None,
    ) -> None:
        message = {
            "type": "message",
            "id": next(self._ids),
            "from": sender,
            "name": name,
            "text": text,
            "at": datetime.now(UTC).isoformat(),
            "cid": cid,
            "choices": [{"id": key, "title": title} for key, title in choices],
            "files": files or [],
        }
        conversation.messages.append(message)
        if cid:
            conversation.by_cid[cid] = message["id"]
        if not silent:
            await self._tell(conversation, message)

    async def _tell(self, conversation: Conversation, frame: Frame) -> None:
        for sink in list(conversation.sinks):
            with contextlib.suppress(ConnectionError, RuntimeError):
                await sink(frame)
