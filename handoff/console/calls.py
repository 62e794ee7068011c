"""Callers over HTTP: a ticket by hand, its code, its chat; see `docs/console-api.md`."""

from collections.abc import Iterable

from aiohttp import web

from core.accounts import Listener
from core.assessment import Assessment
from core.errors import AnotherPerson, Refused
from core.labels import AgeBand, Issue, Role, Urgency
from core.notes import NOTE_LIMIT
from core.permissions import Permission
from handoff.calls import Calls
from handoff.console import views
from handoff.console.changed import changed
from handoff.console.guard import ApiError, Guard, client_id, conversation_id, json_body, words
from handoff.staff import Staff

_PLATFORM_LIMIT = 40


class CallRoutes:
    """The requests of a listener who is on the telephone."""

    def __init__(self, *, calls: Calls, guard: Guard, staff: Staff) -> None:
        self._calls = calls
        self._guard = guard
        self._staff = staff

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        one, needs = "/console/api/conversations/{id:[0-9a-f]{32}}", Permission.ANSWER
        return (
            web.post("/console/api/calls", self._guard.signed_in(self.open, needs=needs)),
            web.post(f"{one}/code", self._guard.signed_in(self.code, needs=needs)),
            # Read again by the page itself whenever something was said there.
            web.get(f"{one}/joined", self._guard.signed_in(self.joined, needs=needs, use=False)),
        )

    async def open(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        cid = client_id(body)
        note, platform = _text(body.get("note")), _text(body.get("platform"))
        if len(note) > NOTE_LIMIT or len(platform) > _PLATFORM_LIMIT:
            raise ApiError(400, "note_too_long")
        try:
            told = Assessment(
                urgency=Urgency(words(body.get("urgency"))),
                issue=Issue(words(body.get("issue"))),
                role=Role(words(body.get("role"))),
                age_band=AgeBand(words(body["age_band"])) if body.get("age_band") else None,
                platform=platform or None,
                settled=True,
            )
        except ValueError:
            raise ApiError(400, "bad_request") from None
        doing = self._calls.open(listener, told, note, client_id=cid)
        return await changed(listener, doing, self._staff)

    async def code(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        try:
            call = await self._calls.give_code(listener, conversation_id(request))
        except Refused:
            raise ApiError(409, "not_owner") from None
        assert call.code is not None
        return web.json_response({"words": call.code.words, "until": call.code.until.isoformat()})

    async def joined(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """The other half of a case, as a Detail."""
        try:
            other, messages = await self._calls.other_half(listener, conversation_id(request))
        except AnotherPerson:
            raise ApiError(409, "another_person") from None
        names = await self._staff.names(other, messages)
        return web.json_response(views.detail(other, messages, listener, names, shown=messages))


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ApiError(400, "bad_request")
    # Half an emoji can be typed but not kept.
    return value.encode("utf-8", "replace").decode().strip()
