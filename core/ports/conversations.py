"""Conversations, their messages and tickets, and how a decision about them is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.audit import Deed
from core.conversation import Contact, Conversation, Message
from core.events import InboundEvent
from core.figures import Fact
from core.ids import ContactId, ConversationId, ListenerId, MessageId
from core.labels import Urgency
from core.work import Lease, Wake


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that one decision changes. It is written whole or not at all.

    `conversation` carries the version after the change: the stored one plus one, or 1 for a new
    conversation. `messages` are new ones; outgoing ones carry their `Delivery`, which is the
    outbox entry. `rewritten` replace stored ones of the same id in the same conversation: what the
    person edited or deleted, a reaction, a file that was fetched. A rewritten message keeps its
    `seq` and its stored `delivery`. `deeds` are recorded in the audit with it.
    `fact` is what the figures are to keep of the conversation from now on, in the place of what
    they kept before; None: that stays.
    """

    conversation: Conversation
    messages: tuple[Message, ...] = ()
    rewritten: tuple[Message, ...] = ()
    wakes: tuple[Wake, ...] = ()
    deeds: tuple[Deed, ...] = ()
    fact: Fact | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """A conversation that changed, at the moment the change was written."""

    conversation_id: ConversationId
    contact_id: ContactId
    at: datetime


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """The few numbers that show the queue's health."""

    waiting: Mapping[Urgency, int]
    oldest_waiting_since: datetime | None
    oldest_danger_since: datetime | None
    quarantined: int


class Conversations(Protocol):
    """Conversations, their messages and tickets.

    Where one thing is asked for and cannot be opened (damaged, or its key gone), SealBroken is
    raised. The lists `conversations`, `waiting`, `held_by`, `offered_to`, `in_danger` and
    `follow_ups` pass such a row by, not counting it in `limit`, and log how many there were: one
    broken row must not hide all others.
    """

    async def contact(self, contact_id: ContactId) -> Contact:
        """Raises NotFound."""

    async def find_contact(self, channel: str, account: str, address: str) -> Contact | None:
        """The contact behind a provider's user id or an alias of it, by keyed hash."""

    async def erase_contact(self, contact_id: ContactId) -> bool:
        """Destroy the contact, its conversations, messages, files, events, work, aliases and keys.

        False when there is no such contact. Afterwards nothing of it can be read, in a copy of the
        database either: the data keys are gone. The same person who writes again is new. The hash
        of an event's id is kept, so that a replayed webhook does not bring them back.
        """

    async def conversation(self, conversation_id: ConversationId) -> Conversation:
        """Raises NotFound."""

    async def conversations(self, ids: Iterable[ConversationId]) -> Sequence[Conversation]:
        """Those of these conversations that are there, in the order of `ids`."""

    async def latest_conversation(self, contact_id: ContactId) -> Conversation | None:
        """The contact's open conversation, else the last closed one, by `first_seq`: the numbers of
        messages go on from one to the next, while writers' clocks may differ."""

    async def messages(
        self, conversation_id: ConversationId, *, after: int = 0, limit: int = 1000
    ) -> Sequence[Message]:
        """Messages with `seq` above `after`, in order, `limit` at most.

        A conversation may hold more: page, `after` being the last `seq` read, until a page is not
        full. One message that cannot be opened raises SealBroken: a gap must not go unseen.
        """

    async def message(self, message_id: MessageId) -> Message | None:
        """One message by its id; None when there is none."""

    async def message_by_provider_id(
        self, channel: str, account: str, provider_id: str
    ) -> Message | None:
        """The message a platform knows by this id, whoever wrote it; None when there is none."""

    async def commit(
        self,
        change: Change,
        *,
        now: datetime,
        lease: Lease | None = None,
        consumed: Sequence[InboundEvent] = (),
    ) -> None:
        """Write a decision whole: conversation, ticket, messages, outbox, wakes, consumed events.

        Raises Conflict when the stored version is not the one before `change.conversation`'s, or
        when a new conversation would be the contact's second open one, or when the wish that
        took it (`Ticket.claim`) took another that is open, or when a new message's number is taken
        or passed in another conversation of the contact; LeaseLost when `lease` is
        no longer held at `now`; DuplicateMessage when a message id exists already; NotFound when
        the contact is unknown, or not the one whose conversation is stored, or a rewritten message
        is not there; SealBroken when the conversation's key is gone.
        The lease stays held: `finish_work` gives it back.
        """

    async def waiting(self, *, limit: int) -> Sequence[Conversation]:
        """Open conversations with a waiting ticket, in the order of the line (`core.line`)."""

    async def first_place(self, urgency: Urgency, *, at_least: int) -> int | None:
        """The smallest place, from `at_least` on, of those who wait with this urgency."""

    async def held_by(self, listener_id: ListenerId) -> Sequence[Conversation]:
        """Open conversations that a listener owns, in the order of claiming."""

    async def offered_to(self, listener_id: ListenerId) -> Sequence[Conversation]:
        """Open conversations that another listener offered to this one who has not declined; those
        whose time is over included."""

    async def in_danger(self, *, limit: int) -> Sequence[Conversation]:
        """Open conversations with danger that no listener answered yet, oldest danger first."""

    async def follow_ups(self, *, limit: int) -> Sequence[Conversation]:
        """Conversations with a follow-up to come (`core.follow_up`), open or closed, soonest first.

        A person's later conversation carries on what an earlier one promised: both are here until
        the earlier one is let go.
        """

    async def changed_since(self, moment: datetime, *, limit: int) -> Sequence[Touched]:
        """Conversations written after `moment`, oldest change first.

        Moments are the writers' `now`, except that those of one conversation always grow: a write
        whose clock is behind the last one's is dated a microsecond after it, so that no two changes
        of a conversation share a moment and a later change is never taken for an earlier.
        A delivery's progress is a change too. Writers' clocks differ and commits overtake each
        other: ask again from a little before the last moment seen.
        """

    async def queue_figures(self) -> QueueFigures:
        """Counts for metrics and health, every urgency named; cheap to ask every few seconds.

        Conversations that cannot be opened count too: somebody waits behind them.
        """
