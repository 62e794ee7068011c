"""Accepting an invitation: whose it is, and the password that its owner chooses.

The token comes in the body of a request; in the link it stands behind the `#`, which browsers tell
no server.
"""

from collections.abc import Iterable
from typing import Any

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from core.errors import NotFound
from handoff.console.entrance import Entrance
from handoff.console.guard import ApiError, Guard, json_body, words
from handoff.console.sessions import PASSWORD_LENGTH
from handoff.console.signin import PASSWORD_LIMIT
from handoff.roster import Roster

# A token cannot be guessed; this only spares the database.
TRIES_PER_ADDRESS = RateLimitItemPerMinute(30, namespace="invitations")
_TOKEN_LIMIT = 200


class InvitationRoutes:
    """The requests of somebody who has a link and no password yet."""

    def __init__(self, *, roster: Roster, guard: Guard, entrance: Entrance) -> None:
        self._roster = roster
        self._guard = guard
        self._entrance = entrance
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api = "/console/api/invitation"
        return (
            web.post(api, self._guard.public(self.look)),
            web.post(f"{api}/accept", self._guard.public(self.accept)),
        )

    async def look(self, request: web.Request) -> web.StreamResponse:
        try:
            listener = await self._roster.invited(self._token(request, await json_body(request)))
        except NotFound:
            raise ApiError(404, "bad_invitation") from None
        return web.json_response({"login": listener.login, "name": listener.name})

    async def accept(self, request: web.Request) -> web.StreamResponse:
        body = await json_body(request)
        token, password = self._token(request, body), words(body.get("password"))
        if not PASSWORD_LENGTH <= len(password) <= PASSWORD_LIMIT:
            raise ApiError(400, "weak_password")
        try:
            listener = await self._roster.accept(token, password)
        except NotFound:
            raise ApiError(404, "bad_invitation") from None
        return await self._entrance.admit(request, listener)

    def _token(self, request: web.Request, body: dict[str, Any]) -> str:
        if not self._limiter.hit(TRIES_PER_ADDRESS, request.remote or ""):
            raise ApiError(429, "too_many")
        token = words(body.get("token"))
        if len(token) > _TOKEN_LIMIT:
            raise ApiError(400, "bad_request")
        return token
