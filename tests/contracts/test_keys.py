"""What every engine promises of the master key: it is rotated while everything goes on."""

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from core.errors import ConfigurationError, StorageUnavailable
from core.events import InboundEvent
from core.ports import KeyRing, Store
from core.sealing import Vault
from core.storage.records import Codec
from core.work import ORDINARY
from gateway.privacy.rotation import rotate
from tests.builders import a_listener, a_vault, an_event, at
from tests.contracts.conftest import Database
from tests.contracts.test_erasure import PICTURE, Person

OLD, NEW = bytes(range(32)), bytes([7]) * 32


def both(*, first: int) -> Vault:
    """Knows both keys, and wraps under one."""
    keys = {1: OLD, 2: NEW}
    return Vault({first: keys[first], 3 - first: keys[3 - first]})


async def read_everything(store: Store, person: Person) -> None:
    """What the person wrote and sent is read, and they are found by what they are known by."""
    found = await store.find_contact("web", "site", f"{person.name}-phone")
    assert found == person.contact
    assert (await store.messages(person.conversation.id))[-1].id == person.answer.id
    assert await store.file(person.conversation.id, PICTURE) == b"image"
    assert await store.message_by_provider_id("web", "site", f"{person.name}-wamid")


async def write_on(store: Store, name: str, written: list[InboundEvent]) -> None:
    while True:
        event = an_event(sender=f"{name}-{len(written)}")
        await store.accept_events([event], now=at(5), priority=ORDINARY)
        written.append(event)


async def all_read(store: Store, events: Sequence[InboundEvent]) -> None:
    for event in events:
        contact = await store.find_contact("web", "site", str(event.sender))
        assert contact is not None
        (pending,) = await store.pending_events(contact.id, limit=9)
        assert pending.event == event


async def test_keys_are_rotated_while_two_gateways_write(database: Database) -> None:
    first = await database.another_store()
    people = [Person(f"p{number}") for number in range(12)]
    for person in people:
        await person.write(first)
    await first.add_listener(a_listener("camille"))
    # One gateway was restarted with both keys but wraps under the old one still.
    late = await database.another_store(both(first=1))
    ready = await database.another_store(both(first=2))
    by_late: list[InboundEvent] = []
    by_ready: list[InboundEvent] = []
    async with asyncio.TaskGroup() as tasks:
        writing = [
            tasks.create_task(write_on(late, "late", by_late)),
            tasks.create_task(write_on(ready, "ready", by_ready)),
        ]
        while not (by_late and by_ready):
            await asyncio.sleep(0.01)
        writing[0].cancel()  # the last gateway that wrapped under the old key is restarted
        await late.check()  # behind what it had begun to write
        changed = await rotate(ready, page=7)
        for person in people:
            await read_everything(ready, person)
            await read_everything(late, person)
        writing[1].cancel()
    assert changed >= 12 * 3 + len(by_late)
    assert set(await ready.key_versions()) == {2}

    alone = await database.another_store(Vault({2: NEW}))
    for person in people:
        await read_everything(alone, person)
    await all_read(alone, [*by_late, *by_ready])
    assert await alone.listener_by_login("Camille")
    await alone.verify_audit()


async def test_the_old_key_then_opens_nothing_and_tells_nothing(database: Database) -> None:
    store = await database.another_store(Vault({1: OLD}))
    person = Person("mine")
    await person.write(store)
    await rotate(await database.another_store(both(first=2)))
    for keys in ({1: OLD}, {2: OLD}):
        with pytest.raises(ConfigurationError, match="RELAIS_MASTER_KEY"):
            await database.another_store(Vault(keys))
    # Not even whether somebody is in it: guessing addresses needs the root.
    stored = await database.dump()
    new = Vault({2: NEW})
    await database.another_store(new)
    assert Codec(new).contact_ref("web", "site", "mine").encode() in stored
    assert Codec(Vault({1: OLD})).contact_ref("web", "site", "mine").encode() not in stored


async def test_a_rotation_that_was_cut_short_harms_nothing(database: Database) -> None:
    old = await database.another_store(Vault({1: OLD}))
    person = Person("mine")
    await person.write(old)
    store = await database.another_store(both(first=2))
    changed, last = await store.rewrap_keys(after="", limit=3)
    assert 1 <= changed <= 3
    assert last is not None
    assert set(await store.key_versions()) == {1, 2}
    for first in (1, 2):
        await read_everything(await database.another_store(both(first=first)), person)
    # Nobody starts without the old key before all is done.
    with pytest.raises(ConfigurationError, match="RELAIS_MASTER_KEY"):
        await database.another_store(Vault({2: NEW}))
    await rotate(store)
    assert await rotate(store) == 0
    await read_everything(await database.another_store(Vault({2: NEW})), person)


async def test_keys_that_were_made_during_a_pass_are_found_by_the_next(
    database: Database,
) -> None:
    late = await database.another_store(both(first=1))
    store = await database.another_store(both(first=2))
    await Person("first").write(late)
    made: list[Person] = []

    class WhileAnotherWrites:
        finish_rotation = store.finish_rotation

        async def rewrap_keys(self, *, after: str, limit: int) -> tuple[int, str | None]:
            done = await store.rewrap_keys(after=after, limit=limit)
            if done[1] is None and not made:
                made.append(Person("second"))
                await made[0].write(late)
            return done

    await rotate(cast("KeyRing", WhileAnotherWrites()))
    assert set(await store.key_versions()) == {2}
    await read_everything(await database.another_store(Vault({2: NEW})), made[0])


async def test_nobody_starts_without_the_old_key_before_all_keys_are_rotated(
    database: Database,
) -> None:
    await Person("mine").write(await database.another_store(both(first=1)))
    store = await database.another_store(both(first=2))

    class Killed:
        finish_rotation = store.finish_rotation
        pages = 0

        async def rewrap_keys(self, *, after: str, limit: int) -> tuple[int, str | None]:
            self.pages += 1
            if self.pages > 1:
                raise StorageUnavailable
            return await store.rewrap_keys(after=after, limit=limit)

    with pytest.raises(StorageUnavailable):
        await rotate(cast("KeyRing", Killed()), page=2)
    with pytest.raises(ConfigurationError, match="RELAIS_MASTER_KEY"):
        await database.another_store(Vault({2: NEW}))


async def test_a_key_that_was_erased_or_damaged_is_passed_by(database: Database) -> None:
    store = await database.another_store(both(first=2))
    other = await database.another_store(both(first=1))
    gone, broken, left = Person("gone"), Person("broken"), Person("left")
    for person in (gone, broken, left):
        await person.write(other)
    await store.erase_contact(gone.contact.id)
    await database.damage("data_keys", broken.old.id, wrapped=b"\0\1" + b"x" * 60)
    await rotate(store)
    assert dict(await store.key_versions())[1] == 1
    assert await store.find_contact("web", "site", "gone") is None
    await read_everything(await database.another_store(Vault({2: NEW})), left)


async def test_a_database_of_the_first_release_keeps_its_hashes(database: Database) -> None:
    store = await database.another_store()
    person = Person("mine")
    await person.write(store)
    await database.damage("data_keys", "root")  # there was none
    # It derived the root of its look-ups from the lowest master key.
    of_old = Vault({1: OLD})
    await database.another_store(of_old)
    ref = Codec(of_old).contact_ref("web", "site", "mine")
    again = a_vault()
    await database.another_store(again)
    assert Codec(again).contact_ref("web", "site", "mine") == ref
