"""A call and a chat of one person are erased together, and another's half is not, on every engine.

The call is a contact of its own, so nothing but its link with the chat leads there.
"""

import json
from collections.abc import Awaitable
from dataclasses import replace

import pytest

from core.assessment import Assessment
from core.conversation import (
    TELEPHONE,
    Contact,
    Conversation,
    Erasure,
    Owner,
    OwnerKind,
    Ticket,
    TicketStatus,
)
from core.errors import NotFound, StorageUnavailable
from core.events import EventKind
from core.ids import ContactId, new_id
from core.labels import Role
from core.notes import Note
from core.ports import Change, Store
from core.work import ORDINARY, Lane, Wake
from gateway.pipeline.watching import Watching
from gateway.privacy.erase import NotNow, erase
from handoff.signalement.archive import CASES
from tests.builders import (
    LEASE,
    NOON,
    a_contact,
    a_conversation,
    a_message,
    an_event,
    at,
    changed,
)
from tests.contracts.conftest import Database
from tests.core.test_transitions import ANNE
from tests.fakes import Echo

CHILD, MOTHER, UNNAMED = Role.VICTIME_MINEURE, Role.PARENT, None


async def a_caller(store: Store) -> Contact:
    """Somebody on the line, as the console makes them: nobody whom anything else finds."""
    caller = new_id()
    event = an_event(
        channel=TELEPHONE, account="desk", kind=EventKind.SYSTEM, sender=caller, text=None
    )
    await store.accept_events([event], now=NOON, priority=ORDINARY)
    contact = await store.find_contact(TELEPHONE, "desk", caller)
    assert contact is not None
    return contact


async def a_call(
    store: Store, chat: Conversation, *, caller: Role | None, **fields: object
) -> Conversation:
    """A call with a listener's note, joined to a chat that is stored at its first version."""
    note = Note(id=new_id(), listener_id=ANNE.id, at=NOON, text="au téléphone : il a mes photos")
    call = a_conversation(
        await a_caller(store),
        joined=chat.id,
        notes=(note,),
        assessment=Assessment(role=caller),
        **{"closed_at": at(2), **fields},
    )
    await store.commit(Change(conversation=call), now=at(2))
    await store.put_document("page", call.id, b"{}", version=0, now=at(2))
    await store.commit(Change(conversation=changed(chat, joined=call.id)), now=at(3))
    return call


async def a_chat(
    store: Store, writer: Role | None, contact: Contact | None = None, **fields: object
) -> Conversation:
    """What somebody wrote, at its first version."""
    chat = a_conversation(
        contact or await a_contact(store),
        assessment=Assessment(role=writer),
        **{"closed_at": at(1), **fields},
    )
    message = a_message(chat, chat.first_seq)
    await store.commit(Change(conversation=chat, messages=(message,)), now=at(1))
    return chat


async def erased(store: Store, asked: Conversation, *, insist: bool = False) -> bool:
    async def no_pause(_seconds: float) -> None:
        """Nobody watches."""

    return await erase(
        store,
        asked.contact_id,
        phrases=Echo(),
        clock=lambda: at(9),
        insist=insist,
        pause=no_pause,
    )


async def is_there(store: Store, one: Conversation) -> bool:
    """Whether the conversation, its contact and what hangs on it are there: all, or nothing."""

    async def found(wanted: Awaitable[object]) -> bool:
        try:
            return bool(await wanted)
        except NotFound:
            return False

    parts = {
        await found(store.conversation(one.id)),
        await found(store.contact(one.contact_id)),
    }
    if one.channel == TELEPHONE:
        parts.add(await found(store.document("page", one.id)))
    (whether,) = parts
    return whether


