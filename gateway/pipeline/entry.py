"""One accepted event of one person, on its way into their conversation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import transitions
from core.clock import Clock
from core.conversation import Contact, Conversation, Message
from core.errors import Conflict
from core.events import EventKind, InboundEvent
from core.follow_up import Stage
from core.ports import Change, Store
from gateway.pipeline.leases import DECISIONS, Held

# How far back a new message is read together with those before it.
REMEMBERED = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its person and the lease under which it is taken in.

    `goes_on`: what it says is read with what the person wrote right behind it.
    """

    contact: Contact
    event: InboundEvent
    held: Held
    store: Store
    clock: Clock
    goes_on: bool = False

    async def done(self) -> None:
        """Nothing more to do with it."""
        await self.store.consume_event(self.event, lease=self.held.lease, now=self.clock())

    async def done_too_early(self) -> None:
        """It takes back what has not come yet, and may still come."""
        await self.store.consume_too_early(
            self.event, self.contact.id, lease=self.held.lease, now=self.clock()
        )

    async def is_taken_back(self) -> bool:
        """Whether its author took back, before it came, what it says."""
        event = self.event
        said = event.target if event.kind is EventKind.EDIT else event.own_id
        return said is not None and await self.store.is_taken_back(self.contact.id, said)

    async def current(self) -> Conversation:
        """The contact's open conversation, or a new one that is not stored yet."""
        latest = await self.latest()
        if latest is not None and latest.is_open:
            return latest
        return transitions.open_conversation(
            self.contact, latest, now=self.clock(), origin=self.event.ref
        )

    async def latest(self) -> Conversation | None:
        """The contact's open conversation, else their last one."""
        return await self.store.latest_conversation(self.contact.id)

    async def commit(self, change: Change) -> bool:
        """Commit a change and the event as done; False where it must be decided again."""
        try:
            await self.store.commit(
                change, now=self.clock(), lease=self.held.lease, consumed=[self.event]
            )
        except Conflict:
            return False
        return True

    async def decide(self, decision: Callable[[Conversation, datetime], Change | None]) -> None:
        """Commit what `decision` makes of the present conversation; None: nothing is to change."""
        for _ in range(DECISIONS):
            change = decision(await self.current(), self.clock())
            if change is None:
                return await self.done()
            if await self.commit(change):
                return None
        raise Conflict

    async def just_before(self, conversation: Conversation) -> Sequence[Message]:
        """The last messages of a conversation, which the next one may go on from."""
        if conversation.next_seq == conversation.first_seq:
            return await self._we_began(conversation)
        after = max(conversation.next_seq - REMEMBERED, conversation.first_seq - 1)
        return await self.store.messages(conversation.id, after=after)

    async def _we_began(self, conversation: Conversation) -> Sequence[Message]:
        """What a new conversation answers, where we wrote first."""
        told, before = conversation.follow_up, conversation.previous
        if told is None or told.stage is not Stage.SENT or before is None:
            return ()
        return await self.store.messages(before, after=max(conversation.first_seq - 2, 0))

    async def known(self, provider_id: str | None) -> tuple[Conversation, Message] | None:
        """The message a platform means, with its conversation, if it is this person's."""
        if provider_id is None:
            return None
        message = await self.store.message_by_provider_id(
            self.event.channel, self.event.account, provider_id
        )
        if message is None:
            return None
        conversation = await self.store.conversation(message.conversation_id)
        return (conversation, message) if conversation.contact_id == self.contact.id else None
