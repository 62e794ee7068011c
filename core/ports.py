"""What the kernel asks of the outside, as protocols: storage, screen, assistant, words, channels.

The storage port speaks in intentions. Each method is one transaction, durable when it returns.
Every method may raise `StorageUnavailable`; then nothing was changed.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.accounts import Listener, Session
from core.assistant import AssistantRequest, AssistantTurn
from core.conversation import Choice, Contact, Conversation, Delivery, DeliveryStatus, Message
from core.events import Accepted, InboundEvent
from core.ids import ContactId, ConversationId, ListenerId, MessageId
from core.labels import Address, Urgency
from core.screening import Screening
from core.work import Lane, Lease, Wake


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All that one decision changes. It is written whole or not at all.

    `conversation` carries the version after the change: the stored one plus one, or 1 for a new
    conversation. `messages` are new ones; outgoing ones carry their `Delivery`, which is the
    outbox entry.
    """

    conversation: Conversation
    messages: tuple[Message, ...] = ()
    wakes: tuple[Wake, ...] = ()


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An accepted event that waits to enter its conversation, and how often that was tried."""

    event: InboundEvent
    received_at: datetime
    tries: int


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


class Inbox(Protocol):
    """Events from the platforms: kept once, before anyone is told that they arrived."""

    async def accept_events(
        self, events: Sequence[InboundEvent], *, now: datetime, priority: int
    ) -> Sequence[Accepted]:
        """Keep events unseen so far, unique by (channel, account, event id), in this order.

        Creates the contact of a new sender and wakes its inbound lane. All or none are kept.
        """

    async def pending_events(self, contact_id: ContactId, *, limit: int) -> Sequence[PendingEvent]:
        """The contact's accepted events not yet consumed or quarantined, oldest first.

        An event that cannot be opened (damaged, or its key gone) is quarantined at once, here, and
        logged without its content; those behind it are returned.
        """

    async def consume_event(self, event: InboundEvent, *, lease: Lease, now: datetime) -> None:
        """Mark an event done that changes no conversation. Its content is erased, its id kept.

        Raises LeaseLost.
        """

    async def event_failed(
        self, event: InboundEvent, *, lease: Lease, now: datetime, quarantine_after: int
    ) -> bool:
        """Count a failed try; True when the event is now quarantined, out of the others' way.

        Raises LeaseLost.
        """


class WorkList(Protocol):
    """Durable work with leases; see `core.work`."""

    async def claim_work(
        self, lane: Lane, *, now: datetime, lease_for: timedelta, limit: int
    ) -> Sequence[Lease]:
        """Lease up to `limit` items that are due, urgent first, then longest due."""

    async def extend_lease(self, lease: Lease, *, now: datetime, lease_for: timedelta) -> Lease:
        """The same lease with a later end. Raises LeaseLost."""

    async def finish_work(
        self, lease: Lease, *, now: datetime, again_at: datetime | None = None
    ) -> None:
        """Give an item back: gone, unless it was woken meanwhile or is wished again `again_at`.

        A lost lease is no error here: the item is somebody else's already.
        """

    async def wake(self, wakes: Sequence[Wake]) -> None:
        """Wish for work. An item that exists keeps its earlier moment and more urgent priority;
        one that is leased now is looked at again after its lease."""


class Conversations(Protocol):
    """Conversations, their messages and tickets.

    Where one thing is asked for and cannot be opened (damaged, or its key gone), SealBroken is
    raised. The lists `waiting`, `held_by` and `in_danger` pass such a row by, not counting it in
    `limit`, and log how many there were: one broken row must not hide all others.
    """

    async def contact(self, contact_id: ContactId) -> Contact:
        """Raises NotFound."""

    async def find_contact(self, channel: str, account: str, address: str) -> Contact | None:
        """The contact behind a provider's user id, by keyed hash."""

    async def conversation(self, conversation_id: ConversationId) -> Conversation:
        """Raises NotFound."""

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
        when a new conversation would be the contact's second open one; LeaseLost when `lease` is
        no longer held at `now`; DuplicateMessage when a message id exists already; NotFound when
        the contact is unknown, or not the one whose conversation is stored; SealBroken when the
        conversation's key is gone.
        The lease stays held: `finish_work` gives it back.
        """

    async def waiting(self, *, limit: int) -> Sequence[Conversation]:
        """Open conversations with a waiting ticket: most urgent first, then longest waiting."""

    async def held_by(self, listener_id: ListenerId) -> Sequence[Conversation]:
        """Open conversations that a listener owns, in the order of claiming."""

    async def in_danger(self, *, limit: int) -> Sequence[Conversation]:
        """Open conversations with danger that no listener answered yet, oldest danger first."""

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


class Outbox(Protocol):
    """Outgoing messages on their way to a platform."""

    async def undelivered(self, conversation_id: ConversationId) -> Sequence[Message]:
        """Messages whose delivery is `queued`, in order."""

    async def settle_delivery(
        self, message: Message, delivery: Delivery, *, lease: Lease, now: datetime
    ) -> None:
        """Record what became of a sending. Raises LeaseLost.

        Progress already recorded, by a receipt that overtook us, is not undone.
        """

    async def record_receipt(
        self,
        *,
        channel: str,
        account: str,
        provider_id: str,
        status: DeliveryStatus,
        error: str | None,
        now: datetime,
    ) -> MessageId | None:
        """Advance the status of the message the platform means; never backwards. None: unknown.

        A receipt that does not advance the status changes nothing, its `error` included.
        """


class Accounts(Protocol):
    """Listeners and their sign-ins."""

    async def add_listener(self, listener: Listener) -> None:
        """Raises Conflict when the login is taken."""

    async def save_listener(self, listener: Listener) -> None:
        """Replace an account. Raises NotFound, or Conflict when the login is another's."""

    async def listener(self, listener_id: ListenerId) -> Listener:
        """Raises NotFound."""

    async def listener_by_login(self, login: str) -> Listener | None:
        """Look an account up by its login, compared without regard to case."""

    async def listeners(self) -> Sequence[Listener]:
        """All accounts, oldest first."""

    async def add_session(self, session: Session) -> None:
        """Keep a new sign-in."""

    async def session(self, token_hash: str) -> Session | None:
        """The sign-in of a token."""

    async def touch_session(self, token_hash: str, *, seen_at: datetime) -> None:
        """Note that the sign-in was used."""

    async def end_session(self, token_hash: str) -> None:
        """Forget one sign-in."""

    async def end_sessions(self, listener_id: ListenerId) -> None:
        """Forget all sign-ins of a listener."""


