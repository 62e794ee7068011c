"""Intake: the one door for events. Returns only when they are kept."""

from collections.abc import Sequence
from dataclasses import replace

import structlog

from core.clock import Clock
from core.events import Accepted, InboundEvent
from core.ports import DangerScreen, Store
from core.work import ORDINARY, URGENT
from gateway.metrics import Metrics

log = structlog.get_logger()


class Intake:
    """Keeps events for all connectors. What may be danger is put into its conversation first."""

    def __init__(
        self, *, store: Store, screen: DangerScreen, clock: Clock, metrics: Metrics
    ) -> None:
        self._store = store
        self._screen = screen
        self._clock = clock
        self._metrics = metrics

    def urgent(self, text: str) -> bool:
        """A quick look: may this text mean danger?"""
        return self._screen.glance(text)

    async def accept(self, events: Sequence[InboundEvent]) -> Sequence[Accepted]:
        """Keep events, all or none. Raises StorageUnavailable; then nothing was kept."""
        events = [_storable(event) for event in events]
        urgent = any(event.text and self.urgent(event.text) for event in events)
        accepted = await self._store.accept_events(
            events, now=self._clock(), priority=URGENT if urgent else ORDINARY
        )
        for event, receipt in zip(events, accepted, strict=True):
            self._metrics.accepted.labels(event.channel, str(receipt.duplicate).lower()).inc()
        return accepted

    def notice(self, event: InboundEvent) -> None:
        """What a platform says of our account as a whole: it belongs to no conversation."""
        self._metrics.ignored.labels(event.channel, event.kind.value).inc()
        log.warning(
            "account_notice", channel=event.channel, kind=event.kind.value, code=event.status or ""
        )


def _storable(event: InboundEvent) -> InboundEvent:
    """The event with text that UTF-8 can hold: JSON may carry half an emoji."""
    if event.text is None:
        return event
    return replace(event, text=event.text.encode("utf-8", "replace").decode())
