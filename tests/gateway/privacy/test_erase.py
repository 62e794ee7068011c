"""Erasure by the team: first off the screens, then gone; and not over a danger."""

from pathlib import Path

import pytest

from core.conversation import Conversation
from core.ids import ContactId, new_id
from core.labels import Urgency
from core.ports import Change, Store
from gateway.privacy.erase import NotNow, erase
from tests.builders import a_contact, a_conversation, a_message, a_waiting, at, claimed
from tests.contracts.test_erasure import Person
from tests.core.test_transitions import ANNE
from tests.fakes import Echo


async def erased(store: Store, contact_id: ContactId, *, insist: bool = False) -> bool:
    async def no_pause(_seconds: float) -> None:
        """Nobody watches."""

    return await erase(
        store, contact_id, phrases=Echo(), clock=lambda: at(9), insist=insist, pause=no_pause
    )


async def test_a_conversation_leaves_the_screens_before_it_is_gone(store: Store) -> None:
    contact = await a_contact(store)
    conversation = a_conversation(contact)
    await store.commit(Change(conversation=conversation), now=at(1))
    seen: list[Conversation] = []

    async def look(seconds: float) -> None:
        assert seconds >= 5
        seen.append(await store.conversation(conversation.id))

    await erase(store, contact.id, phrases=Echo(), clock=lambda: at(9), pause=look)
    assert [one.is_open for one in seen] == [False]
    assert await store.conversations_of(contact.id) == []


async def test_once_or_twice_is_the_same(store: Store, tmp_path: Path) -> None:
    person = Person("mine")
    await person.write(store)
    assert await erased(store, person.contact.id, insist=True)
    assert not await erased(store, person.contact.id)
    assert not await erased(store, ContactId(new_id()))
    left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for identity in (person.contact.id, person.conversation.id, person.answer.id):
        assert identity.encode() not in left


@pytest.mark.parametrize("reason", ["in danger", "listener is talking", "grave worry"])
async def test_what_speaks_against_it_is_said_and_can_be_overruled(
    store: Store, reason: str
) -> None:
    contact = await a_contact(store)
    conversation = {
        "in danger": lambda: a_waiting(contact, Urgency.CRITIQUE, danger_since=at(0)),
        "listener is talking": lambda: claimed(
            a_waiting(contact, Urgency.FAIBLE, version=0), ANNE.id, at(0)
        ),
        "grave worry": lambda: a_waiting(contact, Urgency.ELEVEE),
    }[reason]()
    await store.commit(
        Change(conversation=conversation, messages=(a_message(conversation, 1),)), now=at(1)
    )
    with pytest.raises(NotNow, match=reason):
        await erased(store, contact.id)
    assert (await store.conversation(conversation.id)).is_open
    assert await erased(store, contact.id, insist=True)
    assert await store.conversations_of(contact.id) == []


async def test_a_page_to_the_team_goes_with_its_conversation(store: Store) -> None:
    person = Person("mine")
    await person.write(store)
    await store.put_document("page", person.conversation.id, b"{}", version=0, now=at(3))
    await erased(store, person.contact.id, insist=True)
    assert await store.document("page", person.conversation.id) is None
