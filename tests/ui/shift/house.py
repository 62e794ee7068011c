"""A gateway process, stand-in platforms, and the crowd in a loop of its own beside the browsers."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from core.accounts import Listener, StaffRole
from core.audit import Entry, Verb
from core.conversation import Conversation, Message
from core.ids import ConversationId, ListenerId, new_id
from core.sealing import Vault
from core.storage.sqlite import SqliteStore
from gateway.ports import free_port
from gateway.settings import Settings
from handoff.passwords import hash_password
from tests.ui.shift.crowd import Crowd

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[3]
MASTER = bytes(range(32))
PASSWORD = "un mot de passe assez long"
# To start, on a machine that has other things to do.
READY_WITHIN = 240.0


@dataclass
class House:
    """What a shift is played in. `store` looks at the database beside the gateway, as a judge."""

    url: str
    loop: asyncio.AbstractEventLoop
    store: SqliteStore
    crowd: Crowd
    began: datetime
    staff: dict[str, ListenerId]

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the crowd's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)

    def held_by(self, login: str) -> set[ConversationId]:
        """The conversations that are theirs, as the database has it."""
        return {one.id for one in self.do(self.store.held_by(self.staff[login]))}

    def waiting(self) -> list[Conversation]:
        """Who waits, in the order of the line."""
        return list(self.do(self.store.waiting(limit=1000)))

    def everything(self) -> list[tuple[Conversation, list[Message]]]:
        """Every conversation of this shift with all its messages."""
        return self.do(self._everything())

    def audit(self, verb: Verb) -> list[Entry]:
        """What was recorded of one kind."""
        return list(self.do(self.store.audit_entries(verb=verb)))

    async def _everything(self) -> list[tuple[Conversation, list[Message]]]:
        touched = await self.store.changed_since(self.began, limit=100_000)
        ids = dict.fromkeys(one.conversation_id for one in touched)
        return [
            (await self.store.conversation(id_), list(await self.store.messages(id_)))
            for id_ in ids
        ]


@contextmanager
def house(folder: Path, *, capacity: int) -> Iterator[House]:
    """Ready, with two listeners and a supervisor, until the end of the block."""
    port, env = free_port(), _environment(folder)
    env |= {"RELAIS_PORT": str(port), "RELAIS_CAPACITY": str(capacity)}
    url = f"http://localhost:{port}"
    ready: list[House] = []
    begun, stop = threading.Event(), asyncio.Event()

    async def life() -> None:
        store = SqliteStore(folder / "relais.db", Vault({1: MASTER}))
        await store.open()
        try:
            staff = {
                "anne": await _account(store, "anne", StaffRole.LISTENER),
                "bilal": await _account(store, "bilal", StaffRole.LISTENER),
                "claire": await _account(store, "claire", StaffRole.SUPERVISOR),
            }
            async with Crowd(_settings(env), url) as crowd:
                loop = asyncio.get_running_loop()
                ready.append(House(url, loop, store, crowd, datetime.now(UTC), staff))
                begun.set()
                await stop.wait()
        finally:
            begun.set()
            await store.close()

    with ThreadPoolExecutor(1, "crowd") as pool:
        crowd_life = pool.submit(asyncio.run, life())
        assert begun.wait(60)
        if not ready:
            crowd_life.result()
        (made,) = ready

        def leave() -> None:
            if not crowd_life.done():
                made.loop.call_soon_threadsafe(stop.set)
            crowd_life.result(60)

        try:
            with _gateway(folder, env, url):
                yield made
                # Before the gateway does: a line that breaks is a failure.
                leave()
        finally:
            leave()


@contextmanager
def _gateway(folder: Path, env: dict[str, str], url: str) -> Iterator[None]:
    """The process, from ready to a clean end."""
    log = folder / "gateway.log"
    with log.open("wb") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.ui.shift.process"],
            cwd=ROOT,
            env=env,
            stdout=words,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, url)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
    assert code == 0, "the gateway did not end well: gateway.log"
    for line in log.read_text().splitlines():
        assert "Traceback" not in line, "the gateway broke: gateway.log"


def _environment(folder: Path) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    return env | {
        "RELAIS_DATA_DIR": str(folder),
        "RELAIS_DATABASE_URL": f"sqlite:///{folder / 'relais.db'}",
        "RELAIS_MASTER_KEY": base64.b64encode(MASTER).decode(),
        "RELAIS_RATE_PER_ADDRESS": "100000",
        "RELAIS_GRAPH_URL": f"http://127.0.0.1:{free_port()}",
        "RELAIS_TELEGRAM_URL": f"http://127.0.0.1:{free_port()}",
        "RELAIS_INSTAGRAM_ID": "1784",
        "RELAIS_WHATSAPP_PHONE_ID": "1065",
        "RELAIS_WHATSAPP_TOKEN": "wa-token",
        "RELAIS_WHATSAPP_APP_SECRET": "whatsapp-secret",
        "RELAIS_WHATSAPP_VERIFY_TOKEN": "verify",
        "RELAIS_MESSENGER_PAGE_TOKEN": "page-token",
        "RELAIS_MESSENGER_APP_SECRET": "page-secret",
        "RELAIS_MESSENGER_VERIFY_TOKEN": "verify",
        "RELAIS_MESSENGER_PAGE_ID": "1029",
        "RELAIS_TELEGRAM_TOKEN": "3018:token",
        "RELAIS_TELEGRAM_SECRET": "telegram-secret",
    }


def _settings(env: dict[str, str]) -> Settings:
    """The same settings for the platforms as for the gateway."""
    own = {
        name.removeprefix("RELAIS_").lower(): value
        for name, value in env.items()
        if name.startswith(
            ("RELAIS_GRAPH", "RELAIS_TELEGRAM", "RELAIS_INSTA", "RELAIS_WHATS", "RELAIS_MESS")
        )
    }
    return Settings(_env_file=None, **own)


async def _account(store: SqliteStore, login: str, role: StaffRole) -> ListenerId:
    id_ = ListenerId(new_id())
    await store.add_listener(
        Listener(
            id=id_,
            login=login,
            name=login.title(),
            role=role,
            password_hash=hash_password(PASSWORD),
            created_at=datetime.now(UTC),
        )
    )
    return id_


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        assert process.poll() is None, "the gateway ended before it began: gateway.log"
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the gateway is not ready: gateway.log")
