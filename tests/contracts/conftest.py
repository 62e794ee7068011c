"""One database an engine and a test. An engine that cannot start fails its tests, never skips."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol

import pytest

from core.ports import Store
from core.sealing import Vault
from core.storage.sqlite import SqliteStore
from tests.builders import a_vault

TRIGGERS = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"


class Database(Protocol):
    """An empty database that several stores can be opened on, as several processes would."""

    async def another_store(self, vault: Vault | None = None) -> Store:
        """A further open store on the same database; closed at the end of the test."""

    async def dump(self) -> bytes:
        """All that is stored, as someone who stole the disk would read it."""

    async def damage(self, table: str, identity: str, **values: bytes | str | int) -> None:
        """Overwrite parts of a stored row behind the stores' backs; none: the row is gone."""

    async def rows(self) -> Mapping[str, int]:
        """How many rows each table or collection has, and files each folder."""


class _Database:
    def __init__(
        self,
        make: Callable[[Vault], Store],
        dump: Callable[[], Awaitable[bytes]],
        damage: Callable[[str, str, dict[str, bytes | str | int]], Awaitable[None]],
        rows: Callable[[], Awaitable[Mapping[str, int]]],
        resources: AsyncExitStack,
    ) -> None:
        self._make = make
        self._dump = dump
        self._damage = damage
        self._rows = rows
        self._resources = resources

    async def another_store(self, vault: Vault | None = None) -> Store:
        store = self._make(vault or a_vault())
        await store.open()
        self._resources.push_async_callback(store.close)
        return store

    async def dump(self) -> bytes:
        return await self._dump()

    async def damage(self, table: str, identity: str, **values: bytes | str | int) -> None:
        await self._damage(table, identity, values)

    async def rows(self) -> Mapping[str, int]:
        return await self._rows()


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[Database]:
    async def dump() -> bytes:
        files = (file for file in sorted(folder.rglob("*")) if file.is_file())
        return b"".join(str(file).encode() + file.read_bytes() for file in files)

    async def damage(table: str, identity: str, values: dict[str, bytes | str | int]) -> None:
        name = {"data_keys": "subject", "events": "ref", "audit": "seq"}.get(table, "id")
        if table == identity:  # it has one row
            name = f"'{table}'"
        what = ", ".join(f"{column} = ?" for column in values)
        verb = f"UPDATE {table} SET {what}" if values else f"DELETE FROM {table}"
        with closing(sqlite3.connect(folder / "relais.db")) as connection, connection:
            # Whoever writes behind the stores' backs does not care for their rules either.
            for (rule,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type='trigger'"
            ):
                connection.execute(f"DROP TRIGGER {rule}")
            done = connection.execute(f"{verb} WHERE {name} = ?", (*values.values(), identity))
            assert done.rowcount == 1

    async def rows() -> dict[str, int]:
        counts = {
            path.name: sum(file.is_file() for file in path.rglob("*"))
            for path in folder.iterdir()
            if path.is_dir()
        }
        with closing(sqlite3.connect(folder / "relais.db")) as connection:
            tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            for (name,) in tables.fetchall():
                found = connection.execute(f"SELECT count(*) FROM {name}").fetchone()
                counts[name] = found[0]
        return counts

    async with AsyncExitStack() as resources:
        yield _Database(
            lambda vault: SqliteStore(folder / "relais.db", vault), dump, damage, rows, resources
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

        async def damage(table: str, identity: str, values: dict[str, bytes | str | int]) -> None:
            async with AsyncMongoClient[dict[str, Any]](url) as client:
                collection = client.get_default_database()["meta" if table == identity else table]
                which = {"_id": int(identity) if table == "audit" else identity}
                if values:
                    changed = await collection.update_one(which, {"$set": values})
                    assert changed.matched_count == 1
                else:
                    assert (await collection.delete_one(which)).deleted_count == 1

        async def rows() -> dict[str, int]:
            async with AsyncMongoClient[dict[str, Any]](url) as client:
                database = client.get_default_database()
                names = await database.list_collection_names()
                return {name: await database[name].count_documents({}) for name in names}

        make = partial(MongoStore, url, driver=driver)
        yield _Database(make, dump, damage, rows, resources)


@pytest.fixture(params=["sqlite", "mongo"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database of each engine in turn."""
    async with _sqlite(tmp_path) if request.param == "sqlite" else mongo_database("motor") as made:
        yield made


@pytest.fixture
async def store(database: Database) -> Store:
    """An open store on an empty database."""
    return await database.another_store()
