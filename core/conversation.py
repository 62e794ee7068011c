"""A conversation between one contact and the service, its messages, and its ticket.

Frozen types only; what may happen to them is in `core.transitions`.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.assessment import NOTHING_KNOWN, Assessment, Reason, nowhere
from core.course import NOTHING_HAPPENED, Course
from core.events import MediaRef, MessageType
from core.follow_up import FollowUp
from core.ids import AttachmentId, ContactId, ConversationId, ListenerId, MessageId
from core.notes import Alongside, Note, Offer
from core.opinion import NO_OPINION, Opinion
from core.skills import NO_NEEDS, Needs
from core.spoken_code import SpokenCode

# The channel of callers: a listener writes it down, and nothing is sent there.
TELEPHONE = "telephone"


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

    `waiting_since` is never moved: who comes back to the queue has waited all the while. Who was
    given back has `ahead_of`: they come before whoever counts from that moment (`core.line`).
    `tags` are words of the supervisors' list, chosen with the outcome. `claim` is the command by
    which its listener was given it as the next one: asked again, it is the same one.
    """

    status: TicketStatus
    opened_at: datetime
    waiting_since: datetime
    listener_id: ListenerId | None = None
    claimed_at: datetime | None = None
    claim: str | None = None
    closed_at: datetime | None = None
    outcome: Outcome | None = None
    ahead_of: datetime | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def opened(cls, now: datetime) -> "Ticket":
        """A ticket that begins to wait."""
        return cls(status=TicketStatus.WAITING, opened_at=now, waiting_since=now)


class Author(StrEnum):
    """Who wrote a message. `service` is a fixed notice, sent whoever owns the conversation.

    `elsewhere` is a colleague who answered in the platform's own inbox, past us.
    """

    PERSON = "person"
    BOT = "bot"
    SERVICE = "service"
    LISTENER = "listener"
    ELSEWHERE = "elsewhere"


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
    """The outbox entry of an outgoing message. `error` is a code, never a platform's free text.

    `attempts` counts the tries of the part that is next: number `len(provider_ids)`. A message of
    several parts is known to the platform by as many ids; its progress is that of its last part.
    """

    status: DeliveryStatus = DeliveryStatus.QUEUED
    attempts: int = 0
    due_at: datetime | None = None
    provider_ids: tuple[str, ...] = ()
    error: str | None = None

    def settled(self, result: "Delivery") -> "Delivery":
        """This entry once a sending came to `result`. A receipt that overtook it is kept."""
        if self.status in (DeliveryStatus.QUEUED, DeliveryStatus.UNKNOWN):
            return result
        status = self.status.after(result.status)
        return replace(
            result,
            status=status,
            error=self.error if status is self.status else result.error,
            # The receipt may be all that told us what the platform calls it.
            provider_ids=max(result.provider_ids, self.provider_ids, key=len),
        )


