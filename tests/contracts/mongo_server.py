"""A MongoDB server for tests: SecantusDB as a process of its own, or the real one that you name.

SecantusDB speaks MongoDB's wire protocol on WiredTiger; it is never imported here, only run.
`RELAIS_TEST_MONGODB_URI` names a real replica set instead; databases called `relais_test_*` are
made and dropped there.
"""

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import PyMongoError

REAL_SERVER = os.environ.get("RELAIS_TEST_MONGODB_URI", "")
_START_SECONDS = 300.0


class MongoServer:
    """One SecantusDB process on a folder and a port that survive `kill` and a new `start`.

    `faults` lets a test inject failures with MongoDB's own `failCommand`.
    """

    def __init__(self, folder: Path, *, standalone: bool = False, faults: bool = False) -> None:
        self._folder = folder
        self._standalone = standalone
        self._faults = faults
        self._port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers. Raises RuntimeError with the server's last words."""
        self._folder.mkdir(parents=True, exist_ok=True)
        log = self._folder / "server.log"
        command = [
            _executable(),
            *("--host", "127.0.0.1", "--port", str(self._port)),
            *("--storage-path", str(self._folder / "data")),
            *("--sync-on-commit", "--cache-size", "256M"),
            *(["--standalone"] if self._standalone else []),
            *(["--enable-test-commands"] if self._faults else []),
        ]
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output)
        give_up = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.kill()
                words = log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"SecantusDB did not start:\n{words}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            client: MongoClient[dict[str, Any]]
            with MongoClient(self.url("admin"), serverSelectionTimeoutMS=500) as client:
                client.admin.command("ping")
        except PyMongoError:
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL, no farewell."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def url(self, database: str) -> str:
        """The URL of one of its databases."""
        options = "w=majority&journal=true&retryWrites=false"
        if self._standalone:
            options = "retryWrites=false"
        return f"mongodb://127.0.0.1:{self._port}/{database}?{options}"


@asynccontextmanager
async def mongo_url() -> AsyncIterator[str]:
    """The URL of a fresh database, dropped afterwards. All tests of a run share one server."""
    database = f"relais_test_{uuid4().hex[:12]}"
    url = database_url(database)
    try:
        yield url
    finally:
        client: AsyncMongoClient[dict[str, Any]]
        async with AsyncMongoClient(url, serverSelectionTimeoutMS=5000) as client:
            await client.drop_database(database)


def database_url(database: str) -> str:
    """The URL of `database` on the server that the tests use."""
    if not REAL_SERVER:
        return _shared_server().url(database)
    parts = urlsplit(REAL_SERVER)
    return urlunsplit(parts._replace(path=f"/{database}"))


@cache
def _shared_server() -> MongoServer:
    folder = Path(tempfile.mkdtemp(prefix="relais-mongo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = MongoServer(folder)
    atexit.register(server.kill)  # registered last, so called first
    server.start()
    return server


def _executable() -> str:
    beside = Path(sys.executable).parent / "secantusd-py"
    found = str(beside) if beside.exists() else shutil.which("secantusd-py")
    if found is None:
        raise RuntimeError(
            "secantusd-py is not installed: pip install 'secantusdb==0.7.0b3', or name a real"
            " replica set in RELAIS_TEST_MONGODB_URI."
        )
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
