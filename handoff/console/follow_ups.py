"""Follow-ups over HTTP; see `docs/console-api.md`."""

import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

from aiohttp import web

from core.accounts import Listener
from core.conversation import Conversation
from core.errors import Conflict, IndecentHour, Refused
from core.follow_up import Kind, Stage
from core.ids import ConversationId
from core.permissions import Permission
from handoff.console import views
from handoff.console.api.shapes import Summary
from handoff.console.guard import ApiError, Guard, client_id, conversation_id, json_body, words
from handoff.follow_ups import FollowUps, OutOfReach
from handoff.staff import Staff

# As people say numbers, French or foreign.
_NUMBER = re.compile(r"\+?[0-9](?:[0-9 .()-]{4,22})[0-9]")


class FollowUpRoutes:
    """The list of what is promised, and what is done about it."""

    def __init__(self, *, follow_ups: FollowUps, guard: Guard, staff: Staff) -> None:
        self._follow_ups = follow_ups
        self._guard = guard
        self._staff = staff

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api = "/console/api"
        one = f"{api}/conversations/{{id:[0-9a-f]{{32}}}}/follow_up"
        guard, needs = self._guard, Permission.ANSWER
        return (
            # Asked by the page itself, again and again.
            web.get(f"{api}/follow_ups", guard.signed_in(self.pending, needs=needs, use=False)),
            web.post(one, guard.signed_in(self.ask, needs=needs)),
            web.post(f"{one}/note", guard.signed_in(self.note, needs=needs)),
            web.post(f"{one}/number", guard.signed_in(self.number, needs=needs)),
            web.post(f"{one}/write", guard.signed_in(self.write, needs=needs)),
            web.post(f"{one}/done", self._finish(Stage.DONE)),
            web.post(f"{one}/cancel", self._finish(Stage.CANCELLED)),
            web.post(f"{one}/confirm", guard.signed_in(self.confirm, needs=needs)),
        )

    async def pending(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """What is promised: of whom only what a row of the queue shows."""
        pending = await self._follow_ups.pending()
        told = [await self._summary(one, listener) for one in pending]
        return web.json_response({"follow_ups": told})

    async def ask(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        cid = client_id(await json_body(request))
        asking = self._follow_ups.ask(listener, conversation_id(request), client_id=cid)
        return await self._answer(listener, asking)

    async def note(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        try:
            kind = Kind(words(body.get("kind")))
            due_at = datetime.fromisoformat(words(body.get("due_at")))
        except ValueError:
            raise ApiError(400, "bad_request") from None
        if due_at.tzinfo is None:
            raise ApiError(400, "bad_request")
        number = body.get("number") if kind is Kind.CALL else None
        if kind is Kind.CALL and not (isinstance(number, str) and _NUMBER.fullmatch(number)):
            raise ApiError(400, "bad_number")
        noting = self._follow_ups.note(
            listener, conversation_id(request), kind=kind, due_at=due_at, number=number
        )
        return await self._answer(listener, noting)

    async def number(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        number = await self._follow_ups.number(listener, conversation_id(request))
        return web.json_response({"number": number})

    async def confirm(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return await self._answer(
            listener, self._follow_ups.confirm(listener, conversation_id(request))
        )

    async def write(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return await self._answer(
            listener, self._follow_ups.write(listener, conversation_id(request))
        )

    def _finish(self, stage: Stage) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handler(request: web.Request, listener: Listener) -> web.StreamResponse:
            wanted: ConversationId = conversation_id(request)
            return await self._answer(listener, self._follow_ups.finish(listener, wanted, stage))

        return self._guard.signed_in(handler, needs=Permission.ANSWER)

    async def _answer(
        self, listener: Listener, doing: Awaitable[Conversation]
    ) -> web.StreamResponse:
        try:
            conversation = await doing
        except OutOfReach:
            raise ApiError(409, "out_of_reach") from None
        except IndecentHour:
            raise ApiError(409, "indecent_hour") from None
        except (Refused, Conflict):
            raise ApiError(409, "no_follow_up") from None
        return web.json_response({"summary": await self._summary(conversation, listener)})

    async def _summary(self, conversation: Conversation, listener: Listener) -> Summary:
        names = await self._staff.names(conversation)
        return views.summary(conversation, listener, names)
