"""What every engine promises about the documents that the desk writes."""

import asyncio

import pytest

from core.errors import Conflict, SealBroken
from core.ids import ListenerId
from core.ports import Document, Store
from tests.builders import NOON, at
from tests.contracts.conftest import Database

ANNE = ListenerId("anne")


async def test_a_document_is_read_as_it_was_written(store: Store) -> None:
    assert await store.document("hours", "week") is None
    put = await store.put_document("hours", "week", b"9-23", version=0, now=NOON, by=ANNE)
    assert put == Document(kind="hours", name="week", version=1, body=b"9-23", at=NOON, by=ANNE)
    assert await store.document("hours", "week") == put


async def test_versions_follow_each_other_and_stay(store: Store) -> None:
    first = await store.put_document("hours", "week", b"one", version=0, now=NOON)
    second = await store.put_document("hours", "week", b"two", version=1, now=at(1), by=ANNE)
    assert await store.document("hours", "week") == second
    assert await store.document_history("hours", "week", limit=9) == [second, first]
    assert await store.document_history("hours", "week", limit=1) == [second]


@pytest.mark.parametrize("version", [0, 2])
async def test_who_changes_another_version_than_the_stored_one_is_refused(
    store: Store, version: int
) -> None:
    kept = await store.put_document("hours", "week", b"kept", version=0, now=NOON)
    with pytest.raises(Conflict):
        await store.put_document("hours", "week", b"lost", version=version, now=at(1))
    assert await store.document_history("hours", "week", limit=9) == [kept]


async def test_a_later_version_of_nothing_is_refused(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.put_document("hours", "week", b"lost", version=1, now=NOON)
    assert await store.document("hours", "week") is None


@pytest.mark.parametrize("version", [0, 1])
async def test_of_many_at_once_one_is_first(database: Database, version: int) -> None:
    stores = [await database.another_store() for _ in range(2)]
    if version:
        await stores[0].put_document("hours", "week", b"before", version=0, now=NOON)

    async def put(n: int) -> bool:
        try:
            body = str(n).encode()
            await stores[n % 2].put_document("hours", "week", body, version=version, now=NOON)
        except Conflict:
            return False
        return True

    won = [n for n, first in enumerate(await asyncio.gather(*map(put, range(10)))) if first]
    assert len(won) == 1
    document = await stores[1].document("hours", "week")
    assert document is not None
    assert (document.body, document.version) == (str(won[0]).encode(), version + 1)


async def test_a_kind_lists_its_current_versions_by_name(store: Store) -> None:
    for name in ("b", "a"):
        await store.put_document("reply", name, b"old", version=0, now=NOON)
    await store.put_document("reply", "a", b"new", version=1, now=NOON)
    await store.put_document("hours", "week", b"other", version=0, now=NOON)
    found = await store.documents("reply")
    assert [(one.name, one.body) for one in found] == [("a", b"new"), ("b", b"old")]


async def test_a_dropped_document_is_gone_with_all_its_versions(database: Database) -> None:
    store = await database.another_store()
    await store.put_document("reply", "a", b"one", version=0, now=NOON)
    await store.put_document("reply", "a", b"two", version=1, now=NOON)
    await store.put_document("reply", "b", b"other", version=0, now=NOON)
    assert await store.drop_document("reply", "a")
    assert not await store.drop_document("reply", "a")
    assert await store.document("reply", "a") is None
    assert await store.document_history("reply", "a", limit=9) == []
    assert [one.name for one in await store.documents("reply")] == ["b"]
    again = await store.put_document("reply", "a", b"three", version=0, now=NOON)
    assert await store.document("reply", "a") == again


async def test_what_is_stored_shows_nothing_of_a_body(database: Database) -> None:
    store = await database.another_store()
    await store.put_document("reply", "a", b"Ninon raconte", version=0, now=NOON)
    assert b"Ninon" not in await database.dump()


async def test_a_document_whose_key_is_gone_is_passed_by_in_a_list(database: Database) -> None:
    store = await database.another_store()
    for name in ("a", "b"):
        await store.put_document("reply", name, b"words", version=0, now=NOON)
    await database.damage("data_keys", "document|reply|a")
    with pytest.raises(SealBroken):
        await store.document("reply", "a")
    assert [one.name for one in await store.documents("reply")] == ["b"]
