"""What each step costs as the store grows: a message, a claim, a console, the purge.

    .venv/bin/python -m benchmarks.bench_growth [--sizes 10000 100000 1000000] [--url URL]

A store for each size is filled with closed conversations of ten messages; in each the same queue
waits, 200 people, whatever lies behind. What counts is processor time, this process's
with all its threads: it does not depend on who else uses the machine, and a scan would show in it.
On MongoDB the server's own work is not in it. Exit code 1 where a step at the last size costs over
20 % more than at the first.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from benchmarks import figures
from core.conversation import (
    QUEUE,
    Author,
    Contact,
    Conversation,
    Message,
    Owner,
    OwnerKind,
    Ticket,
    TicketStatus,
)
from core.events import EventKind, InboundEvent, MessageType
from core.ids import ConversationId, ListenerId, MessageId, new_id
from core.ports import Change, Store
from core.sealing import Vault
from core.storage.sqlite import SqliteStore
from core.work import ORDINARY, Lane

VAULT = Vault({1: bytes(range(32))})
LONG_AGO = datetime(2026, 1, 5, 12, tzinfo=UTC)
LATER = LONG_AGO + timedelta(days=30)
LEASE = timedelta(seconds=30)
SAID = "il y a un garçon de ma classe qui m'insulte tous les jours sur insta"
EACH, WAITING, TOGETHER = 10, 200, 100
# Batches of ten steps; a purge takes 100 conversations in one batch.
STEPS, PURGES = 20, 4
FLAT = 1.2


def an_event(sender: str) -> InboundEvent:
    return InboundEvent(
        channel="web",
        account="site",
        event_id=new_id(),
        kind=EventKind.MESSAGE,
        sender=sender,
        at=LONG_AGO,
        type=MessageType.TEXT,
        text=SAID,
    )


async def a_contact(store: Store, event: InboundEvent) -> Contact:
    assert event.sender is not None
    found = await store.find_contact(event.channel, event.account, event.sender)
    assert found is not None
    return found


def a_conversation(contact: Contact, opened: datetime, *, waits: bool) -> Conversation:
    status = TicketStatus.WAITING if waits else TicketStatus.CLOSED
    since = opened if waits else None
    return Conversation(
        id=ConversationId(new_id()),
        contact_id=contact.id,
        channel=contact.channel,
        account=contact.account,
        owner=QUEUE,
        closed_at=None if waits else opened,
        next_seq=EACH + 1,
        opened_at=opened,
        updated_at=opened,
        ticket=Ticket(status=status, opened_at=opened, waiting_since=since),
        version=1,
    )


def messages_of(conversation: Conversation, count: int = EACH) -> tuple[Message, ...]:
    return tuple(
        Message(
            id=MessageId(new_id()),
            conversation_id=conversation.id,
            seq=number,
            author=Author.PERSON,
            text=SAID,
            at=LONG_AGO,
        )
        for number in range(1, count + 1)
    )


async def grow(store: Store, first: int, last: int, *, waits: bool = False) -> None:
    """Add the conversations of these numbers."""
    for begin in range(first, last, TOGETHER):
        some = range(begin, min(begin + TOGETHER, last))
        events = [an_event(new_id()) for _ in some]
        await store.accept_events(events, now=LONG_AGO, priority=ORDINARY)

        async def keep(event: InboundEvent, number: int) -> None:
            opened = LATER if waits else LONG_AGO + timedelta(seconds=number)
            contact = await a_contact(store, event)
            conversation = a_conversation(contact, opened, waits=waits)
            change = Change(conversation=conversation, messages=messages_of(conversation))
            await store.commit(change, now=opened, consumed=[event])

        await asyncio.gather(*map(keep, events, some))
        for lease in await store.claim_work(
            Lane.INBOUND, now=LATER, lease_for=LEASE, limit=TOGETHER
        ):
            await store.finish_work(lease, now=LATER)


async def a_message(store: Store) -> None:
    """A new person's first message: kept, taken up, written into its conversation, done."""
    event = an_event(new_id())
    await store.accept_events([event], now=LATER, priority=ORDINARY)
    (lease,) = await store.claim_work(Lane.INBOUND, now=LATER, lease_for=LEASE, limit=1)
    contact = await a_contact(store, event)
    await store.pending_events(contact.id, limit=20)
    assert await store.latest_conversation(contact.id) is None
    conversation = a_conversation(contact, LONG_AGO, waits=False)
    change = Change(conversation=conversation, messages=messages_of(conversation, 1))
    await store.commit(change, now=LONG_AGO, lease=None, consumed=[event])
    await store.finish_work(lease, now=LATER)


