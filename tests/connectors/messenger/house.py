"""A connector as the gateway would build it, and what it was given to keep."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from connectors.messenger.connector import MessengerAndInstagram
from core.errors import StorageUnavailable
from core.events import Accepted, InboundEvent
from tests.builders import NOON
from tests.connectors.messenger.shapes import APP, GRAM, PAGE

TOKEN = "EAAGpage-token-of-the-house"
SECRET = "app-secret-of-the-house"
VERIFY = "verify-token-of-the-house"


@dataclass
class Kept:
    """What a connector gave away, and what it counted."""

    events: list[InboundEvent] = field(default_factory=list)
    notices: list[InboundEvent] = field(default_factory=list)
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    storage_is_down: bool = False

    async def accept(self, events: Sequence[InboundEvent]) -> Sequence[Accepted]:
        if self.storage_is_down:
            raise StorageUnavailable
        self.events += events
        return [Accepted(event.event_id, duplicate=False) for event in events]

    def count(self, channel: str, word: str) -> None:
        self.counted[channel, word] += 1


@asynccontextmanager
async def a_connector(
    graph_url: str, **settings: Any
) -> AsyncIterator[tuple[MessengerAndInstagram, Kept]]:
    """An open connector with both channels on, unless told otherwise."""
    kept = Kept()
    values: dict[str, Any] = {
        "page_token": TOKEN,
        "app_secret": SECRET,
        "verify_token": VERIFY,
        "page_id": PAGE,
        "app_id": APP,
        "instagram_id": GRAM,
        "graph_url": graph_url,
        "accept": kept.accept,
        "count": kept.count,
        "notice": kept.notices.append,
        "clock": lambda: NOON,
    }
    connector = MessengerAndInstagram(**(values | settings))
    await connector.open()
    try:
        yield connector, kept
    finally:
        await connector.close()
