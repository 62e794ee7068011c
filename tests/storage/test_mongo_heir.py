"""The contract suite once more, on pymongo's own asynchronous driver: the heir of motor."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from core.ports import Store
from core.storage.mongo import MongoStore
from tests.builders import a_vault
from tests.contracts import (
    test_accounts,
    test_conversations,
    test_inbox,
    test_outbox,
    test_store,
    test_worklist,
)
from tests.contracts.mongo_server import mongo_url

_SUITE = (
    test_accounts,
    test_conversations,
    test_inbox,
    test_outbox,
    test_store,
    test_worklist,
)

# A test's name is unique within its module only.
for _module in _SUITE:
    for _name, _test in vars(_module).items():
        if _name.startswith("test_"):
            globals()[f"{_module.__name__.rpartition('.')[2]}__{_name}"] = _test


class _Database:
    def __init__(self, url: str, resources: AsyncExitStack) -> None:
        self._url = url
        self._resources = resources

    async def another_store(self) -> Store:
        store = MongoStore(self._url, a_vault(), driver="pymongo")
        await store.open()
        self._resources.push_async_callback(store.close)
        return store

    async def dump(self) -> bytes:
        client: AsyncMongoClient[dict[str, Any]]
        async with AsyncMongoClient(self._url) as client:
            database: AsyncDatabase[dict[str, Any]] = client.get_default_database()
            found = [
                repr(document)
                for name in await database.list_collection_names()
                async for document in database[name].find()
            ]
        return "\n".join(found).encode()


@pytest.fixture
async def database() -> AsyncIterator[_Database]:
    """An empty database, in the place of the contract suite's fixture of this name."""
    async with mongo_url() as url, AsyncExitStack() as resources:
        yield _Database(url, resources)


@pytest.fixture
async def store(database: _Database) -> Store:
    """An open store on an empty database."""
    return await database.another_store()
