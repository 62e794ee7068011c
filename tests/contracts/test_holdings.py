"""What every engine promises of all that is held about one person."""

from core.ids import ContactId, new_id
from core.ports import Store
from tests.builders import an_event, at
from tests.contracts.conftest import Database
from tests.contracts.test_erasure import Person


async def test_everything_of_a_person_is_found_and_nothing_of_anybody_else(store: Store) -> None:
    mine, other = Person("mine"), Person("other")
    await mine.write(store)
    await other.write(store)
    found = await store.conversations_of(mine.contact.id)
    assert [one.id for one in found] == [mine.old.id, mine.conversation.id]
    events = await store.events_of(mine.contact.id)
    assert [(one.state, one.event) for one in events] == [("done", None), ("pending", mine.pending)]
    assert await store.other_ids(mine.contact.id) == 1


async def test_an_event_that_cannot_be_opened_is_named_all_the_same(database: Database) -> None:
    store = await database.another_store()
    person = Person("mine")
    await person.write(store)
    ref = store._codec.event_ref(person.pending)  # type: ignore[attr-defined]
    await database.damage("events", ref, body=b"\0" * 60)
    events = await store.events_of(person.contact.id)
    assert [(one.state, one.event) for one in events] == [("done", None), ("pending", None)]


async def test_of_an_erased_person_nothing_is_held(store: Store) -> None:
    person = Person("gone")
    await person.write(store)
    await store.erase_contact(person.contact.id)
    assert await store.conversations_of(person.contact.id) == []
    assert await store.events_of(person.contact.id) == []
    assert await store.other_ids(person.contact.id) == 0
    # A replay belongs to nobody either.
    await store.accept_events([an_event("gone-done", sender="gone")], now=at(9), priority=1)
    assert await store.events_of(person.contact.id) == []
    assert await store.conversations_of(ContactId(new_id())) == []
