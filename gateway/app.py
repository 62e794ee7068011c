"""The composition root: opens what one gateway process needs and closes it in reverse.

HTTP stops taking work first, sockets are sent elsewhere, workers finish what they hold, the store
closes last.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import structlog
from aiohttp import web

from bot.assistant import RasaAssistant
from bot.screen import SpacyScreen
from bot.sentences import Catalogue
from bot.understanding import Understanding
from bot.wishes import asks_for_human
from gateway.logs import configure_logs
from gateway.service import Gateway
from gateway.settings import ROOT, Settings
from gateway.stores import open_store, open_vault

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Run one gateway process until SIGTERM or SIGINT; returns when everything is closed."""
    configure_logs()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as resources:
        store = open_store(settings)
        resources.push_async_callback(store.close)
        understanding = Understanding(ROOT)
        screen, _, _ = await asyncio.gather(
            asyncio.to_thread(SpacyScreen), store.open(), asyncio.to_thread(understanding.look)
        )
        assistant = await resources.enter_async_context(_assistant(settings))
        gateway = Gateway(
            store=store,
            vault=open_vault(settings),
            screen=screen,
            assistant=assistant,
            working={"rasa": assistant.works, "reading": understanding.works},
            understand=understanding,
            asks_for_human=asks_for_human,
            phrases=Catalogue.load(),
            origins=frozenset(settings.origins),
            secure=settings.production,
            burst=timedelta(seconds=settings.burst),
            proxies=settings.proxies,
            rate_per_address=settings.rate_per_address,
            assistant_patience=timedelta(seconds=settings.rasa_timeout),
        )
        async with _listening(gateway, settings) as site:
            log.info("listening", host=settings.host, port=settings.port)
            await gateway.run(stopping, site.stop)


@asynccontextmanager
async def _assistant(settings: Settings) -> AsyncIterator[RasaAssistant]:
    assistant = RasaAssistant(
        settings.rasa_url,
        token=settings.rasa_token.get_secret_value(),
        timeout=settings.rasa_timeout,
    )
    try:
        yield assistant
    finally:
        await assistant.close()


@asynccontextmanager
async def _listening(gateway: Gateway, settings: Settings) -> AsyncIterator[web.TCPSite]:
    # No access log: it would hold addresses and tokens of whoever guesses URLs.
    runner = web.AppRunner(gateway.app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        yield site
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runner.cleanup(), 2.0)
