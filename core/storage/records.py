"""Domain types as rows: what an engine may see in the clear, and the rest sealed.

An engine sees ids, moments, counters and the few values it sorts by. Everything else, text, names,
provider ids and what triage believes included, is one sealed body. Both engines store these same
records; only here do domain types meet storage. Moments are microseconds since 1970, UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, TypeVar

import structlog
from pydantic import BeforeValidator, TypeAdapter

from core.accounts import Attendance, Availability, Listener
from core.audit import Chain
from core.conversation import Contact, Conversation, DeliveryStatus, Message
from core.errors import SealBroken
from core.events import InboundEvent
from core.figures import Fact
from core.ids import AttachmentId, ConversationId, ListenerId
from core.line import place_of
from core.ports.documents import Document
from core.sealing import DataKey, Vault
from core.storage.identity import EventIds

log = structlog.get_logger()

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _message_of_today(message: Any) -> Any:
    """A sealed message as it is written today: a delivery once had one provider id, not several."""
    match message:
        case {"delivery": {"provider_id": before, **delivery}}:
            ids = [] if before is None else [before]
            return {**message, "delivery": {**delivery, "provider_ids": ids}}
    return message


def _conversation_of_today(conversation: Any) -> Any:
    """A sealed conversation as it is written today: what had raised it was once known by the
    number of a message. What a listener saw of that is not known: nothing, until it was shown."""
    match conversation:
        case {"danger_seq": danger, "raised_seq": raised, "version": version, **as_it_is}:
            told = {"heard_version": version, "version": version}
            told["danger_version"] = version if danger else 0
            told["raised_version"] = version if raised else 0
            return {**as_it_is, **told}
    return conversation


_EVENT = TypeAdapter(InboundEvent)
_CONTACT = TypeAdapter(Contact)
_CONVERSATION: TypeAdapter[Conversation] = TypeAdapter(
    Annotated[Conversation, BeforeValidator(_conversation_of_today)]
)
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, BeforeValidator(_message_of_today)])
_LISTENER = TypeAdapter(Listener)
_FACT = TypeAdapter(Fact)

# Staff accounts are sealed by one data key of their own, made at the first start.
ACCOUNTS_SUBJECT = "accounts"

# Unwrapped keys held at once: those of the conversations that are going on.
_KEYS_HELD = 4_096


def to_micros(moment: datetime) -> int:
    """A moment as stored."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def from_micros(micros: int) -> datetime:
    """A stored moment."""
    return _EPOCH + timedelta(microseconds=micros)


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """An accepted event. `ref` is the keyed hash of (channel, account, event id): unique."""

    ref: str
    contact_id: str
    received_at: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRecord:
    """A contact. `ref` is the keyed hash of (channel, account, address): unique."""

    id: str
    ref: str
    created_at: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRecord:
    """A conversation and its ticket. `waiting` and `listener_id` are the desk's two indexes.

    `claim`, the wish by which its listener got it, is one open conversation's at most.
    """

    id: str
    contact_id: str
    version: int
    is_open: bool
    waiting: bool
    urgency: int
    waiting_since: int | None
    listener_id: str | None
    claimed_at: int | None
    danger_since: int | None
    first_seq: int
    opened_at: int
    updated_at: int
    body: bytes
    place: int | None = None
    offered_to: str | None = None
    follow_up_at: int | None = None
    claim: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """A message and its outbox entry."""

    id: str
    conversation_id: str
    seq: int
    delivery: str | None
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerRecord:
    """A staff account. `ref` is the keyed hash of the login, case folded: unique."""

    id: str
    ref: str
    created_at: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """One version of a document. One version of each is the current one."""

    kind: str
    name: str
    version: int
    is_current: bool
    written_at: int
    written_by: str | None
    body: bytes


# The kind of documents that no copy holds: what must not outlive its hour anywhere.
UNCOPIED = "quarantine"


def document_subject(kind: str, name: str) -> str:
    """Whose data key seals a document: its own."""
    return f"document|{kind}|{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRecord:
    """What the figures keep of one conversation. `id` is a name that only its data key can form."""

    id: str
    hour: int
    body: bytes


class DataKeys:
    """Unwraps data keys, and holds those in use.

    What is held in memory is held under the wrapped form just read from the database: a key that
    was erased, replaced, or never committed is never used because somebody remembered it.
    """

    def __init__(self, vault: Vault) -> None:
        self._unwrap = lru_cache(_KEYS_HELD)(vault.unwrap)

    def unwrapped(self, subject: str, wrapped: bytes | None) -> DataKey:
        """The key behind a wrapped form that was read now. Raises SealBroken."""
        if wrapped is None:
            raise SealBroken
        try:
            return self._unwrap(subject, wrapped)
        except (TypeError, ValueError):  # too short, or no bytes at all
            raise SealBroken from None

    def forget(self) -> None:
        """Hold no key any more."""
        self._unwrap.cache_clear()


