"""The console's HTTP requests: sign-in, and the desk's commands.

Every request but sign-in needs a session; every one that changes something needs an Origin of our
own. A conversation that is not the listener's is not found, whether it exists or not.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from core.accounts import Listener, StaffRole
from core.conversation import Conversation, Message, Outcome
from core.errors import Conflict, NotFound, Refused
from core.ids import ConversationId, ListenerId
from handoff.console import views
from handoff.console.sessions import IDLE, PASSWORD_LENGTH, Sessions
from handoff.desk import REPLY_LIMIT, Desk
from handoff.staff import Staff

# A guesser is slowed down by account and by address; the other accounts go on.
TRIES_PER_LOGIN = RateLimitItemPerMinute(10)
TRIES_PER_ADDRESS = RateLimitItemPerMinute(60)

ERRORS = {
    "bad_request": "La demande n'a pas pu être lue.",
    "bad_origin": "Cette page n'a pas le droit d'utiliser la console.",
    "bad_login": "Identifiant ou mot de passe incorrect.",
    "signed_out": "La session est terminée. Reconnectez-vous.",
    "forbidden": "Votre rôle ne permet pas cette action.",
    "too_many": "Trop d'essais. Attendez une minute.",
    "weak_password": f"Le mot de passe doit compter au moins {PASSWORD_LENGTH} caractères.",
    "password_change_required": "Choisissez d'abord votre mot de passe.",
    "nothing_waiting": "Personne n'attend.",
    "taken": "Déjà pris par quelqu'un d'autre.",
    "not_found": "Conversation introuvable.",
    "not_owner": "Cette conversation n'est plus la vôtre.",
    "empty": "Le message est vide.",
    "too_long": f"Le message dépasse {REPLY_LIMIT} caractères.",
    "outcome_required": "Choisissez une issue.",
}

_CID = re.compile(r"[A-Za-z0-9_-]{8,64}")

Handler: TypeAlias = Callable[[web.Request, Listener], Awaitable[web.StreamResponse]]


class ApiError(Exception):
    """A request that is answered with an error of `docs/console-api.md`."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code

    def response(self) -> web.Response:
        """The error as an answer."""
        body = {"error": {"code": self.code, "message": ERRORS[self.code]}}
        return web.json_response(body, status=self.status)


