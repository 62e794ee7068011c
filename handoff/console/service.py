"""The papers of the service for those who edit them: read, write, look at earlier versions."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from core.accounts import Listener
from core.errors import Conflict
from core.permissions import Permission
from handoff.console.guard import ApiError, Guard, json_body
from handoff.papers import Edition, PaperRefused, Papers
from handoff.staff import Staff


class ServiceRoutes:
    """`/console/api/service/NAME`. A wrong paper is refused with the reason; nothing is lost."""

    def __init__(self, *, papers: Papers, staff: Staff, guard: Guard) -> None:
        self._papers = papers
        self._staff = staff
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        one = "/console/api/service/{name:[a-z]{1,20}}"
        edit = Permission.EDIT_SERVICE
        return (
            web.get(one, self._guard.signed_in(self.read, needs=edit)),
            web.post(one, self._guard.signed_in(self.save, needs=edit)),
            web.get(f"{one}/history", self._guard.signed_in(self.history, needs=edit)),
        )

    async def read(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """The paper as it counts now."""
        return web.json_response(await self._view(await self._papers.current(_name(request))))

    async def save(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Write the version that follows `version`."""
        body = await json_body(request)
        version = body.get("version")
        if type(version) is not int or not 0 <= version < 10**9:
            raise ApiError(400, "bad_request")
        try:
            kept = await self._papers.save(
                _name(request), body.get("body"), version=version, by=listener
            )
        except PaperRefused as refused:
            error = {"code": "refused", "message": str(refused)}
            return web.json_response({"error": error}, status=400)
        except Conflict:
            raise ApiError(409, "edited_meanwhile") from None
        return web.json_response(await self._view(kept))

    async def history(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """Who wrote which version, and what it said."""
        kept = await self._papers.history(_name(request))
        return web.json_response({"versions": [await self._view(each) for each in kept]})

    async def _view(self, edition: Edition) -> dict[str, Any]:
        return {
            "version": edition.version,
            "body": edition.body,
            "at": edition.at.isoformat() if edition.at else None,
            "by": await self._staff.name(edition.by) if edition.by else None,
        }


def _name(request: web.Request) -> str:
    return request.match_info["name"]
