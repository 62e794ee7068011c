"""What every engine promises about the audit: it only grows, and shows where it was altered."""

import asyncio
from typing import Any

import pytest

from core.audit import ChainBroken, Deed, Mark, Verb, parse_mark
from core.conversation import Conversation
from core.errors import Conflict, NotFound
from core.ids import ConversationId, ListenerId, new_id
from core.labels import Urgency
from core.ports import Change, Store
from tests.builders import NOON, a_contact, a_listener, a_waiting, at
from tests.contracts.conftest import Database
from tests.contracts.test_accounts import a_session

ANNE, BILAL = ListenerId(new_id()), ListenerId(new_id())


def a_deed(verb: Verb = Verb.SIGNED_IN, **fields: Any) -> Deed:
    return Deed(**{"verb": verb, "at": NOON, "actor": ANNE, **fields})


async def a_kept_conversation(store: Store) -> Conversation:
    conversation = a_waiting(await a_contact(store), Urgency.ELEVEE)
    await store.commit(Change(conversation=conversation), now=NOON)
    return conversation


async def test_an_entry_says_who_did_what_to_what_when_and_why(store: Store) -> None:
    conversation = await a_kept_conversation(store)
    deed = a_deed(
        Verb.CONVERSATION_READ,
        at=at(5),
        conversation=conversation.id,
        object="an-id",
        reason="Une collègue est malade.",
        details={"role": "supervisor"},
    )
    await store.record(deed)
    (entry,) = await store.audit_entries()
    assert (entry.seq, entry.verb, entry.at, entry.actor) == (1, deed.verb, at(5), ANNE)
    assert (entry.conversation, entry.object) == (conversation.id, "an-id")
    assert (entry.reason, entry.details) == (deed.reason, deed.details)
    assert entry.readable


async def test_a_deed_of_nobody_known(store: Store) -> None:
    await store.record(Deed(verb=Verb.SIGN_IN_REFUSED, at=NOON))
    (entry,) = await store.audit_entries()
    assert (entry.actor, entry.conversation, entry.object, entry.reason) == (None,) * 4


async def test_entries_are_paged_and_filtered_the_newest_first(store: Store) -> None:
    conversation = ConversationId(new_id())
    for n in range(6):
        await store.record(
            a_deed(
                Verb.FILE_REVEALED if n % 2 else Verb.SIGNED_IN,
                actor=ANNE if n < 3 else BILAL,
                conversation=conversation if n == 4 else None,
            )
        )

    async def seqs(**wanted: Any) -> list[int]:
        return [entry.seq for entry in await store.audit_entries(**wanted)]

    assert await seqs(limit=2) == [6, 5]
    assert await seqs(before=5, limit=2) == [4, 3]
    assert await seqs(verb="file_revealed") == [6, 4, 2]
    assert await seqs(actor=ANNE) == [3, 2, 1]
    assert await seqs(actor=BILAL, verb="file_revealed", before=6) == [4]
    assert await seqs(conversation=conversation) == [5]
    assert await seqs(verb="no such verb") == []


async def test_the_whole_chain_verifies_and_goes_through_its_anchors(store: Store) -> None:
    assert await store.verify_audit() == Mark()
    heads = []
    for _ in range(3):
        await store.record(a_deed())
        heads.append(await store.verify_audit())
    assert [head.seq for head in heads] == [1, 2, 3]
    assert await store.verify_audit([parse_mark(str(head)) for head in heads]) == heads[-1]
    with pytest.raises(ChainBroken):
        await store.verify_audit([Mark(2, heads[0].link)])
    with pytest.raises(ChainBroken):
        await store.verify_audit([Mark(4, heads[0].link)])


@pytest.mark.parametrize("altered", ["changed", "missing"])
async def test_an_altered_entry_is_found(database: Database, store: Store, altered: str) -> None:
    for _ in range(5):
        await store.record(a_deed())
    body = {"body": b"something else"} if altered == "changed" else {}
    await database.damage("audit", "3", **body)
    with pytest.raises(ChainBroken) as broken:
        await store.verify_audit()
    assert broken.value.seq == 3