class ConsoleRoutes:
    """The requests of `docs/console-api.md`."""

    def __init__(self, *, desk: Desk, sessions: Sessions, staff: Staff, secure: bool) -> None:
        self._desk = desk
        self._sessions = sessions
        self._staff = staff
        self._secure = secure
        self._cookie = "__Host-relais" if secure else "relais"
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api, one = "/console/api", "/console/api/conversations/{id:[0-9a-f]{32}}"
        return (
            web.post(f"{api}/login", self._public(self.login)),
            web.post(f"{api}/logout", self._public(self.logout)),
            web.get(f"{api}/me", self._signed_in(self.me, any_account=True)),
            web.post(f"{api}/password", self._signed_in(self.password, any_account=True)),
            web.post(f"{api}/claim", self._signed_in(self.claim_next)),
            web.get(one, self._signed_in(self.read)),
            web.post(f"{one}/claim", self._signed_in(self.claim)),
            web.post(f"{one}/reply", self._signed_in(self.reply)),
            web.post(f"{one}/close", self._signed_in(self.close)),
        )

    async def listener_of(self, request: web.Request) -> Listener | None:
        """Who is signed in and may work at the desk; for the socket."""
        listener = await self._session(request)
        return listener if listener and _works_at_desk(listener) else None

    def own_origin(self, request: web.Request) -> bool:
        """Whether a request comes from our own page, or from no page at all."""
        origin = request.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc == request.host

    # Sign-in

    async def login(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        login, password = body.get("login"), body.get("password")
        if not isinstance(login, str) or not isinstance(password, str):
            raise ApiError(400, "bad_request")
        by_login = await self._limiter.hit(TRIES_PER_LOGIN, login.casefold()[:100])
        by_address = await self._limiter.hit(TRIES_PER_ADDRESS, "address", request.remote or "")
        if not by_login or not by_address:
            raise ApiError(429, "too_many")
        signed_in = await self._sessions.sign_in(login.strip(), password)
        if signed_in is None:
            raise ApiError(401, "bad_login")
        return self._with_cookie(*signed_in)

    async def logout(self, request: web.Request) -> web.StreamResponse:
        if token := request.cookies.get(self._cookie):
            await self._sessions.sign_out(token)
        response = web.Response(status=204)
        response.del_cookie(self._cookie, path="/", secure=self._secure, samesite="Strict")
        return response

    async def me(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return web.json_response({"me": views.me(listener)})

    async def password(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await _json(request)
        old, new = body.get("old"), body.get("new")
        if not isinstance(old, str) or not isinstance(new, str):
            raise ApiError(400, "bad_request")
        if not await self._limiter.hit(TRIES_PER_LOGIN, "password", listener.id):
            raise ApiError(429, "too_many")
        if len(new) < PASSWORD_LENGTH or new == old:
            raise ApiError(400, "weak_password")
        changed = await self._sessions.change_password(listener, old, new)
        if changed is None:
            raise ApiError(401, "bad_login")
        return self._with_cookie(*changed)

    # The desk

    async def claim_next(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        try:
            conversation = await self._desk.claim_next(listener)
        except NotFound:
            raise ApiError(404, "nothing_waiting") from None
        return await self._detail(listener, conversation.id)

    async def claim(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        try:
            conversation = await self._desk.claim(listener, _id(request))
        except Refused:
            raise ApiError(409, "taken") from None
        return await self._detail(listener, conversation.id)

    async def read(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return await self._detail(listener, _id(request))

    async def reply(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await _json(request)
        cid, text = body.get("cid"), body.get("text")
        if not isinstance(cid, str) or not _CID.fullmatch(cid) or not isinstance(text, str):
            raise ApiError(400, "bad_request")
        if not text.strip():
            raise ApiError(400, "empty")
        if len(text) > REPLY_LIMIT:
            raise ApiError(400, "too_long")
        try:
            message = await self._desk.reply(listener, _id(request), text.strip(), client_id=cid)
        except Refused:
            raise ApiError(409, "not_owner") from None
        return web.json_response({"message": views.message(message, {listener.id: listener.name})})

    async def close(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        try:
            outcome = Outcome(str((await _json(request)).get("outcome")))
        except ValueError:
            raise ApiError(400, "outcome_required") from None
        try:
            conversation = await self._desk.close(listener, _id(request), outcome)
        except Refused:
            raise ApiError(409, "not_owner") from None
        names = {listener.id: listener.name}
        return web.json_response({"summary": views.summary(conversation, listener, names)})

    async def _detail(self, listener: Listener, conversation_id: ConversationId) -> web.Response:
        conversation, messages = await self._desk.read(listener, conversation_id)
        names = await self._staff.names(conversation, messages)
        return web.json_response(detail(conversation, messages, listener, names))

    # Who may

    def _public(
        self, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._require_own_origin(request)
                return await handler(request)
            except ApiError as error:
                return error.response()

        return answer

    def _signed_in(
        self, handler: Handler, *, any_account: bool = False
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._require_own_origin(request)
                listener = await self._session(request)
                if listener is None:
                    raise ApiError(401, "signed_out")
                if not any_account:
                    if listener.one_time:
                        raise ApiError(403, "password_change_required")
                    if not _works_at_desk(listener):
                        raise ApiError(403, "forbidden")
                return await handler(request, listener)
            except ApiError as error:
                return error.response()
            except NotFound:
                return ApiError(404, "not_found").response()
            except Conflict:
                return ApiError(409, "taken").response()

        return answer

    def _require_own_origin(self, request: web.Request) -> None:
        if request.method != "GET" and not self.own_origin(request):
            raise ApiError(403, "bad_origin")

    async def _session(self, request: web.Request) -> Listener | None:
        token = request.cookies.get(self._cookie)
        return await self._sessions.find(token) if token else None

    def _with_cookie(self, listener: Listener, token: str) -> web.Response:
        response = web.json_response({"me": views.me(listener)})
        response.set_cookie(
            self._cookie,
            token,
            path="/",
            httponly=True,
            secure=self._secure,
            samesite="Strict",
            max_age=int(IDLE.total_seconds()) * 48,
        )
        return response


def detail(
    conversation: Conversation,
    messages: Sequence[Message],
    viewer: Listener,
    names: Mapping[ListenerId, str],
) -> dict[str, Any]:
    """Summary, card and messages of a conversation the viewer holds."""
    return {
        "summary": views.summary(conversation, viewer, names),
        "card": views.card(conversation.assessment, messages),
        "messages": [views.message(message, names) for message in messages],
    }


def _works_at_desk(listener: Listener) -> bool:
    """An admin manages accounts and reads no conversation."""
    return listener.role is not StaffRole.ADMIN and not listener.one_time


def _id(request: web.Request) -> ConversationId:
    return ConversationId(request.match_info["id"])


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read() or b"{}")
    except (ValueError, RecursionError):
        raise ApiError(400, "bad_request") from None
    if not isinstance(body, dict):
        raise ApiError(400, "bad_request")
    return body
