"""A listener corrects triage; see `docs/console-api.md`."""

from collections.abc import Iterable

from aiohttp import web

from core.accounts import Listener
from core.errors import Refused
from core.labels import Issue, Role, Urgency
from core.permissions import Permission
from core.transitions import Correction, Why
from handoff.console import views
from handoff.console.guard import ApiError, Guard, conversation_id, json_body
from handoff.desk import Desk


class TriageRoutes:
    """One request: what it is about, how urgent it is, who writes, and why the card is wrong."""

    def __init__(self, *, desk: Desk, guard: Guard) -> None:
        self._desk = desk
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        one = "/console/api/conversations/{id:[0-9a-f]{32}}"
        return (
            web.post(f"{one}/triage", self._guard.signed_in(self.correct, needs=Permission.ANSWER)),
        )

    async def correct(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        try:
            correction = Correction(
                issue=Issue(str(body.get("issue"))),
                urgency=Urgency(str(body.get("urgency"))),
                role=Role(str(body.get("role"))),
                why=Why(str(body.get("why"))),
            )
        except ValueError:
            raise ApiError(400, "bad_request") from None
        try:
            conversation = await self._desk.correct(listener, conversation_id(request), correction)
        except Refused:
            raise ApiError(409, "not_owner") from None
        names = {listener.id: listener.name}
        return web.json_response({"summary": views.summary(conversation, listener, names)})
