"""The emergency sheet over HTTP; see `docs/console-api.md`."""

from collections.abc import Iterable

from aiohttp import web

from core.accounts import Listener
from core.permissions import Permission
from handoff.console import views
from handoff.console.guard import ApiError, Guard, conversation_id, json_body
from handoff.emergency import REASON_LIMIT, Emergency


class EmergencyRoutes:
    """One request. What is read out is put in words by the console, from the card."""

    def __init__(self, *, emergency: Emergency, guard: Guard) -> None:
        self._emergency = emergency
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        one = "/console/api/conversations/{id:[0-9a-f]{32}}"
        sheet = self._guard.signed_in(self.sheet, needs=Permission.ANSWER)
        return (web.post(f"{one}/emergency", sheet),)

    async def sheet(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        body = await json_body(request)
        reason = body.get("reason")
        text = reason.encode("utf-8", "replace").decode().strip() if isinstance(reason, str) else ""
        if not text or len(text) > REASON_LIMIT:
            raise ApiError(400, "emergency_reason")
        made = await self._emergency.sheet(listener, conversation_id(request), text)
        told = made.conversation
        return web.json_response(
            {
                "contact": made.contact,
                "opaque": made.opaque,
                "channel": told.channel,
                "account": made.account,
                "opened_at": made.opened_at.isoformat(),
                "heard_at": told.heard_at.isoformat() if told.heard_at else None,
                "card": views.card(told.assessment, ()),
            }
        )
