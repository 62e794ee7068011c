"""What every engine promises about whose event it is: ids, ids before them, and aliases."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from core.conversation import Contact
from core.events import EventKind
from core.ids import new_id
from core.ports import Store
from core.work import ORDINARY
from tests.builders import NOON, an_event, at
from tests.contracts.conftest import Database
from tests.contracts.patience import patiently


async def accept(store: Store, person: str, *aliases: str, **fields: Any) -> None:
    event = an_event(sender=person, aliases=aliases, **fields)
    (accepted,) = await patiently(lambda: store.accept_events([event], now=NOON, priority=ORDINARY))
    assert not accepted.duplicate


async def who(store: Store, address: str) -> Contact:
    contact = await store.find_contact("web", "site", address)
    assert contact is not None, address
    return contact


@dataclass(frozen=True)
class Said:
    """An event's ids: the person, its aliases, and the id before."""

    person: str
    aliases: tuple[str, ...] = ()
    previous: str | None = None


# What was said, and then: which ids find one contact each, and the address of that contact.
HISTORIES: dict[str, tuple[Sequence[Said], dict[str, tuple[str, ...]]]] = {
    "an alias is an id like the person's own": (
        [Said("user", ("phone",)), Said("phone")],
        {"user": ("user", "phone")},
    ),
    "an alias may come later, and more than one": (
        [Said("user"), Said("user", ("phone", "name")), Said("name")],
        {"user": ("user", "phone", "name")},
    ),
    "an id replaced for good finds the contact by both": (
        [Said("old"), Said("new", previous="old"), Said("old")],
        {"new": ("new", "old")},
    ),
    "a contact known by an alias only gets its better id": (
        [Said("phone"), Said("user", ("phone",)), Said("phone")],
        {"user": ("user", "phone")},
    ),
    "an id before may itself have been an alias": (
        [Said("user", ("phone",)), Said("new", previous="phone")],
        {"new": ("new", "user", "phone")},
    ),
    "the person counts before the id it replaced": (
        [Said("old"), Said("new"), Said("new", previous="old")],
        {"new": ("new",), "old": ("old",)},
    ),
    "the id before counts more than an alias": (
        [Said("phone"), Said("old"), Said("new", ("phone",), previous="old")],
        {"new": ("new", "old", "phone")},
    ),
    "a number that changed hands is the new one's": (
        [Said("first", ("phone",)), Said("second", ("phone",))],
        {"first": ("first",), "second": ("second", "phone")},
    ),
    "a number is its last owner's, back and forth": (
        [Said("first", ("phone",)), Said("second", ("phone",)), Said("first", ("phone",))],
        {"first": ("first", "phone"), "second": ("second",)},
    ),
    "a number that was all we knew may be somebody else's whom we know": (
        [Said("phone"), Said("user"), Said("user", ("phone",)), Said("phone")],
        {"user": ("user", "phone")},
    ),
    "a number left behind says nothing of its owner before": (
        [Said("0611"), Said("0622", previous="0611"), Said("user", ("0611",))],
        {"0622": ("0622",), "user": ("user", "0611")},
    ),
    "an alias that is the person, or said twice, is no alias": (
        [Said("user", ("user", "phone", "phone")), Said("phone", ("user",))],
        {"user": ("user", "phone")},
    ),
    "of two contacts known by numbers, the first number's goes on": (
        [Said("0611"), Said("0622"), Said("user", ("0611", "0622"))],
        {"user": ("user", "0611", "0622")},
    ),
}


@pytest.mark.parametrize("at_once", [False, True], ids=["one by one", "in one call"])
@pytest.mark.parametrize("history", HISTORIES)
async def test_whose_event_it_is(store: Store, history: str, at_once: bool) -> None:
    said, contacts = HISTORIES[history]
    events = [
        an_event(sender=one.person, aliases=one.aliases, previous=one.previous) for one in said
    ]
    for batch in [events] if at_once else [[event] for event in events]:
        await store.accept_events(batch, now=NOON, priority=ORDINARY)
    ids = set()
    for address, known_by in contacts.items():
        found = [await who(store, one) for one in known_by]
        assert {(one.id, one.address) for one in found} == {(found[0].id, address)}
        assert await store.contact(found[0].id) == found[0]
        ids.add(found[0].id)
    assert len(ids) == len(contacts)


