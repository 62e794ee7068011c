"""What a command on one's own conversation is answered with."""

from collections.abc import Awaitable

from aiohttp import web

from core.accounts import Listener
from core.conversation import Conversation
from core.errors import AnotherWrites, NotThere, Refused, Unseen
from handoff.console import views
from handoff.console.guard import ApiError
from handoff.staff import Staff

_WHY = {NotThere: "not_there", Unseen: "new_message", AnotherWrites: "another_writes"}


async def changed(listener: Listener, doing: Awaitable[Conversation], staff: Staff) -> web.Response:
    """The conversation as the command left it, as a row for the listener who gave it.

    The same row as the socket tells: of two of one version the page keeps the one that comes last.
    Raises ApiError for a command that was refused.
    """
    try:
        conversation = await doing
    except Refused as refused:
        raise ApiError(409, _WHY.get(type(refused), "not_owner")) from None
    names = await staff.names(conversation)
    return web.json_response({"summary": views.summary(conversation, listener, names)})
