"""The gateway of a shift as a process of its own: all of it real, but for the learned reading.

Settings come from the environment, as always. People are handed to a listener after one answer of
the assistant, with what their story says of them.
"""

import asyncio
import contextlib
import signal
from functools import partial

from aiohttp import web

from bot.screen import SpacyScreen
from bot.sentences import Catalogue
from core.assessment import NOTHING_KNOWN, Assessment
from core.assistant import AssistantRequest, AssistantTurn, HandOver, Said
from gateway.connections import connections
from gateway.logs import configure_logs
from gateway.service import Gateway
from gateway.settings import Settings, load_settings
from gateway.stores import open_store, open_vault
from tests.ui.shift.stories import KNOWN


class Told:
    """An assistant that hands over at once."""

    async def turn(self, request: AssistantRequest) -> AssistantTurn:
        return AssistantTurn(
            said=(Said("complete"),),
            dialogue="{}",
            assessment=NOTHING_KNOWN,
            hand_over=HandOver.COMPLETE,
        )


def understand(screened: Assessment, text: str) -> Assessment:
    """What the story tells, with what the screen found."""
    told = KNOWN.get(text)
    return screened if told is None else told.merged(screened)


async def _works() -> bool:
    return True


async def serve(settings: Settings) -> None:
    """Until SIGTERM."""
    configure_logs()
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    vault = open_vault(settings)
    store = open_store(settings, vault)
    await store.open()
    phrases = Catalogue.load()
    gateway = Gateway(
        store=store,
        vault=vault,
        screen=SpacyScreen(),
        assistant=Told(),
        working={"rasa": _works},
        understand=understand,
        asks_for_human=lambda _text: False,
        phrases=phrases,
        secure=False,
        capacity=settings.capacity,
        rate_per_address=settings.rate_per_address,
        connect=partial(connections, settings, phrases),
        loopback_media=True,
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
        await store.close()


if __name__ == "__main__":
    asyncio.run(serve(load_settings(None)))
