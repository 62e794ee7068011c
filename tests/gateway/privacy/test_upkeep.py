"""The purge as a chore of the gateway: begun by itself, in small steps, by one at a time."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from core.labels import Urgency
from core.ports import Change, Store
from core.retention import Retention
from core.work import Lane, Lease
from gateway.metrics import Metrics
from gateway.privacy.backup import KEYS_FILE, copies
from gateway.privacy.purge import STEP
from gateway.privacy.upkeep import (
    BETWEEN_STEPS,
    KEYS_EVERY,
    PURGE_EVERY,
    UPKEEP_LEASE,
    Copies,
    Upkeep,
)
from tests.builders import NOON, a_contact, a_conversation, a_vault, a_waiting
from tests.fakes import TurnableClock


def an_upkeep(store: Store, clock: TurnableClock) -> tuple[Upkeep, Metrics]:
    metrics = Metrics()
    return Upkeep(store=store, retention=Retention(), clock=clock, metrics=metrics), metrics


async def the_lease(store: Store, clock: TurnableClock) -> list[Lease]:
    return list(await store.claim_work(Lane.UPKEEP, now=clock(), lease_for=UPKEEP_LEASE, limit=9))


async def test_the_purge_is_wished_for_once_however_many_start(store: Store) -> None:
    clock = TurnableClock()
    upkeep, metrics = an_upkeep(store, clock)
    contact = await a_contact(store)
    await store.commit(Change(conversation=a_conversation(contact, closed_at=NOON)), now=NOON)
    waiting = a_waiting(await a_contact(store), Urgency.FAIBLE)
    await store.commit(Change(conversation=waiting), now=NOON)
    clock.turn(timedelta(days=31).total_seconds())
    await upkeep.begin()
    await upkeep.begin()
    (lease,) = await the_lease(store, clock)
    assert await the_lease(store, clock) == []
    assert await upkeep.do(lease) == PURGE_EVERY
    assert await store.conversations_of(contact.id) == []
    registry = metrics.registry
    assert registry.get_sample_value("relais_purged_total", {"kind": "chats"}) == 1
    assert registry.get_sample_value("relais_overdue_conversations") == 1
    assert registry.get_sample_value("relais_purged_timestamp_seconds") == clock().timestamp()


async def test_after_a_full_step_messages_go_first(store: Store) -> None:
    clock = TurnableClock()
    upkeep, _ = an_upkeep(store, clock)
    for _ in range(STEP):
        contact = await a_contact(store)
        await store.commit(Change(conversation=a_conversation(contact, closed_at=NOON)), now=NOON)
    clock.turn(timedelta(days=31).total_seconds())
    await upkeep.begin()
    (lease,) = await the_lease(store, clock)
    assert await upkeep.do(lease) == BETWEEN_STEPS
    assert await upkeep.do(lease) == PURGE_EVERY


async def test_a_chore_of_another_release_is_let_go(store: Store) -> None:
    clock = TurnableClock()
    upkeep, _ = an_upkeep(store, clock)
    assert await upkeep.do(Lease(Lane.UPKEEP, "unheard of", "token", 1, clock())) is None


async def test_a_copy_is_made_when_due_and_the_keys_are_refreshed_between(
    store: Store, tmp_path: Path
) -> None:
    clock, vault = TurnableClock(), a_vault()
    clock.now = datetime.now(UTC)
    metrics = Metrics()
    folder = tmp_path / "copies"
    upkeep = Upkeep(
        store=store,
        retention=Retention(),
        clock=clock,
        metrics=metrics,
        copies=Copies(folder, timedelta(days=1), vault),
    )
    age = partial(metrics.registry.get_sample_value, "relais_copied_timestamp_seconds")
    assert age() == 0
    await upkeep.begin()
    leases = {lease.key: lease for lease in await the_lease(store, clock)}
    assert set(leases) == {"purge", "copy"}
    assert await upkeep.do(leases["copy"]) == KEYS_EVERY
    (first,) = copies(folder)
    assert age() == first.stat().st_mtime
    before = (folder / KEYS_FILE).read_bytes()
    assert await upkeep.do(leases["copy"]) == KEYS_EVERY
    assert copies(folder) == [first]
    assert (folder / KEYS_FILE).read_bytes() != before
    clock.turn(timedelta(days=1, seconds=5).total_seconds())
    await upkeep.do(leases["copy"])
    assert len(copies(folder)) == 2


async def test_a_folder_that_cannot_be_used_stops_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    clock = TurnableClock()
    upkeep = Upkeep(
        store=store,
        retention=Retention(),
        clock=clock,
        metrics=Metrics(),
        copies=Copies(tmp_path / "file", timedelta(days=1), a_vault()),
    )
    await upkeep.begin()
    leases = {lease.key: lease for lease in await the_lease(store, clock)}
    assert await upkeep.do(leases["copy"]) == KEYS_EVERY
