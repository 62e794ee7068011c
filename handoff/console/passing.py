"""Notes, transfer, hand back, and who is there, over HTTP; see `docs/console-api.md`."""

from collections.abc import Awaitable, Callable, Iterable, Mapping

from aiohttp import web

from core.accounts import Availability, Listener
from core.conversation import Conversation
from core.errors import Conflict, NotThere, Refused, TooLate, TooUrgent
from core.ids import ConversationId
from core.notes import NOTE_LIMIT
from core.permissions import Permission
from handoff.colleagues import Colleagues
from handoff.console import views
from handoff.console.guard import (
    ApiError,
    Guard,
    client_id,
    colleague,
    conversation_id,
    json_body,
    words,
)
from handoff.passing import Passing
from handoff.staff import Staff


class PassingRoutes:
    """The requests of a listener about passing conversations on."""

    def __init__(
        self, *, passing: Passing, colleagues: Colleagues, guard: Guard, staff: Staff
    ) -> None:
        self._passing = passing
        self._colleagues = colleagues
        self._guard = guard
        self._staff = staff

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api, one = "/console/api", "/console/api/conversations/{id:[0-9a-f]{32}}"
        guard, needs = self._guard, Permission.ANSWER
        return (
            web.get(f"{api}/colleagues", guard.signed_in(self.colleagues, needs=needs)),
            web.post(f"{api}/availability", guard.signed_in(self.say, needs=needs)),
            web.get(f"{one}/earlier", guard.signed_in(self.earlier, needs=needs)),
            web.post(f"{one}/notes", guard.signed_in(self.note, needs=needs)),
            web.post(f"{one}/offer", guard.signed_in(self.offer, needs=needs)),
            web.post(f"{one}/withdraw", self._simple(self._passing.withdraw, "no_offer")),
            web.post(f"{one}/accept", self._simple(self._passing.accept, "no_offer")),
            web.post(f"{one}/decline", self._simple(self._passing.decline, "no_offer")),
            web.post(f"{one}/hand_back", guard.signed_in(self.hand_back, needs=needs)),
            web.post(f"{one}/to_bot", guard.signed_in(self.to_bot, needs=needs)),
            web.post(f"{one}/reopen", self._simple(self._passing.reopen, "too_late")),
        )

    async def colleagues(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Everyone who may answer, and whether they are there."""
        told = [
            {
                "id": one.listener.id,
                "name": one.listener.name,
                "me": one.listener.id == listener.id,
                "present": one.present,
                "availability": one.availability.value,
                "since": one.since.isoformat() if one.since else None,
            }
            for one in await self._colleagues.all()
        ]
        return web.json_response({"colleagues": told})

    async def say(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """What the listener says of themselves."""
        body = await json_body(request)
        try:
            availability = Availability(words(body.get("availability")))
        except ValueError:
            raise ApiError(400, "bad_request") from None
        await self._colleagues.say(listener, availability)
        return web.json_response({"availability": availability.value})

    async def earlier(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """The same contact's earlier conversations, to read."""
        told = []
        found = await self._passing.earlier(listener, conversation_id(request))
        for conversation, messages in found.shown:
            names = await self._staff.names(conversation, messages)
            told.append(
                {
                    **views.detail(conversation, messages, listener, names, shown=messages),
                    "outcome": conversation.ticket.outcome if conversation.ticket else None,
                    "tags": conversation.ticket.tags if conversation.ticket else (),
                }
            )
        return web.json_response({"conversations": told, "withheld": found.withheld})

    async def note(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """A note for colleagues."""
        body = await json_body(request)
        text, cid = _text(body, "text"), client_id(body)
        wanted = conversation_id(request)
        return await self._answer(
            listener, self._passing.note(listener, wanted, text, client_id=cid), "not_owner"
        )

    async def offer(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Ask a colleague to take over."""
        body = await json_body(request)
        summary, cid, to = _text(body, "summary"), client_id(body), colleague(body)
        wanted = conversation_id(request)
        offering = self._passing.offer(listener, wanted, to, summary, client_id=cid)
        return await self._answer(listener, offering, "not_owner")

    async def hand_back(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Back to the queue, with a note."""
        body = await json_body(request)
        note, cid = _text(body, "note"), client_id(body)
        wanted = conversation_id(request)
        return await self._answer(
            listener, self._passing.hand_back(listener, wanted, note, client_id=cid), "not_owner"
        )

    async def to_bot(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """The bot goes on, and a summary stays for colleagues."""
        body = await json_body(request)
        summary, cid = _text(body, "summary"), client_id(body)
        wanted = conversation_id(request)
        returning = self._passing.return_to_bot(listener, wanted, summary, client_id=cid)
        return await self._answer(listener, returning, "not_owner")

    def _simple(
        self,
        command: Callable[[Listener, ConversationId], Awaitable[Conversation]],
        refused: str,
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handler(request: web.Request, listener: Listener) -> web.StreamResponse:
            return await self._answer(
                listener, command(listener, conversation_id(request)), refused
            )

        return self._guard.signed_in(handler, needs=Permission.ANSWER)

    async def _answer(
        self, listener: Listener, done: Awaitable[Conversation], refused: str
    ) -> web.StreamResponse:
        try:
            conversation = await done
        except NotThere:
            raise ApiError(409, "not_there") from None
        except TooUrgent:
            raise ApiError(409, "too_urgent") from None
        except TooLate:
            raise ApiError(409, "too_late") from None
        except (Refused, Conflict):
            raise ApiError(409, refused) from None
        names = await self._staff.names(conversation)
        mine = conversation.is_held_by(listener.id)
        notes = [views.note(each, names) for each in conversation.notes] if mine else []
        summary = views.summary(conversation, listener, names)
        return web.json_response({"summary": summary, "notes": notes})


def _text(body: Mapping[str, object], name: str) -> str:
    """What a listener wrote for colleagues. Raises ApiError."""
    value = body.get(name)
    if not isinstance(value, str):
        raise ApiError(400, "bad_request")
    # Half an emoji can be typed but not kept.
    text = value.encode("utf-8", "replace").decode().strip()
    if not text:
        raise ApiError(400, "empty")
    if len(text) > NOTE_LIMIT:
        raise ApiError(400, "note_too_long")
    return text
