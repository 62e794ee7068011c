"""One gateway process: its parts put together, run, and taken down.

Whatever differs between production and tests comes in as an argument: store, screen, assistant,
words, clock.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.reading import Reader, Understand
from connectors.interface import Connector
from connectors.web.connector import WebChat
from connectors.web.session import SessionTokens
from core.clock import Clock, system_clock
from core.ids import ContactId, ConversationId
from core.ports import Assistant, DangerScreen, Phrasebook, Store
from core.sealing import Vault
from core.storage.observed import observed
from core.work import Lane
from gateway import http
from gateway.delivery import Deliverer
from gateway.feed import LiveFeed
from gateway.health import DOWN, UP, Health
from gateway.intake import Intake
from gateway.metrics import Metrics
from gateway.pipeline import INBOUND_LEASE, Pipeline
from gateway.workers import Bells, Worker
from handoff.console.routes import ConsoleRoutes
from handoff.console.sessions import Sessions
from handoff.console.socket import ConsoleSockets
from handoff.desk import Desk
from handoff.staff import Staff

ROOT = Path(__file__).resolve().parent.parent
WIDGET = ROOT / "connectors" / "web" / "static"
CONSOLE = ROOT / "handoff" / "console" / "static"
# What runs when the signal comes has this long to end: with what follows it must stay under the
# eight seconds after which the supervisor kills.
DRAIN_WITHIN = 4.0
POLL_EVERY = 0.25


class _Hints:
    """Passes what this process wrote on to its own workers and sockets."""

    def __init__(self, bells: Bells, feed: LiveFeed) -> None:
        self._bells = bells
        self._feed = feed

    def lane_woken(self, lane: Lane) -> None:
        self._bells.ring(lane)

    def touched(
        self, conversation_id: ConversationId, contact_id: ContactId | None, at: datetime
    ) -> None:
        self._feed.tell(conversation_id, contact_id, at)


def _state_of(works: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[str]]:
    async def state() -> str:
        return UP if await works() else DOWN

    return state


class Gateway:
    """One gateway process, built from its parts; nothing runs before `run`."""

    def __init__(
        self,
        *,
        store: Store,
        vault: Vault,
        screen: DangerScreen,
        assistant: Assistant,
        working: Mapping[str, Callable[[], Awaitable[bool]]],
        understand: Understand,
        asks_for_human: Callable[[str], bool],
        phrases: Phrasebook,
        origins: frozenset[str] = frozenset(),
        secure: bool = True,
        burst: timedelta = timedelta(0),
        proxies: int = 0,
        rate_per_address: int = 600,
        assistant_patience: timedelta = timedelta(seconds=4),
        clock: Clock = system_clock,
    ) -> None:
        metrics, bells, feed = Metrics(), Bells(), LiveFeed(clock)
        store = observed(store, _Hints(bells, feed))
        self._store, self._feed = store, feed
        intake = Intake(store=store, screen=screen, clock=clock, metrics=metrics)
        staff = Staff(store)
        self._webchat = WebChat(
            accept=intake.accept,
            conversations=store,
            feed=feed,
            tokens=SessionTokens(vault.derived_secret("web session")),
            clock=clock,
            name_of=staff.name,
            urgent=intake.urgent,
            origins=origins,
            rate_per_address=rate_per_address,
        )
        connectors: tuple[Connector, ...] = (self._webchat,)
        self._workers = _workers(
            store=store,
            bells=bells,
            clock=clock,
            assistant_patience=assistant_patience,
            pipeline=Pipeline(
                store=store,
                reader=Reader(screen, understand, metrics.screened.observe),
                assistant=assistant,
                asks_for_human=asks_for_human,
                burst=burst,
                phrases=phrases,
                clock=clock,
                metrics=metrics,
            ),
            deliverer=Deliverer(
                store=store,
                channels={connector.name: connector for connector in connectors},
                clock=clock,
                metrics=metrics,
            ),
        )

        self._health = Health(
            store=store,
            components={name: _state_of(works) for name, works in working.items()},
            clock=clock,
            metrics=metrics,
        )
        desk = Desk(store=store, phrases=phrases, clock=clock)
        console = ConsoleRoutes(
            desk=desk,
            sessions=Sessions(accounts=store, clock=clock),
            staff=staff,
            secure=secure,
        )
        self._consoles = ConsoleSockets(
            desk=desk,
            store=store,
            feed=feed,
            staff=staff,
            clock=clock,
            listener_of=console.listener_of,
            own_origin=console.own_origin,
        )
        self.app = web.Application(
            middlewares=[http.behind(proxies), http.answer_errors], client_max_size=http.BODY_LIMIT
        )
        self.app.on_response_prepare.append(http.add_headers)
        for connector in connectors:
            self.app.router.add_routes(connector.routes())
        self.app.router.add_routes(self._health.routes())
        self.app.router.add_routes(console.routes())
        self.app.router.add_routes(self._consoles.routes())
        frames = ("'self'", *sorted(origins))
        self.app.router.add_routes(http.pages(WIDGET, "/", http.content_policy(frames)))
        self.app.router.add_routes([http.redirect("/console", "/console/")])
        self.app.router.add_routes(http.pages(CONSOLE, "/console/", http.content_policy(())))

    async def run(self, stopping: asyncio.Event, close_door: Callable[[], Awaitable[None]]) -> None:
        """Work until `stopping` is set; then `close_door` to new connections, and drain."""
        async with asyncio.TaskGroup() as tasks:
            endless = [
                tasks.create_task(self._feed.poll(self._store), name="feed"),
                tasks.create_task(self._health.measure(), name="measure"),
            ]
            workers = [
                tasks.create_task(worker.run(), name=f"{worker.lane} worker")
                for worker in self._workers
            ]
            await stopping.wait()
            await close_door()
            await self.leave()
            for worker in self._workers:
                worker.stop()
            _, late = await asyncio.wait(workers, timeout=DRAIN_WITHIN)
            # What is cut off here is taken up again when its lease ends.
            for task in (*late, *endless):
                task.cancel()

    async def leave(self) -> None:
        """Say that we are stopping, and send every browser to reconnect elsewhere."""
        self._health.leave()
        await self._webchat.leave()
        await self._consoles.leave()


def _workers(
    *,
    store: Store,
    bells: Bells,
    clock: Clock,
    assistant_patience: timedelta,
    pipeline: Pipeline,
    deliverer: Deliverer,
) -> tuple[Worker, ...]:
    """One worker a lane. A lease outlives the longest thing its handler waits for."""
    plans = (
        (Lane.INBOUND, pipeline.inbound, 32, INBOUND_LEASE),
        (Lane.ASSISTANT, pipeline.assistant, 16, 2 * assistant_patience + timedelta(seconds=20)),
        (Lane.DELIVERY, deliverer.deliver, 32, timedelta(seconds=30)),
        (Lane.WATCH, pipeline.watch, 8, timedelta(seconds=10)),
    )
    return tuple(
        Worker(
            lane,
            handler,
            store=store,
            bells=bells,
            clock=clock,
            concurrency=concurrency,
            lease_for=lease_for,
            poll_every=POLL_EVERY,
        )
        for lane, handler, concurrency, lease_for in plans
    )