class FileState(StrEnum):
    """What became of a file that somebody sent."""

    COMING = "coming"
    KEPT = "kept"
    # Too large, of a kind we do not take, or not what it says it is.
    REFUSED = "refused"
    # The platform no longer had it.
    GONE = "gone"
    # An intimate image of a minor, put aside: see `core.quarantine`.
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a message. `source` is where the platform has it, until it is fetched.

    `mime` is what its content is, found out by us; `size` its length in bytes as kept.
    """

    id: AttachmentId
    type: MessageType
    state: FileState = FileState.COMING
    source: MediaRef | None = None
    mime: str | None = None
    filename: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A quick reply: its id in the catalogue and the words on the button."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One entry of a conversation. `seq` grows by one, and goes on in the contact's next one.

    `client_id` is the sender's own id of a message (widget or console), given back so that the
    sender recognises it. `provider_id` is the platform's id of a message that came in. `sentence`
    is the catalogue id of a bot's or service's message. `type` is None for plain text. `reply_to`
    is the number of the message it answers. `reaction` is what the person put on it. What the
    person deleted has `deleted_at` and no text any more.
    """

    id: MessageId
    conversation_id: ConversationId
    seq: int
    author: Author
    text: str
    at: datetime
    listener_id: ListenerId | None = None
    client_id: str | None = None
    provider_id: str | None = None
    sentence: str | None = None
    choices: tuple[Choice, ...] = ()
    choice: str | None = None
    type: MessageType | None = None
    attachments: tuple[Attachment, ...] = ()
    reply_to: int | None = None
    reaction: str | None = None
    forwarded: bool = False
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    delivery: Delivery | None = None

    def taken_back(self, now: datetime) -> "Message":
        """What stays of it once its author took it back."""
        gone = tuple(
            replace(file, state=FileState.GONE, source=None, filename=None)
            for file in self.attachments
        )
        return replace(
            self,
            text="",
            deleted_at=now,
            reasons=nowhere(self.reasons, self.seq),
            attachments=gone,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A wish that everything be erased. It is done at `due_at`, once it was confirmed."""

    asked_at: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """A service of the directory that the person was directed to, in message `seq`.

    `by` is the listener; None: the bot. `agreed` is what the person said; None: nothing yet.
    """

    service: str
    at: datetime
    seq: int
    by: ListenerId | None = None
    agreed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Somebody who wrote here until another took the phone: messages `since` to `until` (excluded).

    `told` is what was known of them and of what they told.
    """

    since: int
    until: int
    told: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Everything decided about one conversation. `version` grows by one with every change.

    `first_seq` and `next_seq` are the numbers of its first and its next message. `answered_seq`
    is the last message of the person that the bot has answered, `heard_seq` the last one at all,
    `heard_at` the moment they last did anything here, `heard_version` the version in which they
    last wrote, or changed what they had written.
    `danger_since` is the moment of the first critical message that no listener has answered yet,
    `danger_version` the version in which danger was last found, `alarmed_at` the moment the alarm
    went off. `raised_version` is the version in which the urgency last rose or danger was found:
    who has not seen it does not lower the urgency. A changed message keeps its number; a version
    says what was seen of it.
    `unreached_at` is when everybody on call had been called to a danger in vain.
    `danger_told_at` and `notice_at` are when the danger numbers and the last waiting notice went
    out. `dialogue` is the assistant's opaque state. `previous` links to the contact's earlier one.
    `window_ends_at` is until when the platform lets us write freely (None: no limit is known).
    `origin` is where the person came from. `standby`: another application has the thread.
    `erasure` is what the person asked to be erased, until it is done or taken back. `course` is
    kept for the figures only: nothing is decided by it. `orientations` are the services that the
    person was directed to. `known_to` is the listener who closed their previous one, or let the bot
    go on with this one. `notes` and `offer` are the listeners' own, `needs` what they ask for,
    `alongside` who of them reads along.
    `opinion` is what the person said of it at the end, `follow_up` what was asked or promised about
    writing to them again. `joined` is the other half of it: the chat of somebody on the telephone,
    or their call; `code` is what a caller types for that. `joined_before` are those before it, of
    somebody who called again. `minor_wrote`: a minor was known to write here, whoever does now.
    `writers` are those who wrote here before whoever writes now, in turn; `assessment` is about the
    one who writes now. `another_at` is the message in which somebody else seems to write, until a
    listener says. `stopped`: the person asked to be left alone. `region` is the country that their
    number is of (`core.regions`), home where it tells none.
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
    heard_at: datetime | None = None
    heard_version: int = 0
    assessment: Assessment = NOTHING_KNOWN
    dialogue: str = ""
    ticket: Ticket | None = None
    danger_since: datetime | None = None
    danger_version: int = 0
    raised_version: int = 0
    alarmed_at: datetime | None = None
    unreached_at: datetime | None = None
    danger_told_at: datetime | None = None
    notice_at: datetime | None = None
    window_ends_at: datetime | None = None
    standby: bool = False
    erasure: Erasure | None = None
    origin: str | None = None
    previous: ConversationId | None = None
    course: Course = NOTHING_HAPPENED
    orientations: tuple[Orientation, ...] = ()
    known_to: ListenerId | None = None
    notes: tuple[Note, ...] = ()
    offer: Offer | None = None
    opinion: Opinion = NO_OPINION
    needs: Needs = NO_NEEDS
    alongside: Alongside | None = None
    follow_up: FollowUp | None = None
    joined: ConversationId | None = None
    joined_before: tuple[ConversationId, ...] = ()
    code: SpokenCode | None = None
    minor_wrote: bool = False
    writers: tuple[Writer, ...] = ()
    another_at: int | None = None
    stopped: bool = False
    region: str = "FR"

    @property
    def halves(self) -> tuple[ConversationId, ...]:
        """All that was joined to it, in turn: nothing else leads there."""
        return self.joined_before + (() if self.joined is None else (self.joined,))

    @property
    def is_open(self) -> bool:
        """Whether the conversation goes on."""
        return self.closed_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether it waits in the queue for a listener."""
        waits = self.ticket is not None and self.ticket.status is TicketStatus.WAITING
        return self.is_open and waits

    @property
    def is_the_bots(self) -> bool:
        """Whether the bot answers now."""
        return self.is_open and self.owner == BOT

    def is_held_by(self, listener_id: ListenerId) -> bool:
        """Whether this listener answers now."""
        return self.is_open and self.owner.listener_id == listener_id

    @property
    def readers(self) -> tuple[ListenerId, ...]:
        """The colleagues who read along now."""
        along = self.alongside
        if along is None or not self.is_held_by(along.by):
            return ()
        return along.who

    @property
    def is_doubtful(self) -> bool:
        """Whether we wrote first, and it is not known that the same person answers."""
        return self.follow_up is not None and self.follow_up.is_doubtful

    @property
    def is_left_alone(self) -> bool:
        """Whether no machine may write unasked: the person, or who has the thread, wants it so."""
        return self.stopped or self.standby or self.erasure is not None

    @property
    def is_unreached(self) -> bool:
        """Whether everybody on call was called in vain to the danger that nobody answered yet."""
        since, at = self.danger_since, self.unreached_at
        return since is not None and at is not None and at >= since

    @property
    def is_alarming(self) -> bool:
        """Whether danger was left unanswered until the alarm went off, and still is."""
        return self.is_open and self.danger_since is not None and self.alarmed_at is not None
