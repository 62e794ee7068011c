"""Erasure by the team, for a person who asked (GDPR article 17).

The same end as a person's own "efface": the conversation leaves every screen first, then the keys
and the rows go. A danger that nobody answered, and a listener at work, go before: whoever asks may
be the one who frightens the person, so they are erased only when that is said again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from core import transitions
from core.clock import Clock
from core.conversation import Conversation, OwnerKind
from core.errors import Conflict, RelaisError
from core.ids import ContactId
from core.labels import Urgency
from core.ports import Phrasebook, Store
from gateway.pipeline.watching import SCREENS_LET_GO
from gateway.privacy.papers import drop_papers

Pause = Callable[[float], Awaitable[None]]


class NotNow(RelaisError):
    """Something speaks against erasing this person now; the text says what, and what to do."""


def speaks_against(conversation: Conversation | None) -> str | None:
    """Why a person should not be erased now; None: nothing does."""
    if conversation is None or not conversation.is_open:
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

    Raises NotNow unless `insist`. May be repeated after any failure: it ends what was begun.
    """
    latest = await store.latest_conversation(contact_id)
    if not insist and (reason := speaks_against(latest)) is not None:
        raise NotNow(f"Not erased: {reason}. Wait, or say --even-now.")
    while latest is not None and latest.is_open:
        now = clock()
        end = transitions.end_before_erasing(latest, now=now, phrases=phrases)
        try:
            await store.commit(end, now=now)
        except Conflict:  # somebody wrote meanwhile
            latest = await store.latest_conversation(contact_id)
        else:
            await pause(screens_let_go.total_seconds())
            break
    conversations = [one.id for one in await store.conversations_of(contact_id)]
    erased = await store.erase_contact(contact_id)
    await drop_papers(store, conversations)
    return erased
