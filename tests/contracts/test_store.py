"""What every engine promises about opening, closing, sharing and sealing."""

import asyncio

import pytest

from core.accounts import Session
from core.conversation import Delivery, DeliveryStatus
from core.errors import StorageUnavailable
from core.ids import new_id
from core.labels import Urgency
from core.ports import Change, Store
from core.work import ORDINARY, Lane, Wake
from tests.builders import (
    LEASE,
    NOON,
    a_contact,
    a_listener,
    a_message,
    a_waiting,
    an_answer,
    an_event,
    at,
    the_lease,
)
from tests.contracts.conftest import Database
from tests.contracts.patience import patiently

CANARY = "canari-qui-ne-doit-pas-se-lire"


async def test_opening_twice_is_opening_once(store: Store) -> None:
    await store.open()
    await store.check()
    await store.close()
    await store.close()
    with pytest.raises(StorageUnavailable):
        await store.check()
    with pytest.raises(StorageUnavailable):
        await store.listeners()
    await store.open()
    await store.check()


async def test_check_can_be_asked_again_and_again(store: Store) -> None:
    for _ in range(5):
        await store.check()
    await asyncio.gather(*(store.check() for _ in range(5)))


async def test_several_stores_open_a_new_database_at_once(database: Database) -> None:
    stores = await asyncio.gather(*(database.another_store() for _ in range(5)))
    await stores[0].add_listener(a_listener("camille"))
    for store in stores:
        assert len(await store.listeners()) == 1


async def test_what_was_begun_before_closing_is_finished(database: Database) -> None:
    store = await database.another_store()
    begun = [
        asyncio.ensure_future(store.accept_events([an_event(f"e{n}")], now=NOON, priority=ORDINARY))
        for n in range(50)
    ]
    await asyncio.sleep(0)
    await store.close()
    outcomes = await asyncio.gather(*begun, return_exceptions=True)
    told = [f"e{n}" for n, one in enumerate(outcomes) if not isinstance(one, BaseException)]
    assert all(
        isinstance(one, StorageUnavailable) for one in outcomes if isinstance(one, BaseException)
    )

    again = await database.another_store()
    contact = await again.find_contact("web", "site", "visitor")
    pending = await again.pending_events(contact.id, limit=100) if contact else ()
    assert {one.event.event_id for one in pending} >= set(told)


async def test_everything_is_there_after_closing_and_opening(database: Database) -> None:
    store = await database.another_store()
    contact = await a_contact(store)
    conversation = a_waiting(contact, Urgency.ELEVEE)
    messages = (a_message(conversation, 1), an_answer(conversation, 2))
    wakes = (Wake(Lane.DELIVERY, conversation.id, NOON),)
    await store.commit(Change(conversation=conversation, messages=messages, wakes=wakes), now=at(1))
    event = an_event(sender=contact.address)
    await store.accept_events([event], now=at(2), priority=ORDINARY)
    listener = a_listener()
    await store.add_listener(listener)
    session = Session(token_hash="t", listener_id=listener.id, created_at=NOON, seen_at=NOON)
    await store.add_session(session)
    await store.close()

    again = await database.another_store()
    assert await again.find_contact("web", "site", contact.address) == contact
    assert await again.conversation(conversation.id) == conversation
    assert list(await again.messages(conversation.id)) == list(messages)
    assert list(await again.waiting(limit=9)) == [conversation]
    assert [one.event for one in await again.pending_events(contact.id, limit=9)] == [event]
    assert (await the_lease(again, Lane.DELIVERY)).key == conversation.id
    assert await again.listener_by_login(listener.login) == listener
    assert await again.session("t") == session
    (repeated,) = await again.accept_events([event], now=at(3), priority=ORDINARY)
    assert repeated.duplicate


async def test_a_caller_reads_at_once_what_it_was_told_is_kept(database: Database) -> None:
    store, other = await database.another_store(), await database.another_store()

    async def one(n: int) -> None:
        event = an_event(f"e{n}", sender=f"s{n}")
        await patiently(lambda: store.accept_events([event], now=NOON, priority=ORDINARY))
        for reader in (store, other):
            contact = await reader.find_contact("web", "site", f"s{n}")
            assert contact is not None
            assert len(await reader.pending_events(contact.id, limit=9)) == 1

    await asyncio.gather(*map(one, range(40)))


async def test_nothing_that_a_person_wrote_or_is_found_by_lies_in_the_clear(
    database: Database,
) -> None:
    store = await database.another_store()
    event = an_event(
        f"{CANARY}-event", sender=f"{CANARY}-address", text=f"{CANARY}-text", id=f"{CANARY}-mid",
        aliases=(f"{CANARY}-alias",), previous=f"{CANARY}-previous",
    )  # fmt: skip
    await store.accept_events([event], now=NOON, priority=ORDINARY)
    lease = await the_lease(store, Lane.INBOUND)
    contact = await store.contact(lease.key)  # type: ignore[arg-type]
    conversation = a_waiting(contact, Urgency.CRITIQUE, dialogue=f"{CANARY}-dialogue")
    answer = an_answer(conversation, 2, text=f"{CANARY}-answer")
    await store.commit(
        Change(
            conversation=conversation,
            messages=(
                a_message(conversation, 1, text=f"{CANARY}-text", provider_id=f"{CANARY}-in"),
                answer,
            ),
            wakes=(Wake(Lane.DELIVERY, conversation.id, NOON),),
        ),
        now=at(1),
        lease=lease,
        consumed=[event],
    )
    sending = await the_lease(store, Lane.DELIVERY)
    sent = Delivery(status=DeliveryStatus.SENT, provider_ids=(f"{CANARY}-provider",))
    await store.settle_delivery(answer, sent, lease=sending, now=at(2))
    listener = a_listener(f"{CANARY}-login", name=f"{CANARY}-name", password_hash=f"{CANARY}-hash")
    await store.add_listener(listener)
    await store.accept_events(
        [an_event(f"{CANARY}-pending", sender=f"{CANARY}-address", text=f"{CANARY}-text")],
        now=at(3),
        priority=ORDINARY,
    )

    for _ in range(2):  # while it runs, and after it ended
        stored = await database.dump()
        assert conversation.id.encode() in stored
        assert CANARY.encode() not in stored
        await store.close()
    again = await database.another_store()
    assert (await again.listener_by_login(f"{CANARY}-login")) == listener


async def test_two_stores_share_one_list_of_work(database: Database) -> None:
    one, other = await database.another_store(), await database.another_store()
    await one.wake([Wake(Lane.WATCH, new_id(), NOON)])
    lease = await the_lease(other, Lane.WATCH)
    assert not await one.claim_work(Lane.WATCH, now=at(1), lease_for=LEASE, limit=9)
    await one.finish_work(lease, now=at(1))
    assert not await other.claim_work(Lane.WATCH, now=at(1000), lease_for=LEASE, limit=9)