async def test_a_contact_keeps_its_events_through_a_new_address(store: Store) -> None:
    await accept(store, "phone", event_id="e1")
    before = await who(store, "phone")
    await accept(store, "user", "phone", event_id="e2")
    await accept(store, "better", previous="user", event_id="e3")
    await accept(store, "phone", event_id="e4")
    after = await who(store, "better")
    assert (after.id, after.created_at) == (before.id, before.created_at)
    pending = await store.pending_events(after.id, limit=9)
    assert [one.event.event_id for one in pending] == ["e1", "e2", "e3", "e4"]


async def test_who_lost_an_address_keeps_what_was_said_and_is_not_found_by_it_again(
    store: Store,
) -> None:
    await accept(store, "phone", event_id="e1")
    before = await who(store, "phone")
    await accept(store, "user")
    await accept(store, "user", "phone")
    assert await store.contact(before.id) == before
    assert len(await store.pending_events(before.id, limit=9)) == 1
    await store.erase_contact((await who(store, "user")).id)
    assert await store.find_contact("web", "site", "phone") is None


async def test_ids_of_another_channel_or_account_are_others(store: Store) -> None:
    await accept(store, "user", "phone")
    for channel, account in (("telegram", "site"), ("web", "other")):
        assert await store.find_contact(channel, account, "phone") is None
        event = an_event(channel=channel, account=account, sender="else", aliases=("phone",))
        await store.accept_events([event], now=at(1), priority=ORDINARY)
    assert (await who(store, "phone")).address == "user"


async def test_an_echo_belongs_to_the_one_it_was_written_to(store: Store) -> None:
    echo = an_event(kind=EventKind.ECHO, sender="page", recipient="user")
    await store.accept_events([echo], now=NOON, priority=ORDINARY)
    assert await store.find_contact("web", "site", "page") is None
    pending = await store.pending_events((await who(store, "user")).id, limit=9)
    assert [one.event for one in pending] == [echo]


async def test_an_event_of_nobody_is_a_mistake_and_nothing_of_its_call_is_kept(
    store: Store,
) -> None:
    events = [an_event("e1"), an_event("e2", sender=None, kind=EventKind.ERROR)]
    with pytest.raises(ValueError, match="nobody"):
        await store.accept_events(events, now=NOON, priority=ORDINARY)
    assert await store.find_contact("web", "site", "visitor") is None
    (accepted,) = await store.accept_events(events[:1], now=NOON, priority=ORDINARY)
    assert not accepted.duplicate


async def test_a_repeated_event_gives_no_alias_away(store: Store) -> None:
    first = an_event("e1", sender="first", aliases=("phone",))
    await store.accept_events([first], now=NOON, priority=ORDINARY)
    await accept(store, "second", "phone")
    await store.accept_events([first], now=at(1), priority=ORDINARY)
    assert (await who(store, "phone")).address == "second"


async def test_a_hundred_simultaneous_first_messages_make_one_contact(database: Database) -> None:
    """Some name the person and the alias, some the alias alone, as two kinds of webhook do."""
    stores = [await database.another_store() for _ in range(2)]

    def event(n: int) -> Any:
        if n % 3 == 0:
            return an_event(f"e{n}", sender="phone")
        return an_event(f"e{n}", sender="user", aliases=("phone",))

    async def arrives(n: int) -> None:
        await patiently(
            lambda: stores[n % 2].accept_events([event(n)], now=NOON, priority=ORDINARY)
        )

    await asyncio.gather(*map(arrives, range(100)))
    contact = await who(stores[0], "user")
    assert contact.address == "user"
    assert await who(stores[1], "phone") == contact
    pending = await stores[1].pending_events(contact.id, limit=200)
    assert {one.event.event_id for one in pending} == {f"e{n}" for n in range(100)}


async def test_two_people_who_fight_for_a_number_both_keep_their_own_id(
    database: Database,
) -> None:
    stores = [await database.another_store() for _ in range(2)]
    people = ("first", "second")
    await asyncio.gather(
        *(
            accept(stores[n % 2], people[n % 2], "phone", "name", event_id=new_id())
            for n in range(40)
        )
    )
    first, second = [await who(stores[0], one) for one in people]
    assert first.id != second.id
    assert (await who(stores[0], "phone")).address in people
    for contact in (first, second):
        assert len(await stores[0].pending_events(contact.id, limit=99)) == 20
