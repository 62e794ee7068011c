"""Attendance: notes who works at the desk now, so that nobody holds conversations who is gone.

A sign of life is whatever is heard on a console's socket, the browser's answer to a ping above all:
that comes without the page's help, also from a tab in the background. Nothing is noted of a browser
that went silent, however long its connection seems to stand.
"""

from datetime import datetime, timedelta

import structlog

from core.clock import Clock
from core.errors import StorageUnavailable
from core.ids import ListenerId
from core.ports import Presence

log = structlog.get_logger()


class Attendance:
    """Keeps the signs of life that one process hears, however many tabs give them."""

    def __init__(self, *, presence: Presence, clock: Clock, every: timedelta) -> None:
        """A listener's signs are written once in `every`, at most."""
        self._presence = presence
        self._clock = clock
        self._every = every
        self._noted: dict[ListenerId, datetime] = {}

    async def note(self, listener_id: ListenerId) -> None:
        """A listener is there. A database that is away is no error: the next sign is written."""
        now = self._clock()
        noted = self._noted.get(listener_id)
        # A clock that was put back must not keep us silent until it is there again.
        if noted is not None and noted <= now < noted + self._every:
            return
        # Before writing: two tabs heard at once are one listener.
        self._noted[listener_id] = now
        try:
            await self._presence.note_present(listener_id, now=now)
        except StorageUnavailable:
            self._noted.pop(listener_id, None)
            log.warning("presence_not_noted")
