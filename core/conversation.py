"""A conversation between one contact and the service, its messages, and its ticket.

Frozen types only; what may happen to them is in `core.transitions`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.assessment import NOTHING_KNOWN, Assessment, Reason
from core.ids import ContactId, ConversationId, ListenerId, MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person on one channel, known by a pseudonym. `address` is the provider's id for sending."""

    id: ContactId
    channel: str
    account: str
    address: str
    created_at: datetime


class OwnerKind(StrEnum):
    """Who answers now."""

    BOT = "bot"
    QUEUE = "queue"
    LISTENER = "listener"


@dataclass(frozen=True, slots=True)
class Owner:
    """The one who answers. `listener_id` is set if and only if the owner is a listener."""

    kind: OwnerKind
    listener_id: ListenerId | None = None

    def __post_init__(self) -> None:
        if (self.kind is OwnerKind.LISTENER) != (self.listener_id is not None):
            raise ValueError("a listener owns with an id, bot and queue without")


BOT = Owner(OwnerKind.BOT)
QUEUE = Owner(OwnerKind.QUEUE)


class TicketStatus(StrEnum):
    """Where a ticket stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    CLOSED = "closed"
    ABANDONED = "abandoned"


class Outcome(StrEnum):
    """How a listener closed a conversation."""

    HELPED = "helped"
    ORIENTED = "oriented"
    SIGNALEMENT = "signalement"
    EMERGENCY = "emergency"
    SILENT = "silent"
    ABUSIVE = "abusive"
    OFF_TOPIC = "off_topic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The request for a human. One a conversation, opened once, never taken back by a machine.

    `waiting_since` orders the queue within an urgency; it survives a listener who vanishes, so
    that the person comes back at the head.
    """

    status: TicketStatus
    opened_at: datetime
    waiting_since: datetime
    listener_id: ListenerId | None = None
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None

    @classmethod
    def opened(cls, now: datetime) -> "Ticket":
        """A ticket that begins to wait."""
        return cls(status=TicketStatus.WAITING, opened_at=now, waiting_since=now)


class Author(StrEnum):
    """Who wrote a message. `service` is a fixed notice, sent whoever owns the conversation."""

    PERSON = "person"
    BOT = "bot"
    SERVICE = "service"
    LISTENER = "listener"


class DeliveryStatus(StrEnum):
    """How far an outgoing message got. `unknown`: it may or may not have arrived; never resent."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    UNKNOWN = "unknown"

    def after(self, receipt: "DeliveryStatus") -> "DeliveryStatus":
        """The status once `receipt` came in, in whatever order: progress is never undone."""
        return receipt if _PROGRESS[receipt] > _PROGRESS[self] else self


_PROGRESS = {
    DeliveryStatus.QUEUED: 0,
    DeliveryStatus.UNKNOWN: 1,
    DeliveryStatus.SENT: 2,
    # A platform may first say sent and then failed; a read message cannot have failed.
    DeliveryStatus.FAILED: 3,
    DeliveryStatus.DELIVERED: 4,
    DeliveryStatus.READ: 5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The outbox entry of an outgoing message. `error` is a code, never a platform's free text."""

    status: DeliveryStatus = DeliveryStatus.QUEUED
    attempts: int = 0
    due_at: datetime | None = None
    provider_id: str | None = None
    error: str | None = None

    def settled(self, result: "Delivery") -> "Delivery":
        """This entry once a sending came to `result`. A receipt that overtook it is kept."""
        if self.status in (DeliveryStatus.QUEUED, DeliveryStatus.UNKNOWN):
            return result
        return replace(result, status=self.status.after(result.status))


@dataclass(frozen=True, slots=True)
class Choice:
    """A quick reply: its id in the catalogue and the words on the button."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One entry of a conversation. `seq` grows by one, and goes on in the contact's next one.

    `client_id` is the sender's own id of a message (widget or console), given back so that the
    sender recognises it. `sentence` is the catalogue id of a bot's or service's message.
    """

    id: MessageId
    conversation_id: ConversationId
    seq: int
    author: Author
    text: str
    at: datetime
    listener_id: ListenerId | None = None
    client_id: str | None = None
    sentence: str | None = None
    choices: tuple[Choice, ...] = ()
    choice: str | None = None
    reasons: tuple[Reason, ...] = ()
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Everything decided about one conversation. `version` grows by one with every change.

    `first_seq` and `next_seq` are the numbers of its first and its next message. `answered_seq`
    is the last message of the person that the bot has answered, `heard_seq` the last one at all.
    `danger_since` is the moment of the first critical message that no listener has answered yet,
    `danger_seq` the number of the last one, `alarmed_at` the moment the alarm went off.
    `danger_told_at` and `notice_at` are when the danger numbers and the last waiting notice went
    out. `dialogue` is the assistant's opaque state. `previous` links to the contact's earlier one.
    """

    id: ConversationId
    contact_id: ContactId
    channel: str
    account: str
    owner: Owner
    opened_at: datetime
    updated_at: datetime
    version: int = 0
    closed_at: datetime | None = None
    first_seq: int = 1
    next_seq: int = 1
    answered_seq: int = 0
    heard_seq: int = 0
    assessment: Assessment = NOTHING_KNOWN
    dialogue: str = ""
    ticket: Ticket | None = None
    danger_since: datetime | None = None
    danger_seq: int = 0
    alarmed_at: datetime | None = None
    danger_told_at: datetime | None = None
    notice_at: datetime | None = None
    origin: str | None = None
    previous: ConversationId | None = None

    @property
    def is_open(self) -> bool:
        """Whether the conversation goes on."""
        return self.closed_at is None

    @property
    def is_the_bots(self) -> bool:
        """Whether the bot answers now."""
        return self.is_open and self.owner == BOT

    def is_held_by(self, listener_id: ListenerId) -> bool:
        """Whether this listener answers now."""
        return self.is_open and self.owner.listener_id == listener_id

    @property
    def is_alarming(self) -> bool:
        """Whether danger was left unanswered until the alarm went off, and still is."""
        return self.is_open and self.danger_since is not None and self.alarmed_at is not None
