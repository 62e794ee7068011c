"""The holder of a conversation is writing: shown to the person where that can be done."""

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

from aiohttp import web

from core.accounts import Listener
from core.conversation import Conversation
from core.errors import NotFound
from core.ids import ConversationId, ListenerId
from core.permissions import Permission
from handoff.console.guard import Guard, conversation_id
from handoff.desk import Desk

# Shows the person of a conversation that its holder is writing. Best effort: it does not raise, nor
# take long.
ShowTyping: TypeAlias = Callable[[Conversation], Awaitable[None]]

# The page asks at most every eight seconds; what comes sooner than this is dropped.
EVERY = 4.0


class TypingRoutes:
    """Asked by the page while somebody writes; nothing is kept of it."""

    def __init__(
        self,
        *,
        desk: Desk,
        guard: Guard,
        show: ShowTyping,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._desk = desk
        self._guard = guard
        self._show = show
        self._seconds = seconds
        # When each sign of the last seconds was taken: also one that is still being shown.
        self._taken: dict[tuple[ListenerId, ConversationId], float] = {}

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        writing = self._guard.signed_in(self.writing, needs=Permission.ANSWER)
        return (web.post("/console/api/conversations/{id:[0-9a-f]{32}}/typing", writing),)

    async def writing(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """204 for who holds the conversation, 404 for everybody else."""
        sign = (listener.id, conversation_id(request))
        now = self._seconds()
        self._taken = {one: at for one, at in self._taken.items() if now - at < EVERY}
        if sign not in self._taken:
            # Before the database is asked: what it cannot keep up with is dropped here.
            self._taken[sign] = now
            try:
                conversation, _ = await self._desk.read(listener, sign[1], after=10**9)
            except NotFound:
                self._taken.pop(sign, None)
                raise
            await self._show(conversation)
        return web.Response(status=204)
