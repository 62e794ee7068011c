"""The composition root: opens what one gateway process needs and closes it in reverse.

HTTP stops taking work first, sockets are sent elsewhere, workers finish what they hold, the store
closes last.
"""

import asyncio
import contextlib
import gc
import resource
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

import structlog
from aiohttp import web

from bot.assistant import RasaAssistant
from bot.screen import SpacyScreen
from bot.sentences import Catalogue
from bot.understanding import Understanding
from bot.wishes import asks_for_human
from core.hours import Hours, Plan, parse_week
from core.sealing import Vault
from gateway.callers import allow_connections
from gateway.connections import connections
from gateway.entrances import links_of
from gateway.expectations import Facts, french_holidays
from gateway.heartbeat import Heartbeat
from gateway.logs import configure_logs
from gateway.pagers import MailServer
from gateway.privacy.offsite import Offsite
from gateway.privacy.upkeep import Copies
from gateway.removals import reach
from gateway.service import Gateway
from gateway.settings import ROOT, Settings
from gateway.stores import open_store, open_vault
from gateway.traces import Traces
from gateway.webhooks import Receivers

log = structlog.get_logger()

# Seconds that a thread which reads messages keeps the interpreter from the event loop, which has
# platforms to answer; Python's default is ten times that. Measured: benchmarks/bench_webhooks.py.
SWITCH_EVERY = 0.0005


async def serve(settings: Settings) -> None:
    """Run one gateway process until SIGTERM or SIGINT; returns when everything is closed."""
    configure_logs()
    # This process holds the master key and what people write: none of it is ever dumped to a disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    allow_connections()
    sys.setswitchinterval(SWITCH_EVERY)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as resources:
        traces = Traces(settings.traces_url)
        resources.push_async_callback(traces.close)
        vault = open_vault(settings)
        store = open_store(settings, vault)
        resources.push_async_callback(store.close)
        understanding = Understanding(ROOT)
        screen, _, _ = await asyncio.gather(
            asyncio.to_thread(SpacyScreen), store.open(), asyncio.to_thread(understanding.look)
        )
        phrases = Catalogue.load()
        assistant = await resources.enter_async_context(_assistant(settings, understanding))
        gateway = Gateway(
            store=store,
            vault=vault,
            screen=screen,
            assistant=assistant,
            working={"rasa": assistant.works, "reading": understanding.works},
            understand=understanding,
            asks_for_human=asks_for_human,
            phrases=phrases,
            origins=frozenset(settings.origins),
            partners=frozenset(settings.partners),
            secure=settings.production,
            second_factor=settings.second_factor,
            capacity=settings.capacity,
            burst=timedelta(seconds=settings.burst),
            proxies=settings.proxies,
            rate_per_address=settings.rate_per_address,
            assistant_patience=timedelta(seconds=settings.rasa_timeout),
            connect=partial(connections, settings, phrases),
            loopback_media=not settings.production,
            retention=settings.retention,
            copies=_copies(settings, vault),
            heartbeat=_heartbeat(settings),
            traces=traces,
            facts=_facts(settings),
            reach=reach(settings),
            receivers=_receivers(settings),
        )
        # What the process began with is never garbage; to look through all of it again stops
        # everything for a tenth of a second and more. Measured: benchmarks/bench_webhooks.py.
        gc.collect()
        gc.freeze()
        async with _listening(gateway, settings) as site:
            log.info("listening", host=settings.host, port=settings.port)
            await gateway.run(stopping, site.stop)


def _facts(settings: Settings) -> Facts:
    smtp, secret = settings.smtp_url, settings.paging_secret
    return Facts(
        hours=Hours(plan=Plan(week=parse_week(settings.hours))),
        is_holiday=french_holidays(),
        public_url=settings.public_url,
        mail=MailServer.of(smtp.get_secret_value(), settings.mail_from or "") if smtp else None,
        paging_secret=secret.get_secret_value().encode() if secret else None,
        links_for=partial(links_of, settings),
    )


def _receivers(settings: Settings) -> Receivers:
    secret = settings.webhook_secret
    return Receivers(
        urls=settings.webhook_urls, secret=secret.get_secret_value().encode() if secret else b""
    )


def _copies(settings: Settings, vault: Vault) -> Copies | None:
    if settings.backup_dir is None:
        return None
    where, every = settings.offsite, timedelta(hours=settings.backup_every_hours)
    offsite = Offsite(where.get_secret_value(), settings.backup_dir) if where else None
    return Copies(settings.backup_dir, every, vault, offsite)


def _heartbeat(settings: Settings) -> Heartbeat | None:
    url = settings.heartbeat_url
    return None if url is None else Heartbeat(url.get_secret_value())


@asynccontextmanager
async def _assistant(
    settings: Settings, understanding: Understanding
) -> AsyncIterator[RasaAssistant]:
    assistant = RasaAssistant(
        settings.rasa_url,
        token=settings.rasa_token.get_secret_value(),
        timeout=settings.rasa_timeout,
        read_lately=understanding.lately,
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
        assert runner.server is not None
        watch = asyncio.create_task(gateway.callers.watch(runner.server), name="callers")
        yield site
        watch.cancel()
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runner.cleanup(), 2.0)
