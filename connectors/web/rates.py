"""How often one visitor may do something, and how much at once: counted in this process.

A key costs three numbers, whatever its limit. The count of the last window fades out as the present
one passes, so that a limit per minute holds for any minute, give or take.
"""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

WINDOW = 60.0
# More visitors than this in two minutes is an attack from everywhere: the oldest are forgotten.
KEYS = 50_000


@dataclass(slots=True)
class _Count:
    since: float
    before: int = 0
    now: int = 0

    def turn(self, moment: float) -> None:
        """Move on to the window that `moment` lies in."""
        passed = moment - self.since
        if passed >= 2 * WINDOW:
            self.since, self.before, self.now = moment, 0, 0
        elif passed >= WINDOW:
            self.since, self.before, self.now = self.since + WINDOW, self.now, 0

    def within(self, moment: float) -> float:
        """About how many hits the last window's length holds."""
        return self.before * (1 - (moment - self.since) / WINDOW) + self.now


class Rates:
    """At most `per_minute` hits a key."""

    def __init__(
        self, per_minute: int, *, keys: int = KEYS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute = per_minute
        self._keys = keys
        self._clock = clock
        self._counts: dict[str, _Count] = {}
        self._swept_at = clock()

    def __len__(self) -> int:
        return len(self._counts)

    def hit(self, key: str) -> bool:
        """Count one hit; False when it is one too many, which is not counted."""
        now = self._clock()
        count = self._counts.get(key)
        if count is None:
            self._make_room(now)
            count = self._counts[key] = _Count(now)
        count.turn(now)
        if count.within(now) >= self._per_minute:
            return False
        count.now += 1
        return True

    def _make_room(self, now: float) -> None:
        if now - self._swept_at >= WINDOW:
            self._swept_at = now
            self._counts = {
                key: count for key, count in self._counts.items() if now - count.since < 2 * WINDOW
            }
        if len(self._counts) >= self._keys:
            del self._counts[next(iter(self._counts))]


class Together:
    """At most `most` of a key at the same time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._counts)

    @asynccontextmanager
    async def one_more(self, key: str) -> AsyncIterator[bool]:
        """Counts one for as long as the block goes on; False where it is one too many."""
        if self._counts[key] >= self._most:
            yield False
            return
        self._counts[key] += 1
        try:
            yield True
        finally:
            self._counts[key] -= 1
            if not self._counts[key]:
                del self._counts[key]
