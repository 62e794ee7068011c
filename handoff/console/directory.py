"""The directory at the desk: what there is, what fits a conversation, suggesting it."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from core.accounts import Listener
from core.conversation import Conversation, Orientation
from core.directory import Checklist, Service
from core.errors import Refused
from core.permissions import Permission
from handoff.console.guard import ApiError, Guard, client_id, conversation_id, json_body, words
from handoff.orientations import Orientations


class DirectoryRoutes:
    """`/console/api/directory`, and the orientations of a conversation of one's own."""

    def __init__(self, *, orientations: Orientations, guard: Guard) -> None:
        self._orientations = orientations
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        one = "/console/api/conversations/{id:[0-9a-f]{32}}/orientations"
        answer = Permission.ANSWER
        return (
            web.get("/console/api/directory", self._guard.signed_in(self.whole, needs=answer)),
            web.get(one, self._guard.signed_in(self.fitting, needs=answer)),
            web.post(one, self._guard.signed_in(self.suggest, needs=answer)),
            web.post(f"{one}/agreement", self._guard.signed_in(self.agreement, needs=answer)),
        )

    async def whole(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Every service and check-list."""
        directory = await self._orientations.directory()
        return web.json_response(
            {
                "services": [_service(each) for each in directory.services.values()],
                "checklists": [_checklist(each) for each in directory.checklists.values()],
            }
        )

    async def fitting(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """The ids of what fits best first, and what was suggested so far."""
        fits, conversation = await self._orientations.fitting(listener, conversation_id(request))
        return web.json_response(
            {"fitting": [each.id for each in fits], "given": _given(conversation)}
        )

    async def suggest(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Say it to the person, once a `cid`."""
        body = await json_body(request)
        entry, cid = words(body.get("entry")), client_id(body)
        try:
            message = await self._orientations.suggest(
                listener, conversation_id(request), entry, client_id=cid
            )
        except Refused:
            raise ApiError(409, "not_owner") from None
        return web.json_response({"seq": message.seq, "text": message.text})

    async def agreement(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """What the person said to it in words."""
        body = await json_body(request)
        agreed = body.get("agreed")
        if not isinstance(agreed, bool):
            raise ApiError(400, "bad_request")
        try:
            conversation = await self._orientations.note_agreement(
                listener, conversation_id(request), words(body.get("entry")), agreed=agreed
            )
        except Refused:
            raise ApiError(409, "not_owner") from None
        return web.json_response({"given": _given(conversation)})


def _given(conversation: Conversation) -> list[dict[str, Any]]:
    return [_orientation(each) for each in conversation.orientations]


def _orientation(given: Orientation) -> dict[str, Any]:
    return {
        "entry": given.service,
        "at": given.at.isoformat(),
        "seq": given.seq,
        "by_bot": given.by is None,
        "agreed": given.agreed,
    }


def _service(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "text": dict(service.text),
        "number": service.number,
        "sms": service.sms,
        "link": service.link,
        "region": service.region,
        "unchecked": service.unchecked,
    }


def _checklist(checklist: Checklist) -> dict[str, Any]:
    return {
        "id": checklist.id,
        "name": checklist.name,
        "steps": {address: list(steps) for address, steps in checklist.steps.items()},
    }