async def a_claim(store: Store) -> None:
    """The next one of the line is taken, and given back."""
    (head,) = await store.waiting(limit=1)
    assert head.ticket is not None
    ticket = replace(head.ticket, status=TicketStatus.CLAIMED, listener_id=ListenerId("l"))
    owner = Owner(OwnerKind.LISTENER, ListenerId("l"))
    mine = replace(head, version=head.version + 1, owner=owner, ticket=ticket)
    await store.commit(Change(conversation=mine), now=LATER)
    await store.commit(Change(conversation=replace(head, version=mine.version + 1)), now=LATER)


async def a_console(store: Store) -> None:
    """What a console shows first, and asks for again and again."""
    await store.waiting(limit=50)
    await store.held_by(ListenerId("l"))
    await store.in_danger(limit=50)
    await store.queue_figures()
    await store.changed_since(LATER + timedelta(days=1), limit=500)


async def a_purge(store: Store) -> None:
    """Ten conversations that had their time are found and destroyed."""
    before = LATER - timedelta(days=1)
    after = LONG_AGO - timedelta(days=1)
    found = await store.expired_conversations(after=after, before=before, limit=10)
    for one in found:
        assert await store.forget_conversation(one.conversation_id, before=before)


PARTS: dict[str, Callable[[Store], Awaitable[None]]] = {
    "message": a_message,
    "claim": a_claim,
    "console": a_console,
    "purge of 10": a_purge,
}


async def batch(store: Store, part: Callable[[Store], Awaitable[None]]) -> float:
    """Milliseconds of processor time for a step, over ten of them."""
    began = time.process_time()
    for _ in range(10):
        await part(store)
    return (time.process_time() - began) * 100


async def measure(stores: Mapping[int, Store]) -> dict[int, dict[str, float]]:
    """The median cost of each step on each store. In turn, so that a slow moment hits all."""
    taken = {size: {name: list[float]() for name in PARTS} for size in stores}
    for name, part in PARTS.items():
        for _ in range(PURGES if part is a_purge else STEPS):
            for size, store in stores.items():
                taken[size][name].append(await batch(store, part))
    return {
        size: {name: statistics.median(costs) for name, costs in parts.items()}
        for size, parts in taken.items()
    }


def a_store(url: str | None, folder: str, size: int) -> Store:
    """A store for so many messages, not yet open."""
    if url is None:
        return SqliteStore(Path(folder) / f"{size}.db", VAULT)
    from core.storage.mongo import MongoStore

    parts = urlsplit(url)
    return MongoStore(urlunsplit(parts._replace(path=f"{parts.path}_{size}")), VAULT)


async def on(url: str | None, sizes: Sequence[int]) -> dict[int, dict[str, float]]:
    """Fill a store for each size, measure, and close them."""
    async with AsyncExitStack() as up:
        folder = up.enter_context(tempfile.TemporaryDirectory())
        stores: dict[int, Store] = {}
        for size in sizes:
            store = stores[size] = a_store(url, folder, size)
            await store.open()
            up.push_async_callback(store.close)
            await grow(store, 0, WAITING, waits=True)
            await grow(store, 0, size // EACH)
        return await measure(stores)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--url", help="MongoDB, names of new databases begin so; else SQLite")
    asked = parser.parse_args()
    found = asyncio.run(on(asked.url, asked.sizes))
    figures.keep("growth", {str(size): costs for size, costs in found.items()})
    first, last = found[asked.sizes[0]], found[asked.sizes[-1]]
    print("milliseconds of processor time a step")
    print("".join(["messages".rjust(12), *(name.rjust(14) for name in PARTS)]))
    for size, costs in found.items():
        print("".join([f"{size:12,}", *(f"{costs[name]:14.2f}" for name in PARTS)]))
    ratios = {name: last[name] / first[name] for name in PARTS}
    print("".join(["last : first", *(f"{ratios[name]:14.2f}" for name in PARTS)]))
    return 0 if max(ratios.values()) <= FLAT else 1


if __name__ == "__main__":
    sys.exit(main())
