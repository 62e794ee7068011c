"""A thread is shown whole, however long its conversations are."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from connectors.web.transcript import thread_after
from core.conversation import Contact, Conversation, Message
from core.ids import ContactId
from core.ports import Conversations
from tests.builders import NOON, a_conversation, a_message

ANNE = Contact(id=ContactId("c"), channel="web", account="site", address="a", created_at=NOON)


class Shelf:
    """Conversations that are only read."""

    def __init__(self, *conversations: Conversation) -> None:
        self._conversations = conversations

    async def latest_conversation(self, contact_id: ContactId) -> Conversation:
        return self._conversations[-1]

    async def conversation(self, conversation_id: str) -> Conversation:
        return next(each for each in self._conversations if each.id == conversation_id)

    async def messages(
        self, conversation_id: str, *, after: int = 0, limit: int = 1000
    ) -> Sequence[Message]:
        of = await self.conversation(conversation_id)
        numbers = range(max(of.first_seq, after + 1), of.next_seq)[:limit]
        return [a_message(of, seq) for seq in numbers]


def shelf(*lengths: int) -> Conversations:
    conversations: list[Conversation] = []
    first: int = 1
    for length in lengths:
        fields: dict[str, Any] = {"first_seq": first, "next_seq": first + length}
        previous = conversations[-1].id if conversations else None
        conversations.append(replace(a_conversation(ANNE, **fields), previous=previous))
        first += length
    return cast("Conversations", Shelf(*conversations))


async def test_long_conversations_are_read_to_their_end() -> None:
    for lengths in ((2500,), (1000,), (2000, 3), (1500, 1500)):
        _, messages = await thread_after(shelf(*lengths), ANNE.id, 0)
        assert [each.seq for each in messages] == list(range(1, sum(lengths) + 1)), lengths


async def test_only_what_comes_after_the_cursor() -> None:
    _, messages = await thread_after(shelf(1500, 1500), ANNE.id, 1490)
    assert [each.seq for each in messages] == list(range(1491, 3001))
