"""What every engine promises about a person who is to be forgotten."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta

import pytest

from core.conversation import Contact, Conversation, Delivery, DeliveryStatus, Message
from core.errors import Conflict, LeaseLost, NotFound, RelaisError, SealBroken, StorageUnavailable
from core.events import InboundEvent
from core.ids import AttachmentId, ContactId, new_id
from core.labels import Urgency
from core.ports import Change, Store
from core.work import ORDINARY, Lane, Wake
from tests.builders import (
    LEASE,
    NOON,
    a_contact,
    a_conversation,
    a_message,
    a_waiting,
    an_answer,
    an_event,
    at,
    changed,
    the_lease,
)
from tests.contracts.conftest import Database

PICTURE = AttachmentId(new_id())


class Person:
    """Somebody with two conversations, a file, an alias, work in every lane and a new message."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done = an_event(f"{name}-done", sender=name, aliases=(f"{name}-phone",))
        self.pending = an_event(f"{name}-pending", sender=name)
        self.contact: Contact
        self.old: Conversation
        self.conversation: Conversation
        self.answer: Message

    async def write(self, store: Store, now: datetime = NOON) -> None:
        def at(seconds: float) -> datetime:
            return now + timedelta(seconds=seconds)

        events = [self.done, self.pending]
        await store.accept_events(events, now=now, priority=ORDINARY)
        contact = await store.find_contact("web", "site", self.name)
        assert contact is not None
        self.contact = contact
        self.old = a_conversation(contact, closed_at=at(1))
        change = Change(conversation=self.old, messages=(a_message(self.old, 1, provider_id="m1"),))
        await store.commit(change, now=at(1), consumed=[self.done])
        self.conversation = a_waiting(contact, Urgency.CRITIQUE, first_seq=2, danger_since=at(2))
        sent = Delivery(status=DeliveryStatus.SENT, provider_ids=(f"{self.name}-wamid",))
        self.answer = an_answer(self.conversation, 3, delivery=sent)
        question = a_message(self.conversation, 2, provider_id=f"{self.name}-mid")
        change = Change(
            conversation=self.conversation,
            messages=(question, self.answer),
            wakes=(
                Wake(Lane.ASSISTANT, self.conversation.id, now),
                Wake(Lane.DELIVERY, self.conversation.id, now),
                Wake(Lane.WATCH, self.old.id, now),
                Wake(Lane.MEDIA, question.id, now),
            ),
        )
        await store.commit(change, now=at(2))
        await store.put_file(self.conversation.id, PICTURE, b"image")

    async def is_there(self, store: Store) -> list[bool]:
        """For everything of the person, whether it is found."""

        async def found(wanted: Awaitable[object]) -> bool:
            try:
                return bool(await wanted)
            except NotFound:
                return False

        work = await store_work(store)
        keys = {self.contact.id, self.conversation.id, self.old.id}
        return [
            await found(store.contact(self.contact.id)),
            await found(store.find_contact("web", "site", self.name)),
            await found(store.find_contact("web", "site", f"{self.name}-phone")),
            await found(store.pending_events(self.contact.id, limit=9)),
            await found(store.latest_conversation(self.contact.id)),
            await found(store.conversation(self.old.id)),
            await found(store.messages(self.conversation.id)),
            await found(store.message(self.answer.id)),
            await found(store.message_by_provider_id("web", "site", f"{self.name}-mid")),
            await found(store.message_by_provider_id("web", "site", f"{self.name}-wamid")),
            await found(store.file(self.conversation.id, PICTURE)),
            self.conversation.id in {one.id for one in await store.waiting(limit=99)},
            self.conversation.id in {one.id for one in await store.in_danger(limit=99)},
            len(keys & work) == 3,
        ]


async def store_work(store: Store) -> set[str]:
    """The keys of all work, given back as it was."""
    keys = set()
    for lane in Lane:
        for lease in await store.claim_work(lane, now=at(9), lease_for=LEASE, limit=99):
            keys.add(lease.key)
            await store.finish_work(lease, now=at(9), again_at=NOON)
    return keys


async def test_everything_of_a_person_is_gone_and_nothing_of_anybody_else(
    database: Database,
) -> None:
    store, other = await database.another_store(), await database.another_store()
    gone, left = Person("gone"), Person("left")
    await gone.write(store)
    await left.write(store)
    assert all(await gone.is_there(store))
    assert await store.erase_contact(gone.contact.id)
    for one in (store, other, await database.another_store()):
        assert not any(await gone.is_there(one))
        assert all(await left.is_there(one))
    stored = await database.dump()
    for identity in (gone.contact.id, gone.conversation.id, gone.old.id, gone.answer.id):
        assert identity.encode() not in stored
    assert left.conversation.id.encode() in stored
    assert len(await store_work(store)) == 4
    assert await store.erase_contact(gone.contact.id) is False