async def test_only_an_anchor_tells_that_the_end_was_cut_off(
    database: Database, store: Store
) -> None:
    for _ in range(3):
        await store.record(a_deed())
    anchor = await store.verify_audit()
    await database.damage("audit", "3")
    assert (await store.verify_audit()).seq == 2
    with pytest.raises(ChainBroken):
        await store.verify_audit([anchor])
    # Nor does a new entry in its place help.
    await store.record(a_deed())
    with pytest.raises(ChainBroken):
        await store.verify_audit([anchor])


async def test_simultaneous_deeds_make_one_chain(database: Database, store: Store) -> None:
    other = await database.another_store()
    await asyncio.gather(*(one.record(a_deed()) for one in [store, other] * 10))
    assert (await store.verify_audit()).seq == 20


async def test_a_deed_is_recorded_with_its_write_or_not_at_all(store: Store) -> None:
    camille = a_listener("camille")
    await store.add_listener(camille, deeds=[a_deed(Verb.ACCOUNT_ADDED, object=camille.id)])
    with pytest.raises(Conflict):
        await store.add_listener(a_listener("camille"), deeds=[a_deed(Verb.ACCOUNT_ADDED)])
    with pytest.raises(NotFound):
        await store.save_listener(a_listener(), deeds=[a_deed(Verb.ROLE_CHANGED)])
    await store.add_session(a_session(camille.id), deeds=[a_deed(Verb.SIGNED_IN)])
    await store.save_listener(camille, deeds=[a_deed(Verb.ROLE_CHANGED)])
    conversation = await a_kept_conversation(store)
    stale = Change(conversation=conversation, deeds=(a_deed(Verb.CONVERSATION_READ),))
    with pytest.raises(Conflict):
        await store.commit(stale, now=NOON)
    fresh = a_waiting(await a_contact(store), Urgency.ELEVEE)
    await store.commit(
        Change(conversation=fresh, deeds=(a_deed(Verb.CONVERSATION_READ, conversation=fresh.id),)),
        now=NOON,
    )
    recorded = [entry.verb for entry in reversed(await store.audit_entries())]
    assert recorded == ["account_added", "signed_in", "role_changed", "conversation_read"]
    assert (await store.verify_audit()).seq == 4


async def test_erasing_a_person_leaves_the_chain_and_takes_the_particulars(store: Store) -> None:
    conversation = await a_kept_conversation(store)
    await store.record(a_deed(Verb.FILE_REVEALED, conversation=conversation.id, reason="Léa"))
    await store.erase_contact(conversation.contact_id)
    (entry,) = await store.audit_entries()
    assert (entry.actor, entry.conversation) == (ANNE, conversation.id)
    assert (entry.readable, entry.reason) == (False, None)
    # What is done about somebody who was erased can still be recorded.
    await store.record(a_deed(Verb.CONVERSATION_READ, conversation=conversation.id, reason="why"))
    assert (await store.audit_entries())[0].reason == "why"
    assert (await store.verify_audit()).seq == 2


async def test_what_is_old_goes_and_the_rest_still_verifies(
    database: Database, store: Store
) -> None:
    assert await store.purge_audit(before=at(100)) == 0
    for n in range(6):
        await store.record(a_deed(at=at(n)))
    before = await store.verify_audit()
    assert await store.purge_audit(before=at(4)) == 4
    assert [entry.seq for entry in await store.audit_entries()] == [6, 5]
    assert await store.verify_audit([before, Mark(1, "0" * 64)]) == before
    assert await store.purge_audit(before=at(100)) == 2
    await store.record(a_deed())
    assert (await store.verify_audit([before])).seq == 7
    await database.damage("audit", "7")
    assert await store.verify_audit([before]) == before


async def test_only_we_can_say_that_the_beginning_was_purged(
    database: Database, store: Store
) -> None:
    heads = []
    for n in range(6):
        await store.record(a_deed(at=at(n)))
        heads.append(await store.verify_audit())
    assert await store.purge_audit(before=at(4)) == 4
    # Somebody who has the database cuts off one more, and says that it begins there.
    await database.damage("audit", "5")
    await database.damage("audit_start", "audit_start", seq=5, link=heads[4].link)
    with pytest.raises(ChainBroken) as broken:
        await store.verify_audit()
    assert broken.value.seq == 5


async def test_the_particulars_are_sealed(database: Database, store: Store) -> None:
    canary = "NeSeLitPas"
    await store.record(a_deed(reason=canary, object=canary, details={canary: canary}))
    assert canary.encode() not in await database.dump()
