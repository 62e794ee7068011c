"""What a listener may do to pass a conversation on: notes, transfer, hand back, and taking back.

Commands that carry a `client_id` are done once, however often the console asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core import line, transitions
from core.accounts import Listener
from core.clock import Clock
from core.conversation import Conversation, Message
from core.errors import NotFound, NotThere, Refused
from core.ids import ConversationId, ListenerId
from core.ports import Phrasebook, Store
from core.prospects import Expect
from core.voices import may_be_shown
from handoff.colleagues import Colleagues
from handoff.desk import Desk
from handoff.reading import read_on_record

# More than this is a case for the figures, not for one who answers somebody now.
EARLIER_AT_MOST = 5


@dataclass(slots=True)
class Earlier:
    """A contact's earlier conversations. `withheld`: how many are, or may be, somebody else's."""

    shown: list[tuple[Conversation, Sequence[Message]]] = field(default_factory=list)
    withheld: int = 0

    @property
    def looked_at(self) -> int:
        """How many there were."""
        return len(self.shown) + self.withheld


class Passing:
    """The commands, for one listener at a time. Each raises Refused for whoever may not."""

    def __init__(
        self,
        *,
        desk: Desk,
        store: Store,
        colleagues: Colleagues,
        phrases: Phrasebook,
        clock: Clock,
        expect: Expect,
    ) -> None:
        self._desk = desk
        self._store = store
        self._colleagues = colleagues
        self._phrases = phrases
        self._clock = clock
        self._expect = expect

    async def note(
        self, listener: Listener, wanted: ConversationId, text: str, *, client_id: str
    ) -> Conversation:
        """Leave a note for colleagues."""
        if before := await self._noted(listener, wanted, client_id):
            return before
        return await self._desk.decide(
            wanted,
            lambda conversation: transitions.add_note(
                conversation,
                listener,
                text,
                client_id=client_id,
                now=self._clock(),
                phrases=self._phrases,
            ),
        )

    async def offer(
        self,
        listener: Listener,
        wanted: ConversationId,
        to: ListenerId,
        summary: str,
        *,
        client_id: str,
    ) -> Conversation:
        """Ask a colleague to take over. Raises NotThere for one who is away or not free."""
        if before := await self._noted(listener, wanted, client_id):
            return before
        if to not in await self._colleagues.free():
            raise NotThere
        return await self._desk.decide(
            wanted,
            lambda conversation: transitions.offer(
                conversation,
                listener,
                to,
                summary,
                client_id=client_id,
                now=self._clock(),
                phrases=self._phrases,
            ),
        )

    async def withdraw(self, listener: Listener, wanted: ConversationId) -> Conversation:
        """Keep it after all."""
        return await self._desk.decide(
            wanted,
            lambda conversation: transitions.withdraw(
                conversation, listener, now=self._clock(), phrases=self._phrases
            ),
        )

    async def accept(self, listener: Listener, wanted: ConversationId) -> Conversation:
        """Take over what a colleague offers; done already is done."""
        now_mine = await self._store.conversation(wanted)
        if now_mine.is_held_by(listener.id):
            return now_mine
        return await self._desk.decide(
            wanted,
            lambda conversation: transitions.accept(
                conversation, listener, now=self._clock(), phrases=self._phrases
            ),
        )

    async def decline(self, listener: Listener, wanted: ConversationId) -> Conversation:
        """Leave it with the colleague who offers it."""
        return await self._desk.decide(
            wanted,
            lambda conversation: transitions.decline(
                conversation, listener, now=self._clock(), phrases=self._phrases
            ),
        )

    async def hand_back(
        self, listener: Listener, wanted: ConversationId, note: str, *, client_id: str
    ) -> Conversation:
        """To the head of the queue, with a note for whoever takes it."""
        if before := await self._noted(listener, wanted, client_id):
            return before
        first = await line.first_of(self._store, await self._store.conversation(wanted))
        return await self._desk.decide(
            wanted,
            lambda conversation: transitions.hand_back(
                conversation,
                listener,
                note,
                client_id=client_id,
                first=first,
                now=self._clock(),
                phrases=self._phrases,
                prospect=self._expect(conversation.channel),
            ),
        )

    async def return_to_bot(
        self, listener: Listener, wanted: ConversationId, summary: str, *, client_id: str
    ) -> Conversation:
        """Let the bot go on, with a summary for whoever takes it next.

        Raises TooUrgent where no machine may be left alone.
        """
        if before := await self._noted(listener, wanted, client_id):
            return before
        return await self._desk.decide(
            wanted,
            lambda conversation: transitions.return_to_bot(
                conversation,
                listener,
                summary,
                client_id=client_id,
                now=self._clock(),
                phrases=self._phrases,
            ),
        )

    async def reopen(self, listener: Listener, wanted: ConversationId) -> Conversation:
        """Take back a closing. Raises TooLate; Refused when the person has begun another."""

        conversation = await self._store.conversation(wanted)
        if conversation.is_held_by(listener.id):
            return conversation
        latest = await self._store.latest_conversation(conversation.contact_id)
        if latest is None or latest.id != wanted:
            raise Refused
        return await self._desk.decide(
            wanted,
            lambda conversation: transitions.reopen(
                conversation, listener, now=self._clock(), phrases=self._phrases
            ),
        )

    async def offered(self, listener: Listener) -> Sequence[Conversation]:
        """What colleagues offer a listener now."""
        now = self._clock()
        return [
            one
            for one in await self._store.offered_to(listener.id)
            if one.offer and one.offer.stands(now)
        ]

    async def earlier(self, listener: Listener, wanted: ConversationId) -> Earlier:
        """The same contact's earlier conversations, newest first, for who holds this one.

        Those of a child are not shown in a parent's (`core.voices`), and are counted only. Each
        look is in the audit before it is answered. Raises NotFound for everybody else.
        """
        here = conversation = await self._store.conversation(wanted)
        if not here.is_held_by(listener.id):
            raise NotFound
        found = Earlier()
        while conversation.previous is not None and found.looked_at < EARLIER_AT_MOST:
            try:
                conversation = await self._store.conversation(conversation.previous)
            except NotFound:
                # Its time was over, and it is gone for good.
                break
            if not may_be_shown(conversation, here):
                found.withheld += 1
                continue
            messages = await read_on_record(
                self._store, listener, conversation.id, now=self._clock()
            )
            found.shown.append((conversation, messages))
        return found

    async def _noted(
        self, listener: Listener, wanted: ConversationId, client_id: str
    ) -> Conversation | None:
        """The conversation, when the command of this id was done before."""
        conversation = await self._store.conversation(wanted)
        wanted_id = transitions.note_id(conversation, listener, client_id)
        done = any(note.id == wanted_id for note in conversation.notes)
        return conversation if done else None
