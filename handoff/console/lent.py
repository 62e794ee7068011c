"""What supervisors lend to every listener: prepared replies, tags; see `docs/console-api.md`."""

from collections.abc import Iterable

from aiohttp import web

from core.accounts import Listener
from core.permissions import Permission
from handoff.closing import checked_tags
from handoff.console.guard import Guard
from handoff.papers import Papers
from handoff.replies import checked_replies


class LentRoutes:
    """Papers of the service that listeners read while they answer, and do not edit."""

    def __init__(self, *, papers: Papers, guard: Guard) -> None:
        self._papers = papers
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        answer = Permission.ANSWER
        return (
            web.get("/console/api/replies", self._guard.signed_in(self.replies, needs=answer)),
            web.get("/console/api/tags", self._guard.signed_in(self.tags, needs=answer)),
        )

    async def replies(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """The prepared replies, with their variables as they are: the page fills them."""
        read = checked_replies((await self._papers.current("replies")).body)
        return web.json_response(read.model_dump(mode="json"))

    async def tags(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """The tags to choose from when a conversation ends."""
        read = checked_tags((await self._papers.current("tags")).body)
        return web.json_response(read.model_dump(mode="json"))
