"""Intimate images of minors over HTTP: put aside, ask, agree, look once, destroy."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp import web

from core.accounts import Listener
from core.errors import Refused
from core.ids import AttachmentId
from core.permissions import Permission
from core.quarantine import Slip
from handoff.console.guard import ApiError, Guard, conversation_id, json_body, words
from handoff.quarantine import Quarantine
from handoff.staff import Staff

_HEADERS = {
    "Content-Disposition": 'attachment; filename="quarantaine"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class QuarantineRoutes:
    """The requests about what was put aside."""

    def __init__(self, *, quarantine: Quarantine, staff: Staff, guard: Guard) -> None:
        self._quarantine = quarantine
        self._staff = staff
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        api = "/console/api/quarantine"
        one = f"{api}/{{attachment:[0-9a-f]{{32}}}}"
        file = "/console/api/conversations/{id:[0-9a-f]{32}}/files/{attachment:[0-9a-f]{32}}"
        return (
            web.post(f"{file}/quarantine", self._signed(self.put)),
            web.get(api, self._signed(self.asked, use=False)),
            web.get(one, self._signed(self.slip)),
            web.post(f"{one}/ask", self._signed(self.ask)),
            web.post(f"{one}/agree", self._signed(self.agree)),
            # A look is a deed: no page can make a browser do it by an address.
            web.post(f"{one}/look", self._signed(self.look)),
            web.post(f"{one}/destroy", self._signed(self.destroy)),
        )

    async def put(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        slip = await self._quarantine.put(listener, conversation_id(request), _file(request))
        return web.json_response(await self._view(slip))

    async def asked(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """What waits for a second person: who asks and why, nothing of the conversation."""
        slips = await self._quarantine.asked(listener)
        return web.json_response({"asked": [await self._view(one) for one in slips]})

    async def slip(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        return web.json_response(
            await self._view(await self._quarantine.slip(listener, _file(request)))
        )

    async def ask(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        reason = words((await json_body(request)).get("reason"))
        slip = await self._quarantine.ask(listener, _file(request), reason)
        return web.json_response(await self._view(slip))

    async def agree(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        slip = await self._quarantine.agree(listener, _file(request))
        return web.json_response(await self._view(slip))

    async def look(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        slip, content = await self._quarantine.look(listener, _file(request))
        return web.Response(body=content, content_type=slip.mime, headers=_HEADERS)

    async def destroy(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        slip = await self._quarantine.destroy_now(listener, _file(request))
        return web.json_response(await self._view(slip))

    async def _view(self, slip: Slip) -> dict[str, Any]:
        return {
            "id": slip.id,
            "sha256": slip.sha256,
            "size": slip.size,
            "mime": slip.mime,
            "destroy_at": slip.destroy_at.isoformat(),
            "destroyed_at": slip.destroyed_at.isoformat() if slip.destroyed_at else None,
            "asked_by": await self._staff.name(slip.asked_by) if slip.asked_by else None,
            "reason": slip.reason,
            "agreed": slip.agreed_by is not None,
            "looked": slip.looked_at is not None,
        }

    def _signed(
        self,
        handler: Callable[[web.Request, Listener], Awaitable[web.StreamResponse]],
        *,
        use: bool = True,
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request, listener: Listener) -> web.StreamResponse:
            try:
                return await handler(request, listener)
            except Refused:
                raise ApiError(409, "not_now") from None

        return self._guard.signed_in(answer, needs=Permission.ANSWER, use=use)


def _file(request: web.Request) -> AttachmentId:
    return AttachmentId(request.match_info["attachment"])
