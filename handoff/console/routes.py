"""The desk's commands over HTTP: claim, read, reply, close; see `docs/console-api.md`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from core.accounts import Listener
from core.conversation import Outcome
from core.errors import Busy, Ended, NotFound, Refused
from core.ids import ConversationId
from core.permissions import Permission
from handoff.closing import checked_tags
from handoff.console import views
from handoff.console.changed import changed
from handoff.console.guard import (
    ApiError,
    Guard,
    client_id,
    conversation_id,
    json_body,
    seen,
    words,
)
from handoff.desk import REPLY_LIMIT, Desk
from handoff.papers import Papers
from handoff.staff import Staff


@dataclass(frozen=True, slots=True)
class ChannelNews:
    """How a channel does: `up`, `paused`, `down` or `off`, and a short code of its trouble."""

    name: str
    state: str
    code: str | None = None


class DeskRoutes:
    """The requests of a listener about the queue and one's own conversations."""

    def __init__(
        self,
        *,
        desk: Desk,
        guard: Guard,
        staff: Staff,
        papers: Papers,
        channels: Callable[[], Sequence[ChannelNews]] = tuple,
    ) -> None:
        self._desk = desk
        self._guard = guard
        self._staff = staff
        self._papers = papers
        self._channels = channels

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api, one = "/console/api", "/console/api/conversations/{id:[0-9a-f]{32}}"
        guard, needs = self._guard, Permission.ANSWER
        return (
            # Asked by the page itself, again and again.
            web.get(f"{api}/channels", guard.signed_in(self.channels, needs=needs, use=False)),
            web.post(f"{api}/claim", guard.signed_in(self.claim_next, needs=needs)),
            web.get(one, guard.signed_in(self.read, needs=needs)),
            web.post(f"{one}/claim", guard.signed_in(self.claim, needs=needs)),
            web.post(f"{one}/reply", guard.signed_in(self.reply, needs=needs)),
            web.post(f"{one}/close", guard.signed_in(self.close, needs=needs)),
        )

    async def channels(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        news = [{"name": n.name, "state": n.state, "code": n.code} for n in self._channels()]
        return web.json_response({"channels": news})

    async def claim_next(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        try:
            cid = client_id(await json_body(request))
            conversation = await self._desk.claim_next(listener, client_id=cid)
        except NotFound:
            raise ApiError(404, "nothing_waiting") from None
        except Busy:
            raise ApiError(409, "busy") from None
        return await self._detail(listener, conversation.id)

    async def claim(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        try:
            conversation = await self._desk.claim(listener, conversation_id(request))
        except Ended:
            raise ApiError(409, "ended") from None
        except Refused:
            raise ApiError(409, "taken") from None
        return await self._detail(listener, conversation.id)

    async def read(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return await self._detail(listener, conversation_id(request))

    async def reply(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        cid, text = client_id(body), body.get("text")
        if not isinstance(text, str):
            raise ApiError(400, "bad_request")
        last_seen = seen(body)
        # Half an emoji can be typed but not kept.
        text = text.encode("utf-8", "replace").decode()
        if not text.strip():
            raise ApiError(400, "empty")
        if len(text) > REPLY_LIMIT:
            raise ApiError(400, "too_long")
        try:
            message = await self._desk.reply(
                listener, conversation_id(request), text.strip(), client_id=cid, seen=last_seen
            )
        except Refused:
            raise ApiError(409, "not_owner") from None
        return web.json_response({"message": views.message(message, {listener.id: listener.name})})

    async def close(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        try:
            outcome = Outcome(str(body.get("outcome")))
        except ValueError:
            raise ApiError(400, "outcome_required") from None
        tags = await self._tags(body)
        doing = self._desk.close(
            listener, conversation_id(request), outcome, seen=seen(body), tags=tags
        )
        return await changed(listener, doing, self._staff)

    async def _tags(self, body: Mapping[str, object]) -> list[str]:
        """The tags chosen, each of them in the list as it is now. Raises ApiError."""
        chosen = body.get("tags", [])
        if not isinstance(chosen, list):
            raise ApiError(400, "bad_request")
        tags = [words(each) for each in chosen]
        if tags and not checked_tags((await self._papers.current("tags")).body).holds(tags):
            raise ApiError(400, "unknown_tag")
        return tags

    async def _detail(self, listener: Listener, wanted: ConversationId) -> web.Response:
        conversation, messages = await self._desk.read(listener, wanted)
        names = await self._staff.names(conversation, messages)
        return web.json_response(
            views.detail(conversation, messages, listener, names, shown=messages)
        )
