"""What every engine promises when a stored row cannot be opened any more."""

from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from core.conversation import Conversation
from core.errors import SealBroken
from core.ids import ListenerId
from core.labels import Urgency
from core.ports import Change, Store
from core.storage.records import Codec
from core.work import ORDINARY, Lane
from tests.builders import (
    NOON,
    a_contact,
    a_conversation,
    a_message,
    a_vault,
    a_waiting,
    an_event,
    at,
    changed,
    claimed,
    the_lease,
)
from tests.contracts.conftest import Database

ME = ListenerId("me")


async def lose_key(database: Database, conversation: Conversation) -> None:
    """The key was erased."""
    await database.damage("data_keys", conversation.id)


async def change_key(database: Database, conversation: Conversation) -> None:
    """The key is another one, which opens."""
    await database.damage(
        "data_keys", conversation.id, wrapped=a_vault().new_key(conversation.id)[1]
    )


async def break_key(database: Database, conversation: Conversation) -> None:
    """The key does not open."""
    await database.damage("data_keys", conversation.id, wrapped=a_vault().new_key("other")[1])


async def cut_key(database: Database, conversation: Conversation) -> None:
    """Hardly anything is left of the key."""
    await database.damage("data_keys", conversation.id, wrapped=b"\x00\x01\x02")


async def break_body(database: Database, conversation: Conversation) -> None:
    """The body was altered."""
    await database.damage("conversations", conversation.id, body=bytes(100))


async def cut_body(database: Database, conversation: Conversation) -> None:
    """Nothing is left of the body."""
    await database.damage("conversations", conversation.id, body=b"")


async def replace_body(database: Database, conversation: Conversation) -> None:
    """The body opens, and is no conversation; an error about it would repeat its words."""
    key, wrapped = a_vault().new_key(conversation.id)
    body = key.seal(b'{"secret": "mot"}', place=f"conversation|{conversation.id}")
    await database.damage("data_keys", conversation.id, wrapped=wrapped)
    await database.damage("conversations", conversation.id, body=body)


DAMAGES = [lose_key, change_key, break_key, cut_key, break_body, cut_body, replace_body]
each_damage = pytest.mark.parametrize("damage", DAMAGES)


async def kept(store: Store, conversation: Conversation, now: float = 0) -> Conversation:
    await store.commit(Change(conversation=conversation), now=at(now))
    return conversation


@each_damage
async def test_one_broken_row_hides_no_other(
    database: Database, store: Store, damage: Callable[..., object]
) -> None:
    rows = [
        await kept(
            store,
            a_waiting(await a_contact(store), Urgency.CRITIQUE, at(n), danger_since=at(n)),
        )
        for n in range(4)
    ]
    broken, *whole = rows
    assert list(await store.waiting(limit=9)) == rows  # all keys were in use
    await damage(database, broken)  # type: ignore[misc]

    for limit, seen in ((9, whole), (3, whole), (1, whole[:1]), (0, [])):
        with capture_logs() as logs:
            assert list(await store.waiting(limit=limit)) == seen
            assert list(await store.in_danger(limit=limit)) == seen
        wanted = {"event": "row_unreadable", "log_level": "error", "count": 1}
        assert logs == ([wanted, wanted] if limit else [])
    assert (await store.queue_figures()).waiting[Urgency.CRITIQUE] == 4

    with pytest.raises(SealBroken) as refusal:
        await store.conversation(broken.id)
    assert "mot" not in repr(refusal.value)
    assert refusal.value.__cause__ is None
    with pytest.raises(SealBroken):
        await store.latest_conversation(broken.contact_id)
    assert await store.conversation(whole[0].id) == whole[0]


@each_damage
async def test_one_broken_row_hides_nothing_else_that_a_listener_holds(
    database: Database, store: Store, damage: Callable[..., object]
) -> None:
    rows = []
    for n in range(3):
        waiting = await kept(store, a_waiting(await a_contact(store), Urgency.ELEVEE))
        rows.append(await kept(store, claimed(waiting, ME, at(n)), n))
    await damage(database, rows[1])  # type: ignore[misc]
    with capture_logs() as logs:
        assert list(await store.held_by(ME)) == [rows[0], rows[2]]
        assert list(await store.conversations(one.id for one in rows)) == [rows[0], rows[2]]
    assert logs == [{"event": "row_unreadable", "log_level": "error", "count": 1}] * 2


async def test_nothing_is_logged_when_all_rows_open(store: Store) -> None:
    await kept(store, a_waiting(await a_contact(store), Urgency.ELEVEE))
    with capture_logs() as logs:
        await store.waiting(limit=9)
        await store.held_by(ME)
        await store.in_danger(limit=9)
    assert logs == []


