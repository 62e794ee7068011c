"""Looking for words in one's own conversations, over HTTP; see `docs/console-api.md`."""

from collections.abc import Iterable

from aiohttp import web

from core.accounts import Listener
from core.permissions import Permission
from core.ports import Store
from handoff.console.guard import Guard, json_body, words
from handoff.searching import search


class LookupRoutes:
    """A POST, so that what is looked for stands in no address and no log."""

    def __init__(self, *, store: Store, guard: Guard) -> None:
        self._store = store
        self._guard = guard

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        look = self._guard.signed_in(self.look, needs=Permission.ANSWER)
        return (web.post("/console/api/search", look),)

    async def look(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """The hits, newest first."""
        sought = words((await json_body(request)).get("words"))
        found = [
            {
                "id": hit.conversation.id,
                "seq": hit.message.seq,
                "author": hit.message.author.value,
                "at": hit.message.at.isoformat(),
                "text": hit.text,
                "start": hit.start,
                "end": hit.end,
            }
            for hit in await search(self._store, listener, sought)
        ]
        return web.json_response({"hits": found})
