"""Co-listening: a colleague reads a conversation as it goes on, with notes for who answers."""

from collections.abc import Sequence

from core import transitions
from core.accounts import Listener
from core.clock import Clock
from core.conversation import Conversation, Message
from core.errors import NotFound, NotThere
from core.ids import ConversationId, ListenerId
from core.ports import Phrasebook, Store
from core.reading import all_messages
from core.voices import for_the_listener
from handoff.colleagues import Colleagues
from handoff.desk import Desk
from handoff.reading import read_on_record


class CoListening:
    """The commands, for one listener at a time."""

    def __init__(
        self,
        *,
        desk: Desk,
        store: Store,
        colleagues: Colleagues,
        phrases: Phrasebook,
        clock: Clock,
    ) -> None:
        self._desk = desk
        self._store = store
        self._colleagues = colleagues
        self._phrases = phrases
        self._clock = clock

    async def invite(
        self, listener: Listener, wanted: ConversationId, to: ListenerId
    ) -> Conversation:
        """Let a colleague read along. Raises NotThere for one who is away, Refused."""
        there = {one.listener.id for one in await self._colleagues.all() if one.present}
        if to not in there:
            raise NotThere
        return await self._desk.decide(
            wanted,
            lambda conversation: transitions.invite_along(
                conversation, listener, to, now=self._clock(), phrases=self._phrases
            ),
        )

    async def leave(self, listener: Listener, wanted: ConversationId) -> Conversation:
        """Read no more. Raises Refused for whoever does not."""
        return await self._desk.decide(
            wanted,
            lambda conversation: transitions.leave_alongside(
                conversation, listener, now=self._clock(), phrases=self._phrases
            ),
        )

    async def read(
        self, listener: Listener, wanted: ConversationId, *, after: int
    ) -> tuple[Conversation, Sequence[Message]]:
        """The conversation for who reads along; from its beginning, the look is recorded first.

        Raises NotFound for everybody else.
        """
        conversation = await self._store.conversation(wanted)
        if listener.id not in conversation.readers:
            raise NotFound
        if after > 0:
            messages: Sequence[Message] = await all_messages(self._store, wanted, after=after)
        else:
            messages = await read_on_record(self._store, listener, wanted, now=self._clock())
        return conversation, for_the_listener(conversation, messages)

    async def mine(self, listener: Listener) -> Sequence[Conversation]:
        """What a listener reads along now; asked once a console."""
        found: list[Conversation] = []
        for colleague in await self._colleagues.all():
            held = await self._store.held_by(colleague.listener.id)
            found += [one for one in held if listener.id in one.readers]
        return found