class Codec:
    """Seals domain types into records and opens them again, under the right data key.

    The caller finds the key: a contact's for contact and events, a conversation's for the
    conversation and its messages. Facts outlive both and have one key for all. Opening raises
    SealBroken for a wrong key, and for a record that was moved or damaged; the error shows nothing
    of what was sealed.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    @property
    def chain(self) -> Chain:
        """What joins the audit. Asked for anew: its secret comes with the database."""
        return Chain(self._vault.derived_secret("audit chain"))

    @property
    def _figures(self) -> DataKey:
        return DataKey("figures", self._vault.derived_secret("figures"))

    def event_ref(self, event: InboundEvent) -> str:
        """The idempotency key of an event."""
        return self._vault.lookup("event", event.channel, event.account, event.event_id)

    def taken_back_ref(self, contact_id: str, provider_id: str) -> str:
        """What is kept, among the refs of events, of a message that was taken back before it came.

        It leads back to nobody."""
        return self._vault.lookup("taken back", contact_id, provider_id)

    def contact_ref(self, channel: str, account: str, address: str) -> str:
        """The look-up key of a contact."""
        return self._vault.lookup("contact", channel, account, address)

    def lost_ref(self, contact_id: str) -> str:
        """What a contact has for a look-up key whose address is somebody else's now."""
        return self._vault.lookup("contact without address", contact_id)

    def event_ids(self, event: InboundEvent) -> EventIds:
        """The look-up keys of the person and of the other ids in an event. Raises ValueError."""
        person = event.person
        if person is None:
            raise ValueError("an event that concerns nobody belongs to no contact")

        def ref(address: str) -> str:
            return self.contact_ref(event.channel, event.account, address)

        return EventIds(
            address=person,
            person=ref(person),
            previous=ref(event.previous) if event.previous else None,
            aliases=tuple(ref(one) for one in dict.fromkeys(event.aliases) if one != person),
        )

    def provider_ref(self, channel: str, account: str, provider_id: str) -> str:
        """The look-up key of a message a platform knows."""
        return self._vault.lookup("message", channel, account, provider_id)

    def provider_refs(self, message: Message, *, channel: str, account: str) -> tuple[str, ...]:
        """The look-up keys of a message: one for each id that its platform knows it by."""
        ids = message.delivery.provider_ids if message.delivery else ()
        if message.provider_id is not None:
            ids = (*ids, message.provider_id)
        return tuple(self.provider_ref(channel, account, one) for one in dict.fromkeys(ids))

    def login_ref(self, login: str) -> str:
        """The look-up key of a staff account."""
        return self._vault.lookup("login", login.casefold())

    def seal_event(
        self, event: InboundEvent, contact_id: str, received_at: datetime, key: DataKey
    ) -> EventRecord:
        ref = self.event_ref(event)
        return EventRecord(
            ref=ref,
            contact_id=contact_id,
            received_at=to_micros(received_at),
            body=key.seal(_EVENT.dump_json(event), place=f"event|{ref}"),
        )

    def open_event(self, record: EventRecord, key: DataKey) -> InboundEvent:
        return _opened(_EVENT, record.body, key, place=f"event|{record.ref}")

    def seal_contact(self, contact: Contact, key: DataKey) -> ContactRecord:
        return ContactRecord(
            id=contact.id,
            ref=self.contact_ref(contact.channel, contact.account, contact.address),
            created_at=to_micros(contact.created_at),
            body=key.seal(_CONTACT.dump_json(contact), place=f"contact|{contact.id}"),
        )

    def open_contact(self, record: ContactRecord, key: DataKey) -> Contact:
        return _opened(_CONTACT, record.body, key, place=f"contact|{record.id}")

    def seal_conversation(self, conversation: Conversation, key: DataKey) -> ConversationRecord:
        ticket, offer, promised = conversation.ticket, conversation.offer, conversation.follow_up
        return ConversationRecord(
            id=conversation.id,
            contact_id=conversation.contact_id,
            version=conversation.version,
            is_open=conversation.is_open,
            waiting=conversation.is_waiting,
            urgency=conversation.assessment.urgency.rank,
            waiting_since=_micros(ticket.waiting_since) if ticket else None,
            place=place_of(conversation),
            listener_id=conversation.owner.listener_id,
            claimed_at=_micros(ticket.claimed_at) if ticket else None,
            claim=ticket.claim if ticket else None,
            offered_to=offer.to if offer and not offer.declined else None,
            follow_up_at=_micros(promised.due_at) if promised and promised.is_pending else None,
            danger_since=_micros(conversation.danger_since),
            first_seq=conversation.first_seq,
            opened_at=to_micros(conversation.opened_at),
            updated_at=to_micros(conversation.updated_at),
            body=key.seal(
                _CONVERSATION.dump_json(conversation), place=f"conversation|{conversation.id}"
            ),
        )

    def open_conversation(self, record: ConversationRecord, key: DataKey) -> Conversation:
        return _opened(_CONVERSATION, record.body, key, place=f"conversation|{record.id}")

    def seal_message(self, message: Message, key: DataKey) -> MessageRecord:
        return MessageRecord(
            id=message.id,
            conversation_id=message.conversation_id,
            seq=message.seq,
            delivery=message.delivery.status.value if message.delivery else None,
            body=key.seal(_MESSAGE.dump_json(message), place=f"message|{message.id}"),
        )

    def open_message(self, record: MessageRecord, key: DataKey) -> Message:
        return _opened(_MESSAGE, record.body, key, place=f"message|{record.id}")

    def seal_file(self, content: bytes, attachment_id: AttachmentId, key: DataKey) -> bytes:
        return key.seal(content, place=f"file|{key.subject}|{attachment_id}")

    def open_file(self, sealed: bytes, attachment_id: AttachmentId, key: DataKey) -> bytes:
        return _unsealed(sealed, key, place=f"file|{key.subject}|{attachment_id}")

    def seal_document(self, document: Document, key: DataKey) -> DocumentRecord:
        return DocumentRecord(
            kind=document.kind,
            name=document.name,
            version=document.version,
            is_current=True,
            written_at=to_micros(document.at),
            written_by=document.by,
            body=key.seal(document.body, place=_document_place(key, document.version)),
        )

    def open_document(self, record: DocumentRecord, key: DataKey) -> Document:
        return Document(
            kind=record.kind,
            name=record.name,
            version=record.version,
            body=_unsealed(record.body, key, place=_document_place(key, record.version)),
            at=from_micros(record.written_at),
            by=ListenerId(record.written_by) if record.written_by else None,
        )

    def seal_listener(self, listener: Listener, key: DataKey) -> ListenerRecord:
        return ListenerRecord(
            id=listener.id,
            ref=self.login_ref(listener.login),
            created_at=to_micros(listener.created_at),
            body=key.seal(_LISTENER.dump_json(listener), place=f"listener|{listener.id}"),
        )

    def open_listener(self, record: ListenerRecord, key: DataKey) -> Listener:
        return _opened(_LISTENER, record.body, key, place=f"listener|{record.id}")

    def seal_fact(self, fact: Fact, key: DataKey) -> FactRecord:
        """`key` is the conversation's: the record's id is formed by it, and by nothing else."""
        name = key.name("figures")
        return FactRecord(
            id=name,
            hour=to_micros(fact.hour),
            body=self._figures.seal(_FACT.dump_json(fact), place=f"fact|{name}"),
        )

    def open_fact(self, record: FactRecord) -> Fact:
        return _opened(_FACT, record.body, self._figures, place=f"fact|{record.id}")


