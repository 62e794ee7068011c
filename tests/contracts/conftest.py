"""One database an engine and a test. An engine that cannot start fails its tests, never skips."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

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


class _Database:
    def __init__(
        self,
        make: Callable[[], Store],
        dump: Callable[[], Awaitable[bytes]],
        resources: AsyncExitStack,
    ) -> None:
        self._make = make
        self._dump = dump
        self._resources = resources

    async def another_store(self) -> Store:
        store = self._make()
        await store.open()
        self._resources.push_async_callback(store.close)
        return store

    async def dump(self) -> bytes:
        return await self._dump()


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[Database]:
    async def dump() -> bytes:
        return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))

    async with AsyncExitStack() as resources:
        yield _Database(lambda: SqliteStore(folder / "relais.db", a_vault()), dump, resources)


@asynccontextmanager
async def _mongo() -> AsyncIterator[Database]:
    from core.storage.mongo import MongoStore
    from tests.contracts.mongo_server import mongo_url

    async with mongo_url() as url, AsyncExitStack() as resources:

        async def dump() -> bytes:
            from pymongo import AsyncMongoClient
            from pymongo.asynchronous.database import AsyncDatabase

            client: AsyncMongoClient[dict[str, Any]]
            async with AsyncMongoClient(url) as client:
                database: AsyncDatabase[dict[str, Any]] = client.get_default_database()
                found = [
                    repr(document)
                    for name in await database.list_collection_names()
                    async for document in database[name].find()
                ]
            return "\n".join(found).encode()

        yield _Database(lambda: MongoStore(url, a_vault()), dump, resources)


@pytest.fixture(params=["sqlite", "mongo"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database of each engine in turn."""
    async with _sqlite(tmp_path) if request.param == "sqlite" else _mongo() as made:
        yield made


@pytest.fixture
async def store(database: Database) -> Store:
    """An open store on an empty database."""
    return await database.another_store()
