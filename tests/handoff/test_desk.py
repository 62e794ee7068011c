"""The desk where a conversation is longer than one page of the store."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from core.conversation import Conversation, Outcome
from core.errors import NotFound, Refused
from core.ids import new_id
from core.labels import Urgency
from core.ports import Change, Store
from handoff.desk import Desk
from tests.builders import (
    a_contact,
    a_listener,
    a_message,
    a_waiting,
    at,
    claimed,
)
from tests.fakes import Echo, TurnableClock

LENGTH = 1500


async def test_a_long_conversation_is_read_and_answered_to_its_end(store: Store) -> None:
    anne = a_listener()
    waiting = a_waiting(await a_contact(store), Urgency.ELEVEE, next_seq=LENGTH + 1)
    messages = tuple(a_message(waiting, seq) for seq in range(1, LENGTH + 1))
    await store.commit(Change(conversation=waiting, messages=messages), now=at(0))
    held = claimed(waiting, anne.id, at(1))
    await store.commit(Change(conversation=replace(held)), now=at(1))
    desk = Desk(store=store, phrases=Echo(), clock=TurnableClock(at(2)))
    _, read = await desk.read(anne, waiting.id)
    assert [each.seq for each in read] == list(range(1, LENGTH + 1))
    _, rest = await desk.read(anne, waiting.id, after=LENGTH - 2)
    assert [each.seq for each in rest] == [LENGTH - 1, LENGTH]
    cid = new_id()
    said = [
        await desk.reply(anne, waiting.id, "bonjour", client_id=cid, seen=LENGTH) for _ in range(2)
    ]
    assert [each.seq for each in said] == [LENGTH + 1] * 2


async def test_asked_again_by_who_ended_it_so_it_is_ended_once(store: Store) -> None:
    anne, bilal = a_listener(), a_listener()
    waiting = a_waiting(await a_contact(store), Urgency.ELEVEE)
    await store.commit(Change(conversation=waiting), now=at(0))
    held = claimed(waiting, anne.id, at(1))
    await store.commit(Change(conversation=held), now=at(1))
    desk = Desk(store=store, phrases=Echo(), clock=TurnableClock(at(2)))
    ended = [await desk.close(anne, held.id, Outcome.HELPED, seen=0) for _ in range(2)]
    assert ended[0] == ended[1]
    for who, how in ((bilal, Outcome.HELPED), (anne, Outcome.SILENT)):
        with pytest.raises(Refused):
            await desk.close(who, held.id, how, seen=0)


async def test_the_next_one_asked_for_again_after_a_lost_answer_is_the_same_one(
    store: Store,
) -> None:
    anne, bilal = a_listener(), a_listener()
    for _ in range(3):
        waiting = a_waiting(await a_contact(store), Urgency.ELEVEE)
        await store.commit(Change(conversation=waiting), now=at(0))
    # Asked again at another process, which knows of nothing but the store.
    one, other = (Desk(store=store, phrases=Echo(), clock=TurnableClock(at(2))) for _ in range(2))
    wish = new_id()
    taken = await one.claim_next(anne, client_id=wish)
    assert (await other.claim_next(anne, client_id=wish)).id == taken.id
    assert len(await store.waiting(limit=9)) == 2
    # A wish is its listener's own, and another wish is for another one.
    assert (await one.claim_next(bilal, client_id=wish)).id != taken.id
    assert (await one.claim_next(anne, client_id=new_id())).id != taken.id
    with pytest.raises(NotFound):
        await one.claim_next(anne, client_id=new_id())
    # It is as good as done where nobody else waits, and where one holds as many as one may.
    full = Desk(store=store, phrases=Echo(), clock=TurnableClock(at(2)), capacity=1)
    assert (await full.claim_next(anne, client_id=wish)).id == taken.id


class Paused:
    """A store that lets something else happen before it reads who waits."""

    def __init__(self, store: Store, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._store, self._meanwhile = store, meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def waiting(self, *, limit: int) -> Sequence[Conversation]:
        await self._meanwhile()
        return await self._store.waiting(limit=limit)


async def test_one_wish_that_reaches_two_processes_at_once_takes_one_person(store: Store) -> None:
    anne, wish, clock = a_listener(), new_id(), TurnableClock(at(2))
    for _ in range(3):
        waiting = a_waiting(await a_contact(store), Urgency.ELEVEE)
        await store.commit(Change(conversation=waiting), now=at(0))
    one = Desk(store=store, phrases=Echo(), clock=clock)
    # Between its look at what she holds and its look at who waits, the other process grants it.
    between = cast("Store", Paused(store, lambda: one.claim_next(anne, client_id=wish)))
    other = Desk(store=between, phrases=Echo(), clock=clock)
    second = await other.claim_next(anne, client_id=wish)
    assert [each.id for each in await store.held_by(anne.id)] == [second.id]
    assert len(await store.waiting(limit=9)) == 2
