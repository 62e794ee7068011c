"""What a person on the website may see: the messages of their own thread after a cursor.

Not what somebody else wrote in the same tab. Who has not said who they are holds the tab, and may
be waiting for a listener's last words: they see it all.
"""

from collections.abc import Sequence

from core.conversation import Conversation, Message
from core.ids import ContactId
from core.ports import Conversations
from core.reading import all_messages
from core.voices import another_wrote, for_the_person


async def thread_after(
    conversations: Conversations, contact_id: ContactId, last: int
) -> tuple[Conversation | None, Sequence[Message]]:
    """The newest conversation, and the writer's messages numbered above `last`, in order.

    Numbers go on from one conversation of a contact to the next, so that one cursor serves all. An
    earlier conversation of another writer leaves a gap in them.
    """
    newest = await conversations.latest_conversation(contact_id)
    if newest is None:
        return None, ()
    parts = [for_the_person(newest, await all_messages(conversations, newest.id, after=last))]
    oldest = newest
    while oldest.first_seq > last + 1 and oldest.previous is not None:
        oldest = await conversations.conversation(oldest.previous)
        if not another_wrote(oldest, newest):
            parts.insert(0, await all_messages(conversations, oldest.id, after=last))
    return newest, [message for part in parts for message in part]
