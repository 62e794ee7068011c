"""What every engine promises of the end: all that had its time goes, and nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.accounts import Session
from core.audit import Deed, Verb
from core.ids import AttachmentId, ListenerId, new_id
from core.labels import Urgency
from core.ports import Change, Store
from core.retention import RULES, Cutoffs, Ends, Retention
from core.work import ORDINARY, Lane, Wake
from gateway.privacy.purge import purge, purge_step
from tests.builders import (
    LEASE,
    a_contact,
    a_conversation,
    a_listener,
    a_message,
    a_waiting,
    an_event,
    changed,
    claimed,
)
from tests.contracts.conftest import Database
from tests.contracts.test_erasure import Person

KEPT = {Ends.ACCOUNT, Ends.DESK, Ends.FIGURES, Ends.NOTHING_PERSONAL}
RETENTION = Retention()
# Files carry the moment of the machine, so this test begins there.
NOW = datetime.now(UTC)


def later(days: float) -> datetime:
    return NOW + timedelta(days=days)


async def everything(store: Store) -> None:
    """Somebody whose story is over, a listener, an event that nobody can read: every table."""
    person = Person("mine")
    await person.write(store, NOW)
    closed = changed(person.conversation, closed_at=NOW, danger_since=None)
    for lease in await store.claim_work(Lane.INBOUND, now=NOW, lease_for=LEASE, limit=9):
        await store.commit(Change(conversation=closed), now=NOW, consumed=[person.pending])
        await store.finish_work(lease, now=NOW)
    poison = an_event(sender="poison")
    await store.accept_events([poison], now=NOW, priority=ORDINARY)
    for lease in await store.claim_work(Lane.INBOUND, now=NOW, lease_for=LEASE, limit=9):
        assert await store.event_failed(poison, lease=lease, now=NOW, quarantine_after=1)
        await store.finish_work(lease, now=NOW)
    listener = a_listener()
    await store.add_listener(listener)
    session = Session(token_hash="hash", listener_id=listener.id, created_at=NOW, seen_at=NOW)
    await store.add_session(session)
    await store.note_present(listener.id, now=NOW)
    await store.put_document("hours", "week", b"{}", version=0, now=NOW)
    await store.record(Deed(verb=Verb.CONVERSATION_READ, at=NOW))


def left_over(rows: Mapping[str, int]) -> dict[str, int]:
    """Rows that should not outlive their time."""
    return {name: count for name, count in rows.items() if count and RULES[name] not in KEPT}


async def test_everything_that_is_stored_has_a_rule(database: Database) -> None:
    await everything(await database.another_store())
    rows = await database.rows()
    assert not set(rows) - set(RULES), "a table without a rule of retention (core/retention.py)"
    # The journey in time is worth something only if it begins with something everywhere.
    assert {name for name in rows if RULES[name] not in KEPT} == set(left_over(rows))


async def test_after_a_long_time_nothing_is_left(database: Database) -> None:
    store = await database.another_store()
    await everything(store)
    before = await database.rows()
    await purge(store, RETENTION, now=later(0.9))
    assert await database.rows() == before
    expected = dict(await store.expired(RETENTION.before(later(400))))
    gone = dict(await purge(store, RETENTION, now=later(400)))
    # Contacts become empty only as their conversations go, and files go with them.
    assert (gone.pop("contacts"), gone.pop("files")) == (2, 0)
    del expected["contacts"], expected["files"]
    assert gone == expected
    left = left_over(await database.rows())
    # The root, the accounts' own key and that of the document stay as long as these do.
    assert left == {"data_keys": 3}
    dump = await database.dump()
    assert b"mine" not in dump


@pytest.mark.parametrize(
    ("days", "kind"), [(1.1, "sign_ins"), (1.1, "presence"), (3.1, "files"), (30.1, "events")]
)
async def test_each_class_goes_in_its_time(store: Store, days: float, kind: str) -> None:
    await everything(store)
    assert dict(await purge(store, RETENTION, now=later(days - 0.2)))[kind] == 0
    assert dict(await purge(store, RETENTION, now=later(days)))[kind] == 1 + (kind == "events") * 2


async def test_nobody_who_waits_is_purged(database: Database) -> None:
    store = await database.another_store()
    contacts = [await a_contact(store, now=NOW) for _ in range(4)]
    waiting = a_waiting(contacts[0], Urgency.FAIBLE)
    held = claimed(a_waiting(contacts[1], Urgency.FAIBLE, version=0), ListenerId("anne"), NOW)
    endangered = a_conversation(contacts[2], danger_since=NOW)
    silent = a_conversation(contacts[3])
    for one in (waiting, held, endangered, silent):
        await store.commit(Change(conversation=one, messages=(a_message(one, 1),)), now=NOW)
    assert await store.overdue(before=later(400)) == 3
    gone = await purge(store, RETENTION, now=later(400))
    assert (gone["chats"], gone["contacts"]) == (1, 1)
    for one in (waiting, held, endangered):
        assert await store.messages(one.id)
        assert not await store.forget_conversation(one.id, before=later(400))


async def test_a_conversation_that_goes_on_is_not_purged_for_its_age(store: Store) -> None:
    contact = await a_contact(store, now=NOW)
    old, new = a_conversation(contact, closed_at=NOW), a_conversation(contact, first_seq=2)
    await store.commit(Change(conversation=old, messages=(a_message(old, 1),)), now=NOW)
    await store.commit(Change(conversation=new), now=later(1))
    again = changed(new)
    await store.commit(Change(conversation=again, messages=(a_message(new, 2),)), now=later(29))
    # Seen as old by a purge that was late to look: the moment is read again as it goes.
    assert not await store.forget_conversation(new.id, before=later(2))
    gone = await purge(store, RETENTION, now=later(32))
    assert (gone["chats"], gone["contacts"]) == (1, 0)
    assert await store.conversations_of(contact.id) == [again]
    assert await store.message_by_provider_id("web", "site", "none") is None


async def test_what_waits_to_be_read_is_not_purged(store: Store) -> None:
    event = an_event(sender="unread")
    await store.accept_events([event], now=NOW, priority=ORDINARY)
    gone = await purge(store, RETENTION, now=later(400))
    assert (gone["events"], gone["contacts"]) == (0, 0)
    contact = await store.find_contact("web", "site", "unread")
    assert contact is not None
    assert [one.event for one in await store.pending_events(contact.id, limit=9)] == [event]


async def test_a_replay_is_known_until_the_ids_of_events_go(store: Store) -> None:
    person = Person("mine")
    await person.write(store)
    await store.erase_contact(person.contact.id)
    await purge(store, RETENTION, now=later(-300))
    (receipt,) = await store.accept_events([person.done], now=NOW, priority=ORDINARY)
    assert receipt.duplicate


async def test_a_step_takes_no_more_than_its_share(store: Store) -> None:
    for _ in range(5):
        contact = await a_contact(store, now=NOW)
        conversation = a_conversation(contact, closed_at=NOW)
        await store.commit(Change(conversation=conversation), now=NOW)
    taken = []
    more = True
    while more:
        gone, more = await purge_step(store, RETENTION, now=later(60), limit=2)
        taken.append((gone["chats"], gone["events"]))
    assert taken == [(2, 2), (2, 2), (1, 1)]


async def test_work_and_files_go_with_their_conversation(database: Database) -> None:
    store = await database.another_store()
    contact = await a_contact(store, now=NOW)
    conversation = a_conversation(contact, closed_at=NOW)
    message = a_message(conversation, 1)
    wakes = (
        Wake(Lane.WATCH, conversation.id, later(50)),
        Wake(Lane.MEDIA, message.id, later(50)),
    )
    await store.commit(Change(conversation=conversation, messages=(message,), wakes=wakes), now=NOW)
    # Kept later than its conversation changed: its own time is not over.
    await store.put_file(conversation.id, AttachmentId(new_id()), b"image")
    cutoffs: Cutoffs = replace(RETENTION.before(later(60)), files=later(-1))
    assert await store.forget_conversation(conversation.id, before=cutoffs.chats)
    rows = await database.rows()
    assert rows["work"] == 0
    assert rows["data_keys"] == 3  # the root, the accounts' and the contact's
    assert not rows.get("fs.files")
    assert not rows.get("relais.db.files")
