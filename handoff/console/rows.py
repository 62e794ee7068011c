"""Conversations as frames for the consoles that show them in a row.

In a surge each change is told to every console, and all whom a conversation does not concern are
told the same of it: that is written once.
"""

import json
from collections import OrderedDict

from core.accounts import Listener
from core.conversation import Conversation
from core.ids import ConversationId
from handoff.console import views
from handoff.console.api.shapes import Summary
from handoff.staff import Staff

# More than the slowest console is behind the quickest; a kilobyte each.
KEPT = 256


class Rows:
    """Rows for all consoles of this process."""

    def __init__(self, staff: Staff) -> None:
        self._staff = staff
        self._frames: OrderedDict[tuple[ConversationId, int], str] = OrderedDict()

    async def row(self, conversation: Conversation, viewer: Listener) -> Summary:
        """What this viewer is shown of it."""
        names = await self._staff.names(conversation)
        return views.summary(conversation, viewer, names)

    async def frame(self, conversation: Conversation, viewer: Listener) -> str:
        """The same, as the socket's `summary` frame."""
        if views.takes_part(conversation, viewer):
            return await self._written(conversation, viewer)
        state = (conversation.id, conversation.version)
        frame = self._frames.get(state)
        if frame is None:
            frame = self._frames[state] = await self._written(conversation, viewer)
            if len(self._frames) > KEPT:
                self._frames.popitem(last=False)
        return frame

    async def _written(self, conversation: Conversation, viewer: Listener) -> str:
        return json.dumps({"type": "summary", "summary": await self.row(conversation, viewer)})