@pytest.mark.parametrize("asked", ["chat", "call"])
async def test_both_halves_go_whichever_was_asked_for(database: Database, asked: str) -> None:
    store = await database.another_store()
    other = await a_chat(store, CHILD)
    others_call = await a_call(store, other, caller=CHILD)
    chat = await a_chat(store, CHILD)
    call = await a_call(store, chat, caller=CHILD)
    dossier = {"id": "case", "conversation_id": call.id, "held": True}
    await store.put_document(CASES, "case", json.dumps(dossier).encode(), version=0, now=at(4))
    assert await erased(store, chat if asked == "chat" else call)
    for one in (chat, call):
        assert not await is_there(store, one)
    stored = await database.dump()
    # Keys included: they are kept under these names.
    for identity in (chat.id, chat.contact_id, call.id, call.contact_id):
        assert identity.encode() not in stored
    for one in (other, others_call):
        assert await is_there(store, one)
    # A dossier is a case of its own, whichever half it was opened from.
    assert await store.document(CASES, "case") is not None
    assert not await erased(store, chat)


@pytest.mark.parametrize("asked", ["chat", "call"])
@pytest.mark.parametrize(
    ("writer", "caller"), [(CHILD, MOTHER), (UNNAMED, MOTHER), (MOTHER, CHILD), (MOTHER, UNNAMED)]
)
async def test_what_may_be_anothers_stays(
    store: Store, writer: Role | None, caller: Role | None, asked: str
) -> None:
    chat = await a_chat(store, writer)
    call = await a_call(store, chat, caller=caller)
    gone, left = (chat, call) if asked == "chat" else (call, chat)
    assert await erased(store, gone)
    assert not await is_there(store, gone)
    assert await is_there(store, left)
    # It is theirs after all, whoever looked says: by its own reference.
    assert await erased(store, left)
    assert not await is_there(store, left)


@pytest.mark.parametrize(("writer", "caller"), [(UNNAMED, UNNAMED), (CHILD, UNNAMED)])
async def test_whoever_is_unnamed_is_the_child_or_themselves(
    store: Store, writer: Role | None, caller: Role | None
) -> None:
    chat = await a_chat(store, writer)
    call = await a_call(store, chat, caller=caller)
    assert await erased(store, chat)
    assert not await is_there(store, call)


async def test_a_call_stays_while_it_is_asked_who_writes_in_the_chat(store: Store) -> None:
    chat = await a_chat(store, CHILD, another_at=1)
    call = await a_call(store, chat, caller=CHILD)
    assert await erased(store, chat)
    assert await is_there(store, call)


async def test_of_a_shared_telephone_the_call_goes_with_the_chat_of_who_called(
    store: Store,
) -> None:
    contact = await a_contact(store)
    chats = [
        await a_chat(store, writer, contact, first_seq=number, next_seq=number + 1)
        for number, writer in enumerate((CHILD, MOTHER), start=1)
    ]
    calls = [await a_call(store, chat, caller=CHILD) for chat in chats]
    assert await erased(store, chats[0])
    # All that was written from there goes, as ever; the mother's chat takes no child's call along.
    assert [await is_there(store, one) for one in (*chats, *calls)] == [False, False, False, True]


async def test_who_called_twice_is_found_by_either_call(store: Store) -> None:
    contact = await a_contact(store)
    calls = []
    for number in (1, 2):
        chat = await a_chat(store, CHILD, contact, first_seq=number, next_seq=number + 1)
        calls.append(await a_call(store, chat, caller=CHILD))
    assert await erased(store, calls[0])
    assert not await is_there(store, calls[1])


async def test_who_was_cut_off_and_called_again_is_found_by_the_chat_and_by_either_call(
    store: Store,
) -> None:
    for asked in range(3):
        chat = await a_chat(store, CHILD)
        first = await a_call(store, chat, caller=CHILD)
        again = changed(chat, joined_before=(first.id,))
        second = await a_call(store, again, caller=CHILD)
        halves = (chat, first, second)
        assert await erased(store, halves[asked])
        assert [await is_there(store, one) for one in halves] == [False, False, False]


async def test_who_called_once_and_whose_telephone_is_shared_takes_no_chat_along(
    store: Store,
) -> None:
    contact = await a_contact(store)
    mothers = await a_chat(store, MOTHER, contact, next_seq=2)
    childs = await a_chat(store, CHILD, contact, first_seq=2, next_seq=3)
    call = await a_call(store, childs, caller=CHILD)
    assert await erased(store, call)
    assert [await is_there(store, one) for one in (call, childs, mothers)] == [False, True, True]


