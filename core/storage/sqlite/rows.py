"""Records as rows: the statements and conversions that all tables share."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from core.errors import StorageUnavailable
from core.sealing import ROOT_SUBJECT, DataKey, Vault
from core.storage.records import Codec, DataKeys
from core.storage.sqlite.engine import Engine

R = TypeVar("R")
T = TypeVar("T")


def names(record: type[Any]) -> tuple[str, ...]:
    """A record's fields: its table's columns have the same names."""
    return tuple(field.name for field in fields(record))


def columns(record: type[Any], table: str) -> str:
    """The columns of a record, to select them."""
    return ", ".join(f"{table}.{name}" for name in names(record))


def insertion(record: type[Any], table: str) -> str:
    """The statement that inserts a record."""
    wanted = names(record)
    return f"INSERT INTO {table} ({', '.join(wanted)}) VALUES ({', '.join('?' * len(wanted))})"


def replacement(record: type[Any], table: str) -> str:
    """The statement that replaces a record; its id comes last, once more."""
    return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names(record))} WHERE id = ?"


def values(record: object) -> list[Any]:
    """A record's values, in the order of its columns."""
    return [getattr(record, name) for name in names(type(record))]


def record_of(record: type[R], row: Sequence[Any]) -> R:
    """The record in the first columns of a row."""
    return record(**dict(zip(names(record), row, strict=False)))


class Keys(DataKeys):
    """Data keys, found by subject."""

    def __init__(self, vault: Vault) -> None:
        super().__init__(vault)
        self._vault = vault

    def stored(self, connection: sqlite3.Connection, subject: str) -> DataKey:
        """A subject's key. Raises SealBroken when there is none (any more)."""
        row = connection.execute(
            "SELECT wrapped FROM data_keys WHERE subject = ?", (subject,)
        ).fetchone()
        return self.unwrapped(subject, row[0] if row else None)

    def created(self, connection: sqlite3.Connection, subject: str) -> DataKey:
        """A new key, stored. Raises sqlite3.IntegrityError when the subject has one."""
        key, wrapped = self._vault.new_key(subject)
        connection.execute("INSERT INTO data_keys VALUES (?, ?)", (subject, wrapped))
        return key

    def rewrapped(self, subject: str, wrapped: bytes) -> bytes | None:
        """See `Vault.rewrapped`."""
        return self._vault.rewrapped(subject, wrapped)

    def adopt_root(self, connection: sqlite3.Connection, *, of_old: bool) -> None:
        """Have the vault use this database's root, made now if there is none. Raises SealBroken."""
        connection.execute(
            "INSERT OR IGNORE INTO data_keys VALUES (?, ?)",
            (ROOT_SUBJECT, self._vault.wrapped_root(of_old=of_old)),
        )
        ((wrapped,),) = connection.execute(
            "SELECT wrapped FROM data_keys WHERE subject = ?", (ROOT_SUBJECT,)
        ).fetchall()
        self._vault.adopt_root(wrapped)


class Part:
    """What each part of the store works with."""

    _engine: Engine | None = None

    def __init__(self, codec: Codec, keys: Keys) -> None:
        self._codec = codec
        self._keys = keys

    async def _write(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        if self._engine is None:
            raise StorageUnavailable
        return await self._engine.write(operation)

    async def _read(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        if self._engine is None:
            raise StorageUnavailable
        return await self._engine.read(operation)
