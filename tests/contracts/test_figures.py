"""What every engine promises about the figures: one record a conversation, which is nobody's."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.conversation import Conversation
from core.errors import Conflict
from core.figures import End, Fact, fact_of
from core.labels import Issue, Urgency
from core.ports import Change, Store
from tests.builders import NOON, a_contact, a_conversation, a_waiting, at, changed
from tests.contracts.conftest import Database

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def facts(store: Store) -> list[Fact]:
    return list(await store.facts(since=NOON - DAY, until=NOON + DAY))


async def kept(store: Store, conversation: Conversation, fact: Fact | None = None) -> None:
    fact = fact or fact_of(conversation)
    await store.commit(Change(conversation=conversation, fact=fact), now=NOON)


async def test_a_conversation_leaves_one_record_which_is_replaced(store: Store) -> None:
    waiting = a_waiting(await a_contact(store), Urgency.ELEVEE)
    first = replace(
        fact_of(waiting), issue=Issue.SEXTORSION, origin="tiktok", wait=40, end=End.LISTENER
    )
    await kept(store, waiting, first)
    assert await facts(store) == [first]
    await kept(store, changed(waiting), replace(first, wait=50))
    assert await facts(store) == [replace(first, wait=50)]


async def test_a_change_that_brings_no_record_leaves_the_one_there_is(store: Store) -> None:
    waiting = a_waiting(await a_contact(store), Urgency.ELEVEE)
    await kept(store, waiting)
    await store.commit(Change(conversation=changed(waiting)), now=at(1))
    assert await facts(store) == [fact_of(waiting)]


async def test_a_change_that_is_refused_leaves_no_record(store: Store) -> None:
    conversation = a_conversation(await a_contact(store), version=2)
    with pytest.raises(Conflict):
        await kept(store, conversation)
    assert await facts(store) == []


async def test_records_are_asked_for_by_the_hour_they_began(store: Store) -> None:
    for hours in (0, 1, 2):
        conversation = a_conversation(await a_contact(store), opened_at=NOON + hours * HOUR)
        await kept(store, conversation)
    found = await store.facts(since=NOON, until=NOON + 2 * HOUR)
    assert sorted(fact.hour for fact in found) == [NOON, NOON + HOUR]


async def test_a_record_outlives_its_person_and_is_nobodys(database: Database) -> None:
    store = await database.another_store()
    contact = await a_contact(store)
    conversation = a_waiting(contact, Urgency.CRITIQUE, channel="telegram")
    await kept(store, conversation)
    before = await database.dump()
    assert b"telegram" not in before  # sealed as everything is
    assert await store.erase_contact(contact.id)
    assert await facts(store) == [fact_of(conversation)]
    after = await database.dump()
    assert contact.id.encode() not in after
    assert conversation.id.encode() not in after


async def test_the_same_person_again_is_another_record_that_nothing_ties_to_the_first(
    store: Store,
) -> None:
    contact = await a_contact(store)
    first = a_conversation(contact, closed_at=at(1))
    await kept(store, first)
    await kept(store, a_conversation(contact, opened_at=NOON + HOUR, first_seq=2))
    assert len(await facts(store)) == 2


async def test_a_damaged_record_hides_no_other(database: Database) -> None:
    store = await database.another_store()
    for _ in range(2):
        await kept(store, a_conversation(await a_contact(store)))
    (name,) = await names(database, store, count=1)
    await database.damage("facts", name, body=b"not what was sealed")
    assert len(await facts(store)) == 1


async def names(database: Database, store: Store, *, count: int) -> list[str]:
    """The names of records, as only whoever reads the database's files learns them."""
    from core.storage.mongo import MongoStore
    from core.storage.sqlite import SqliteStore

    if isinstance(store, SqliteStore):
        rows = await store._read(lambda c: c.execute("SELECT id FROM facts").fetchall())
        return [row[0] for row in rows][:count]
    assert isinstance(store, MongoStore)
    return [one["_id"] async for one in store._in("facts").find().limit(count)]
