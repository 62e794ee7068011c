"""Domain types as rows: what an engine may see in the clear, and the rest sealed.

An engine sees ids, moments, counters and the few values it sorts by. Everything else, text, names,
provider ids and what triage believes included, is one sealed body. Both engines store these same
records; only here do domain types meet storage. Moments are microseconds since 1970, UTC.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

import structlog
from pydantic import TypeAdapter

from core.accounts import Listener
from core.conversation import Contact, Conversation, DeliveryStatus, Message, TicketStatus
from core.errors import SealBroken
from core.events import InboundEvent
from core.sealing import DataKey, Vault

log = structlog.get_logger()

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EVENT = TypeAdapter(InboundEvent)
_CONTACT = TypeAdapter(Contact)
_CONVERSATION = TypeAdapter(Conversation)
_MESSAGE = TypeAdapter(Message)
_LISTENER = TypeAdapter(Listener)

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
    """A conversation and its ticket. `waiting` and `listener_id` are the desk's two indexes."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """A message and its outbox entry. `provider_ref` is the keyed hash receipts are found by."""

    id: str
    conversation_id: str
    seq: int
    delivery: str | None
    provider_ref: str | None
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerRecord:
    """A staff account. `ref` is the keyed hash of the login, case folded: unique."""

    id: str
    ref: str
    created_at: int
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
    conversation and its messages. Opening raises SealBroken for a wrong key, and for a record that
    was moved or damaged; the error shows nothing of what was sealed.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def event_ref(self, event: InboundEvent) -> str:
        """The idempotency key of an event."""
        return self._vault.lookup("event", event.channel, event.account, event.event_id)

    def contact_ref(self, channel: str, account: str, address: str) -> str:
        """The look-up key of a contact."""
        return self._vault.lookup("contact", channel, account, address)

    def provider_ref(self, channel: str, account: str, provider_id: str) -> str:
        """The look-up key of a message a platform knows."""
        return self._vault.lookup("message", channel, account, provider_id)

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
        ticket = conversation.ticket
        waiting = (
            conversation.is_open and ticket is not None and ticket.status is TicketStatus.WAITING
        )
        return ConversationRecord(
            id=conversation.id,
            contact_id=conversation.contact_id,
            version=conversation.version,
            is_open=conversation.is_open,
            waiting=waiting,
            urgency=conversation.assessment.urgency.rank,
            waiting_since=_micros(ticket.waiting_since) if ticket else None,
            listener_id=conversation.owner.listener_id,
            claimed_at=_micros(ticket.claimed_at) if ticket else None,
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

    def seal_message(
        self, message: Message, *, channel: str, account: str, key: DataKey
    ) -> MessageRecord:
        delivery = message.delivery
        provider_id = delivery.provider_id if delivery else None
        return MessageRecord(
            id=message.id,
            conversation_id=message.conversation_id,
            seq=message.seq,
            delivery=delivery.status.value if delivery else None,
            provider_ref=self.provider_ref(channel, account, provider_id) if provider_id else None,
            body=key.seal(_MESSAGE.dump_json(message), place=f"message|{message.id}"),
        )

    def open_message(self, record: MessageRecord, key: DataKey) -> Message:
        return _opened(_MESSAGE, record.body, key, place=f"message|{record.id}")

    def seal_listener(self, listener: Listener, key: DataKey) -> ListenerRecord:
        return ListenerRecord(
            id=listener.id,
            ref=self.login_ref(listener.login),
            created_at=to_micros(listener.created_at),
            body=key.seal(_LISTENER.dump_json(listener), place=f"listener|{listener.id}"),
        )

    def open_listener(self, record: ListenerRecord, key: DataKey) -> Listener:
        return _opened(_LISTENER, record.body, key, place=f"listener|{record.id}")


def _opened(kind: TypeAdapter[T], body: bytes, key: DataKey, *, place: str) -> T:
    try:
        return kind.validate_json(key.open(body, place=place))
    # Too short, no bytes at all, or not what it should be: that error would quote the person.
    except (TypeError, ValueError):
        raise SealBroken from None


def report_unreadable(count: int) -> None:
    """Log that a list passed by `count` rows that do not open; nothing of what they hold."""
    if count:
        log.error("row_unreadable", count=count)


def report_set_aside(count: int) -> None:
    """Log that `count` accepted events do not open and were quarantined."""
    if count:
        log.error("event_unreadable", count=count, quarantined=True)


QUEUED = DeliveryStatus.QUEUED.value
