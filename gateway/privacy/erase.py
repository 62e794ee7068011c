"""Erasure by the team, for a person who asked (GDPR article 17).

The same end as a person's own "efface": the conversation leaves every screen first, then the keys
and the rows go, and so do those of the call that was joined to it (`gateway.privacy.reach`). A
danger that nobody answered, and a listener at work, go before: whoever asks may be the one who
frightens the person, so they are erased only when that is said again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from core import transitions
from core.clock import Clock
from core.conversation import Conversation, OwnerKind
from core.errors import Conflict, RelaisError
from core.ids import ContactId
from core.labels import Urgency
from core.ports import Phrasebook, Store
from gateway.pipeline.watching import SCREENS_LET_GO
from gateway.privacy.reach import Reach, forget, reach

Pause = Callable[[float], Awaitable[None]]


class NotNow(RelaisError):
    """Something speaks against erasing this person now; the text says what, and what to do."""


def speaks_against(what: Reach) -> str | None:
    """Why a person should not be erased now; None: nothing does."""
    return next((why for one in what.conversations if (why := _against(one)) is not None), None)


def _against(conversation: Conversation) -> str | None:
    if not conversation.is_open:
        return None
    if conversation.danger_since is not None:
        return "this person is in danger and nobody has answered yet"
    if conversation.owner.kind is OwnerKind.LISTENER:
        return "a listener is talking with this person"
    if (
        conversation.owner.kind is OwnerKind.QUEUE
        and conversation.assessment.urgency.rank >= Urgency.ELEVEE.rank
    ):
        return "this person waits for a listener with a grave worry"
    return None


async def erase(
    store: Store,
    contact_id: ContactId,
    *,
    phrases: Phrasebook,
    clock: Clock,
    insist: bool = False,
    screens_let_go: timedelta = SCREENS_LET_GO,
    pause: Pause = asyncio.sleep,
) -> bool:
    """Erase everything held about a person; False when nothing was held (any more).

    What may be another's stays: see `gateway.privacy.reach`.
    Raises NotNow unless `insist`. May be repeated after any failure: it ends what was begun.
    """
    reason = speaks_against(what := await reach(store, contact_id))
    if reason is not None and not insist:
        raise NotNow(f"Not erased: {reason}. Wait, or say --even-now.")
    ended = False
    while going_on := [one for one in what.conversations if one.is_open]:
        now = clock()
        for one in going_on:
            with suppress(Conflict):  # somebody wrote meanwhile
                end = transitions.end_before_erasing(one, now=now, phrases=phrases)
                await store.commit(end, now=now)
                ended = True
        what = await reach(store, contact_id)
    if ended:
        await pause(screens_let_go.total_seconds())
        what = await reach(store, contact_id)
    return await forget(store, what)
