"""Gateway processes without an assistant, several on one database, and how to kill one."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from core.accounts import Listener as Account
from core.accounts import StaffRole
from core.ids import ListenerId, new_id
from gateway.ports import free_port
from handoff.passwords import hash_password

ROOT = Path(__file__).resolve().parents[2]
MASTER = bytes(range(32))
PASSWORD = "a long enough password"
_HASHED = hash_password(PASSWORD)


@dataclass
class Serving:
    """A gateway process."""

    url: str
    process: subprocess.Popen[bytes]
    killed: bool = False

    def kill(self) -> None:
        """kill -9, as the kernel would when memory runs out."""
        self.killed = True
        self.process.kill()


@asynccontextmanager
async def serving(folder: Path, database: str) -> AsyncIterator[Serving]:
    """One gateway process, ready; without an assistant people go straight to listeners.

    All that it prints, tracebacks included, is in `folder/gateway.log`.
    """
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    env = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    env |= {
        "RELAIS_PORT": str(port),
        "RELAIS_DATA_DIR": str(folder),
        "RELAIS_DATABASE_URL": database,
        "RELAIS_MASTER_KEY": base64.b64encode(MASTER).decode(),
        "RELAIS_RASA_URL": "http://127.0.0.1:9",
        "RELAIS_RATE_PER_ADDRESS": "100000",
        # Two listeners take everybody here.
        "RELAIS_CAPACITY": "1000",
    }
    with (folder / "gateway.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", str(ROOT / "gateway/__main__.py"), "serve"],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    gateway = Serving(f"http://127.0.0.1:{port}", process)
    try:
        async with asyncio.timeout(180), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{gateway.url}/health/ready") as answer:
                        if answer.status == 200:
                            break
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.1)
        yield gateway
    finally:
        process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(process.wait, 60)
        assert code == (-signal.SIGKILL if gateway.killed else 0)


def an_account(login: str) -> Account:
    """A listener who signs in with `PASSWORD`."""
    return Account(
        id=ListenerId(new_id()),
        login=login,
        name=login.title(),
        role=StaffRole.LISTENER,
        password_hash=_HASHED,
        created_at=datetime.now(UTC),
    )
