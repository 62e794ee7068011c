"""Domain objects for tests: valid, distinct, and no longer than the test needs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from core.accounts import Listener, StaffRole
from core.assessment import Assessment
from core.conversation import (
    BOT,
    QUEUE,
    Author,
    Contact,
    Conversation,
    Delivery,
    Message,
    Owner,
    OwnerKind,
    Ticket,
    TicketStatus,
)
from core.events import EventKind, InboundEvent, MessageType
from core.ids import ContactId, ConversationId, ListenerId, MessageId, new_id
from core.labels import Urgency
from core.ports import Store
from core.sealing import Vault
from core.work import ORDINARY, Lane, Lease

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LEASE = timedelta(seconds=30)
# One place that a child and a parent write from.
FAMILY = Contact(
    id=ContactId("family"), channel="web", account="site", address="x", created_at=NOON
)


def at(seconds: float) -> datetime:
    """That many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def a_vault() -> Vault:
    """The same vault every time, so that a store can be opened again."""
    return Vault({1: bytes(range(32))}, root=bytes(reversed(range(32))))


def an_event(event_id: str | None = None, **fields: Any) -> InboundEvent:
    """A message of one sender on the web channel, unless told otherwise."""
    values: dict[str, Any] = {
        "channel": "web",
        "account": "site",
        "event_id": event_id or new_id(),
        "kind": EventKind.MESSAGE,
        "sender": "visitor",
        "at": NOON,
        "type": MessageType.TEXT,
        "text": "bonjour",
    }
    return InboundEvent(**(values | fields))


async def a_contact(store: Store, sender: str | None = None, *, now: datetime = NOON) -> Contact:
    """A contact the store knows, whose first event is done and whose inbound lane is empty."""
    sender = sender or new_id()
    event = an_event(sender=sender)
    await store.accept_events([event], now=now, priority=ORDINARY)
    contact = await store.find_contact(event.channel, event.account, sender)
    assert contact is not None
    leases = await store.claim_work(Lane.INBOUND, now=now, lease_for=LEASE, limit=1000)
    for lease in leases:
        if lease.key == contact.id:
            await store.consume_event(event, lease=lease, now=now)
            await store.finish_work(lease, now=now)
        else:
            await store.finish_work(lease, now=now, again_at=now)
    return contact


def a_conversation(contact: Contact, **fields: Any) -> Conversation:
    """The contact's new conversation, at version 1."""
    values: dict[str, Any] = {
        "id": ConversationId(new_id()),
        "contact_id": contact.id,
        "channel": contact.channel,
        "account": contact.account,
        "owner": BOT,
        "opened_at": NOON,
        "updated_at": NOON,
        "version": 1,
    }
    return Conversation(**(values | fields))


def a_waiting(
    contact: Contact, urgency: Urgency, since: datetime = NOON, **fields: Any
) -> Conversation:
    """A conversation with a waiting ticket."""
    ticket = Ticket(status=TicketStatus.WAITING, opened_at=since, waiting_since=since)
    values: dict[str, Any] = {
        "owner": QUEUE,
        "ticket": ticket,
        "assessment": Assessment(urgency=urgency),
    }
    return a_conversation(contact, **(values | fields))


def claimed(conversation: Conversation, listener_id: ListenerId, now: datetime) -> Conversation:
    """The next version of a waiting conversation, owned by a listener."""
    assert conversation.ticket is not None
    return changed(
        conversation,
        owner=Owner(OwnerKind.LISTENER, listener_id),
        updated_at=now,
        ticket=replace(
            conversation.ticket,
            status=TicketStatus.CLAIMED,
            listener_id=listener_id,
            claimed_at=now,
        ),
    )


def changed(conversation: Conversation, **fields: Any) -> Conversation:
    """The next version of a conversation."""
    return replace(conversation, version=conversation.version + 1, **fields)


def a_message(conversation: Conversation, seq: int, **fields: Any) -> Message:
    """A message of the person."""
    values: dict[str, Any] = {
        "id": MessageId(new_id()),
        "conversation_id": conversation.id,
        "seq": seq,
        "author": Author.PERSON,
        "text": "bonjour",
        "at": NOON,
    }
    return Message(**(values | fields))


def an_answer(conversation: Conversation, seq: int, **fields: Any) -> Message:
    """A message of the bot, queued for sending."""
    values: dict[str, Any] = {"author": Author.BOT, "sentence": "hello", "delivery": Delivery()}
    return a_message(conversation, seq, **(values | fields))


def a_listener(login: str | None = None, **fields: Any) -> Listener:
    """An account."""
    values: dict[str, Any] = {
        "id": ListenerId(new_id()),
        "login": login or new_id(),
        "name": "Camille",
        "role": StaffRole.LISTENER,
        "password_hash": "$argon2id$not-a-real-hash",
        "created_at": NOON,
    }
    return Listener(**(values | fields))


async def the_lease(store: Store, lane: Lane, *, now: datetime = NOON) -> Lease:
    """The lease of the one item that is due."""
    (lease,) = await store.claim_work(lane, now=now, lease_for=LEASE, limit=10)
    return lease
