"""Whom "the next one" gives, and that of many who ask at once no two get the same."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from core.conversation import Conversation
from core.errors import Busy, NotFound
from core.ids import ContactId, ListenerId, new_id
from core.labels import Urgency
from core.ports import Change, Store
from handoff.choosing import LEFT_FOR, in_order_for
from handoff.desk import Desk
from tests.builders import NOON, a_contact, a_listener, a_waiting, at
from tests.core.test_transitions import CONTACT
from tests.fakes import Echo, TurnableClock

# In full by `RELAIS_CLAIMERS=200 RELAIS_ROUNDS=200`.
CLAIMERS = int(os.environ.get("RELAIS_CLAIMERS", "12"))
ROUNDS = int(os.environ.get("RELAIS_ROUNDS", "8"))


def test_who_comes_back_goes_first_to_whom_they_know_and_never_to_one_who_is_gone() -> None:
    anne, bilal = a_listener("anne"), a_listener("bilal")
    danger = a_waiting(CONTACT, Urgency.CRITIQUE, at(50))
    first = a_waiting(CONTACT, Urgency.ELEVEE, at(0))
    known = a_waiting(CONTACT, Urgency.FAIBLE, at(40), known_to=anne.id)
    queue = [danger, first, known]
    soon, later = NOON + timedelta(seconds=60), at(40) + LEFT_FOR
    assert in_order_for(anne, queue, free={anne.id}, now=soon) == [danger, known, first]
    other = [danger, known, first]
    assert in_order_for(bilal, other, free={anne.id}, now=soon) == [danger, first, known]
    assert in_order_for(bilal, other, free={anne.id}, now=later) == other
    assert in_order_for(bilal, other, free=(), now=soon) == other
    grave = [replace(danger, known_to=anne.id), first]
    assert in_order_for(bilal, grave, free={anne.id}, now=soon) == grave


async def test_who_holds_enough_is_given_no_further_one_but_a_danger(store: Store) -> None:
    anne = a_listener("anne")
    desk = Desk(store=store, phrases=Echo(), clock=TurnableClock(), capacity=2)

    async def waits(urgency: Urgency) -> Conversation:
        one = a_waiting(await a_contact(store), urgency)
        await store.commit(Change(conversation=one), now=NOON)
        return one

    with pytest.raises(NotFound):
        await desk.claim_next(anne, client_id=new_id())
    for _ in range(2):
        await waits(Urgency.ELEVEE)
        await desk.claim_next(anne, client_id=new_id())
    third = await waits(Urgency.ELEVEE)
    with pytest.raises(Busy):
        await desk.claim_next(anne, client_id=new_id())
    danger = await waits(Urgency.CRITIQUE)
    assert (await desk.claim_next(anne, client_id=new_id())).id == danger.id
    assert (await desk.claim(anne, third.id)).is_held_by(anne.id), "chosen by hand"


async def test_of_many_who_ask_for_the_next_at_once_no_two_get_the_same(store: Store) -> None:
    contacts = [await a_contact(store) for _ in range(3)]
    listeners = [a_listener() for _ in range(CLAIMERS)]
    clock = TurnableClock()
    # Two processes: what one of them locks, the other does not see.
    desks = [Desk(store=store, phrases=Echo(), clock=clock) for _ in range(2)]
    for _ in range(ROUNDS):
        waiting = [a_waiting(contact, Urgency.ELEVEE) for contact in contacts]
        for one in waiting:
            await store.commit(Change(conversation=one), now=clock())
        asked = [
            desk.claim_next(listener, client_id=new_id())
            for listener, desk in zip(listeners, desks * CLAIMERS, strict=False)
        ]
        got = await asyncio.gather(*asked, return_exceptions=True)
        taken = [one for one in got if not isinstance(one, BaseException)]
        assert all(isinstance(one, NotFound) for one in got if isinstance(one, BaseException))
        assert sorted(one.id for one in taken) == sorted(one.id for one in waiting)
        owners: dict[ContactId, ListenerId | None] = {}
        for one in taken:
            kept = await store.conversation(one.id)
            assert kept.owner == one.owner
            owners[kept.contact_id] = kept.owner.listener_id
            end = replace(kept, version=kept.version + 1, closed_at=clock())
            await store.commit(Change(conversation=end), now=clock())
        assert len(set(owners.values())) == len(waiting)
