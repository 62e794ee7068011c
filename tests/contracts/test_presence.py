"""What every engine promises about who is there."""

import asyncio
from dataclasses import replace

from core.accounts import Attendance, Availability
from core.conversation import QUEUE, Conversation, Owner, OwnerKind, TicketStatus
from core.ids import ConversationId, ListenerId
from core.labels import Urgency
from core.notes import Offer
from core.ports import Change, Store
from tests.builders import NOON, a_contact, a_waiting, at, changed, claimed
from tests.contracts.conftest import Database
from tests.contracts.patience import patiently

ANNE, BILAL, CHLOE = ListenerId("anne"), ListenerId("bilal"), ListenerId("chloe")


async def held(store: Store, listener_id: ListenerId, since: float) -> Conversation:
    """An open conversation that a listener took `since` seconds after noon."""
    waiting = a_waiting(await a_contact(store), Urgency.ELEVEE)
    await store.commit(Change(conversation=waiting), now=NOON)
    return await kept(store, claimed(waiting, listener_id, at(since)))


async def kept(store: Store, conversation: Conversation) -> Conversation:
    await store.commit(Change(conversation=conversation), now=conversation.updated_at)
    return conversation


async def absent(store: Store, before: float) -> set[ListenerId]:
    holders = await store.absent_holders(before=at(before))
    assert len(holders) == len(set(holders))
    return set(holders)


async def test_who_gave_no_sign_of_life_is_absent(store: Store) -> None:
    for listener_id in (ANNE, BILAL, CHLOE):
        await held(store, listener_id, since=0)
    await store.note_present(ANNE, now=at(10))
    await store.note_present(BILAL, now=at(20))
    assert await absent(store, before=10) == {CHLOE}
    assert await absent(store, before=10.5) == {ANNE, CHLOE}
    assert await absent(store, before=20) == {ANNE, CHLOE}
    assert await absent(store, before=30) == {ANNE, BILAL, CHLOE}
    await store.note_present(ANNE, now=at(40))
    assert await absent(store, before=30) == {BILAL, CHLOE}


async def test_a_claim_is_a_sign_of_life_for_all_that_a_listener_holds(store: Store) -> None:
    await held(store, ANNE, since=0)
    await held(store, ANNE, since=30)
    await held(store, ANNE, since=15)
    assert await absent(store, before=30) == set()
    assert await absent(store, before=31) == {ANNE}


async def test_an_older_sign_of_life_does_not_undo_a_newer_one(store: Store) -> None:
    await held(store, ANNE, since=0)
    await store.note_present(ANNE, now=at(20))
    await store.note_present(ANNE, now=at(10))
    assert await absent(store, before=15) == set()


async def test_who_holds_nothing_open_is_not_asked_for(store: Store) -> None:
    for listener_id in (ANNE, BILAL, CHLOE):
        await store.note_present(listener_id, now=NOON)
    closed = await held(store, ANNE, since=0)
    assert closed.ticket is not None
    ended = replace(closed.ticket, status=TicketStatus.CLOSED, closed_at=at(1))
    await kept(store, changed(closed, ticket=ended, closed_at=at(1)))
    back = await held(store, BILAL, since=0)
    assert back.ticket is not None
    ticket = replace(back.ticket, status=TicketStatus.WAITING, listener_id=None, claimed_at=None)
    await kept(store, changed(back, ticket=ticket, owner=QUEUE))
    assert await absent(store, before=60) == set()


async def test_who_took_a_conversation_over_answers_for_it(store: Store) -> None:
    conversation = await held(store, ANNE, since=0)
    assert conversation.ticket is not None
    ticket = replace(conversation.ticket, listener_id=BILAL, claimed_at=at(20))
    owner = Owner(OwnerKind.LISTENER, BILAL)
    await kept(store, changed(conversation, ticket=ticket, owner=owner))
    assert await absent(store, before=10) == set()
    assert await absent(store, before=30) == {BILAL}


async def test_all_processes_know_the_same_and_may_note_at_once(database: Database) -> None:
    stores = [await database.another_store() for _ in range(3)]
    await held(stores[0], ANNE, since=0)
    signs = [at(number) for number in range(30)]

    async def note(n: int) -> None:
        await patiently(lambda: stores[n % 3].note_present(ANNE, now=signs[n]))

    await asyncio.gather(*map(note, range(30)))
    for store in stores:
        assert await absent(store, before=29) == set()
        assert await absent(store, before=29.5) == {ANNE}


async def test_what_listeners_say_of_themselves_is_kept_beside_their_signs_of_life(
    store: Store,
) -> None:
    await store.note_present(ANNE, now=at(10))
    await store.set_availability(BILAL, Availability.PHONE, now=at(20))
    await store.note_present(BILAL, now=at(30))
    await store.set_availability(ANNE, Availability.PAUSE, now=at(5))
    await store.note_present(CHLOE, now=at(1))

    there = {one.listener_id: one for one in await store.present(since=at(10))}
    assert there == {
        ANNE: Attendance(
            listener_id=ANNE, seen_at=at(10), availability=Availability.PAUSE, since=at(5)
        ),
        BILAL: Attendance(
            listener_id=BILAL, seen_at=at(30), availability=Availability.PHONE, since=at(20)
        ),
    }
    assert {one.listener_id for one in await store.present(since=at(1))} == {ANNE, BILAL, CHLOE}


async def test_of_where_a_listener_writes_only_the_last_is_known(store: Store) -> None:
    one, other = ConversationId("one"), ConversationId("other")
    await store.note_writing(ANNE, one, now=at(10))
    await store.note_writing(BILAL, one, now=at(20))
    await store.note_writing(BILAL, other, now=at(30))
    await store.note_present(ANNE, now=at(40))
    await store.set_availability(ANNE, Availability.PAUSE, now=at(5))
    assert {one.listener_id: one for one in await store.present(since=at(0))} == {
        ANNE: Attendance(
            listener_id=ANNE,
            seen_at=at(40),
            availability=Availability.PAUSE,
            since=at(5),
            writes_in=one,
            writes_at=at(10),
        ),
        BILAL: Attendance(listener_id=BILAL, seen_at=at(30), writes_in=other, writes_at=at(30)),
    }


async def test_what_is_offered_to_a_listener_is_found_until_they_decline(store: Store) -> None:
    await held(store, ANNE, since=0)
    offer = Offer(to=BILAL, summary="elle parle peu", until=at(60))
    mine = [await held(store, ANNE, since=n) for n in (2, 1)]
    offered = [await kept(store, changed(one, offer=offer)) for one in mine]
    assert [one.id for one in await store.offered_to(BILAL)] == [offered[1].id, offered[0].id]
    assert await store.offered_to(ANNE) == []
    await kept(store, changed(offered[0], offer=replace(offer, declined=True)))
    await kept(store, changed(offered[1], closed_at=at(9)))
    assert await store.offered_to(BILAL) == []
