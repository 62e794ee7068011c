"""What every engine promises about accepted events."""

import asyncio

import pytest

from core.errors import LeaseLost, NotFound
from core.events import EventKind
from core.ids import ContactId, new_id
from core.ports import Change, Store
from core.retention import Retention
from core.work import ORDINARY, URGENT, Lane
from tests.builders import LEASE, NOON, a_conversation, a_message, an_event, at, the_lease
from tests.contracts.conftest import Database
from tests.contracts.patience import patiently


async def test_an_event_is_kept_with_all_its_fields(store: Store) -> None:
    event = an_event(
        kind=EventKind.POSTBACK, id="mid", payload="p", target="t", status="s", error="e",
        reply_to="r", ref="promo", text="été 🌻",
    )  # fmt: skip
    (accepted,) = await store.accept_events([event], now=at(1), priority=ORDINARY)
    assert (accepted.event_id, accepted.duplicate) == (event.event_id, False)

    contact = await store.find_contact("web", "site", "visitor")
    assert contact is not None
    assert (contact.channel, contact.account, contact.address) == ("web", "site", "visitor")
    assert contact.created_at == at(1)
    assert await store.contact(contact.id) == contact

    (pending,) = await store.pending_events(contact.id, limit=10)
    assert (pending.event, pending.received_at, pending.tries) == (event, at(1), 0)


async def test_an_unknown_contact_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.contact(ContactId(new_id()))
    assert await store.find_contact("web", "site", "visitor") is None
    assert not await store.pending_events(ContactId(new_id()), limit=10)


async def test_the_same_event_is_kept_once(store: Store) -> None:
    event = an_event("e1")
    await store.accept_events([event], now=NOON, priority=ORDINARY)
    again = await store.accept_events([event, an_event("e2")], now=at(1), priority=ORDINARY)
    assert [one.duplicate for one in again] == [True, False]

    within = await store.accept_events(
        [an_event("e3"), an_event("e4"), an_event("e3")], now=at(2), priority=ORDINARY
    )
    assert [(one.event_id, one.duplicate) for one in within] == [
        ("e3", False),
        ("e4", False),
        ("e3", True),
    ]


async def test_event_ids_are_unique_within_channel_and_account_only(store: Store) -> None:
    events = [
        an_event("e", channel=channel, account=account)
        for channel in ("web", "telegram")
        for account in ("a", "b")
    ]
    accepted = await store.accept_events(events, now=NOON, priority=ORDINARY)
    assert not any(one.duplicate for one in accepted)
    found = [await store.find_contact(e.channel, e.account, "visitor") for e in events]
    assert len({one.id for one in found if one}) == 4


async def test_fifty_simultaneous_deliveries_of_an_event_keep_one(store: Store) -> None:
    event = an_event()
    answers = await asyncio.gather(
        *(
            patiently(lambda: store.accept_events([event], now=NOON, priority=ORDINARY))
            for _ in range(50)
        )
    )
    assert [one.duplicate for (one,) in answers].count(False) == 1
    contact = await store.find_contact("web", "site", "visitor")
    assert contact is not None
    assert len(await store.pending_events(contact.id, limit=100)) == 1


async def test_simultaneous_first_events_of_a_sender_make_one_contact(database: Database) -> None:
    stores = [await database.another_store() for _ in range(2)]

    async def arrives(n: int) -> None:
        event = an_event(f"e{n}")
        await patiently(lambda: stores[n % 2].accept_events([event], now=NOON, priority=ORDINARY))

    await asyncio.gather(*map(arrives, range(50)))
    contact = await stores[0].find_contact("web", "site", "visitor")
    assert contact is not None
    pending = await stores[1].pending_events(contact.id, limit=100)
    assert {one.event.event_id for one in pending} == {f"e{n}" for n in range(50)}


async def test_events_wait_in_the_order_of_their_arrival(store: Store) -> None:
    # The clock is turned back between the calls: arrival counts, not the clock.
    for n, now in ((0, at(9)), (3, at(5)), (6, at(1))):
        await store.accept_events(
            [an_event(f"e{n + m}") for m in range(3)], now=now, priority=ORDINARY
        )
    contact = await store.find_contact("web", "site", "visitor")
    assert contact is not None
    pending = await store.pending_events(contact.id, limit=100)
    assert [one.event.event_id for one in pending] == [f"e{n}" for n in range(9)]
    first = await store.pending_events(contact.id, limit=4)
    assert [one.event.event_id for one in first] == [f"e{n}" for n in range(4)]


async def test_a_new_event_wakes_the_inbound_lane_of_its_contact(store: Store) -> None:
    await store.accept_events(
        [an_event("e1"), an_event("e2"), an_event("e3", sender="other")],
        now=at(5),
        priority=ORDINARY,
    )
    claim = {"lease_for": LEASE, "limit": 10}
    assert not await store.claim_work(Lane.INBOUND, now=at(4.9), **claim)  # type: ignore[arg-type]
    leases = await store.claim_work(Lane.INBOUND, now=at(5), **claim)  # type: ignore[arg-type]
    contacts = [await store.find_contact("web", "site", who) for who in ("visitor", "other")]
    assert {lease.key for lease in leases} == {one.id for one in contacts if one}
    for lease in leases:
        await store.finish_work(lease, now=at(6))

    await store.accept_events([an_event("e1")], now=at(7), priority=ORDINARY)
    assert not await store.claim_work(Lane.INBOUND, now=at(60), **claim)  # type: ignore[arg-type]


async def test_an_urgent_event_is_taken_before_all_others(store: Store) -> None:
    for n in range(5):
        await store.accept_events([an_event(sender=f"calm{n}")], now=at(n), priority=ORDINARY)
    await store.accept_events([an_event(sender="danger")], now=at(9), priority=URGENT)
    (lease,) = await store.claim_work(Lane.INBOUND, now=at(10), lease_for=LEASE, limit=1)
    contact = await store.find_contact("web", "site", "danger")
    assert contact is not None
    assert lease.key == contact.id


