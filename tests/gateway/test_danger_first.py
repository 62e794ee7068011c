"""Danger goes before all that waits, and waits itself for few that were begun before it."""

import asyncio
import threading
from pathlib import Path

from bot.screen import INLINE_LIMIT
from core.clock import system_clock
from core.screening import Screening
from core.storage.sqlite import SqliteStore
from core.work import ORDINARY, URGENT
from gateway.service import ENTERING
from tests.builders import a_vault, an_event
from tests.fakes import OneWordScreen
from tests.gateway.gateways import running

WAITING = 80
# Long enough to be read in a thread, which a test can hold up.
STORY = "bonjour " * INLINE_LIMIT


class HeldScreen(OneWordScreen):
    """Reads nothing until it may, and remembers in which order it read."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.may = threading.Event()

    def screen(self, text: str) -> Screening:
        self.may.wait(60)
        self.read.append(text)
        return super().screen(text)


async def test_danger_waits_for_no_more_than_those_that_were_begun(tmp_path: Path) -> None:
    screen = HeldScreen()
    store = SqliteStore(tmp_path / "relais.db", a_vault())
    await store.open()
    for number in range(WAITING):
        event = an_event(sender=f"visitor{number}", text=STORY)
        await store.accept_events([event], now=system_clock(), priority=ORDINARY)
    async with running(tmp_path, store=store, screen=screen):
        # Whatever will be begun is begun; if less is, the test only sees less.
        await asyncio.sleep(1)
        event = an_event(sender="child", text=f"{STORY} DANGER")
        await store.accept_events([event], now=system_clock(), priority=URGENT)
        screen.may.set()
        async with asyncio.timeout(60):
            while not any("DANGER" in text for text in screen.read):
                await asyncio.sleep(0.01)
    before = next(n for n, text in enumerate(screen.read) if "DANGER" in text)
    # Those begun before it, and those begun with it, whose threads may be quicker than its own.
    assert before < 2 * ENTERING < WAITING
