"""Writes to a SQLite file until it is killed, and prints each id once its keeping is confirmed.

Run as a program: `writer.py FILE NAME`.
"""

import asyncio
import itertools
import sys
from pathlib import Path

from core.clock import system_clock
from core.errors import Conflict
from core.ports import Change
from core.storage.sqlite import SqliteStore
from core.work import ORDINARY
from tests.builders import a_conversation, a_message, a_vault, an_event

_CALLERS = 20


async def write(path: Path, name: str) -> None:
    """Twenty callers: an event, then the conversation it begins, then the next event."""
    store = SqliteStore(path, a_vault())
    await store.open()

    async def caller(number: int) -> None:
        for n in itertools.count():
            event_id = f"{name}-{number}-{n}"
            event = an_event(event_id, sender=event_id)
            await store.accept_events([event], now=system_clock(), priority=ORDINARY)
            print("event", event_id, flush=True)
            contact = await store.find_contact(event.channel, event.account, event_id)
            assert contact is not None
            conversation = a_conversation(contact)
            change = Change(conversation=conversation, messages=(a_message(conversation, 1),))
            try:
                await store.commit(change, now=system_clock(), consumed=[event])
            except Conflict:
                raise SystemExit("a fresh contact had a conversation") from None
            print("conversation", conversation.id, flush=True)

    await asyncio.gather(*map(caller, range(_CALLERS)))


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), sys.argv[2]))
