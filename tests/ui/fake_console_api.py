"""A console server in memory: speaks docs/console-api.md and serves the built page under the strict
policy of production. Its faults are switches that a test sets.

Whatever it and the page tell each other is held to the description of the API (`tests.described`):
what is not as a gateway would say it is in `lies`, and fails the test."""

import asyncio
import contextlib
import copy
import json
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from core.accounts import StaffRole
from core.permissions import GRANTS
from gateway.http import build_of
from handoff.console.guard import ERRORS
from tests.described import wrong_exchange, wrong_frame
from tests.ui.loops import run_until_stopped

STATIC = Path(__file__).parents[2] / "handoff" / "console" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'; "
    "report-uri /csp"
)
OUTCOMES = {"helped", "oriented", "signalement", "emergency", "silent", "abusive", "off_topic"}
HEAD = 40
RANK = {"critique": 0, "elevee": 1, "moderee": 2, "faible": 3}

Json = dict[str, Any]


def ago(**delta: float) -> str:
    """A time in the past, as the API writes it."""
    return (
        (datetime.now(UTC) - timedelta(**delta))
        .isoformat(timespec="seconds")
        .replace("+00:00", "Z")
    )


def summary(id_: str, urgency: str = "moderee", **fields: Any) -> Json:
    """A Summary that waits, with sensible fields."""
    about = {
        "id": id_, "version": 1, "channel": "web", "origin": None, "previous": None,
        "owner": "queue", "listener": None,
        "known_to": None, "known_to_me": False, "offer": None,
        "mine": False, "ticket": "waiting", "urgency": urgency, "issue": "cyberharcelement",
        "issue_secondary": None,
        "role": "victime_mineure", "age_band": "moins_15", "platform": "snapchat",
        "incomplete": False, "unheard": False,
        "opened_at": ago(minutes=12), "waiting_since": ago(minutes=10), "claimed_at": None,
        "danger_since": None, "alarmed_at": None, "closed_at": None,
        "window_ends_at": None, "standby": False, "skill": None, "language": None,
        "alongside": False, "readers": [], "erasure": None, "last_seq": 0, "raised_version": 0,
        "joined": None, "code": None, "follow_up": None, "writers": [], "writes_since": 1,
        "another_at": None,
    } | fields  # fmt: skip
    return {"place": _place(about)} | about


def _place(about: Json) -> str | None:
    if about["ticket"] != "waiting":
        return None
    return f"{RANK[about['urgency']]}{about['waiting_since']}"


def message(author: str, text: str, **fields: Any) -> Json:
    """A Message without its seq."""
    return {
        "author": author, "name": None, "type": None, "text": text, "attachments": [],
        "at": ago(minutes=5), "edited_at": None, "deleted_at": None, "reply_to": None,
        "reaction": None, "forwarded": False, "cid": None,
        "sentence": None, "choices": [], "choice": None, "reasons": [],
        "delivery": None if author == "person" else {"status": "delivered", "error": None},
    } | fields  # fmt: skip


def card_of(about: Json, **fields: Any) -> Json:
    """The hand-off card of who is in a Summary."""
    names = "urgency issue issue_secondary role age_band platform incomplete".split()
    return {name: about[name] for name in names} | {
        "confidence": 0.86, "settled": False, "reasons": [], "facts": [], "shown": [],
        "unknown": [],
    } | fields  # fmt: skip


def attachment(id_: str, type_: str, **fields: Any) -> Json:
    """An attachment that was kept."""
    return {
        "id": id_, "type": type_, "state": "kept", "mime": None, "filename": None, "size": None,
    } | fields  # fmt: skip


def _seen(body: Json) -> int:
    seen = body.get("seen")
    if type(seen) is not int or seen < 0:
        raise Refusal(400, "bad_request")
    return seen


