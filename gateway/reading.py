"""Reading a message for danger: alone, together with the ones just before it, and in pieces.

Whatever the screen does, a message gets a reading: a screen that fails makes it urgent rather than
invisible. Offsets are code points of each message's own text.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog

from bot.screen import INLINE_LIMIT
from core.assessment import Assessment, Reason
from core.conversation import Message
from core.labels import Urgency
from core.ports import DangerScreen
from core.screening import Screening
from gateway.metrics import Metrics

log = structlog.get_logger()

# Very long ones in windows that overlap, so that other threads get their turn.
WINDOW, OVERLAP = 4000, 200
# Beyond this a text is no message: it is read so far, and a human is told that it goes on.
AT_MOST = 200_000
# A thought cut over several short messages is read as one.
PIECE, PIECES = 200, 4

# Called between windows: keeps the lease while a long text is read.
Alive = Callable[[], Awaitable[None]]


class Reader:
    """Reads messages with the danger screen."""

    def __init__(self, screen: DangerScreen, metrics: Metrics) -> None:
        self._screen = screen
        self._metrics = metrics

    async def read(
        self, text: str, *, seq: int, before: Sequence[Message], alive: Alive
    ) -> Assessment:
        """What message `seq` says, together with the person's messages just `before` it."""
        alone = Screening(await self._read_alone(text, alive)).at_message(seq)
        pieces = [m for m in before if len(m.text) <= PIECE][-PIECES + 1 :]
        if not pieces or len(text) > PIECE or alone.urgency is Urgency.CRITIQUE:
            return alone
        together = await self._screened(" ".join([*(m.text for m in pieces), text]))
        if together.urgency.rank <= alone.urgency.rank:
            return alone
        places = [(m.seq, len(m.text)) for m in pieces] + [(seq, len(text))]
        return alone.merged(
            Assessment(
                urgency=together.urgency,
                issue=together.issue,
                reasons=_spread(together.reasons, places),
            )
        )

    async def _read_alone(self, text: str, alive: Alive) -> Assessment:
        if len(text) <= WINDOW:
            return await self._screened(text)
        whole = Assessment(incomplete=len(text) > AT_MOST)
        for start in range(0, min(len(text), AT_MOST), WINDOW):
            part = await self._screened(text[start : start + WINDOW + OVERLAP])
            moved = tuple(
                replace(reason, start=reason.start + start, end=reason.end + start)
                for reason in part.reasons
            )
            whole = whole.merged(replace(part, reasons=moved))
            await alive()
        return whole

    async def _screened(self, text: str) -> Assessment:
        started = time.perf_counter()
        try:
            if len(text) <= INLINE_LIMIT:
                return self._screen.screen(text).assessment
            return (await asyncio.to_thread(self._screen.screen, text)).assessment
        except Exception as error:  # noqa: BLE001 - whatever broke, somebody must look at the message
            log.error("screen_failed", error=type(error).__name__)
            return Assessment(urgency=Urgency.ELEVEE, incomplete=True)
        finally:
            self._metrics.screened.observe(time.perf_counter() - started)


def _spread(reasons: Sequence[Reason], places: Sequence[tuple[int, int]]) -> tuple[Reason, ...]:
    """Reasons found in messages joined by one space, each cut to the messages it lies in."""
    spread = []
    for reason in reasons:
        offset = 0
        for seq, length in places:
            start, end = max(reason.start - offset, 0), min(reason.end - offset, length)
            if start < end:
                spread.append(replace(reason, seq=seq, start=start, end=end))
            offset += length + 1
    return tuple(spread)
