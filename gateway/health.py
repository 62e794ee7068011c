"""Health: is the process alive, can messages be kept, what works only in part."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core.clock import Clock
from core.errors import StorageUnavailable
from core.labels import Urgency
from core.ports import Store
from gateway.http import is_internal
from gateway.metrics import Metrics

log = structlog.get_logger()

# A component is asked at most this often, however many ask us.
CHECK_EVERY = 1.0
# A database that does not answer within this time cannot keep messages.
CHECK_WITHIN = 3.0
MEASURE_EVERY = 5.0

UP, DOWN = "up", "down"


class Health:
    """Serves `/health/live`, `/health/ready` and `/metrics`."""

    def __init__(
        self,
        *,
        store: Store,
        components: Mapping[str, Callable[[], Awaitable[str]]],
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store = store
        asked = {"database": self._database_state, **components}
        self._components = {name: _Component(ask) for name, ask in asked.items()}
        self._clock = clock
        self._metrics = metrics
        self._leaving = False

    def routes(self) -> tuple[web.RouteDef, ...]:
        """The routes the gateway mounts."""
        return (
            web.get("/health/live", self.live),
            web.get("/health/ready", self.ready),
            web.get("/metrics", self.metrics),
        )

    def leave(self) -> None:
        """The process is stopping: no new traffic, please."""
        self._leaving = True

    async def live(self, request: web.Request) -> web.Response:
        """200 while the event loop turns."""
        return web.json_response({"status": "live"})

    async def ready(self, request: web.Request) -> web.Response:
        """503 only when messages cannot be kept; 200 with `degraded` when something else fails."""
        states = await self.states()
        if not self._keeps(states):
            status = "unavailable"
        elif set(states.values()) != {UP}:
            status = "degraded"
        else:
            status = "ready"
        body = {"status": status, "components": states}
        return web.json_response(body, status=503 if status == "unavailable" else 200)

    async def metrics(self, request: web.Request) -> web.Response:
        """Prometheus text, for the inside only: it tells how many wait, and how long."""
        if not is_internal(request):
            raise web.HTTPNotFound
        body = generate_latest(self._metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def keeps_messages(self) -> bool:
        """Whether what people write is taken and kept: the question behind `ready`."""
        return self._keeps(await self.states())

    def _keeps(self, states: Mapping[str, str]) -> bool:
        return states["database"] == UP and not self._leaving

    async def states(self) -> dict[str, str]:
        """A state per component."""
        states = {name: await each.state() for name, each in self._components.items()}
        for name, state in states.items():
            self._metrics.component_up.labels(name).set(state == UP)
        return states

    async def measure(self) -> None:
        """Keep the queue's gauges current, for ever."""
        while True:
            try:
                figures = await self._store.queue_figures()
                await self.states()
            except Exception as error:  # noqa: BLE001 - measuring goes on
                log.warning("queue_not_measured", error=type(error).__name__)
            else:
                now = self._clock()
                for urgency in Urgency:
                    self._metrics.waiting.labels(urgency.value).set(figures.waiting.get(urgency, 0))
                for gauge, since in (
                    (self._metrics.oldest_waiting, figures.oldest_waiting_since),
                    (self._metrics.oldest_danger, figures.oldest_danger_since),
                ):
                    gauge.set((now - since).total_seconds() if since else 0)
                self._metrics.quarantine_size.set(figures.quarantined)
            await asyncio.sleep(MEASURE_EVERY)

    async def _database_state(self) -> str:
        try:
            async with asyncio.timeout(CHECK_WITHIN):
                await self._store.check()
        except (StorageUnavailable, TimeoutError):
            return DOWN
        return UP


class _Component:
    """Asked once a while, however many ask us: a public page must not work a component."""

    def __init__(self, ask: Callable[[], Awaitable[str]]) -> None:
        self._ask = ask
        self._asking = asyncio.Lock()
        self._state = DOWN
        self._asked_at = float("-inf")

    async def state(self) -> str:
        async with self._asking:
            if time.monotonic() - self._asked_at > CHECK_EVERY:
                self._state = await self._ask()
                self._asked_at = time.monotonic()
            return self._state
