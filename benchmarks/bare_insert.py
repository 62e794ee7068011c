"""The least a durable row can cost: an id and some bytes, nothing sealed, nothing looked up.

Same disk, same pragmas and same writer as the store's. `grouped`: what gathers during a flush goes
into the next commit together, as in the store; otherwise each row waits for a flush of its own.
"""

import asyncio
import os
import sqlite3
import time
from pathlib import Path

from core.ids import new_id
from core.storage.sqlite.engine import Engine
from core.storage.sqlite.schema import connect

# About what a sealed event of a short message takes.
_SIZE = 600


async def insert_many(folder: Path, rows: int, *, callers: int, grouped: bool) -> float:
    """Rows a second, each durable before its caller goes on to the next."""
    path = folder / f"{new_id()}.db"
    connection = connect(path)
    connection.execute("CREATE TABLE bare (id TEXT PRIMARY KEY NOT NULL, body BLOB NOT NULL)")
    engine = Engine(path, connect)
    engine.start(connection)
    body, left, alone = os.urandom(_SIZE), iter(range(rows)), asyncio.Lock()

    def insert(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO bare VALUES (?, ?)", (new_id(), body))

    async def caller() -> None:
        for _ in left:
            if grouped:
                await engine.write(insert)
            else:
                async with alone:
                    await engine.write(insert)

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    took = time.perf_counter() - started
    await engine.stop()
    return rows / took
