"""The holder of a conversation is writing: shown where the person's platform can show it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeAlias

from aiohttp import web

from core.accounts import Listener
from core.conversation import Author, Conversation, Message
from core.permissions import Permission
from handoff.console.guard import Guard, conversation_id
from handoff.desk import Desk

# Shows, on a conversation's platform, that its last message is read and an answer being written.
# Best effort: it neither raises nor takes long.
ShowTyping: TypeAlias = Callable[[Conversation, Message], Awaitable[None]]

# The person's last message is among the last so many, or there is nothing to mark as read.
LOOKED_AT = 50


class TypingRoutes:
    """Asked by the page while somebody writes; nothing is kept of it."""

    def __init__(self, *, desk: Desk, guard: Guard, show: ShowTyping) -> None:
        self._desk = desk
        self._guard = guard
        self._show = show

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
        writing = self._guard.signed_in(self.writing, needs=Permission.ANSWER)
        return (web.post("/console/api/conversations/{id:[0-9a-f]{32}}/typing", writing),)

    async def writing(self, request: web.Request, listener: Listener) -> web.StreamResponse:
        """204 for who holds the conversation, 404 for everybody else."""
        wanted = conversation_id(request)
        conversation, _ = await self._desk.read(listener, wanted, after=10**9)
        after = max(0, conversation.next_seq - LOOKED_AT)
        _, messages = await self._desk.read(listener, wanted, after=after)
        heard = [one for one in messages if one.author is Author.PERSON]
        if heard and conversation.is_open:
            await self._show(conversation, heard[-1])
        return web.Response(status=204)
