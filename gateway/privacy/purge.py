"""The purge: what has had its time is destroyed, oldest first, in small steps.

A step takes a bounded number of rows, each conversation in a transaction of its own, so that
messages are never kept waiting by it. Any number of processes may purge at once; of two that take
the same row, one finds it gone.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from core.ports import Store
from core.retention import Retention
from gateway.privacy.papers import drop_papers

# At most so many conversations, and so many of everything else, a step.
STEP = 200
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


async def purge_step(
    store: Store, retention: Retention, *, now: datetime, limit: int = STEP
) -> tuple[Mapping[str, int], bool]:
    """Destroy some of what has had its time: how much of each class, and whether more is left."""
    cutoffs = retention.before(now)
    gone: Counter[str] = Counter()
    expired = await store.expired_conversations(after=_EVER, before=cutoffs.chats, limit=limit)
    for one in expired:
        if await store.forget_conversation(one.conversation_id, before=cutoffs.chats):
            await drop_papers(store, [one.conversation_id])
            gone["chats"] += 1
    rest = await store.forget_rest(cutoffs, limit=limit)
    gone.update(rest)
    gone["audit"] = await store.purge_audit(before=cutoffs.audit)
    return gone, len(expired) >= limit or max(rest.values()) >= limit


async def purge(store: Store, retention: Retention, *, now: datetime) -> Mapping[str, int]:
    """Destroy all that has had its time; how much of each class."""
    gone: Counter[str] = Counter()
    more = True
    while more:
        step, more = await purge_step(store, retention, now=now)
        gone.update(step)
    return gone
