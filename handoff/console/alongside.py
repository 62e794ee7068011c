"""Co-listening over HTTP; see `docs/console-api.md`."""

import re
from collections.abc import Iterable

from aiohttp import web

from core.accounts import Listener
from core.permissions import Permission
from handoff.alongside import CoListening
from handoff.console import views
from handoff.console.changed import changed
from handoff.console.guard import ApiError, Guard, colleague, conversation_id, json_body
from handoff.staff import Staff


class AlongsideRoutes:
    """Inviting a colleague, reading along, leaving again. Notes have their own route."""

    def __init__(self, *, listening: CoListening, guard: Guard, staff: Staff) -> None:
        self._listening = listening
        self._guard = guard
        self._staff = staff

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        one = "/console/api/conversations/{id:[0-9a-f]{32}}/alongside"
        signed_in, needs = self._guard.signed_in, Permission.ANSWER
        return (
            # Read again by the page itself whenever something was said.
            web.get(one, signed_in(self.read, needs=needs, use=False)),
            web.post(one, signed_in(self.invite, needs=needs)),
            web.post(f"{one}/leave", signed_in(self.leave, needs=needs)),
        )

    async def read(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """A Detail, with the messages after number `after`."""
        after = request.query.get("after", "0")
        if not re.fullmatch(r"[0-9]{1,12}", after):
            raise ApiError(400, "bad_request")
        conversation, messages = await self._listening.read(
            listener, conversation_id(request), after=int(after)
        )
        names = await self._staff.names(conversation, messages)
        return web.json_response(
            views.detail(conversation, messages, listener, names, shown=messages)
        )

    async def invite(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Ask a colleague who is there to read along."""
        asked, wanted = colleague(await json_body(request)), conversation_id(request)
        doing = self._listening.invite(listener, wanted, asked)
        return await changed(listener, doing, self._staff)

    async def leave(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Read no more."""
        doing = self._listening.leave(listener, conversation_id(request))
        return await changed(listener, doing, self._staff)
