"""What every engine promises about durable work and its leases."""

import asyncio
from datetime import datetime, timedelta

import pytest

from core.errors import LeaseLost
from core.ports import Store
from core.work import ORDINARY, URGENT, Lane, Lease, Wake
from tests.builders import LEASE, NOON, at, the_lease
from tests.contracts.conftest import Database


async def claim(store: Store, now: datetime, limit: int = 100) -> list[Lease]:
    return list(await store.claim_work(Lane.WATCH, now=now, lease_for=LEASE, limit=limit))


async def wake(store: Store, key: str, moment: datetime = NOON, priority: int = ORDINARY) -> None:
    await store.wake([Wake(Lane.WATCH, key, moment, priority)])


async def test_work_is_taken_when_due_and_by_one(store: Store) -> None:
    await wake(store, "a", at(5))
    assert await claim(store, at(4.999999)) == []
    (lease,) = await claim(store, at(5))
    assert (lease.lane, lease.key, lease.until) == (Lane.WATCH, "a", at(5) + LEASE)
    assert await claim(store, at(6)) == []
    await store.finish_work(lease, now=at(6))
    assert await claim(store, at(600)) == []


async def test_lanes_are_apart(store: Store) -> None:
    await store.wake([Wake(lane, "a", NOON) for lane in (Lane.ASSISTANT, Lane.DELIVERY)])
    assert await claim(store, at(1)) == []
    lease = await the_lease(store, Lane.DELIVERY, now=at(1))
    await store.finish_work(lease, now=at(1))
    assert (await the_lease(store, Lane.ASSISTANT, now=at(1))).key == "a"


async def test_urgent_first_then_longest_due(store: Store) -> None:
    await wake(store, "late", at(3))
    await wake(store, "early", at(1))
    await wake(store, "urgent late", at(4), URGENT)
    await wake(store, "urgent early", at(2), URGENT)
    await wake(store, "urgent, not due", at(90), URGENT)
    order = [(await claim(store, at(10), limit=1))[0].key for _ in range(4)]
    assert order == ["urgent early", "urgent late", "early", "late"]


async def test_a_claim_takes_no_more_than_its_limit(store: Store) -> None:
    await store.wake([Wake(Lane.WATCH, f"u{n}", NOON, URGENT) for n in range(3)])
    await store.wake([Wake(Lane.WATCH, f"o{n}", NOON) for n in range(5)])
    first = {lease.key for lease in await claim(store, at(1), limit=4)}
    assert len(first) == 4
    assert {"u0", "u1", "u2"} < first
    assert len(await claim(store, at(1), limit=100)) == 4


async def test_a_wish_keeps_the_earlier_moment_and_the_more_urgent_priority(store: Store) -> None:
    await wake(store, "a", at(50), URGENT)
    await wake(store, "a", at(20))
    await wake(store, "a", at(70))
    await wake(store, "b", at(10))
    assert [lease.key for lease in await claim(store, at(20), limit=1)] == ["a"]


async def test_an_item_due_is_not_put_off_by_a_later_wish(store: Store) -> None:
    await wake(store, "a", NOON)
    await wake(store, "a", at(500))
    (lease,) = await claim(store, at(1))
    await store.finish_work(lease, now=at(2))
    assert await claim(store, at(1000)) == []


async def test_a_wish_during_the_lease_survives_the_finish(store: Store) -> None:
    await wake(store, "a")
    (lease,) = await claim(store, at(1))
    await wake(store, "a", at(3), URGENT)
    await wake(store, "a", at(8))
    assert await claim(store, at(4)) == []
    await wake(store, "b", at(1))
    await store.finish_work(lease, now=at(5))
    assert [one.key for one in await claim(store, at(5), limit=1)] == ["a"]


async def test_a_future_wish_during_the_lease_waits_for_its_moment(store: Store) -> None:
    await wake(store, "a")
    (lease,) = await claim(store, at(1))
    await wake(store, "a", at(500))
    await store.finish_work(lease, now=at(2))
    assert await claim(store, at(499)) == []
    assert len(await claim(store, at(500))) == 1


