"""Reading what is not on one's own screen, another's conversation say: on record, then read."""

from collections.abc import Sequence
from datetime import datetime

from core.accounts import Listener
from core.audit import Deed, Verb
from core.conversation import Message
from core.ids import ConversationId
from core.ports import Store
from core.reading import all_messages


async def read_on_record(
    store: Store,
    reader: Listener,
    wanted: ConversationId,
    *,
    now: datetime,
    reason: str | None = None,
    verb: Verb = Verb.CONVERSATION_READ,
) -> Sequence[Message]:
    """Every message of a conversation; the look is in the audit before the first is read.

    Whether `reader` may look must have been checked before.
    """
    look = Deed(
        verb=verb,
        at=now,
        actor=reader.id,
        conversation=wanted,
        reason=reason,
    )
    await store.record(look)
    return await all_messages(store, wanted)
