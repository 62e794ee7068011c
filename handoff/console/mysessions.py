"""One's own sessions: where one is signed in, and ending that."""

from collections.abc import Iterable, Sequence
from typing import Any

from aiohttp import web

from core.accounts import Listener, Session
from handoff.console.guard import Guard, json_body, words
from handoff.console.sessions import Sessions, session_name


class SessionRoutes:
    """The requests of a signed-in account about its own sessions."""

    def __init__(self, *, sessions: Sessions, guard: Guard) -> None:
        self._sessions = sessions
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api = "/console/api/sessions"
        return (
            web.get(api, self._guard.signed_in(self.list, needs=None)),
            web.post(f"{api}/end", self._guard.signed_in(self.end, needs=None)),
        )

    async def list(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        here = self._sessions.name(self._guard.token(request) or "")
        found = await self._sessions.of(listener.id)
        return web.json_response({"sessions": session_views(found, here=here)})

    async def end(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """End the session `id`; the one that asks may end itself."""
        which = words((await json_body(request)).get("id"))
        await self._sessions.revoke(listener.id, by=listener.id, which=which)
        return web.Response(status=204)


def session_views(sessions: Sequence[Session], *, here: str = "") -> list[dict[str, Any]]:
    """Sessions as JSON, the last used first; `here` is the name of the asker's own."""
    return [
        {
            "id": session_name(one),
            "device": one.label,
            "since": one.created_at.isoformat(),
            "seen_at": one.seen_at.isoformat(),
            "here": session_name(one) == here,
        }
        for one in sorted(sessions, key=lambda one: one.seen_at, reverse=True)
    ]
