"""Reading what a person writes: alone, together with what they said before, and in pieces.

Whatever breaks, a message gets a reading: a screen that fails makes it urgent rather than
invisible. Offsets are code points of each message's own text. The gateway's live path and
`relais triage` both read with this, and with nothing else.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from bot.screen import INLINE_LIMIT
from core.assessment import GRAVE, NOTHING_KNOWN, QUIET, SAYS_NOTHING, Assessment, Reason
from core.labels import Issue, Urgency
from core.ports import DangerScreen
from core.screening import Screening

log = logging.getLogger(__name__)

# Very long ones in windows that overlap, so that other threads get their turn.
WINDOW, OVERLAP = 4000, 200
# Beyond this a text is no message: it is read so far, and a human is told that it goes on.
AT_MOST = 200_000
# A thought cut over several short messages is read as one.
PIECE, PIECES = 200, 4
# What was said before is read again with the new message, as far as this.
REMEMBERED = 900
# A message that says this much stands alone; one that says less than this says nothing by itself
# once something was told: "hier soir" answers a question.
ALONE_FROM, FRAGMENT = 400, 30
# How sure a fragment must make of another subject.
FROM_A_FRAGMENT = 0.6
# How sure it must be by itself ("on minsulte"), where the story with it tells of nobody's harm;
# where both tell the same, the former is enough.
SURE_OF_A_FRAGMENT = 0.9
# Messages that wait one behind the other share one reading of the story, up to this much of them:
# it then still holds as much again of what came before.
SHARED = REMEMBERED // 2


@dataclass(frozen=True, slots=True)
class Told:
    """An earlier message of the person; `recent` if the next one may go on from it."""

    seq: int
    text: str
    recent: bool = True


# Called between windows: keeps the lease while a long text is read.
Alive = Callable[[], Awaitable[None]]
# Completes the screen's reading of a text with what it is about; reasons carry `seq` 0.
Understand = Callable[[Assessment, str], Assessment]
# Told how many seconds the screen took.
Observe = Callable[[float], None]


class Reader:
    """Reads messages with the danger screen and the learned reading."""

    def __init__(
        self,
        screen: DangerScreen,
        understand: Understand,
        observe: Observe = lambda seconds: None,
    ) -> None:
        self._screen = screen
        self._understand = understand
        self._observe = observe
        # One short text and one long one at a time: between two the event loop answers the
        # platforms, and a second thread of pure Python would only take turns with the first.
        self._short, self._long = asyncio.Semaphore(1), asyncio.Semaphore(1)

    async def read(
        self,
        text: str,
        *,
        seq: int,
        before: Sequence[Told] = (),
        answer: bool = False,
        goes_on: bool = False,
        alive: Alive | None = None,
    ) -> Assessment:
        """What message `seq` says, together with what the person told `before` it, oldest first.

        `answer`: a tapped choice or a plain no; it is only screened. `goes_on`: a message behind it
        will be read with all of the story (`going_on`), so that this one need not.
        """
        alone = Screening(await self._read_alone(text, alive)).at_message(seq)
        if answer:
            return alone
        fragment = bool(before) and len(text) < FRAGMENT
        seen = alone if fragment else await self._understood(alone, text[:AT_MOST], seq)
        if not before or len(text) >= ALONE_FROM:
            return seen
        together = await self._pieces(text, seq, [told for told in before if told.recent])
        if goes_on:
            return seen.merged(together)
        told_all = [*((told.seq, told.text) for told in before), (seq, text)]
        joined = " ".join(one for _, one in told_all)
        said = joined[-REMEMBERED - len(text) :]
        whole = await self._understood(together, said, seq)
        if fragment:
            whole = await self._beside_story(whole, alone, text, seq, together.issue)
        kept = tuple(reason for reason in whole.reasons if reason in together.reasons)
        if whole.urgency.rank > seen.urgency.at_least(together.urgency).rank:
            # Only the messages together say it: the words are shown in the ones they stand in.
            cut = len(joined) - len(said)
            places = [(number, len(one)) for number, one in told_all]
            read = (reason for reason in whole.reasons if reason not in together.reasons)
            moved = [replace(r, start=r.start + cut, end=r.end + cut) for r in read]
            kept += _spread(moved, places)
        # Who writes says so in this very message: another may have written those before.
        return seen.merged(replace(whole, reasons=kept, role=alone.role or whole.role))

    async def _beside_story(
        self, whole: Assessment, alone: Assessment, text: str, seq: int, sign: Issue | None
    ) -> Assessment:
        """The story as a fragment may change it: "14 ans" must not change what it is about, and
        "on minsulte" must, where the story was of nobody's harm or is not sure of the same."""
        quiet = whole.issue in (*QUIET, *SAYS_NOTHING)
        sure = (whole.confidence or 0) >= FROM_A_FRAGMENT
        if sure and not quiet:
            return whole
        own = await self._understood(alone, text, seq)
        agreed = own.issue is whole.issue
        enough = FROM_A_FRAGMENT if agreed else SURE_OF_A_FRAGMENT
        if (quiet or agreed) and _tells_a_problem(own, enough):
            return replace(whole, issue=own.issue, confidence=own.confidence)
        return whole if sure else replace(whole, issue=sign, issue_secondary=None, confidence=None)

    async def _understood(self, screened: Assessment, text: str, seq: int) -> Assessment:
        try:
            read = await self._in_turn(text, partial(self._understand, screened, text))
        except Exception as error:  # noqa: BLE001 - what the screen saw must not be lost with it
            log.error("reading failed: %s", type(error).__name__)
            return screened.merged(Assessment(incomplete=True))
        known = set(screened.reasons)
        reasons = tuple(r if r in known else replace(r, seq=seq) for r in read.reasons)
        return replace(read, reasons=reasons)

    async def _pieces(self, text: str, seq: int, recent: Sequence[Told]) -> Assessment:
        """What the screen sees in short messages only when it reads them as one."""
        pieces = [told for told in recent if len(told.text) <= PIECE][-PIECES + 1 :]
        if not pieces or len(text) > PIECE:
            return NOTHING_KNOWN
        together = await self._screened(" ".join([*(told.text for told in pieces), text]))
        places = [(told.seq, len(told.text)) for told in pieces] + [(seq, len(text))]
        return Assessment(
            urgency=together.urgency,
            issue=together.issue,
            reasons=_spread(together.reasons, places),
            incomplete=together.incomplete,
        )

    async def _read_alone(self, text: str, alive: Alive | None) -> Assessment:
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
            if alive is not None:
                await alive()
        return whole

    async def _screened(self, text: str) -> Assessment:
        try:
            return await self._in_turn(text, partial(self._observed, text))
        except Exception as error:  # noqa: BLE001 - whatever broke, somebody must look at it
            log.error("screen failed: %s", type(error).__name__)
            return Assessment(urgency=Urgency.ELEVEE, incomplete=True)

    def _observed(self, text: str) -> Assessment:
        started = time.perf_counter()
        try:
            return self._screen.screen(text).assessment
        finally:
            self._observe(time.perf_counter() - started)

    async def _in_turn(self, text: str, read: Callable[[], Assessment]) -> Assessment:
        """A short text is read at once: handing it to a thread would take longer."""
        if len(text) > INLINE_LIMIT:
            async with self._long:
                return await asyncio.to_thread(read)
        async with self._short:
            # Whoever comes now waits, so that the loop turns once between two.
            await asyncio.sleep(0)
            return read()


def _tells_a_problem(own: Assessment, enough: float) -> bool:
    """Whether a fragment tells a problem by itself, and as surely as is `enough`.

    Not a danger, for that is what "à mon père" sounds like: the signs and the story tell those.
    """
    told = own.issue not in (None, *GRAVE, *QUIET, *SAYS_NOTHING)
    return told and (own.confidence or 0) >= enough


def going_on(texts: Sequence[str]) -> Sequence[bool]:
    """Which of several messages that wait one behind the other leave the story to a later one.

    Of what is not read together with what was said before, `texts` has nothing.
    To read the story anew is most of what a message costs. Nothing of it goes unread: the last of
    them and one in every few do not leave it, and whoever writes at their own pace has only last
    ones. Should the later one be a message that a platform only repeats, the story waits for the
    person's next.
    """
    leave: list[bool] = []
    since = 0
    for text, following in pairwise((*texts, "")):
        since += len(text) + 1
        is_read = FRAGMENT <= len(following) < ALONE_FROM
        leave.append(is_read and since + len(following) <= SHARED)
        if not leave[-1]:
            since = 0
    return leave


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
