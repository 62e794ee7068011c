"""Gateway processes that are killed and stopped, and people whose phones keep a ledger.

A person is a phone on Telegram: it writes by webhook, through whichever gateway answers, the next
message only once the one before was acknowledged. As the platform does, it repeats what was not
acknowledged under the same number, and now and then what was. What was acknowledged is written
down here, outside the system.
"""

import asyncio
import base64
import contextlib
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from connectors.telegram.connector import SECRET_HEADER
from gateway.ports import free_port
from tests.acceptance.serving import MASTER
from tests.faults.serve import Machine, main

TOKEN, SECRET = "3018:CANARY-token-of-the-bot", "canary-webhook-secret"
ACCOUNT = "3018"
# In every message, and nowhere it does not belong.
CANARY = "canari-jaune"
# Processes are forked from one that has imported everything: one starts in a fraction of a second.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.faults.serve"])
# A busy machine takes its time.
READY_WITHIN = 300.0
_PATIENCE = aiohttp.ClientTimeout(total=4)


@dataclass
class GatewayProcess:
    """One gateway on a port of its own, which survives the process."""

    folder: Path
    database: str
    platform: str
    port: int = field(default_factory=free_port)
    # What `Machine` says.
    disk: int | None = None
    # Empty: there is no assistant.
    rasa: str = ""

    def __post_init__(self) -> None:
        self._ahead = _PROCESSES.Value("d", 0.0, lock=False)
        self._process: multiprocessing.process.BaseProcess | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / f"gateway-{self.port}.log"

    def start(self) -> None:
        env = {name: value for name, value in os.environ.items() if "RELAIS_" not in name}
        env |= {
            "RELAIS_PORT": str(self.port),
            "RELAIS_DATA_DIR": str(self.folder),
            "RELAIS_DATABASE_URL": self.database,
            "RELAIS_MASTER_KEY": base64.b64encode(MASTER).decode(),
            "RELAIS_RASA_URL": self.rasa or "http://127.0.0.1:9",
            "RELAIS_RATE_PER_ADDRESS": "100000",
            "RELAIS_CAPACITY": "1000",
            "RELAIS_TELEGRAM_TOKEN": TOKEN,
            "RELAIS_TELEGRAM_SECRET": SECRET,
            "RELAIS_TELEGRAM_URL": self.platform,
        }
        self._process = _PROCESSES.Process(
            target=main,
            args=(env, self.log, Machine(self._ahead, self.disk)),
            daemon=True,
        )
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def turn_clock(self, seconds: float) -> None:
        """From now on its clock is so far ahead of ours."""
        self._ahead.value = seconds

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def ends(self) -> int:
        """Wait for its end; how it ended."""
        assert self._process is not None
        await asyncio.to_thread(self._process.join, 30)
        assert self._process.exitcode is not None, "it goes on"
        return self._process.exitcode

    async def kill(self) -> None:
        """kill -9, as the kernel would when memory runs out."""
        self.signal(signal.SIGKILL)
        await self.ends()

    async def stop(self) -> None:
        if self._process is not None and self._process.is_alive():
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            await self.ends()

    async def ready(self, session: aiohttp.ClientSession, *, status: int = 200) -> None:
        """Wait until it says so."""
        async with asyncio.timeout(READY_WITHIN):
            while True:
                with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                    async with session.get(f"{self.url}/health/ready", timeout=_PATIENCE) as answer:
                        if answer.status == status:
                            return
                await asyncio.sleep(0.1)


@dataclass
class Phone:
    """One person on Telegram."""

    chat: int
    # Between two messages, in seconds.
    pause: tuple[float, float] = (0.2, 0.8)
    acknowledged: list[str] = field(default_factory=list)
    refused: int = 0
    # Every webhook as it was sent.
    sent: list[object] = field(default_factory=list)

    async def writes_until(
        self,
        over: asyncio.Event,
        session: aiohttp.ClientSession,
        gateways: Sequence[str],
    ) -> None:
        """Write to any of these URLs until it is over, and the last message was acknowledged."""
        while not over.is_set() or len(self.acknowledged) < 2:
            await self.write(session, gateways)
            await asyncio.sleep(random.uniform(*self.pause))

    async def write(
        self,
        session: aiohttp.ClientSession,
        gateways: Sequence[str],
    ) -> None:
        """One message, repeated until some gateway acknowledges it; and then again, sometimes."""
        number = len(self.sent) + 1
        text = f"{CANARY} {self.chat} {number}"
        update = {
            "update_id": self.chat * 1_000_000 + number,
            "message": {
                "message_id": number,
                "from": {"id": self.chat, "is_bot": False, "first_name": CANARY},
                "chat": {"id": self.chat, "type": "private", "first_name": CANARY},
                "date": int(time.time()),
                "text": text,
            },
        }
        self.sent.append(update)
        while not await self.post(update, session, random.choice(gateways)):
            self.refused += 1
            await asyncio.sleep(random.uniform(*self.pause))
        self.acknowledged.append(text)
        if random.random() < 0.2:  # a webhook that comes again, maybe to another gateway
            await self.post(update, session, random.choice(gateways))

    @staticmethod
    async def post(update: object, session: aiohttp.ClientSession, gateway: str) -> bool:
        """Bring one webhook; whether it was acknowledged."""
        try:
            async with session.post(
                f"{gateway}/webhooks/telegram",
                json=update,
                headers={SECRET_HEADER: SECRET},
                timeout=_PATIENCE,
            ) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False