async def test_what_was_cut_short_is_ended_by_asking_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = await a_chat(store, CHILD)
    call = await a_call(store, chat, caller=CHILD)
    destroy, times = store.erase_contact, 0

    async def breaks(contact_id: ContactId) -> bool:
        nonlocal times
        times += 1
        if times == 2:
            raise StorageUnavailable
        return await destroy(contact_id)

    monkeypatch.setattr(store, "erase_contact", breaks)
    with pytest.raises(StorageUnavailable):
        await erased(store, chat)
    assert await erased(store, chat)
    assert [await is_there(store, one) for one in (chat, call)] == [False, False]


async def test_a_half_that_nobody_can_open_holds_nothing_up(database: Database) -> None:
    store = await database.another_store()
    chat = await a_chat(store, CHILD)
    call = await a_call(store, chat, caller=CHILD)
    await database.damage("conversations", call.id, body=b"damaged")
    assert await erased(await database.another_store(), chat)
    assert not await is_there(store, chat)


ON_THE_LINE = {
    "closed_at": None,
    "owner": Owner(OwnerKind.LISTENER, ANNE.id),
    "ticket": replace(Ticket.opened(NOON), status=TicketStatus.CLAIMED, listener_id=ANNE.id),
}


async def test_nothing_goes_under_the_hands_of_who_is_on_the_line(store: Store) -> None:
    chat = await a_chat(store, CHILD)
    call = await a_call(store, chat, caller=CHILD, **ON_THE_LINE)
    with pytest.raises(NotNow, match="listener is talking"):
        await erased(store, chat)
    assert (await store.conversation(call.id)).is_open
    assert await erased(store, chat, insist=True)
    assert not await is_there(store, call)


async def watched(store: Store, chat: Conversation, now: float) -> float | None:
    """What the watch lane does of the person's own wish; in how many seconds it looks again."""
    await store.wake([Wake(Lane.WATCH, chat.id, NOON)])
    watching = Watching(store=store, phrases=Echo(), clock=lambda: at(now))
    leases = await store.claim_work(Lane.WATCH, now=at(now), lease_for=LEASE, limit=9)
    (lease,) = [one for one in leases if one.key == chat.id]
    again = await watching.watch(lease)
    await store.finish_work(lease, now=at(now))
    return None if again is None else again.total_seconds()


WISH = Erasure(asked_at=NOON, due_at=at(10))


async def test_a_persons_own_wish_takes_the_call_along(database: Database) -> None:
    store = await database.another_store()
    chat = await a_chat(store, CHILD, erasure=WISH)
    call = await a_call(store, chat, caller=CHILD, closed_at=None)
    # First off every screen, then gone.
    assert await watched(store, chat, 11) == 5
    assert not (await store.conversation(call.id)).is_open
    assert await watched(store, chat, 17) is None
    assert [await is_there(store, one) for one in (chat, call)] == [False, False]
    assert call.contact_id.encode() not in await database.dump()


async def test_a_persons_own_wish_waits_until_the_call_is_over(store: Store) -> None:
    chat = await a_chat(store, CHILD, erasure=WISH)
    call = await a_call(store, chat, caller=CHILD, **ON_THE_LINE)
    assert await watched(store, chat, 11) == 3600
    assert [await is_there(store, one) for one in (chat, call)] == [True, True]
    over = changed(call, closed_at=at(12))
    await store.commit(Change(conversation=over), now=at(12))
    assert await watched(store, chat, 4000) is None
    assert [await is_there(store, one) for one in (chat, call)] == [False, False]


async def test_a_persons_own_wish_neither_waits_for_anothers_call_nor_ends_it(
    store: Store,
) -> None:
    chat = await a_chat(store, CHILD, erasure=WISH)
    call = await a_call(store, chat, caller=MOTHER, **ON_THE_LINE)
    assert await watched(store, chat, 11) is None
    assert [await is_there(store, one) for one in (chat, call)] == [False, True]
    assert (await store.conversation(call.id)).is_open
