"""Threads and transactions: one writer that commits in groups, and a few readers.

SQLite allows one writer at a time and a durable commit costs a disk flush. So callers' writes are
queued, and all that gathered while the disk flushed go into the next transaction together, each
in a savepoint of its own. A caller hears of success only after the commit that holds its write.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from core.errors import StorageUnavailable
from core.storage.sqlite.schema import Connect

T = TypeVar("T")

_READERS = 4

# Bounds how long the first of a group waits for the others' statements; far above what one flush
# usually gathers.
_LARGEST_GROUP = 256


@dataclass(slots=True)
class _Write:
    """A caller's write, and what became of it."""

    operation: Callable[[sqlite3.Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: "asyncio.Future[Any]"
    result: Any = None
    error: BaseException | None = field(default=None)


class Engine:
    """Runs operations on the file: functions of a connection, called in another thread.

    An operation must not begin, commit or keep the connection. What it raises reaches its caller
    and undoes only its own changes; a failing database undoes the group and is StorageUnavailable.
    """

    def __init__(self, path: Path, connect: Connect) -> None:
        self._path = path
        self._connect = connect
        self._writes: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="sqlite-writer", daemon=True)
        self._writing: sqlite3.Connection | None = None
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="sqlite-reader")
        self._reading = threading.local()
        self._open_readers: set[sqlite3.Connection] = set()
        self._running = False

    def start(self, connection: sqlite3.Connection) -> None:
        """Take over a connection that is ready, as the writer's first one."""
        self._writing = connection
        self._running = True
        self._writer.start()

    async def stop(self) -> None:
        """Finish every write that was begun, then let go of threads and connections."""
        if not self._running:
            return
        self._running = False
        self._writes.put(None)
        await asyncio.to_thread(self._stop)

    def _stop(self) -> None:
        self._writer.join()
        self._readers.shutdown(wait=True)
        for connection in self._open_readers:
            connection.close()
        # Last, so that SQLite folds its log into the file as the last connection goes.
        self._drop_writing()

    async def write(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """Run `operation` in a transaction; durable when this returns.

        A caller that is cancelled meanwhile does not undo the write.
        """
        if not self._running:
            raise StorageUnavailable
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._writes.put(_Write(operation, loop, future))
        return await future

    async def read(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        """Run `operation` on a connection that cannot write.

        Each of its statements sees every write whose caller was told of success before this call.
        """
        if not self._running:
            raise StorageUnavailable
        return await asyncio.get_running_loop().run_in_executor(
            self._readers, self._read, operation
        )

    def _read(self, operation: Callable[[sqlite3.Connection], T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._reading, "connection", None)
        try:
            if connection is None:
                connection = self._connect(self._path)
                connection.execute("PRAGMA query_only = ON")
                self._reading.connection = connection
                self._open_readers.add(connection)
            return operation(connection)
        except (sqlite3.Error, OSError) as error:
            # The next read starts on a fresh connection.
            if connection is not None:
                self._reading.connection = None
                self._open_readers.discard(connection)
                connection.close()
            raise StorageUnavailable from error

    def _write_all(self) -> None:
        """The writer thread: groups, until told to stop."""
        stopping = False
        while not stopping:
            group: list[_Write] = []
            write = self._writes.get()
            while write is not None:
                group.append(write)
                if len(group) >= _LARGEST_GROUP:
                    break
                try:
                    write = self._writes.get_nowait()
                except queue.Empty:
                    break
            stopping = write is None
            if group:
                self._commit_together(group)
                _tell(group)

    def _commit_together(self, group: Sequence[_Write]) -> None:
        try:
            if self._writing is None:
                self._writing = self._connect(self._path)
            self._writing.execute("BEGIN IMMEDIATE")
            for write in group:
                self._write_one(self._writing, write)
            self._writing.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - else the thread dies and callers wait forever
            # Whatever state the connection is in, the next group starts on a fresh one.
            self._drop_writing()
            for write in group:
                write.error = StorageUnavailable()
                write.error.__cause__ = error

    @staticmethod
    def _write_one(connection: sqlite3.Connection, write: _Write) -> None:
        connection.execute("SAVEPOINT one")
        try:
            write.result = write.operation(connection)
        except (sqlite3.OperationalError, sqlite3.InternalError):
            raise
        except Exception as error:
            # DatabaseError itself is what a damaged file raises; its subclasses left are a
            # caller's mistake, and none of the others' business.
            if type(error) is sqlite3.DatabaseError:
                raise
            write.error = error
            connection.execute("ROLLBACK TO one")
        connection.execute("RELEASE one")

    def _drop_writing(self) -> None:
        """Close the writer's connection; what it had not committed is undone."""
        connection, self._writing = self._writing, None
        if connection is not None:
            connection.close()


def _tell(group: Sequence[_Write]) -> None:
    """Tell the callers, waking each event loop once."""
    for loop in {write.loop for write in group}:
        own = [write for write in group if write.loop is loop]
        try:
            loop.call_soon_threadsafe(_settle, own)
        except RuntimeError:
            # The loop was closed: nobody is left to tell.
            continue


def _settle(writes: Sequence[_Write]) -> None:
    for write in writes:
        if write.future.done():
            continue
        if write.error is not None:
            write.future.set_exception(write.error)
        else:
            write.future.set_result(write.result)
