"""Signing in and out of the console, and changing one's password."""

from collections.abc import Iterable

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from core.accounts import Listener
from core.turns import Turns
from handoff.console.entrance import Entrance
from handoff.console.guard import ApiError, Guard, json_body, words
from handoff.console.sessions import PASSWORD_LENGTH, Sessions

# A guesser is slowed down by account and address; who signs in from elsewhere is not. When many
# addresses guess at one login, each of them has very few tries left: so has the listener who signs
# in from a new place, and needs one.
TRIES_PER_ADDRESS = RateLimitItemPerMinute(60, namespace="address")
TRIES_PER_PAIR = RateLimitItemPerMinute(10, namespace="pair")
TRIES_PER_LOGIN = RateLimitItemPerMinute(300, namespace="login")
PASSWORD_CHANGES = RateLimitItemPerMinute(10, namespace="password")
TRIES_IN_A_CROWD = RateLimitItemPerMinute(2, namespace="crowd")
# A password takes some 50 ms of a processor to verify, and people's words are read for danger
# beside it: one is verified at a time, for each gateway process, and one of those who are known.
AT_ONCE, WAITING = 1, 40
LOGIN_LIMIT, PASSWORD_LIMIT = 100, 1000
# Whoever signed in from an address before is slowed down there by their own tries alone: nobody can
# lock a listener out by guessing from everywhere, or from the same office.
_REMEMBERED = 1000


class SignIn:
    """The requests about one's own session."""

    def __init__(self, *, sessions: Sessions, guard: Guard, entrance: Entrance) -> None:
        self._sessions = sessions
        self._guard = guard
        self._entrance = entrance
        # Counted in windows, whose keys expire, and never awaited.
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._turns = {known: Turns(AT_ONCE, waiting=WAITING) for known in (True, False)}
        # Login and address of those who did sign in, in memory only; the newest last.
        self._known: dict[tuple[str, str], None] = {}

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api, guard = "/console/api", self._guard
        return (
            web.post(f"{api}/login", guard.public(self.login)),
            web.post(f"{api}/logout", guard.public(self.logout)),
            # Pages ask who is signed in by themselves: that is no use of the session.
            web.get(f"{api}/me", guard.signed_in(self.me, needs=None, use=False)),
            web.post(f"{api}/password", guard.signed_in(self.password, needs=None)),
        )

    async def login(self, request: web.Request) -> web.StreamResponse:
        body = await json_body(request)
        login, password = words(body.get("login")), words(body.get("password"))
        login = login.strip().casefold()
        if len(login) > LOGIN_LIMIT or len(password) > PASSWORD_LIMIT:
            raise ApiError(400, "bad_request")
        address = request.remote or ""
        known = (login, address) in self._known
        # In this order a guesser who is slowed down takes nothing from the others.
        if not (
            (known or self._limiter.hit(TRIES_PER_ADDRESS, address))
            and self._limiter.hit(TRIES_PER_PAIR, login, address)
            and (
                known
                or self._limiter.hit(TRIES_PER_LOGIN, login)
                or self._limiter.hit(TRIES_IN_A_CROWD, login, address)
            )
        ):
            raise ApiError(429, "too_many")
        async with self._turns[known].one_more() as mine:
            if not mine:
                raise ApiError(429, "too_many")
            listener = await self._sessions.identify(login, password)
        if listener is None:
            raise ApiError(401, "bad_login")
        self._remember(login, address)
        return await self._entrance.admit(request, listener)

    def _remember(self, login: str, address: str) -> None:
        self._known.pop((login, address), None)
        self._known[login, address] = None
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]

    async def logout(self, request: web.Request) -> web.StreamResponse:
        if token := self._guard.token(request):
            await self._sessions.sign_out(token)
        return self._guard.signed_out()

    async def me(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return web.json_response({"me": self._guard.me(listener)})

    async def password(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        old, new = words(body.get("old")), words(body.get("new"))
        if len(old) > PASSWORD_LIMIT or len(new) > PASSWORD_LIMIT:
            raise ApiError(400, "bad_request")
        if not self._limiter.hit(PASSWORD_CHANGES, listener.id):
            raise ApiError(429, "too_many")
        if len(new) < PASSWORD_LENGTH or new == old:
            raise ApiError(400, "weak_password")
        changed = await self._sessions.change_password(listener, old, new)
        if changed is None:
            raise ApiError(401, "bad_login")
        return await self._entrance.open(request, changed)
