"""What all parts of the store share: connection, transactions, error translation, data keys."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from random import SystemRandom
from typing import Any, TypeVar

from pymongo.errors import (
    BulkWriteError,
    DuplicateKeyError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)
from pymongo.errors import ConfigurationError as DriverConfigurationError

from core.errors import ConfigurationError, SealBroken, StorageUnavailable
from core.sealing import ROOT_SUBJECT, DataKey, Vault
from core.storage.mongo.driver import Driver, DriverName
from core.storage.mongo.schema import prepare
from core.storage.records import ACCOUNTS_SUBJECT, Codec, DataKeys

R = TypeVar("R")
T = TypeVar("T")

JITTER = SystemRandom()

_DEFAULT_DATABASE = "relais"
# How long one call may go on repeating a transaction that others disturb.
_PATIENCE_SECONDS = 8.0
_LONGEST_PAUSE_SECONDS = 0.2
# Once no server could be found, calls fail at once for this long instead of queueing for a dead
# one: each would otherwise wait for the whole selection time.
_COOL_DOWN_SECONDS = 0.5
_AUTHENTICATION_FAILED, _UNAUTHORIZED = 18, 13


class Again(Exception):
    """What was read before the transaction is out of date: read again, begin again."""


class Disturbed(Exception):
    """Another writer was first with a document both may write: run the transaction again."""


def duplicate_index(error: PyMongoError) -> str | None:
    """The key of the unique index that `error` reports as violated, fields joined by commas."""
    details: Mapping[str, Any] = getattr(error, "details", None) or {}
    if isinstance(error, BulkWriteError):
        details = next(iter(details.get("writeErrors", ())), {})
        if details.get("code") != 11000:
            return None
    elif not isinstance(error, DuplicateKeyError):
        return None
    return ",".join(details.get("keyPattern") or ("_id",))


def _unavailable(error: PyMongoError) -> StorageUnavailable:
    """What callers are told. The driver's words may repeat documents: its kind and code do not."""
    told = StorageUnavailable()
    code = error.code if isinstance(error, OperationFailure) else None
    told.add_note(type(error).__name__ if code is None else f"{type(error).__name__}, code {code}")
    return told


def record_of(record: type[R], document: Mapping[str, Any], *, identity: str = "id") -> R:
    """The record in a document, its `identity` from `_id`. Raises SealBroken when parts lack.

    What came with a later release has a default, and is not there in an older document.
    """
    names = [field.name for field in fields(record)]  # type: ignore[arg-type]
    stored = {name: "_id" if name == identity else name for name in names}
    try:
        return record(**{name: document[key] for name, key in stored.items() if key in document})
    except TypeError:
        raise SealBroken from None


