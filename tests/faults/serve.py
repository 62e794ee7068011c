"""A gateway process for the laboratory: all but the language model, so that it starts at once.

Settings come from the environment, as always. What a machine does to a process besides is said by
`Machine`: what its clock shows, and how much of a disk it has.
"""

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from aiohttp import web

from bot.assistant import RasaAssistant
from bot.sentences import Catalogue
from connectors.telegram.connector import Telegram
from core.clock import Clock
from gateway.logs import configure_logs
from gateway.service import Connections, Doors, Gateway
from gateway.settings import Settings, load_settings
from gateway.stores import open_store, open_vault
from tests.fakes import OneWordScreen


class Shared(Protocol):
    """A number that the laboratory changes under a running process."""

    value: float


@dataclass(frozen=True)
class Machine:
    """The circumstances of one process."""

    # Seconds that its clock is ahead of ours.
    ahead: Shared
    # No file may grow beyond so many bytes; the laboratory may lift it from outside.
    disk: int | None = None

    def clock(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead.value)


def main(env: Mapping[str, str], log: Path, machine: Machine) -> None:
    """A process of its own: run until SIGTERM with this environment, all it says in `log`."""
    os.environ.clear()
    os.environ.update(env)
    with log.open("ab") as words:
        os.dup2(words.fileno(), 1)
        os.dup2(words.fileno(), 2)
    if machine.disk is not None:
        _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (machine.disk, most))
    asyncio.run(serve(load_settings(None), machine.clock))


async def serve(settings: Settings, clock: Clock) -> None:
    """Until SIGTERM."""
    configure_logs()
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    vault = open_vault(settings)
    store = open_store(settings, vault)
    await store.open()
    assistant = RasaAssistant(settings.rasa_url)

    def connect(doors: Doors) -> Connections:
        assert settings.telegram_token is not None
        assert settings.telegram_secret is not None
        bot = Telegram(
            token=settings.telegram_token.get_secret_value(),
            secret=settings.telegram_secret.get_secret_value(),
            refusal="En privé.",
            accept=doors.accept,
            notice=doors.notice,
            count=doors.count,
            clock=doors.clock,
            telegram_url=settings.telegram_url,
            answer_within=5.0,
        )
        return Connections((bot,))

    gateway = Gateway(
        store=store,
        vault=vault,
        screen=OneWordScreen(),
        assistant=assistant,
        working={"rasa": assistant.works},
        understand=lambda screened, _text: screened,
        asks_for_human=lambda _text: True,
        phrases=Catalogue.load(),
        secure=False,
        connect=connect,
        clock=clock,
    )
    runner = web.AppRunner(gateway.app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port)
    await site.start()
    try:
        await gateway.run(stopping, site.stop)
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runner.cleanup(), 2.0)
        await assistant.close()
        await store.close()
