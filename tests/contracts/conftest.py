"""One database an engine and a test. An engine that cannot start fails its tests, never skips."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest

from core.ports import Store
from core.storage.sqlite import SqliteStore
from tests.builders import a_vault


class Database(Protocol):
    """An empty database that several stores can be opened on, as several processes would."""

    async def another_store(self) -> Store:
        """A further open store on the same database; closed at the end of the test."""

    async def dump(self) -> bytes:
        """All that is stored, as someone who stole the disk would read it."""

    async def damage(self, table: str, identity: str, **values: bytes) -> None:
        """Overwrite parts of a stored row behind the stores' backs; none: the row is gone."""


class _Database:
    def __init__(
        self,
        make: Callable[[], Store],
        dump: Callable[[], Awaitable[bytes]],
        damage: Callable[[str, str, dict[str, bytes]], Awaitable[None]],
        resources: AsyncExitStack,
    ) -> None:
        self._make = make
        self._dump = dump
        self._damage = damage
        self._resources = resources

    async def another_store(self) -> Store:
        store = self._make()
        await store.open()
        self._resources.push_async_callback(store.close)
        return store

    async def dump(self) -> bytes:
        return await self._dump()

    async def damage(self, table: str, identity: str, **values: bytes) -> None:
        await self._damage(table, identity, values)


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[Database]:
    async def dump() -> bytes:
        return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))

    async def damage(table: str, identity: str, values: dict[str, bytes]) -> None:
        name = {"data_keys": "subject", "events": "ref"}.get(table, "id")
        what = ", ".join(f"{column} = ?" for column in values)
        verb = f"UPDATE {table} SET {what}" if values else f"DELETE FROM {table}"
        with closing(sqlite3.connect(folder / "relais.db")) as connection, connection:
            done = connection.execute(f"{verb} WHERE {name} = ?", (*values.values(), identity))
            assert done.rowcount == 1

    async with AsyncExitStack() as resources:
        yield _Database(
            lambda: SqliteStore(folder / "relais.db", a_vault()), dump, damage, resources
        )


@asynccontextmanager
async def mongo_database(driver: Literal["motor", "pymongo"]) -> AsyncIterator[Database]:
    """An empty database on MongoDB, used through `driver`."""
    from pymongo import AsyncMongoClient

    from core.storage.mongo import MongoStore
    from tests.contracts.mongo_server import mongo_url

    async with mongo_url() as url, AsyncExitStack() as resources:

        async def dump() -> bytes:
            async with AsyncMongoClient[dict[str, Any]](url) as client:
                database = client.get_default_database()
                found = [
                    repr(document)
                    for name in await database.list_collection_names()
                    async for document in database[name].find()
                ]
            return "\n".join(found).encode()

        async def damage(table: str, identity: str, values: dict[str, bytes]) -> None:
            async with AsyncMongoClient[dict[str, Any]](url) as client:
                collection = client.get_default_database()[table]
                if values:
                    changed = await collection.update_one({"_id": identity}, {"$set": values})
                    assert changed.matched_count == 1
                else:
                    assert (await collection.delete_one({"_id": identity})).deleted_count == 1

        make = partial(MongoStore, url, a_vault(), driver=driver)
        yield _Database(make, dump, damage, resources)


@pytest.fixture(params=["sqlite", "mongo"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database of each engine in turn."""
    async with _sqlite(tmp_path) if request.param == "sqlite" else mongo_database("motor") as made:
        yield made


@pytest.fixture
async def store(database: Database) -> Store:
    """An open store on an empty database."""
    return await database.another_store()