async def test_who_was_never_there_is_not_erased(store: Store) -> None:
    assert await store.erase_contact(ContactId(new_id())) is False


async def test_a_replayed_webhook_brings_nobody_back(store: Store) -> None:
    person = Person("gone")
    await person.write(store)
    await store.erase_contact(person.contact.id)
    replayed = await store.accept_events(
        [person.done, person.pending], now=at(5), priority=ORDINARY
    )
    assert [one.duplicate for one in replayed] == [True, True]
    assert await store.find_contact("web", "site", "gone") is None
    assert (await store.queue_figures()).quarantined == 0


async def test_the_same_person_who_writes_again_is_new(store: Store) -> None:
    person = Person("gone")
    await person.write(store)
    await store.erase_contact(person.contact.id)
    event = an_event(sender="gone", aliases=("gone-phone",))
    await store.accept_events([event], now=at(5), priority=ORDINARY)
    again = await store.find_contact("web", "site", "gone-phone")
    assert again is not None
    assert again.id != person.contact.id
    assert again.created_at == at(5)
    assert await store.latest_conversation(again.id) is None
    assert [one.event for one in await store.pending_events(again.id, limit=9)] == [event]


async def test_who_works_for_an_erased_person_is_refused(store: Store) -> None:
    person = Person("gone")
    await person.write(store)
    lease = await the_lease(store, Lane.DELIVERY)
    inbound = await the_lease(store, Lane.INBOUND)
    await store.erase_contact(person.contact.id)
    following = Change(conversation=changed(person.conversation))
    refusals: tuple[tuple[type[RelaisError], Awaitable[object]], ...] = (
        (LeaseLost, store.commit(following, now=at(3), lease=lease)),
        (Conflict, store.commit(following, now=at(3))),
        (NotFound, store.commit(Change(conversation=a_conversation(person.contact)), now=at(3))),
        (LeaseLost, store.settle_delivery(person.answer, Delivery(), lease=lease, now=at(3))),
        (LeaseLost, store.consume_event(person.pending, lease=inbound, now=at(3))),
        (NotFound, store.put_file(person.conversation.id, PICTURE, b"image")),
    )
    for refusal, attempt in refusals:
        with pytest.raises(refusal):
            await attempt
    assert await store.record_receipt(
        channel="web", account="site", provider_id="gone-wamid",
        status=DeliveryStatus.READ, error=None, now=at(3),
    ) is None  # fmt: skip
    assert not any(await person.is_there(store))


async def test_an_erasure_among_writers_leaves_nothing_behind(database: Database) -> None:
    stores = [await database.another_store() for _ in range(2)]
    for n in range(6):
        contact = await a_contact(stores[0], f"person{n}")
        conversation = a_conversation(contact)
        if n % 2:
            await stores[0].commit(Change(conversation=conversation), now=NOON)
            conversation = changed(conversation)
        message = a_message(conversation, 1, provider_id=f"mid{n}")
        change = Change(
            conversation=conversation,
            messages=(message,),
            wakes=(Wake(Lane.ASSISTANT, conversation.id, NOON),),
        )

        async def attempt(wanted: Awaitable[object]) -> object:
            try:
                return await wanted
            except (Conflict, NotFound, SealBroken, LeaseLost, StorageUnavailable) as refusal:
                return refusal

        late = an_event(f"late{n}", sender=f"person{n}")
        *_, erased = await asyncio.gather(
            attempt(stores[0].commit(change, now=at(1))),
            attempt(stores[1].put_file(conversation.id, PICTURE, b"image")),
            attempt(accepted(stores[1], late)),
            stores[1].erase_contact(contact.id),
        )
        assert erased is True
        store = stores[0]
        with pytest.raises(NotFound):
            await store.contact(contact.id)
        assert await store.latest_conversation(contact.id) is None
        with pytest.raises(NotFound):
            await store.conversation(conversation.id)
        assert await store.message(message.id) is None
        assert await store.message_by_provider_id("web", "site", f"mid{n}") is None
        assert await store.file(conversation.id, PICTURE) is None
        # The late event is either kept for a new contact, or erased with the old one; never lost.
        again = await store.find_contact("web", "site", f"person{n}")
        assert again is None or again.id != contact.id
        (repeated,) = await store.accept_events([late], now=at(2), priority=ORDINARY)
        assert repeated.duplicate


async def accepted(store: Store, event: InboundEvent) -> object:
    return await store.accept_events([event], now=at(1), priority=ORDINARY)
