"""The console's HTTP requests: sign-in, and the desk's commands.

Every request but sign-in needs a session; every one that changes something needs an Origin of our
own. A conversation that is not the listener's is not found, whether it exists or not.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from core.accounts import Listener
from core.conversation import Outcome
from core.errors import Conflict, NotFound, Refused, Unseen
from core.ids import ConversationId
from handoff.console import views
from handoff.console.sessions import IDLE, PASSWORD_LENGTH, Sessions, Stay, works_at_desk
from handoff.desk import REPLY_LIMIT, Desk
from handoff.staff import Staff

# A guesser is slowed down by account and address; who signs in from elsewhere is not. The last
# limit is for guessers who come from many addresses at once.
TRIES_PER_ADDRESS = RateLimitItemPerMinute(60, namespace="address")
TRIES_PER_PAIR = RateLimitItemPerMinute(10, namespace="pair")
TRIES_PER_LOGIN = RateLimitItemPerMinute(300, namespace="login")
PASSWORD_CHANGES = RateLimitItemPerMinute(10, namespace="password")
LOGIN_LIMIT, PASSWORD_LIMIT = 100, 1000

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
    "new_message": "La personne vient d'écrire. Lisez avant de terminer.",
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
        # Counted in windows, whose keys expire, and never awaited.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api, one = "/console/api", "/console/api/conversations/{id:[0-9a-f]{32}}"
        return (
            web.post(f"{api}/login", self._public(self.login)),
            web.post(f"{api}/logout", self._public(self.logout)),
            # Pages ask who is signed in by themselves: that is no use of the session.
            web.get(f"{api}/me", self._signed_in(self.me, any_account=True, use=False)),
            web.post(f"{api}/password", self._signed_in(self.password, any_account=True)),
            web.post(f"{api}/claim", self._signed_in(self.claim_next)),
            web.get(one, self._signed_in(self.read)),
            web.post(f"{one}/claim", self._signed_in(self.claim)),
            web.post(f"{one}/reply", self._signed_in(self.reply)),
            web.post(f"{one}/close", self._signed_in(self.close)),
        )

    async def listener_of(self, request: web.Request) -> Stay | None:
        """Who is signed in and may work at the desk; for the socket."""
        token = request.cookies.get(self._cookie)
        stay = await self._sessions.stay(token) if token else None
        return stay if stay and works_at_desk(stay.listener) else None

    def own_origin(self, request: web.Request) -> bool:
        """Whether a request comes from our own page, or from no page at all."""
        origin = request.headers.get("Origin")
        try:
            return origin is None or urlsplit(origin).netloc == request.host
        except ValueError:
            return False

    # Sign-in

    async def login(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        login, password = _words(body.get("login")), _words(body.get("password"))
        login = login.strip().casefold()
        if len(login) > LOGIN_LIMIT or len(password) > PASSWORD_LIMIT:
            raise ApiError(400, "bad_request")
        address = request.remote or ""
        # In this order a guesser who is slowed down takes nothing from the others.
        if not (
            self._limiter.hit(TRIES_PER_ADDRESS, address)
            and self._limiter.hit(TRIES_PER_PAIR, login, address)
            and self._limiter.hit(TRIES_PER_LOGIN, login)
        ):
            raise ApiError(429, "too_many")
        signed_in = await self._sessions.sign_in(login, password)
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
        old, new = _words(body.get("old")), _words(body.get("new"))
        if len(old) > PASSWORD_LIMIT or len(new) > PASSWORD_LIMIT:
            raise ApiError(400, "bad_request")
        if not self._limiter.hit(PASSWORD_CHANGES, listener.id):
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
        seen = _seen(body)
        # Half an emoji can be typed but not kept.
        text = text.encode("utf-8", "replace").decode()
        if not text.strip():
            raise ApiError(400, "empty")
        if len(text) > REPLY_LIMIT:
            raise ApiError(400, "too_long")
        try:
            message = await self._desk.reply(
                listener, _id(request), text.strip(), client_id=cid, seen=seen
            )
        except Refused:
            raise ApiError(409, "not_owner") from None
        return web.json_response({"message": views.message(message, {listener.id: listener.name})})

    async def close(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await _json(request)
        try:
            outcome = Outcome(str(body.get("outcome")))
        except ValueError:
            raise ApiError(400, "outcome_required") from None
        try:
            conversation = await self._desk.close(listener, _id(request), outcome, seen=_seen(body))
        except Unseen:
            raise ApiError(409, "new_message") from None
        except Refused:
            raise ApiError(409, "not_owner") from None
        names = {listener.id: listener.name}
        return web.json_response({"summary": views.summary(conversation, listener, names)})

    async def _detail(self, listener: Listener, conversation_id: ConversationId) -> web.Response:
        conversation, messages = await self._desk.read(listener, conversation_id)
        names = await self._staff.names(conversation, messages)
        return web.json_response(
            views.detail(conversation, messages, listener, names, shown=messages)
        )

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
        self, handler: Handler, *, any_account: bool = False, use: bool = True
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._require_own_origin(request)
                token = request.cookies.get(self._cookie)
                listener = await self._sessions.find(token, touch=use) if token else None
                if listener is None:
                    raise ApiError(401, "signed_out")
                if not any_account:
                    if listener.one_time:
                        raise ApiError(403, "password_change_required")
                    if not works_at_desk(listener):
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


def _words(value: object) -> str:
    """Text that UTF-8 can hold; half an emoji is no part of a login or password."""
    try:
        if isinstance(value, str):
            return value.encode().decode()
    except UnicodeEncodeError:
        pass
    raise ApiError(400, "bad_request")


def _seen(body: Mapping[str, object]) -> int:
    """The highest message number on the listener's screen."""
    seen = body.get("seen")
    if not isinstance(seen, int) or isinstance(seen, bool) or not 0 <= seen < 10**12:
        raise ApiError(400, "bad_request")
    return seen
