"""The contract suite once more, on pymongo's own asynchronous driver: the heir of motor."""

from collections.abc import AsyncIterator

import pytest

from core.ports import Store
from tests.contracts import (
    test_accounts,
    test_conversations,
    test_damage,
    test_documents,
    test_erasure,
    test_files,
    test_identity,
    test_inbox,
    test_outbox,
    test_store,
    test_worklist,
)
from tests.contracts.conftest import Database, mongo_database

_SUITE = (
    test_accounts,
    test_conversations,
    test_damage,
    test_documents,
    test_erasure,
    test_files,
    test_identity,
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


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    """An empty database, in the place of the contract suite's fixture of this name."""
    async with mongo_database("pymongo") as made:
        yield made


@pytest.fixture
async def store(database: Database) -> Store:
    """An open store on an empty database."""
    return await database.another_store()
