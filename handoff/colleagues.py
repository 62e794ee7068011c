"""Who is at the desk now: which colleagues give signs of life, and what they say of themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.accounts import Availability, Listener
from core.clock import Clock
from core.ids import ListenerId
from core.permissions import Permission, may
from core.ports import Store


@dataclass(frozen=True, slots=True)
class Colleague:
    """An account that may answer people, as it is now. `present`: gave a sign of life lately."""

    listener: Listener
    present: bool
    availability: Availability
    since: datetime | None

    @property
    def is_free(self) -> bool:
        """Whether somebody may be sent to them."""
        return self.present and self.availability is Availability.AVAILABLE


class Colleagues:
    """Asks the store, each time: every gateway process sees the same people."""

    def __init__(self, *, store: Store, clock: Clock, within: timedelta) -> None:
        """Who gave no sign of life `within` this time is not there."""
        self._store = store
        self._clock = clock
        self._within = within

    async def all(self) -> Sequence[Colleague]:
        """Everyone who may answer people, by name."""
        there = {
            one.listener_id: one
            for one in await self._store.present(since=self._clock() - self._within)
        }
        return [
            Colleague(
                listener,
                listener.id in there,
                there[listener.id].availability if listener.id in there else Availability.OFF,
                there[listener.id].since if listener.id in there else None,
            )
            for listener in sorted(await self._store.listeners(), key=lambda one: one.name)
            if may(listener, Permission.ANSWER)
        ]

    async def free(self) -> Mapping[ListenerId, Colleague]:
        """Those to whom somebody may be sent."""
        return {one.listener.id: one for one in await self.all() if one.is_free}

    async def say(self, listener: Listener, availability: Availability) -> None:
        """Keep what a listener says of themselves."""
        await self._store.set_availability(listener.id, availability, now=self._clock())
