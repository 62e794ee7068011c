"""OpenTelemetry traces without content: how long each step takes, and never what it was about.

Off unless RELAIS_TRACES_URL names a collector. A span has a fixed name and attributes from a list;
no text, name, number, id or error message can get into one, since nothing else is ever handed over.
A collector that is slow or away costs spans, never a message.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from opentelemetry.trace import NoOpTracer, Status, StatusCode, Tracer

from core.assistant import AssistantRequest, AssistantTurn
from core.events import Accepted, InboundEvent
from core.ports import Assistant, DangerScreen
from core.screening import Screening
from core.work import Lane, Lease
from gateway.workers import Handler

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

# All that a span may say. The values are words of our own code and counts.
ALLOWED = frozenset({"channel", "count", "duplicates", "error", "urgency"})
# Seconds that a collector has to take spans; with a stop between, so that leaving is not held up.
_WITHIN = 1.5
_WAITING = 512

Accept = Callable[[Sequence[InboundEvent]], Awaitable[Sequence[Accepted]]]


class Step:
    """A span that is under way."""

    def __init__(self, note: Callable[[str, str | int], None]) -> None:
        self._note = note

    def note(self, **attributes: str | int) -> None:
        """Add attributes. Raises ValueError for one that is not on the list."""
        if unknown := attributes.keys() - ALLOWED:
            raise ValueError(f"not to be traced: {', '.join(sorted(unknown))}")
        for name, value in attributes.items():
            self._note(name, value)


class Traces:
    """The spans of one process. Without a collector every one of them is nothing."""

    def __init__(self, url: str | None = None) -> None:
        self._provider: TracerProvider | None = None
        self._tracer: Tracer = NoOpTracer()
        if url is not None:
            self._provider = _provider(url)
            self._tracer = self._provider.get_tracer("relais")

    async def close(self) -> None:
        """Send what is left, for a few seconds at most."""
        if self._provider is not None:
            await asyncio.to_thread(self._provider.shutdown)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """A span. Of an error that passes through only its type is told: its words may quote."""
        with self._tracer.start_as_current_span(
            name, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield Step(span.set_attribute)
            except Exception as error:
                span.set_attribute("error", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise

    def intake(self, accept: Accept) -> Accept:
        """`accept` as a span: what came, from which channel, how much of it was known."""

        async def traced(events: Sequence[InboundEvent]) -> Sequence[Accepted]:
            with self.step("intake") as step:
                step.note(count=len(events), channel=events[0].channel if events else "")
                accepted = await accept(events)
                step.note(duplicates=sum(receipt.duplicate for receipt in accepted))
                return accepted

        return traced

    def lane(self, lane: Lane, handle: Handler) -> Handler:
        """A lane's handler as a span: `lane inbound`, `lane delivery` and so on."""

        async def traced(lease: Lease) -> timedelta | None:
            with self.step(f"lane {lane.value}"):
                return await handle(lease)

        return traced


def _provider(url: str) -> TracerProvider:
    # Imported here: a fifth of a second of every start, for what few turn on.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # Not Resource.create: it would tell of this machine and its command line.
    provider = TracerProvider(resource=Resource({"service.name": "relais-gateway"}))
    exporter = OTLPSpanExporter(f"{url}/v1/traces", headers={}, timeout=_WITHIN)
    provider.add_span_processor(
        BatchSpanProcessor(exporter, max_queue_size=_WAITING, max_export_batch_size=_WAITING)
    )
    return provider


class TracedScreen:
    """A danger screen, each look of which is a span."""

    def __init__(self, screen: DangerScreen, traces: Traces) -> None:
        self._screen = screen
        self._traces = traces

    def screen(self, text: str) -> Screening:
        """See `core.ports.DangerScreen`."""
        with self._traces.step("screening") as step:
            found = self._screen.screen(text)
            step.note(urgency=found.assessment.urgency.value)
            return found

    def glance(self, text: str) -> bool:
        """See `core.ports.DangerScreen`."""
        return self._screen.glance(text)


class TracedAssistant:
    """An assistant, each turn of which is a span."""

    def __init__(self, assistant: Assistant, traces: Traces) -> None:
        self._assistant = assistant
        self._traces = traces

    async def turn(self, request: AssistantRequest) -> AssistantTurn:
        """See `core.ports.Assistant`."""
        with self._traces.step("bot turn"):
            return await self._assistant.turn(request)