class Store(Inbox, WorkList, Conversations, Outbox, Accounts, Protocol):
    """The whole storage port. Opened and closed by the composition root."""

    async def open(self) -> None:
        """Connect, create or migrate schema and indexes.

        Raises ConfigurationError for what will never work, StorageUnavailable for what may.
        """

    async def close(self) -> None:
        """Finish what was begun and let go of every resource."""

    async def check(self) -> None:
        """Prove that messages can be kept now, by a durable write. Raises StorageUnavailable."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence as the reader sees it."""

    text: str
    choices: tuple[Choice, ...] = ()


class Phrasebook(Protocol):
    """The one catalogue of sentences."""

    def say(
        self, sentence: str, address: Address, values: Mapping[str, str] | None = None
    ) -> Phrase:
        """Render a sentence. Raises KeyError for an unknown sentence or a missing value."""


class DangerScreen(Protocol):
    """Recognises danger in French as it is typed, in process."""

    def screen(self, text: str) -> Screening:
        """The verdict on one message. Never raises for any text."""

    def glance(self, text: str) -> bool:
        """A microsecond's look: may this text hold danger? Used to order work, never to decide."""


class Assistant(Protocol):
    """The triage assistant."""

    async def turn(self, request: AssistantRequest) -> AssistantTurn:
        """One turn of dialogue. Raises AssistantUnavailable: slow, dead, or no usable answer."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took the message."""

    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """The platform refused for now: nothing was sent. `after` is the delay it asked for."""

    code: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """The platform will never take this message."""

    code: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The platform may have taken the message: never send it again by machine."""

    code: str


class Channel(Protocol):
    """What delivery needs of a connector: it translates and sends, it never decides or stores."""

    @property
    def name(self) -> str:
        """The channel's name in events and conversations."""

    @property
    def repeatable(self) -> bool:
        """Whether sending the same message twice is seen once, so that a crash may repeat it."""

    async def send(self, contact: Contact, message: Message) -> Sent | Retry | Failed | Ambiguous:
        """Send one message once. Must not retry and must not raise for a platform's errors."""


class Changes(Protocol):
    """What changed since one looked last. Changes to one conversation are told once."""

    async def next(self) -> frozenset[ConversationId]:
        """Wait until something changed; never empty."""


class Feed(Protocol):
    """Tells who shows conversations that they changed, on whatever process that happened."""

    def follow(self, contact_id: ContactId | None = None) -> AbstractContextManager[Changes]:
        """The changes to a contact's conversations, or to all, from now on."""