async def test_again_at_and_a_wish_the_earlier_wins(store: Store) -> None:
    for key, again, wished, due in (("a", 60, None, 60), ("b", 60, 40, 40), ("c", 60, 80, 60)):
        await wake(store, key)
        (lease,) = await claim(store, at(1))
        if wished is not None:
            await wake(store, key, at(wished))
        await store.finish_work(lease, now=at(2), again_at=at(again))
        assert await claim(store, at(due - 1)) == []
        (lease,) = await claim(store, at(due))
        await store.finish_work(lease, now=at(due))
        assert await claim(store, at(10_000)) == []


async def test_an_expired_lease_goes_to_another(store: Store) -> None:
    await wake(store, "a")
    (lost,) = await claim(store, NOON)
    assert await claim(store, lost.until - timedelta(microseconds=1)) == []
    (held,) = await claim(store, lost.until)
    assert (held.key, held.token != lost.token) == ("a", True)


async def test_the_loser_of_a_lease_cannot_finish_or_extend_it(store: Store) -> None:
    await wake(store, "a")
    (lost,) = await claim(store, NOON)
    (held,) = await claim(store, lost.until)
    now = lost.until + timedelta(seconds=1)
    await store.finish_work(lost, now=now)
    await store.finish_work(lost, now=now, again_at=now)
    assert await claim(store, now) == []
    with pytest.raises(LeaseLost):
        await store.extend_lease(lost, now=now, lease_for=LEASE)
    # A stopped process wakes up with its old idea of the time: the token still tells.
    with pytest.raises(LeaseLost):
        await store.extend_lease(lost, now=at(1), lease_for=LEASE)
    await store.extend_lease(held, now=now, lease_for=LEASE)


async def test_an_expired_lease_cannot_be_extended(store: Store) -> None:
    await wake(store, "a")
    (lease,) = await claim(store, NOON)
    with pytest.raises(LeaseLost):
        await store.extend_lease(lease, now=lease.until, lease_for=LEASE)


async def test_an_extended_lease_holds_longer(store: Store) -> None:
    await wake(store, "a")
    (lease,) = await claim(store, NOON)
    longer = await store.extend_lease(lease, now=at(20), lease_for=LEASE)
    assert longer.until == at(20) + LEASE
    assert (longer.token, longer.generation) == (lease.token, lease.generation)
    assert await claim(store, lease.until) == []
    await store.finish_work(longer, now=at(40))
    assert await claim(store, at(400)) == []


async def test_a_wish_for_an_expired_item_changes_nothing_for_its_next_worker(store: Store) -> None:
    await wake(store, "a")
    (lost,) = await claim(store, NOON)
    await wake(store, "a", at(500))
    (held,) = await claim(store, lost.until)
    # The next worker saw the wish when it took the item: only what it wishes itself is left.
    await store.finish_work(held, now=lost.until, again_at=at(900))
    assert await claim(store, at(899)) == []
    (again,) = await claim(store, at(900))
    await store.finish_work(again, now=at(900))
    assert await claim(store, at(10_000)) == []


async def test_five_hundred_items_eight_claimers_none_twice(database: Database) -> None:
    stores = [await database.another_store() for _ in range(2)]
    await stores[0].wake([Wake(Lane.WATCH, f"k{n}", at(n % 7)) for n in range(500)])
    taken: list[str] = []

    async def worker(store: Store) -> None:
        while leases := await claim(store, at(10), limit=5):
            taken.extend(lease.key for lease in leases)
            for lease in leases[::2]:
                await store.finish_work(lease, now=at(10))

    await asyncio.gather(*(worker(stores[n % 2]) for n in range(8)))
    assert sorted(taken) == sorted(f"k{n}" for n in range(500))


async def test_a_wish_during_simultaneous_finishes_is_never_lost(store: Store) -> None:
    for n in range(40):
        key = f"k{n}"
        await wake(store, key)
        (lease,) = await claim(store, at(1))
        finish, wish = store.finish_work(lease, now=at(1)), wake(store, key)
        await asyncio.gather(*((finish, wish) if n % 2 else (wish, finish)))
        (again,) = await claim(store, at(2))
        await store.finish_work(again, now=at(2))
