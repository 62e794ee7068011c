"""What a person's phone shows while somebody, bot or listener, writes to them."""

from collections.abc import Mapping

from connectors.interface import ShowsPresence
from core.conversation import Conversation, Message
from core.ports import Store


async def show_typing(
    store: Store, channels: Mapping[str, object], conversation: Conversation, last: Message
) -> None:
    """Read up to `last`, and an answer is on its way; where the channel can show that."""
    channel = channels.get(conversation.channel)
    if isinstance(channel, ShowsPresence):
        contact = await store.contact(conversation.contact_id)
        await channel.show_seen(contact, last.provider_id, typing=True)
