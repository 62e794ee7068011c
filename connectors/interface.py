"""What every connector offers the gateway, and what it is given."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol, TypeAlias

from aiohttp import web

from core.events import Accepted, InboundEvent
from core.ports import Channel

# Keeps events and returns only when they are durable. Raises StorageUnavailable.
Accept: TypeAlias = Callable[[Sequence[InboundEvent]], Awaitable[Sequence[Accepted]]]


class Connector(Channel, Protocol):
    """A channel with its HTTP side. Must not answer a platform before `Accept` returned."""

    def routes(self) -> Iterable[web.RouteDef]:
        """The routes the gateway mounts."""