def _document_place(key: DataKey, version: int) -> str:
    return f"{key.subject}|{version}"


def _opened(kind: TypeAdapter[T], body: bytes, key: DataKey, *, place: str) -> T:
    try:
        return kind.validate_json(_unsealed(body, key, place=place))
    except ValueError:  # it would quote the person
        raise SealBroken from None


def _unsealed(sealed: bytes, key: DataKey, *, place: str) -> bytes:
    try:
        return key.open(sealed, place=place)
    except (TypeError, ValueError):  # too short, or no bytes at all
        raise SealBroken from None


def attendance_of(
    listener_id: str,
    seen_at: int,
    availability: str,
    since: int | None,
    writes_in: str | None,
    writes_at: int | None,
) -> Attendance:
    """Who is there, as stored."""
    return Attendance(
        listener_id=ListenerId(listener_id),
        seen_at=from_micros(seen_at),
        availability=Availability(availability),
        since=None if since is None else from_micros(since),
        writes_in=None if writes_in is None else ConversationId(writes_in),
        writes_at=None if writes_at is None else from_micros(writes_at),
    )


def report_unreadable(count: int) -> None:
    """Log that a list passed by `count` rows that do not open; nothing of what they hold."""
    if count:
        log.error("row_unreadable", count=count)


def report_set_aside(count: int) -> None:
    """Log that `count` accepted events do not open and were quarantined."""
    if count:
        log.error("event_unreadable", count=count, quarantined=True)


def report_log_in_use() -> None:
    """Log that the engine's log still holds what was destroyed: it will be emptied later."""
    log.warning("log_not_emptied")


QUEUED = DeliveryStatus.QUEUED.value
