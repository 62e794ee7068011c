"""The first dossier of a conversation is one, however it is asked for, on every engine."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from core.accounts import Listener
from core.conversation import Conversation
from core.labels import Urgency
from core.ports import Change, Store
from core.signalement.platforms import directory
from handoff.desk import Desk
from handoff.signalement.archive import CASES, Archive, Kept
from handoff.signalement.writing import Writing
from tests.builders import NOON, a_contact, a_listener, a_waiting, claimed
from tests.contracts.conftest import Database
from tests.fakes import Echo
from tests.signalements import SIGNER

ANNE = a_listener("anne")


class Together(Archive):
    """The archive of two requests of which each looks before the other writes."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self._both = asyncio.Barrier(2)
        self._looks = 0

    async def all_seen_by(self, listener: Listener) -> Sequence[Kept]:
        seen = await super().all_seen_by(listener)
        self._looks += 1
        if self._looks <= 2:
            await self._both.wait()
        return seen


def writing(store: Store, kind: type[Archive] = Archive) -> Writing:
    def clock() -> Any:
        return NOON

    return Writing(
        store=store,
        desk=Desk(store=store, phrases=Echo(), clock=clock),
        archive=kind(store=store, signer=SIGNER, clock=clock),
        known=directory(),
        clock=clock,
    )


@pytest.fixture
async def held(store: Store) -> Conversation:
    """A conversation that Anne holds."""
    await store.add_listener(ANNE)
    waiting = a_waiting(await a_contact(store), Urgency.ELEVEE)
    await store.commit(Change(conversation=waiting), now=NOON)
    mine = claimed(waiting, ANNE.id, NOON)
    await store.commit(Change(conversation=mine), now=NOON)
    return mine


async def test_two_tabs_that_ask_at_once_get_one_dossier(store: Store, held: Conversation) -> None:
    tab = writing(store, Together)
    async with asyncio.timeout(60):
        one, two = await asyncio.gather(tab.open(ANNE, held.id), tab.open(ANNE, held.id))
    assert one.case == two.case
    assert len(await store.documents(CASES)) == 1
    more = await tab.open(ANNE, held.id, another=True)
    assert more.case.id != one.case.id, "another is asked for on purpose"
    assert len(await store.documents(CASES)) == 2


async def test_after_the_first_is_destroyed_one_is_begun_again(
    store: Store, held: Conversation
) -> None:
    at_desk = writing(store)
    first = await at_desk.open(ANNE, held.id)
    await Archive(store=store, signer=SIGNER, clock=lambda: NOON).drop(first.case)
    again = await at_desk.open(ANNE, held.id)
    assert again.version == 1
    assert len(await store.documents(CASES)) == 1


async def test_a_first_that_cannot_be_read_keeps_nobody_from_a_dossier(
    database: Database, store: Store, held: Conversation
) -> None:
    at_desk = writing(store)
    first = await at_desk.open(ANNE, held.id)
    await database.damage("data_keys", f"document|{CASES}|{first.case.id}")
    other = writing(await database.another_store())
    begun = await other.open(ANNE, held.id)
    assert begun.case.id != first.case.id
    assert (await other.open(ANNE, held.id)).case == begun.case