class Refusal(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class Faults:
    drop_reply_answers: int = 0  # the reply is kept, its answer is lost
    refuse_connections: bool = False  # no socket
    fail_claims: int = 0  # 409 taken


@dataclass
class FakeConsole:
    """State, switches, handlers. Every public method may be called from the test's thread."""

    users: dict[str, Json] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    conversations: dict[str, Json] = field(default_factory=dict)
    cards: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, list[Json]] = field(default_factory=dict)
    # The version in which the person last wrote, or changed what they had written.
    heard: dict[str, int] = field(default_factory=dict)
    notes: dict[str, list[Json]] = field(default_factory=dict)
    # Whom each wish for the next one was answered with.
    wishes: dict[str, str] = field(default_factory=dict)
    # By conversation and attachment: what a file holds and what it is.
    files: dict[tuple[str, str], tuple[bytes, str]] = field(default_factory=dict)
    channels: list[Json] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    reports: list[str] = field(default_factory=list)
    requests: list[tuple[str, Json]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    frames: list[Json] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    lies: list[str] = field(default_factory=list)
    sockets: list[tuple[web.WebSocketResponse, str, set[str]]] = field(default_factory=list)
    url: str = ""
    # The page that it says it gives out.
    build: str = field(default_factory=lambda: build_of(STATIC))
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _runner: web.AppRunner | None = None

    # --- What a test does

    def start(self) -> "FakeConsole":
        ready = threading.Event()

        def run() -> None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(self._serve())
            ready.set()
            run_until_stopped(self._loop)

        self._thread = threading.Thread(target=run, name="fake-console", daemon=True)
        self._thread.start()
        if not ready.wait(30):
            raise RuntimeError("the fake console did not start")
        return self

    def stop(self) -> None:
        assert self._loop
        assert self._thread
        assert self._runner
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    def add_user(
        self,
        login: str,
        password: str,
        name: str = "Camille",
        change: bool = False,
        role: str = "listener",
    ) -> None:
        self.users[login] = {
            "id": f"u-{login}", "login": login, "name": name, "role": role,
            "must_change_password": change, "must_enrol": False, "second_factor": False,
        }  # fmt: skip
        self.passwords[login] = password

    def add(self, about: Json, messages: list[Json] | None = None, card: Json | None = None) -> str:
        """A conversation, before or while somebody watches."""
        id_: str = about["id"]
        self.conversations[id_] = about
        self.messages[id_] = []
        self.heard[id_] = 0
        for one in messages or [message("person", "Bonjour")]:
            self._append(id_, one)
        reasons = [
            {**reason, "seq": one["seq"]} for one in self.messages[id_] for reason in one["reasons"]
        ]
        self.cards[id_] = card_of(about, reasons=reasons, **(card or {}))
        self._soon(lambda: self._tell(id_))
        return id_

    def say(self, id_: str, one: Json) -> None:
        """Somebody writes in."""

        def act() -> None:
            self.conversations[id_]["version"] += 1
            self._append(id_, one)
            self._tell(id_, [self.messages[id_][-1]])

        self._soon(act)

    def change(self, id_: str, **fields: Any) -> None:
        """Change a Summary and tell."""

        def act() -> None:
            self.conversations[id_].update(fields)
            self.conversations[id_]["version"] += 1
            self._tell(id_)

        self._soon(act)

    def summary_of(self, id_: str, login: str = "camille", **fields: Any) -> Json:
        """What a listener is told of a conversation, with these fields."""
        return self._seen_by(id_, login) | fields

    def send_raw(self, frame: Json) -> None:
        """A frame of the test's own making, to everybody."""
        self._soon(lambda: self._send_all(self._frame(frame)))

    def send_of_a_newer_gateway(self, frame: Json) -> None:
        """A frame that no gateway knows yet, to everybody."""
        self._soon(lambda: self._send_all(json.dumps(frame)))

    def rewrite(self, id_: str, seq: int, **fields: Any) -> None:
        """A message changes: edited, deleted, reacted to, a file fetched."""

        def act() -> None:
            one = next(m for m in self.messages[id_] if m["seq"] == seq)
            one.update(fields)
            self.conversations[id_]["version"] += 1
            if "edited_at" in fields:
                self.heard[id_] = self.conversations[id_]["version"]
            self._tell(id_, [one])

        self._soon(act)

    def delivered(self, id_: str, seq: int, status: str, error: str | None = None) -> None:
        def act() -> None:
            one = next(m for m in self.messages[id_] if m["seq"] == seq)
            one["delivery"] = {"status": status, "error": error}
            self.conversations[id_]["version"] += 1
            self._tell(id_, [one])

        self._soon(act)

    def cut(self, code: int = 1001) -> None:
        """Close every socket."""

        def act() -> None:
            for socket, _, _ in list(self.sockets):
                self._task(socket.close(code=code))

        self._soon(act)

    def end_sessions(self) -> None:
        self.sessions.clear()

    # --- The server

    async def _serve(self) -> None:
        app = web.Application(middlewares=[self._guard])
        app.on_response_prepare.append(self._hold_to_the_description)
        api = "/console/api"
        app.router.add_post(f"{api}/login", self._login)
        app.router.add_post(f"{api}/logout", self._logout)
        app.router.add_post(f"{api}/password", self._password)
        app.router.add_get(f"{api}/me", self._me)
        app.router.add_post(f"{api}/claim", self._claim_next)
        app.router.add_post(f"{api}/conversations/{{id}}/claim", self._claim)
        app.router.add_get(f"{api}/channels", self._channels)
        app.router.add_get(f"{api}/conversations/{{id}}", self._detail)
        app.router.add_get(f"{api}/conversations/{{id}}/files/{{file}}", self._file)
        app.router.add_post(f"{api}/conversations/{{id}}/reply", self._reply)
        app.router.add_post(f"{api}/conversations/{{id}}/close", self._close)
        app.router.add_get(f"{api}/socket", self._socket)
        app.router.add_post("/csp", self._csp)
        app.router.add_get("/console/", self._page)
        app.router.add_static("/console/", STATIC)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        try:
            if (
                request.method != "GET"
                and origin not in (None, self.url)
                and request.path != "/csp"
            ):
                raise Refusal(403, "bad_origin")
            response: web.StreamResponse = await handler(request)
        except Refusal as refusal:
            error = {"code": refusal.code, "message": ERRORS[refusal.code]}
            response = web.json_response({"error": error}, status=refusal.status)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = POLICY
            response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    async def _hold_to_the_description(
        self, request: web.Request, response: web.StreamResponse
    ) -> None:
        # A request of a part that no test of this stand-in needs is not answered.
        if request.match_info.http_exception is None and isinstance(response, web.Response):
            given = response.body if isinstance(response.body, bytes) else b""
            asked = await request.read()
            self._note(wrong_exchange(request.method, request.path, asked, response.status, given))

    def _note(self, wrong: str | None) -> None:
        if wrong is not None:
            self.lies.append(wrong)

    async def _page(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _csp(self, request: web.Request) -> web.Response:
        self.reports.append(await request.text())
        return web.Response(status=204)

    def _user(self, request: web.Request, *, changing: bool = False) -> str:
        login = self.sessions.get(request.cookies.get("relais", ""))
        if login is None:
            raise Refusal(401, "signed_out")
        if self.users[login]["must_change_password"] and not changing:
            raise Refusal(403, "password_change_required")
        return login

    async def _body(self, request: web.Request) -> Json:
        body: Json = await request.json()
        self.requests.append((request.path, body))
        return body

    async def _login(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        login = body["login"]
        if self.passwords.get(login) != body["password"]:
            raise Refusal(401, "bad_login")
        token = uuid.uuid4().hex
        self.sessions[token] = login
        response = web.json_response({"me": self._me_as(login)})
        response.set_cookie("relais", token, httponly=True, samesite="Strict")
        return response

    async def _logout(self, request: web.Request) -> web.Response:
        self.sessions.pop(request.cookies.get("relais", ""), None)
        response = web.Response(status=204)
        response.del_cookie("relais")
        return response

    async def _password(self, request: web.Request) -> web.Response:
        login = self._user(request, changing=True)
        body = await self._body(request)
        if body["old"] != self.passwords[login]:
            raise Refusal(401, "bad_login")
        if len(body["new"]) < 12:
            raise Refusal(400, "weak_password")
        self.passwords[login] = body["new"]
        self.users[login]["must_change_password"] = False
        return web.json_response({"me": self._me_as(login)})

    async def _me(self, request: web.Request) -> web.Response:
        return web.json_response({"me": self._me_as(self._user(request, changing=True))})

    def _me_as(self, login: str) -> Json:
        """With what the role grants, unless a test says otherwise."""
        user = self.users[login]
        return {"permissions": sorted(GRANTS[StaffRole(user["role"])])} | user

    def _waiting(self) -> list[Json]:
        rows = [c for c in self.conversations.values() if c["ticket"] == "waiting"]
        return sorted(rows, key=lambda one: _place(one) or "")

    def _seen_by(self, id_: str, login: str) -> Json:
        about = copy.deepcopy(self.conversations[id_])
        about["mine"] = about.pop("_owner", None) == login
        about["place"] = _place(about)
        return about

    def _whole(self, id_: str, login: str) -> Json:
        return {
            "summary": self._seen_by(id_, login),
            "card": self.cards[id_],
            "notes": self.notes.get(id_, []),
            "messages": self.messages[id_],
        }

    def _take(self, id_: str, login: str) -> web.Response:
        about = self.conversations[id_]
        if about.get("_owner") != login:
            about.update(
                _owner=login, ticket="claimed", owner="listener", claimed_at=ago(),
                listener=self.users[login]["name"], version=about["version"] + 1,
            )  # fmt: skip
            self._tell(id_)
        return web.json_response(self._whole(id_, login))

    async def _claim_next(self, request: web.Request) -> web.Response:
        login = self._user(request)
        cid = (await self._body(request))["cid"]
        if cid not in self.wishes:
            rows = self._waiting()
            if not rows:
                raise Refusal(404, "nothing_waiting")
            self.wishes[cid] = rows[0]["id"]
        return self._take(self.wishes[cid], login)

    async def _claim(self, request: web.Request) -> web.Response:
        login = self._user(request)
        id_ = request.match_info["id"]
        about = self.conversations.get(id_)
        if self.faults.fail_claims:
            self.faults.fail_claims -= 1
            raise Refusal(409, "taken")
        if about is None or (about["ticket"] != "waiting" and about.get("_owner") != login):
            raise Refusal(409, "taken")
        return self._take(id_, login)

    def _own(
        self, request: web.Request, status: int = 409, code: str = "not_owner"
    ) -> tuple[str, str]:
        login, id_ = self._user(request), request.match_info["id"]
        about = self.conversations.get(id_, {})
        if about.get("_owner") != login or about["ticket"] != "claimed":
            raise Refusal(status, code)
        return login, id_

    async def _detail(self, request: web.Request) -> web.Response:
        login, id_ = self._own(request, 404, "not_found")
        return web.json_response(self._whole(id_, login))

    async def _channels(self, request: web.Request) -> web.Response:
        self._user(request)
        return web.json_response({"channels": self.channels})

    async def _file(self, request: web.Request) -> web.Response:
        _, id_ = self._own(request, 404, "not_found")
        kept = self.files.get((id_, request.match_info["file"]))
        if kept is None:
            raise Refusal(404, "not_found")
        self.fetched.append(request.match_info["file"])
        content, mime = kept
        headers = {"Content-Type": mime, "Content-Disposition": "attachment"}
        return web.Response(body=content, headers=headers)

    async def _reply(self, request: web.Request) -> web.StreamResponse:
        login, id_ = self._own(request)
        body = await self._body(request)
        text, seen = body["text"], _seen(body)
        if not text.strip():
            raise Refusal(400, "empty")
        if len(text) > 4000:
            raise Refusal(400, "too_long")
        kept = next((m for m in self.messages[id_] if m["cid"] == body["cid"]), None)
        dropped = self.faults.drop_reply_answers > 0
        if kept is None:
            name = self.users[login]["name"]
            kept = message("listener", text, cid=body["cid"], name=name, at=ago())
            kept["delivery"] = {"status": "queued", "error": None}
            about = self.conversations[id_]
            about["version"] += 1
            self._append(id_, kept)
            if seen >= self.heard[id_]:
                about.update(danger_since=None, alarmed_at=None)
            if not dropped:
                self._tell(id_, [kept])
        if dropped:
            self.faults.drop_reply_answers -= 1
            await self._lose(request)
        return web.json_response({"message": kept})

    async def _close(self, request: web.Request) -> web.Response:
        login, id_ = self._own(request)
        body = await self._body(request)
        if body.get("outcome") not in OUTCOMES:
            raise Refusal(400, "outcome_required")
        if _seen(body) < self.heard[id_]:
            raise Refusal(409, "new_message")
        about = self.conversations[id_]
        about.update(ticket="closed", closed_at=ago(), version=about["version"] + 1)
        self._tell(id_)
        return web.json_response({"summary": self._seen_by(id_, login)})

    async def _lose(self, request: web.Request) -> None:
        """The network goes before there is an answer."""
        assert request.transport
        request.transport.abort()
        await asyncio.sleep(3600)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if self.faults.refuse_connections:
            await self._lose(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        login = self.sessions.get(request.cookies.get("relais", ""))
        if login is None:
            await socket.close(code=4001)
            return socket
        watched: set[str] = set()
        entry = (socket, login, watched)
        seen = [self._seen_by(id_, login) for id_ in self.conversations]
        held = [one for one in seen if one["ticket"] == "claimed"]
        queue = [self._seen_by(c["id"], login) for c in self._waiting()]
        if len(queue) > HEAD:
            await socket.send_str(self._frame({"type": "head", "waiting": queue[:HEAD]}))
        snapshot = {
            "type": "snapshot",
            "build": self.build,
            "waiting": queue,
            "mine": [one for one in held if one["mine"]],
            "alarms": [one for one in held if one["alarmed_at"] and not one["mine"]],
            "offered": [one for one in held if one["offer"] and one["offer"]["to_me"]],
            "along": [one for one in held if one["alongside"]],
            "now": ago(),
        }
        await socket.send_str(self._frame(snapshot))
        self.sockets.append(entry)
        try:
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    break
                self._note(wrong_frame("client", frame.data))
                asked = json.loads(frame.data)
                self.frames.append(asked)
                if asked["type"] == "active":
                    continue
                if asked["type"] == "unwatch":
                    watched.discard(asked["id"])
                elif self.conversations[asked["id"]].get("_owner") == login:
                    watched.add(asked["id"])
                    whole = self._whole(asked["id"], login)
                    after = [
                        m
                        for m in whole["messages"]
                        if m["seq"] > asked["after"] or _may_have_changed(m)
                    ]
                    detail = {"type": "detail", **whole, "messages": after}
                    await socket.send_str(self._frame(detail))
        finally:
            self.sockets.remove(entry)
        return socket

    # --- Inside the loop

    def _append(self, id_: str, one: Json) -> None:
        one["seq"] = len(self.messages[id_]) + 1
        self.messages[id_].append(one)
        about = self.conversations[id_]
        about["last_seq"] = one["seq"]
        if one["author"] == "person":
            self.heard[id_] = about["version"]

    def _tell(self, id_: str, messages: list[Json] | None = None) -> None:
        for socket, login, watched in list(self.sockets):
            about = self._seen_by(id_, login)
            self._post(socket, self._frame({"type": "summary", "summary": about}))
            if id_ in watched and about["mine"]:
                detail = {**self._whole(id_, login), "messages": messages or []}
                self._post(socket, self._frame({"type": "detail", **detail}))

    def _send_all(self, text: str) -> None:
        for socket, _, _ in list(self.sockets):
            self._post(socket, text)

    def _frame(self, frame: Json) -> str:
        text = json.dumps(frame)
        self._note(wrong_frame("server", text))
        return text

    def _post(self, socket: web.WebSocketResponse, text: str) -> None:
        async def send() -> None:
            with contextlib.suppress(ConnectionError):
                await socket.send_str(text)

        if not socket.closed:
            self._task(send())

    def _task(self, work: Any) -> None:
        assert self._loop
        self._loop.create_task(work)

    def _soon(self, act: Any) -> None:
        if self._loop is None:
            return
        done = threading.Event()

        def run() -> None:
            try:
                act()
            finally:
                done.set()

        self._loop.call_soon_threadsafe(run)
        done.wait(30)


def _may_have_changed(one: Json) -> bool:
    """As the server does: what became of a message since is told to who comes back."""
    told = ("delivery", "edited_at", "deleted_at", "reaction", "attachments")
    return any(one.get(name) for name in told)