async def test_a_damaged_message_leaves_no_silent_gap(database: Database, store: Store) -> None:
    conversation = a_conversation(await a_contact(store))
    messages = [a_message(conversation, seq) for seq in (1, 2, 3)]
    await store.commit(Change(conversation=conversation, messages=tuple(messages)), now=NOON)
    await database.damage("messages", messages[1].id, body=bytes(100))
    for unreadable in (
        store.messages(conversation.id),
        store.messages(conversation.id, after=1, limit=1),
        store.message(messages[1].id),
    ):
        with pytest.raises(SealBroken):
            await unreadable
    assert list(await store.messages(conversation.id, after=2)) == messages[2:]
    assert await store.message(messages[0].id) == messages[0]


async def test_an_erased_key_is_never_used_from_memory(database: Database, store: Store) -> None:
    contact = await a_contact(store)
    conversation = a_conversation(contact)
    message = a_message(conversation, 1)
    await store.commit(Change(conversation=conversation, messages=(message,)), now=NOON)
    await store.messages(conversation.id)
    await lose_key(database, conversation)
    for read in (
        store.conversation(conversation.id),
        store.messages(conversation.id),
        store.message(message.id),
        store.commit(Change(conversation=changed(conversation)), now=at(1)),
    ):
        with pytest.raises(SealBroken):
            await read

    await store.contact(contact.id)
    await database.damage("data_keys", contact.id)
    late = an_event(sender=contact.address)
    for read in (  # type: ignore[assignment]
        store.contact(contact.id),
        store.find_contact(contact.channel, contact.account, contact.address),
        store.accept_events([late], now=at(1), priority=ORDINARY),
    ):
        with pytest.raises(SealBroken):
            await read
    assert not await store.pending_events(contact.id, limit=9)


async def test_a_key_that_was_wrapped_anew_opens_and_seals(
    database: Database, store: Store
) -> None:
    conversation = await kept(store, a_conversation(await a_contact(store)))
    key, wrapped = a_vault().new_key(conversation.id)
    body = Codec(a_vault()).seal_conversation(conversation, key).body
    await database.damage("data_keys", conversation.id, wrapped=wrapped)
    await database.damage("conversations", conversation.id, body=body)
    assert await store.conversation(conversation.id) == conversation
    following = await kept(store, changed(conversation, dialogue="suite"), 1)
    assert await (await database.another_store()).conversation(conversation.id) == following


async def test_an_unreadable_event_is_set_aside_and_those_behind_it_come(
    database: Database, store: Store
) -> None:
    events = [an_event(f"e{n}") for n in range(6)]
    await store.accept_events(events, now=NOON, priority=ORDINARY)
    contact = await store.find_contact("web", "site", "visitor")
    assert contact is not None
    ref = Codec(a_vault()).event_ref
    # More of them at the head than one look takes in, and one between the others.
    for n, body in ((0, b""), (1, bytes(100)), (2, b"\x00" * 13), (4, bytes(64))):
        await database.damage("events", ref(events[n]), body=body)

    with capture_logs() as logs:
        pending = await store.pending_events(contact.id, limit=2)
    assert [one.event for one in pending] == [events[3], events[5]]
    assert {(one["event"], one["log_level"]) for one in logs} == {("event_unreadable", "error")}
    assert sum(one["count"] for one in logs) == 4
    assert (await store.queue_figures()).quarantined == 4

    with capture_logs() as logs:  # they are told of once
        again = await store.pending_events(contact.id, limit=9)
    assert (list(again), logs) == (list(pending), [])
    repeated = await store.accept_events(events, now=at(1), priority=ORDINARY)
    assert all(one.duplicate for one in repeated)

    lease = await the_lease(store, Lane.INBOUND, now=at(1))
    await store.consume_event(events[3], lease=lease, now=at(1))
    assert [one.event for one in await store.pending_events(contact.id, limit=9)] == [events[5]]


async def test_events_whose_key_is_gone_are_set_aside_and_nobody_elses(
    database: Database, store: Store
) -> None:
    events = [an_event("e1"), an_event("e2"), an_event("e3", sender="other")]
    await store.accept_events(events, now=NOON, priority=ORDINARY)
    gone = await store.find_contact("web", "site", "visitor")
    other = await store.find_contact("web", "site", "other")
    assert gone is not None
    assert other is not None
    await database.damage("data_keys", gone.id)
    with capture_logs() as logs:
        assert not await store.pending_events(gone.id, limit=1)
    assert sum(one["count"] for one in logs) == 2
    assert [one.event for one in await store.pending_events(other.id, limit=9)] == [events[2]]
    assert (await store.queue_figures()).quarantined == 2
