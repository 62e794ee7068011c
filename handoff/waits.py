"""How long those waited whom a listener first answered within the last hour.

It is read from what changed in that hour, through the index that the screens live on: the first
look goes back a whole hour, so that a restart forgets nothing, and each later one reads only what
changed since. Of a conversation nothing stays here but its id and its wait, for an hour.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from core.conversation import TELEPHONE
from core.errors import NotFound, SealBroken
from core.figures import fact_of
from core.ids import ConversationId
from core.ports import Store

LATELY = timedelta(hours=1)
# A board asks every three seconds, and several are open at once: a wait is as plain a little later.
_LASTS = timedelta(seconds=15)
# Writers' clocks differ and commits overtake each other: see `Conversations.changed_since`.
_OVERLAP = timedelta(seconds=30)
_PAGE = 500


class LateWaits:
    """The waits of the last hour, in seconds. It never looks at everything that is stored."""

    def __init__(self, *, store: Store) -> None:
        self._store = store
        self._known: dict[ConversationId, tuple[datetime, int]] = {}
        self._looked_at: datetime | None = None
        self._cursor: datetime | None = None
        self._reading = asyncio.Lock()

    async def at(self, now: datetime) -> Sequence[int]:
        """From asking for a human to the first answer, of everybody answered in the hour to `now`.

        They may be some seconds old. Callers are left out: they wait on a telephone, not in the
        queue. A conversation that is gone or cannot be opened is passed by.
        """
        async with self._reading:
            if self._looked_at is None or not timedelta() <= now - self._looked_at < _LASTS:
                await self._look(now)
                self._looked_at = now
            return [wait for at, wait in self._known.values() if at > now - LATELY]

    async def _look(self, now: datetime) -> None:
        begin = now - LATELY
        self._known = {one: told for one, told in self._known.items() if told[0] > begin}
        since = max(begin, self._cursor or begin)
        while page := await self._store.changed_since(since, limit=_PAGE):
            for touched in page:
                # A first answer is the first for good: what is known needs no second reading.
                if touched.conversation_id not in self._known:
                    await self._learn(touched.conversation_id, begin)
            since = page[-1].at
            if len(page) < _PAGE:
                break
        # A row dated ahead, by a clock that is wrong, must not hide what is written until then.
        self._cursor = min(since, now) - _OVERLAP

    async def _learn(self, wanted: ConversationId, begin: datetime) -> None:
        try:
            conversation = await self._store.conversation(wanted)
        except (NotFound, SealBroken):
            return
        answered_at, wait = conversation.course.answered_at, fact_of(conversation).wait
        if answered_at is None or wait is None or conversation.channel == TELEPHONE:
            return
        if answered_at > begin:
            self._known[wanted] = answered_at, wait
