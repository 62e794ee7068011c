"""Reading whole conversations, however long."""

from core.conversation import Message
from core.ids import ConversationId
from core.ports import Conversations

PAGE = 1000


async def all_messages(
    conversations: Conversations, conversation_id: ConversationId, *, after: int = 0
) -> list[Message]:
    """Every message with `seq` above `after`, in order."""
    messages: list[Message] = []
    while True:
        page = await conversations.messages(conversation_id, after=after, limit=PAGE)
        messages += page
        if len(page) < PAGE:
            return messages
        after = page[-1].seq
