"""A listener corrects triage, or says that somebody else writes; see `docs/console-api.md`."""

from collections.abc import Iterable

from aiohttp import web

from core.accounts import Listener
from core.labels import AgeBand, Issue, Role, Urgency
from core.permissions import Permission
from core.transitions import Correction, Why
from handoff.console import views
from handoff.console.changed import changed
from handoff.console.guard import (
    ApiError,
    Guard,
    conversation_id,
    json_body,
    message_number,
    seen,
)
from handoff.desk import Desk
from handoff.staff import Staff


class TriageRoutes:
    """What it is about, how urgent, who writes and why the card is wrong; and who writes now."""

    def __init__(self, *, desk: Desk, guard: Guard, staff: Staff) -> None:
        self._desk = desk
        self._guard = guard
        self._staff = staff

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        one = "/console/api/conversations/{id:[0-9a-f]{32}}"
        guard, needs = self._guard, Permission.ANSWER
        return (
            web.post(f"{one}/triage", guard.signed_in(self.correct, needs=needs)),
            web.post(f"{one}/writer", guard.signed_in(self.writer, needs=needs)),
            web.get(f"{one}/apart", guard.signed_in(self.apart, needs=needs)),
        )

    async def correct(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        try:
            correction = Correction(
                issue=Issue(str(body.get("issue"))),
                urgency=Urgency(str(body.get("urgency"))),
                role=Role(str(body.get("role"))),
                why=Why(str(body.get("why"))),
                seen=seen(body),
                since=message_number(body, "since"),
            )
        except ValueError:
            raise ApiError(400, "bad_request") from None
        doing = self._desk.correct(listener, conversation_id(request), correction)
        return await changed(listener, doing, self._staff)

    async def writer(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body, wanted = await json_body(request), conversation_id(request)
        since, band = body.get("since"), body.get("age_band")
        try:
            if since is None:
                doing = self._desk.nobody_else_writes(listener, wanted)
            else:
                doing = self._desk.another_writes(
                    listener,
                    wanted,
                    since=message_number(body, "since"),
                    role=Role(str(body.get("role"))),
                    age_band=None if band is None else AgeBand(str(band)),
                )
        except ValueError:
            raise ApiError(400, "bad_request") from None
        return await changed(listener, doing, self._staff)

    async def apart(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """What another wrote before, which the conversation leaves out."""
        conversation, messages = await self._desk.read_apart(listener, conversation_id(request))
        names = await self._staff.names(conversation, messages)
        return web.json_response({"messages": [views.message(each, names) for each in messages]})
