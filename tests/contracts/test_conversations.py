"""What every engine promises about conversations, messages and tickets."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from core import line
from core.assessment import Assessment, Fact, Reason
from core.conversation import (
    BOT,
    Choice,
    Conversation,
    Delivery,
    DeliveryStatus,
    Message,
)
from core.errors import Conflict, DuplicateMessage, LeaseLost, NotFound, RelaisError
from core.ids import ContactId, ConversationId, ListenerId, MessageId, new_id
from core.labels import Issue, Role, Urgency
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
    claimed,
    the_lease,
)
from tests.contracts.conftest import Database
from tests.contracts.patience import patiently


async def kept(store: Store, conversation: Conversation, now: float = 0) -> Conversation:
    await store.commit(Change(conversation=conversation), now=at(now))
    return conversation


async def test_a_conversation_and_its_messages_come_back_as_they_were(store: Store) -> None:
    contact = await a_contact(store)
    conversation = a_waiting(
        contact,
        Urgency.CRITIQUE,
        assessment=Assessment(
            urgency=Urgency.CRITIQUE,
            issue=Issue.SEXTORSION,
            confidence=0.875,
            role=Role.VICTIME_MINEURE,
            facts=(Fact("age", "14", 1),),
            reasons=(Reason(1, 0, 4, "rule", Urgency.CRITIQUE),),
        ),
        dialogue='{"état": "ouvert"}',
        next_seq=3,
        danger_since=at(1),
        origin="lycée",
        previous=ConversationId(new_id()),
    )
    person = a_message(
        conversation, 1, text="j'ai peur 🙁", client_id="c1", choice="yes",
        reasons=(Reason(1, 0, 4, "rule", Urgency.CRITIQUE),),
    )  # fmt: skip
    bot = an_answer(conversation, 2, choices=(Choice("yes", "Oui"), Choice("no", "Non")))
    await store.commit(Change(conversation=conversation, messages=(person, bot)), now=at(1))

    assert await store.conversation(conversation.id) == conversation
    assert await store.latest_conversation(contact.id) == conversation
    assert list(await store.messages(conversation.id)) == [person, bot]


async def test_what_is_unknown(store: Store) -> None:
    contact = await a_contact(store)
    with pytest.raises(NotFound):
        await store.conversation(ConversationId(new_id()))
    assert await store.latest_conversation(contact.id) is None
    assert not await store.messages(ConversationId(new_id()))


async def test_messages_are_read_from_a_cursor_in_order(store: Store) -> None:
    conversation = a_conversation(await a_contact(store))
    messages = tuple(a_message(conversation, seq) for seq in (3, 1, 5, 2, 4))
    await store.commit(Change(conversation=conversation, messages=messages), now=NOON)
    assert [one.seq for one in await store.messages(conversation.id)] == [1, 2, 3, 4, 5]
    read = await store.messages(conversation.id, after=2, limit=2)
    assert [one.seq for one in read] == [3, 4]


async def test_every_change_needs_the_version_before_it(store: Store) -> None:
    first = await kept(store, a_conversation(await a_contact(store)))
    second = await kept(store, changed(first, dialogue="2"))
    for stale in (first, second, changed(changed(second))):
        with pytest.raises(Conflict):
            await store.commit(
                Change(conversation=stale, messages=(a_message(stale, 9),)), now=at(1)
            )
    assert await store.conversation(first.id) == second
    assert not await store.messages(first.id)


async def test_an_unknown_conversation_cannot_be_changed(store: Store) -> None:
    unknown = a_conversation(await a_contact(store), version=2)
    with pytest.raises(Conflict):
        await store.commit(Change(conversation=unknown), now=NOON)


async def test_a_hundred_simultaneous_first_messages_open_one_conversation(
    database: Database,
) -> None:
    stores = [await database.another_store() for _ in range(2)]
    contact = await a_contact(stores[0])

    async def begin(n: int) -> Conversation | None:
        conversation = a_conversation(contact)
        change = Change(conversation=conversation, messages=(a_message(conversation, 1),))
        try:
            await patiently(lambda: stores[n % 2].commit(change, now=NOON))
        except Conflict:
            return None
        return conversation

    (won,) = [one for one in await asyncio.gather(*map(begin, range(100))) if one]
    assert await stores[1].latest_conversation(contact.id) == won
    assert len(await stores[0].messages(won.id)) == 1


async def test_a_contact_may_begin_again_after_the_end(store: Store) -> None:
    contact = await a_contact(store)
    old = await kept(store, a_conversation(contact))
    closed = await kept(store, changed(old, closed_at=at(10), updated_at=at(10)), 10)
    assert await store.latest_conversation(contact.id) == closed
    fresh = a_conversation(contact, opened_at=at(20), first_seq=2, previous=old.id)
    new = await kept(store, fresh, 20)
    assert await store.latest_conversation(contact.id) == new

    with pytest.raises(Conflict):  # the old one cannot be opened beside it
        await store.commit(Change(conversation=changed(closed, closed_at=None)), now=at(30))
    await kept(store, changed(new, closed_at=at(40)), 40)
    latest = await store.latest_conversation(contact.id)
    assert latest is not None
    assert latest.id == new.id


async def test_the_latest_conversation_has_the_highest_numbers_whatever_the_clocks(
    store: Store,
) -> None:
    contact = await a_contact(store)
    old = await kept(store, a_conversation(contact, opened_at=at(500), first_seq=1))
    await kept(store, changed(old, closed_at=at(500)))
    new = await kept(store, a_conversation(contact, opened_at=at(20), first_seq=4))
    assert await store.latest_conversation(contact.id) == new
    closed = await kept(store, changed(new, closed_at=at(21)))
    assert await store.latest_conversation(contact.id) == closed
    # What is open comes first, wherever its numbers stand.
    opened = await kept(store, a_conversation(contact, opened_at=at(3), first_seq=2))
    assert await store.latest_conversation(contact.id) == opened


async def test_what_ended_is_not_written_to_once_another_has_begun(store: Store) -> None:
    contact = await a_contact(store)
    first = a_conversation(contact, closed_at=NOON, next_seq=2)
    await store.commit(Change(conversation=first, messages=(a_message(first, 1),)), now=NOON)
    follows = a_conversation(contact, first_seq=2, previous=first.id)
    note = changed(first, next_seq=3)
    one = Change(conversation=follows, messages=(a_message(follows, 2),))
    other = Change(conversation=note, messages=(a_message(note, 2),))
    await store.commit(one, now=at(1))
    with pytest.raises(Conflict):  # its number is the other's now
        await store.commit(other, now=at(2))
    await store.commit(Change(conversation=changed(first)), now=at(2))  # nothing is said


async def test_none_begins_with_numbers_that_the_one_before_has_taken(store: Store) -> None:
    contact = await a_contact(store)
    first = a_conversation(contact, closed_at=NOON, next_seq=2)
    await store.commit(Change(conversation=first, messages=(a_message(first, 1),)), now=NOON)
    note = changed(first, next_seq=3)
    await store.commit(Change(conversation=note, messages=(a_message(note, 2),)), now=at(1))
    stale, fresh = (a_conversation(contact, first_seq=n, previous=first.id) for n in (2, 3))
    with pytest.raises(Conflict):
        await store.commit(Change(conversation=stale, messages=(a_message(stale, 2),)), now=at(2))
    await store.commit(Change(conversation=fresh, messages=(a_message(fresh, 3),)), now=at(2))


async def test_of_a_note_and_a_new_conversation_at_once_one_is_decided_again(
    database: Database,
) -> None:
    here, there = [await database.another_store() for _ in range(2)]
    for _ in range(10):
        contact = await a_contact(here)
        first = a_conversation(contact, closed_at=NOON, next_seq=2)
        await here.commit(Change(conversation=first, messages=(a_message(first, 1),)), now=NOON)
        note = changed(first, next_seq=3)
        follows = a_conversation(contact, first_seq=2, previous=first.id)
        changes = [
            Change(conversation=each, messages=(a_message(each, 2),)) for each in (note, follows)
        ]
        outcomes = await asyncio.gather(
            *(
                patiently(lambda store=store, change=change: store.commit(change, now=at(1)))
                for store, change in zip((here, there), changes, strict=True)
            ),
            return_exceptions=True,
        )
        assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "NoneType"]


async def test_a_contact_must_be_known_to_begin(store: Store) -> None:
    nobody = replace(await a_contact(store), id=ContactId(new_id()))
    unknown = a_conversation(nobody)
    with pytest.raises(NotFound):
        await store.commit(
            Change(conversation=unknown, messages=(a_message(unknown, 1),)), now=NOON
        )
    with pytest.raises(NotFound):
        await store.conversation(unknown.id)
    assert not await store.messages(unknown.id)


async def test_a_conversation_stays_with_its_contact(store: Store) -> None:
    first = await kept(store, a_conversation(await a_contact(store)))
    other = await a_contact(store)
    for contact_id in (ContactId(new_id()), other.id):
        with pytest.raises(NotFound):
            await store.commit(Change(conversation=changed(first, contact_id=contact_id)), now=NOON)
        stale = Change(conversation=replace(first, contact_id=contact_id))
        with pytest.raises(Conflict):  # an old version is told first
            await store.commit(stale, now=NOON)
    assert await store.conversation(first.id) == first


async def test_a_message_is_found_by_its_id(store: Store) -> None:
    conversation = a_conversation(await a_contact(store))
    messages = (a_message(conversation, 1), an_answer(conversation, 2))
    await store.commit(Change(conversation=conversation, messages=messages), now=NOON)
    for one in messages:
        assert await store.message(one.id) == one
    assert await store.message(MessageId(new_id())) is None


async def test_a_long_conversation_is_read_in_pages(store: Store) -> None:
    conversation = a_conversation(await a_contact(store))
    messages = tuple(a_message(conversation, seq) for seq in range(1, 2_501))
    await store.commit(Change(conversation=conversation, messages=messages), now=NOON)
    read: list[Message] = []
    sizes: list[int] = []
    while page := await store.messages(conversation.id, after=read[-1].seq if read else 0):
        sizes.append(len(page))
        read += page
    assert sizes == [1000, 1000, 500]
    assert tuple(read) == messages


async def test_a_message_id_is_kept_once_and_the_whole_change_refused(store: Store) -> None:
    first = a_conversation(await a_contact(store))
    message = a_message(first, 1)
    await store.commit(Change(conversation=first, messages=(message,)), now=NOON)
    second = changed(first, dialogue="again")
    repeated = replace(message, seq=2, text="other")
    with pytest.raises(DuplicateMessage):
        await store.commit(
            Change(
                conversation=second,
                messages=(a_message(second, 3), repeated),
                wakes=(Wake(Lane.ASSISTANT, first.id, NOON),),
            ),
            now=at(1),
        )
    assert await store.conversation(first.id) == first
    assert list(await store.messages(first.id)) == [message]
    assert not await store.claim_work(Lane.ASSISTANT, now=at(9), lease_for=LEASE, limit=9)


async def test_a_place_in_the_conversation_is_taken_once(store: Store) -> None:
    first = a_conversation(await a_contact(store))
    await store.commit(Change(conversation=first, messages=(a_message(first, 1),)), now=NOON)
    second = changed(first)
    with pytest.raises(Conflict):
        await store.commit(Change(conversation=second, messages=(a_message(second, 1),)), now=NOON)
    assert await store.conversation(first.id) == first


async def test_a_rewritten_message_keeps_its_place_and_its_delivery(store: Store) -> None:
    first = a_conversation(await a_contact(store))
    message, answer = a_message(first, 1, provider_id="mid"), an_answer(first, 2)
    await store.commit(Change(conversation=first, messages=(message, answer)), now=NOON)
    edited = replace(message, text="je voulais dire", edited_at=at(1), seq=7)
    liked = replace(answer, reaction="👍", delivery=Delivery(status=DeliveryStatus.READ))
    new = a_message(first, 3)
    change = Change(conversation=changed(first), messages=(new,), rewritten=(edited, liked))
    await store.commit(change, now=at(1))
    wanted = [replace(edited, seq=1), replace(liked, delivery=Delivery()), new]
    assert list(await store.messages(first.id)) == wanted
    assert list(await store.undelivered(first.id)) == [wanted[1]]
    assert await store.message_by_provider_id("web", "site", "mid") == wanted[0]


async def test_a_message_that_is_not_there_is_not_rewritten_and_nothing_else_done(
    store: Store,
) -> None:
    contact = await a_contact(store)
    event = an_event(sender=contact.address)
    await store.accept_events([event], now=NOON, priority=ORDINARY)
    lease = await the_lease(store, Lane.INBOUND)
    first = a_conversation(contact)
    message = a_message(first, 1)
    await store.commit(Change(conversation=first, messages=(message,)), now=NOON, lease=lease)
    other = a_conversation(await a_contact(store))
    strange = a_message(other, 1)
    await store.commit(Change(conversation=other, messages=(strange,)), now=NOON)
    for missing in (a_message(first, 1), replace(strange, conversation_id=first.id)):
        change = Change(
            conversation=changed(first),
            messages=(a_message(first, 2),),
            rewritten=(replace(message, text="autre"), missing),
        )
        with pytest.raises(NotFound):
            await store.commit(change, now=at(1), lease=lease, consumed=[event])
    with pytest.raises(ValueError, match="own conversation"):
        await store.commit(Change(conversation=changed(first), rewritten=(strange,)), now=at(1))
    assert await store.conversation(first.id) == first
    assert list(await store.messages(first.id)) == [message]
    assert await store.message(strange.id) == strange
    assert len(await store.pending_events(contact.id, limit=9)) == 1


async def test_a_rewriting_and_a_receipt_at_once_both_count(store: Store) -> None:
    conversation = a_conversation(await a_contact(store))
    for n in range(10):
        delivery = Delivery(status=DeliveryStatus.SENT, provider_ids=(f"w{n}",))
        answer = an_answer(conversation, n + 1, delivery=delivery)
        await store.commit(Change(conversation=conversation, messages=(answer,)), now=NOON)
        conversation = changed(conversation)
        change = Change(conversation=conversation, rewritten=(replace(answer, reaction="👍"),))
        receipt = partial(
            store.record_receipt, channel="web", account="site", provider_id=f"w{n}",
            status=DeliveryStatus.READ, error=None, now=at(1),
        )  # fmt: skip
        commit = partial(store.commit, change, now=at(1))
        await asyncio.gather(patiently(commit), patiently(receipt))
        stored = await store.message(answer.id)
        read = replace(delivery, status=DeliveryStatus.READ)
        assert stored == replace(answer, reaction="👍", delivery=read)
        conversation = changed(conversation)


async def test_the_wakes_of_a_change_are_written_with_it(store: Store) -> None:
    conversation = a_conversation(await a_contact(store))
    change = Change(
        conversation=conversation,
        wakes=(Wake(Lane.ASSISTANT, conversation.id, at(3)), Wake(Lane.WATCH, "w", at(9))),
    )
    await store.commit(change, now=NOON)
    assert (await the_lease(store, Lane.ASSISTANT, now=at(3))).key == conversation.id
    assert (await the_lease(store, Lane.WATCH, now=at(9))).key == "w"


async def test_a_commit_needs_its_lease(store: Store) -> None:
    contact = await a_contact(store)
    await store.wake([Wake(Lane.INBOUND, contact.id, NOON)])
    lost = await the_lease(store, Lane.INBOUND)
    held = await the_lease(store, Lane.INBOUND, now=lost.until)
    conversation = a_conversation(contact)
    # Lost to another, whatever time the loser believes it is; and expired, though nobody took it.
    for lease, now in ((lost, at(1)), (lost, lost.until), (held, held.until)):
        with pytest.raises(LeaseLost):
            await store.commit(Change(conversation=conversation), now=now, lease=lease)
    with pytest.raises(NotFound):
        await store.conversation(conversation.id)

    now = held.until - timedelta(microseconds=1)
    await store.commit(Change(conversation=conversation), now=now, lease=held)
    assert await store.conversation(conversation.id) == conversation
    # Still held: only finishing gives it back.
    assert not await store.claim_work(Lane.INBOUND, now=now, lease_for=LEASE, limit=9)
    await store.finish_work(held, now=now)


async def test_the_queue_is_ordered_by_urgency_then_waiting(store: Store) -> None:
    order = (
        (Urgency.MODEREE, 5), (Urgency.CRITIQUE, 9), (Urgency.FAIBLE, 1),
        (Urgency.CRITIQUE, 3), (Urgency.ELEVEE, 4), (Urgency.MODEREE, 2),
    )  # fmt: skip
    for urgency, since in order:
        await kept(store, a_waiting(await a_contact(store), urgency, at(since)))
    await kept(store, a_conversation(await a_contact(store)))  # no ticket: not in the queue

    def seen(queue: list[Conversation]) -> list[tuple[Urgency, int]]:
        return [
            (one.assessment.urgency, (one.ticket.waiting_since - NOON).seconds)
            for one in queue
            if one.ticket
        ]

    wanted = sorted(order, key=lambda entry: (-entry[0].rank, entry[1]))
    assert seen(list(await store.waiting(limit=100))) == wanted
    assert seen(list(await store.waiting(limit=2))) == wanted[:2]

    (head, *_) = await store.waiting(limit=1)
    await kept(store, claimed(head, ListenerId(new_id()), at(20)), 20)
    assert seen(list(await store.waiting(limit=100))) == wanted[1:]
    (head, *_) = await store.waiting(limit=1)
    await kept(store, changed(head, closed_at=at(21)), 21)
    assert seen(list(await store.waiting(limit=100))) == wanted[2:]


async def test_the_queue_puts_minors_first_and_lets_nobody_starve(store: Store) -> None:
    async def begun(urgency: Urgency, minutes: int, role: Role | None = None) -> Conversation:
        seen = Assessment(urgency=urgency, role=role)
        since = at(60 * minutes)
        contact = await a_contact(store)
        return await kept(store, a_waiting(contact, urgency, since, assessment=seen))

    old = await begun(Urgency.FAIBLE, -200)
    adult = await begun(Urgency.ELEVEE, 0)
    child = await begun(Urgency.ELEVEE, 5, Role.VICTIME_MINEURE)
    critical = await begun(Urgency.CRITIQUE, 9)
    queue = [one.id for one in await store.waiting(limit=9)]
    assert queue == [critical.id, old.id, child.id, adult.id]


async def test_several_conversations_are_read_together(store: Store) -> None:
    first, second = [
        await kept(store, a_waiting(await a_contact(store), Urgency.ELEVEE)) for _ in range(2)
    ]
    gone = ConversationId(new_id())
    assert list(await store.conversations([second.id, gone, first.id])) == [second, first]
    assert list(await store.conversations([])) == []


async def test_the_first_place_of_an_urgency_is_found_from_a_band_on(store: Store) -> None:
    others = line.Band.OTHERS.first_place
    assert await store.first_place(Urgency.ELEVEE, at_least=0) is None
    worried = [
        await kept(store, a_waiting(await a_contact(store), Urgency.ELEVEE, at(n)))
        for n in (2, 1, 3)
    ]
    dying = Assessment(urgency=Urgency.ELEVEE, issue=Issue.IDEATION_SUICIDAIRE)
    danger = a_waiting(await a_contact(store), Urgency.ELEVEE, at(9), assessment=dying)
    await kept(store, danger)
    first = await store.first_place(Urgency.ELEVEE, at_least=others)
    assert first == line.place_of(worried[1])
    assert await store.first_place(Urgency.ELEVEE, at_least=0) == line.place_of(danger)
    assert await store.first_place(Urgency.MODEREE, at_least=0) is None
    await kept(store, claimed(worried[1], ListenerId(new_id()), at(20)), 20)
    assert await store.first_place(Urgency.ELEVEE, at_least=others) == line.place_of(worried[0])


async def test_one_wish_takes_one_open_conversation(database: Database) -> None:
    first, other = await database.another_store(), await database.another_store()
    anne = ListenerId("anne")

    async def wished(store: Store, wish: str) -> Conversation:
        waiting = await kept(store, a_waiting(await a_contact(store), Urgency.ELEVEE))
        held = claimed(waiting, anne, at(1))
        assert held.ticket is not None
        return replace(held, ticket=replace(held.ticket, claim=wish))

    one = await kept(first, await wished(first, "a wish"))
    same = await wished(other, "a wish")
    with pytest.raises(Conflict):
        await kept(other, same)
    assert [each.id for each in await first.held_by(anne)] == [one.id]
    await kept(other, await wished(other, "another wish"))
    # Nor do two that hold by no wish stand in each other's way.
    for _ in range(2):
        waiting = await kept(first, a_waiting(await a_contact(first), Urgency.ELEVEE))
        await kept(first, claimed(waiting, anne, at(1)))
    await kept(first, replace(changed(one), closed_at=at(2)))
    await kept(other, same)


async def test_held_by_lists_open_conversations_in_the_order_of_claiming(store: Store) -> None:
    me, other = ListenerId(new_id()), ListenerId(new_id())
    mine: list[Conversation] = []
    for moment in (30, 10, 20):
        waiting = await kept(store, a_waiting(await a_contact(store), Urgency.ELEVEE))
        mine.append(await kept(store, claimed(waiting, me, at(moment)), moment))
    waiting = await kept(store, a_waiting(await a_contact(store), Urgency.ELEVEE))
    await kept(store, claimed(waiting, other, at(5)), 5)
    assert list(await store.held_by(me)) == [mine[1], mine[2], mine[0]]
    await kept(store, changed(mine[1], closed_at=at(40)), 40)
    await kept(store, changed(mine[0], owner=BOT), 41)
    assert list(await store.held_by(me)) == [mine[2]]
    assert not await store.held_by(ListenerId(new_id()))


async def test_in_danger_lists_open_danger_whoever_holds_it(store: Store) -> None:
    late = a_waiting(await a_contact(store), Urgency.CRITIQUE, danger_since=at(9))
    early = a_waiting(await a_contact(store), Urgency.CRITIQUE, danger_since=at(3))
    over = a_waiting(await a_contact(store), Urgency.CRITIQUE, danger_since=at(1))
    for one in (late, early, over, a_waiting(await a_contact(store), Urgency.CRITIQUE)):
        await kept(store, one)
    await kept(store, claimed(early, ListenerId(new_id()), at(10)))
    await kept(store, changed(over, closed_at=at(11)))
    assert [one.id for one in await store.in_danger(limit=10)] == [early.id, late.id]
    assert [one.id for one in await store.in_danger(limit=1)] == [early.id]


async def test_two_hundred_claimers_of_one_ticket_one_winner(database: Database) -> None:
    stores = [await database.another_store() for _ in range(2)]
    waiting = await kept(stores[0], a_waiting(await a_contact(stores[0]), Urgency.ELEVEE))

    async def try_claim(n: int) -> ListenerId | None:
        listener_id = ListenerId(f"{n:032x}")
        change = Change(conversation=claimed(waiting, listener_id, at(n)))
        try:
            await patiently(lambda: stores[n % 2].commit(change, now=at(n)))
        except Conflict:
            return None
        return listener_id

    (winner,) = [one for one in await asyncio.gather(*map(try_claim, range(200))) if one]
    assert (await stores[0].conversation(waiting.id)).owner.listener_id == winner
    assert len(await stores[1].held_by(winner)) == 1
    assert not await stores[1].waiting(limit=10)


async def test_one_failed_change_among_simultaneous_ones_undoes_only_itself(store: Store) -> None:
    contacts = [await a_contact(store) for _ in range(10)]
    stale = await kept(store, a_conversation(contacts[0]))
    fresh = [a_conversation(contact) for contact in contacts[1:]]
    changes = [stale, *fresh, stale]
    outcomes = await asyncio.gather(
        *(store.commit(Change(conversation=one), now=at(1)) for one in changes),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes] == [Conflict, *[type(None)] * 9, Conflict]
    for one in fresh:
        assert await store.conversation(one.id) == one


async def test_a_conversation_that_failed_to_begin_can_begin_later(store: Store) -> None:
    contact = await a_contact(store)
    first = await kept(store, a_conversation(contact))
    second = a_conversation(contact)
    with pytest.raises(RelaisError):
        await kept(store, second)
    await kept(store, changed(first, closed_at=at(1)), 1)
    message = a_message(second, 1)
    await store.commit(Change(conversation=second, messages=(message,)), now=at(2))
    assert list(await store.messages(second.id)) == [message]


async def test_changed_since_tells_what_was_written_and_when(store: Store) -> None:
    contacts = [await a_contact(store) for _ in range(4)]
    made = [a_conversation(one, updated_at=at(n)) for n, one in enumerate(contacts)]
    for n, one in enumerate(made):
        await kept(store, one, n)
    feed = await store.changed_since(at(0), limit=10)
    assert [(one.conversation_id, one.contact_id, one.at) for one in feed] == [
        (one.id, one.contact_id, at(n)) for n, one in enumerate(made) if n > 0
    ]
    assert [one.at for one in await store.changed_since(at(0), limit=2)] == [at(1), at(2)]
    await kept(store, changed(made[0], updated_at=at(9)), 9)
    feed = await store.changed_since(at(3), limit=10)
    assert [(one.conversation_id, one.at) for one in feed] == [(made[0].id, at(9))]
    assert not await store.changed_since(at(9), limit=10)


async def test_a_change_written_by_a_slow_clock_is_a_later_change(store: Store) -> None:
    first = await kept(store, a_conversation(await a_contact(store)), 100)
    micro = timedelta(microseconds=1)
    # Behind by far, the same moment again, and a clock that is ahead of all.
    for n, (now, written) in enumerate(
        [(at(40), at(100) + micro), (at(100), at(100) + 2 * micro), (at(101), at(101))]
    ):
        (seen,) = await store.changed_since(at(50), limit=9)
        first = changed(first, dialogue=str(n))
        await store.commit(Change(conversation=first), now=now)
        (touched,) = await store.changed_since(seen.at, limit=9)
        assert (touched.conversation_id, touched.at) == (first.id, written)
    assert await store.conversation(first.id) == first


async def test_queue_figures(store: Store) -> None:
    empty = await store.queue_figures()
    assert dict(empty.waiting) == dict.fromkeys(Urgency, 0)
    assert (empty.oldest_waiting_since, empty.oldest_danger_since) == (None, None)
    for urgency, since in ((Urgency.ELEVEE, 4), (Urgency.ELEVEE, 2), (Urgency.CRITIQUE, 7)):
        contact = await a_contact(store)
        danger = at(since) if urgency is Urgency.CRITIQUE else None
        await kept(store, a_waiting(contact, urgency, at(since), danger_since=danger))
    owned = await kept(
        store, a_waiting(await a_contact(store), Urgency.CRITIQUE, at(1), danger_since=at(1))
    )
    owned = await kept(store, claimed(owned, ListenerId(new_id()), at(8)), 8)
    figures = await store.queue_figures()
    assert dict(figures.waiting) == {
        Urgency.FAIBLE: 0,
        Urgency.MODEREE: 0,
        Urgency.ELEVEE: 2,
        Urgency.CRITIQUE: 1,
    }
    assert (figures.oldest_waiting_since, figures.oldest_danger_since) == (at(2), at(1))
    await kept(store, changed(owned, danger_since=None), 9)
    assert (await store.queue_figures()).oldest_danger_since == at(7)