class MongoEngine:
    """A connection to one replica set, and the two ways to use it: a call, or a transaction."""

    def __init__(self, url: str, vault: Vault, *, driver: DriverName = "motor") -> None:
        """Remember what to open; nothing connects yet. `driver` exists for tests of the heir."""
        self._url = url
        self._driver_name: DriverName = driver
        self._vault = vault
        self._codec = Codec(vault)
        self._driver: Driver | None = None
        self._keys = DataKeys(vault)
        self._begun: set[asyncio.Task[Any]] = set()
        self._down_until = 0.0

    # Life

    async def open(self) -> None:
        """Connect, create or migrate schema and indexes. Does nothing on an open store.

        Raises ConfigurationError for what will never work, StorageUnavailable for what may.
        """
        if self._driver is not None:
            return
        try:
            self._driver = Driver(
                self._url, name=self._driver_name, default_database=_DEFAULT_DATABASE
            )
        # The driver repeats the URL, password included, in its errors: none is passed on.
        except (PyMongoError, ValueError, TypeError):
            raise ConfigurationError("RELAIS_DATABASE_URL is not a valid MongoDB URL.") from None
        self._down_until = 0.0
        try:
            await self._prepare(self._driver)
        except BaseException:
            await self.close()
            raise

    async def _prepare(self, driver: Driver) -> None:
        try:
            hello = await driver.hello()
            if not hello.get("setName") and hello.get("msg") != "isdbgrid":
                raise ConfigurationError(
                    "RELAIS_DATABASE_URL names a standalone MongoDB server; a replica set is needed"
                    " (one member is enough): a standalone server has no transactions."
                )
            await prepare(driver.database)
            await self._make_accounts_key()
        except DriverConfigurationError:
            raise ConfigurationError("RELAIS_DATABASE_URL has options that do not fit.") from None
        except OperationFailure as failure:
            if failure.code in (_AUTHENTICATION_FAILED, _UNAUTHORIZED):
                raise ConfigurationError(
                    "RELAIS_DATABASE_URL: the database refuses this user or its rights."
                ) from None
            raise _unavailable(failure) from None
        except PyMongoError as error:
            raise _unavailable(error) from None

    async def close(self) -> None:
        """Finish what was begun and let go of every resource."""
        if self._begun:
            await asyncio.wait(self._begun)
        driver, self._driver = self._driver, None
        if driver is not None:
            await driver.close()
        self._keys.forget()

    async def check(self) -> None:
        """Prove that messages can be kept now, by a durable write. Raises StorageUnavailable."""
        with self._errors():
            await self._in("meta").update_one({"_id": "check"}, {"$inc": {"count": 1}}, upsert=True)

    # Calls

    @property
    def _open_driver(self) -> Driver:
        if self._driver is None:
            raise StorageUnavailable("The store is not open.")
        return self._driver

    def _in(self, collection: str) -> Any:
        return self._open_driver.database[collection]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Translate driver errors. A call that is one operation leaves nothing half done."""
        if time.monotonic() < self._down_until:
            raise StorageUnavailable
        try:
            yield
        except ServerSelectionTimeoutError as error:
            self._down_until = time.monotonic() + _COOL_DOWN_SECONDS
            raise _unavailable(error) from None
        except PyMongoError as error:
            raise _unavailable(error) from None

    async def _transaction(
        self,
        work: Callable[[Any], Awaitable[T]],
        *,
        landed: Callable[[], Awaitable[bool]] | None = None,
    ) -> T:
        """Run `work(session)` in one transaction, again and again while others disturb it.

        `landed` tells after an unknown commit whether it happened; without it `work` is run again,
        so it must then be harmless to repeat. A transaction once begun is not cut short when its
        caller is cancelled: the server would hold its documents until it forgets the session.
        Raises StorageUnavailable; the rare call whose commit was under way when the server went
        away for good may still have changed something, and repeating it is harmless.
        """
        return await self._uncancelled(self._attempts(work, landed))

    async def _undisturbed(self, work: Callable[[Any], Awaitable[T]]) -> T | None:
        """Run `work(session)` in one transaction, once; None where others disturb it.

        Should the commit's answer be lost, it may have happened all the same.
        """
        return await self._uncancelled(self._attempt(work))

    async def _attempt(self, work: Callable[[Any], Awaitable[T]]) -> T | None:
        driver = self._open_driver
        with self._errors():
            session = await driver.start_session()
            try:
                await driver.begin(session)
                result = await work(session)
                await session.commit_transaction()
                return result
            except PyMongoError as error:
                if error.has_error_label("TransientTransactionError"):
                    return None
                raise
            finally:
                if session.in_transaction:
                    await session.abort_transaction()
                await session.end_session()

    async def _uncancelled(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(work, name="mongo transaction")
        self._begun.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._begun.discard(task)
        if not task.cancelled():
            task.exception()  # an abandoned caller leaves nobody to look at it

    async def _attempts(
        self,
        work: Callable[[Any], Awaitable[T]],
        landed: Callable[[], Awaitable[bool]] | None,
    ) -> T:
        driver = self._open_driver
        give_up = time.monotonic() + _PATIENCE_SECONDS
        with self._errors():
            session = await driver.start_session()
            try:
                for attempt in range(1000):
                    committing = False
                    try:
                        await driver.begin(session)
                        result = await work(session)
                        committing = True
                        await self._commit(session, give_up)
                        return result
                    except ServerSelectionTimeoutError:
                        raise  # nobody to ask: the caller's patience is shorter than an outage
                    except Disturbed:
                        if time.monotonic() > give_up:
                            raise StorageUnavailable from None
                    except PyMongoError as error:
                        if committing and landed is not None and await landed():
                            return result
                        unknown = error.has_error_label("UnknownTransactionCommitResult")
                        transient = error.has_error_label("TransientTransactionError")
                        if time.monotonic() > give_up or not (transient or unknown):
                            raise
                    finally:
                        if session.in_transaction:
                            await session.abort_transaction()
                    pause = min(0.002 * 2 ** min(attempt, 10), _LONGEST_PAUSE_SECONDS)
                    await asyncio.sleep(JITTER.uniform(0.0, pause))
                raise StorageUnavailable
            finally:
                await session.end_session()

    @staticmethod
    async def _commit(session: Any, give_up: float) -> None:
        """Commit, asking again while the server's answer does not come."""
        while True:
            try:
                await session.commit_transaction()
                return
            except ServerSelectionTimeoutError:
                raise
            except PyMongoError as error:
                unknown = error.has_error_label("UnknownTransactionCommitResult")
                if not unknown or time.monotonic() > give_up:
                    raise
            await asyncio.sleep(JITTER.uniform(0.01, 0.1))

    # Data keys

    async def _keys_of(self, subjects: Iterable[str]) -> dict[str, DataKey]:
        """The data keys of `subjects`; those that were erased or do not open are absent."""
        found: dict[str, DataKey] = {}
        wanted = sorted(set(subjects))
        if not wanted:
            return found
        async for document in self._in("data_keys").find({"_id": {"$in": wanted}}):
            with suppress(SealBroken):
                subject = document["_id"]
                found[subject] = self._keys.unwrapped(subject, document.get("wrapped"))
        return found

    async def _key_of(self, subject: str, *, session: Any = None) -> DataKey:
        """One data key. Raises SealBroken when it was erased or does not open."""
        stored = await self._in("data_keys").find_one({"_id": subject}, session=session)
        return self._keys.unwrapped(subject, stored and stored.get("wrapped"))

    async def _make_accounts_key(self) -> None:
        """Make root and accounts' key at the first start; later, prove that they still open."""
        keys = self._in("data_keys")
        known = await keys.find_one({"_id": ACCOUNTS_SUBJECT}, {"_id": 1})
        # The root first: whoever finds the accounts' key finds it as well.
        for subject, wrapped in (
            (ROOT_SUBJECT, self._vault.wrapped_root(of_old=known is not None)),
            (ACCOUNTS_SUBJECT, self._vault.new_key(ACCOUNTS_SUBJECT)[1]),
        ):
            await keys.update_one(
                {"_id": subject}, {"$setOnInsert": {"wrapped": wrapped}}, upsert=True
            )
        root = await keys.find_one({"_id": ROOT_SUBJECT})
        try:
            self._vault.adopt_root(root["wrapped"])
            await self._key_of(ACCOUNTS_SUBJECT)
        except SealBroken:
            raise ConfigurationError(
                "RELAIS_MASTER_KEY does not open what this database holds."
            ) from None
