"""The list of what is promised: in the order of its hours, open or closed, and nothing else."""

from dataclasses import replace

from core.conversation import Conversation
from core.follow_up import FollowUp, Kind, Stage
from core.ports import Change, Store
from core.spoken_code import new_code
from tests.builders import NOON, a_contact, a_conversation, at, changed

PROMISED = FollowUp(
    kind=Kind.CALL, stage=Stage.AGREED, at=NOON, agreed_at=NOON, due_at=at(60), number="0612345678"
)


async def kept(store: Store, conversation: Conversation) -> Conversation:
    await store.commit(Change(conversation=conversation), now=NOON)
    return conversation


async def test_promises_come_soonest_first_until_they_are_kept(store: Store) -> None:
    later, sooner, asked = [
        await kept(store, a_conversation(await a_contact(store), follow_up=told))
        for told in (
            replace(PROMISED, due_at=at(90)),
            PROMISED,
            replace(PROMISED, stage=Stage.ASKED, due_at=None),
        )
    ]
    sooner = await kept(store, changed(sooner, closed_at=at(5)))
    assert list(await store.follow_ups(limit=9)) == [sooner, later]
    assert list(await store.follow_ups(limit=1)) == [sooner]
    # For a listener to do, it is still there; done, or let go, it is not.
    due = await kept(store, changed(sooner, follow_up=replace(PROMISED, stage=Stage.DUE)))
    assert list(await store.follow_ups(limit=9)) == [due, later]
    await kept(store, changed(due, follow_up=replace(PROMISED, stage=Stage.DONE)))
    await kept(store, changed(later, follow_up=None))
    assert list(await store.follow_ups(limit=9)) == []
    assert (await store.conversation(asked.id)).follow_up == asked.follow_up


async def test_a_promise_a_number_and_a_code_go_with_the_person(
    store: Store,
) -> None:
    contact = await a_contact(store)
    code = new_code(NOON)
    conversation = a_conversation(contact, follow_up=PROMISED, code=code)
    await kept(store, conversation)
    (held,) = await store.conversations_of(contact.id)
    assert (held.follow_up, held.code) == (PROMISED, code)
    assert await store.erase_contact(contact.id)
    assert list(await store.follow_ups(limit=9)) == []
