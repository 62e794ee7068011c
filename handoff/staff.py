"""The first names of listeners, as people who write in and colleagues see them."""

from collections.abc import Iterable

from core.conversation import Conversation, Message
from core.errors import NotFound
from core.ids import ListenerId
from core.ports import Accounts


class Staff:
    """Looks names up; they change so rarely that a process keeps them until it restarts."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._names: dict[ListenerId, str] = {}

    async def name(self, listener_id: ListenerId) -> str:
        """A listener's first name; empty for an account that is gone."""
        if listener_id not in self._names:
            try:
                self._names[listener_id] = (await self._accounts.listener(listener_id)).name
            except NotFound:
                return ""
        return self._names[listener_id]

    async def names(
        self, conversation: Conversation, messages: Iterable[Message] = ()
    ) -> dict[ListenerId, str]:
        """The names of everyone who takes part in a conversation."""
        ids = {message.listener_id for message in messages}
        ids |= {conversation.owner.listener_id, conversation.known_to}
        ids |= {note.listener_id for note in conversation.notes}
        ids |= set(conversation.readers)
        if conversation.offer is not None:
            ids.add(conversation.offer.to)
        if conversation.follow_up is not None:
            ids.add(conversation.follow_up.by)
        return {each: await self.name(each) for each in ids if each is not None}