async def test_a_consumed_event_is_gone_and_never_accepted_again(store: Store) -> None:
    first, second = an_event("e1"), an_event("e2")
    await store.accept_events([first, second], now=NOON, priority=ORDINARY)
    lease = await the_lease(store, Lane.INBOUND)
    await store.consume_event(first, lease=lease, now=at(1))
    (left,) = await store.pending_events(lease.key, limit=10)  # type: ignore[arg-type]
    assert left.event == second
    (again,) = await store.accept_events([first], now=at(2), priority=ORDINARY)
    assert again.duplicate
    assert len(await store.pending_events(lease.key, limit=10)) == 1  # type: ignore[arg-type]


async def test_what_is_taken_back_before_it_comes_is_remembered(
    store: Store, database: Database
) -> None:
    early = an_event("d1", kind=EventKind.DELETE, target="m1")
    await store.accept_events([early, an_event("e2")], now=NOON, priority=ORDINARY)
    lease = await the_lease(store, Lane.INBOUND)
    contact = await store.contact(lease.key)  # type: ignore[arg-type]
    assert not await store.is_taken_back(contact.id, "m1")
    for again in range(2):  # a gateway may die between this and the end of its work
        await store.consume_too_early(early, contact.id, lease=lease, now=at(1 + again))
    other = await database.another_store()
    assert await other.is_taken_back(contact.id, "m1")
    assert not await other.is_taken_back(contact.id, "m2")
    assert not await other.is_taken_back(ContactId(new_id()), "m1")
    assert [one.event.event_id for one in await store.pending_events(contact.id, limit=9)] == ["e2"]
    assert (await store.accept_events([early], now=at(3), priority=ORDINARY))[0].duplicate


async def test_what_is_remembered_of_a_message_taken_back_is_nobodys_and_ends(
    store: Store, database: Database
) -> None:
    early = an_event("d1", kind=EventKind.DELETE, target="m1")
    await store.accept_events([early], now=NOON, priority=ORDINARY)
    lease = await the_lease(store, Lane.INBOUND)
    contact = await store.contact(lease.key)  # type: ignore[arg-type]
    await store.consume_too_early(early, contact.id, lease=lease, now=at(1))
    assert len(await store.events_of(contact.id)) == 1
    assert (await database.rows())["events"] == 2
    await store.forget_rest(Retention().before(at(2) + Retention().events), limit=9)
    assert (await database.rows())["events"] == 0
    assert not await store.is_taken_back(contact.id, "m1")


async def test_a_commit_consumes_its_events_in_the_same_step(store: Store) -> None:
    first, second = an_event("e1"), an_event("e2")
    await store.accept_events([first, second], now=NOON, priority=ORDINARY)
    lease = await the_lease(store, Lane.INBOUND)
    contact = await store.contact(lease.key)  # type: ignore[arg-type]
    conversation = a_conversation(contact)
    change = Change(conversation=conversation, messages=(a_message(conversation, 1),))
    await store.commit(change, now=at(1), lease=lease, consumed=[first])
    assert [one.event for one in await store.pending_events(contact.id, limit=10)] == [second]


async def test_a_refused_commit_consumes_nothing(store: Store) -> None:
    event = an_event()
    await store.accept_events([event], now=NOON, priority=ORDINARY)
    lease = await the_lease(store, Lane.INBOUND)
    contact = await store.contact(lease.key)  # type: ignore[arg-type]
    late = lease.until
    with pytest.raises(LeaseLost):
        await store.commit(
            Change(conversation=a_conversation(contact)), now=late, lease=lease, consumed=[event]
        )
    assert len(await store.pending_events(contact.id, limit=10)) == 1
    assert await store.latest_conversation(contact.id) is None


async def test_an_event_that_keeps_failing_is_quarantined(store: Store) -> None:
    poison, good = an_event("poison"), an_event("good")
    await store.accept_events([poison, good], now=NOON, priority=ORDINARY)
    lease = await the_lease(store, Lane.INBOUND)
    contact = await store.contact(lease.key)  # type: ignore[arg-type]

    failed = [
        await store.event_failed(poison, lease=lease, now=at(1), quarantine_after=3)
        for _ in range(2)
    ]
    assert failed == [False, False]
    assert (await store.pending_events(contact.id, limit=1))[0].tries == 2
    assert (await store.queue_figures()).quarantined == 0

    assert await store.event_failed(poison, lease=lease, now=at(1), quarantine_after=3)
    assert [one.event for one in await store.pending_events(contact.id, limit=9)] == [good]
    assert (await store.queue_figures()).quarantined == 1
    (again,) = await store.accept_events([poison], now=at(2), priority=ORDINARY)
    assert again.duplicate


async def test_a_lost_lease_neither_consumes_nor_counts(store: Store) -> None:
    event = an_event()
    await store.accept_events([event], now=NOON, priority=ORDINARY)
    lost = await the_lease(store, Lane.INBOUND)
    await the_lease(store, Lane.INBOUND, now=lost.until)
    for now in (at(1), lost.until):
        with pytest.raises(LeaseLost):
            await store.consume_event(event, lease=lost, now=now)
        with pytest.raises(LeaseLost):
            await store.consume_too_early(event, ContactId(lost.key), lease=lost, now=now)
        with pytest.raises(LeaseLost):
            await store.event_failed(event, lease=lost, now=now, quarantine_after=1)
    (pending,) = await store.pending_events(lost.key, limit=10)  # type: ignore[arg-type]
    assert pending.tries == 0
