"""What stores are made to do for a test to look at: each method once, and an old release's work."""

from collections.abc import Sequence
from dataclasses import replace

from core.accounts import Availability, Session
from core.audit import Deed, Verb
from core.conversation import Contact, Delivery, DeliveryStatus, Message
from core.figures import fact_of
from core.ids import AttachmentId, ListenerId
from core.labels import Urgency
from core.ports import Change, Store
from core.retention import Retention
from core.work import ORDINARY, Lane, Wake
from tests.builders import (
    LEASE,
    NOON,
    a_contact,
    a_listener,
    a_message,
    a_waiting,
    an_answer,
    an_event,
    at,
    changed,
    claimed,
    the_lease,
)


async def use_everything(store: Store) -> None:
    """Call every method, on the path that changes something."""
    await store.check()
    events = [an_event(f"e{n}") for n in range(4)]
    await store.accept_events(events, now=NOON, priority=ORDINARY)
    known_by_alias = an_event(sender="new", aliases=("visitor", "phone"))
    for event in (known_by_alias, an_event(sender="newer", aliases=("phone",), previous="new")):
        await store.accept_events([event], now=NOON, priority=ORDINARY)
    await store.accept_events([an_event(sender="phone-only")], now=NOON, priority=ORDINARY)
    await store.accept_events(
        [an_event(sender="newer", aliases=("phone-only",))], now=NOON, priority=ORDINARY
    )
    contact = await store.find_contact("web", "site", "visitor")
    assert contact is not None
    await store.contact(contact.id)
    await store.pending_events(contact.id, limit=10)
    await store.events_of(contact.id)
    await store.conversations_of(contact.id)
    await store.other_ids(contact.id)
    leases = await store.claim_work(Lane.INBOUND, now=NOON, lease_for=LEASE, limit=10)
    (lease,) = [one for one in leases if one.key == contact.id]
    lease = await store.extend_lease(lease, now=at(1), lease_for=LEASE)
    await store.consume_event(events[0], lease=lease, now=at(1))
    await store.consume_too_early(events[3], contact.id, lease=lease, now=at(1))
    await store.is_taken_back(contact.id, "mid")
    await store.event_failed(events[1], lease=lease, now=at(1), quarantine_after=1)

    conversation = a_waiting(contact, Urgency.CRITIQUE, danger_since=NOON)
    answer = an_answer(conversation, 2)
    await store.commit(
        Change(
            conversation=conversation,
            messages=(a_message(conversation, 1), answer),
            wakes=(Wake(Lane.DELIVERY, conversation.id, NOON),),
            fact=fact_of(conversation),
        ),
        now=at(2),
        lease=lease,
        consumed=[events[2]],
    )
    await store.finish_work(lease, now=at(2), again_at=at(9))
    await store.wake([Wake(Lane.WATCH, conversation.id, at(5))])
    await store.conversation(conversation.id)
    await store.conversations([conversation.id])
    await store.latest_conversation(contact.id)
    await store.messages(conversation.id, after=1, limit=5)
    await store.message(answer.id)
    await store.waiting(limit=5)
    await store.first_place(Urgency.CRITIQUE, at_least=0)
    await store.in_danger(limit=5)
    await store.changed_since(NOON, limit=5)
    await store.queue_figures()
    await store.facts(since=NOON, until=at(3600))
    taken = claimed(conversation, ListenerId("l"), at(3))
    edited = replace(answer, text="autre")
    await store.commit(Change(conversation=taken, rewritten=(edited,)), now=at(3))
    await store.commit(Change(conversation=changed(taken)), now=at(4))
    await store.held_by(ListenerId("l"))
    await store.offered_to(ListenerId("l"))
    await store.follow_ups(limit=9)
    await store.set_availability(ListenerId("l"), Availability.PAUSE, now=at(4))
    await store.present(since=at(4))
    await store.absent_holders(before=at(9))
    await store.note_present(ListenerId("l"), now=at(4))
    await store.note_writing(ListenerId("l"), conversation.id, now=at(4))

    sending = await the_lease(store, Lane.DELIVERY)
    await store.undelivered(conversation.id)
    cutoffs = Retention().before(at(9))
    await store.expired(cutoffs)
    await store.expired_conversations(after=NOON, before=at(9), limit=5)
    await store.forget_conversation(conversation.id, before=at(9))
    await store.forget_rest(cutoffs, limit=5)
    sent = Delivery(status=DeliveryStatus.SENT, provider_ids=("wamid",))
    await store.settle_delivery(answer, sent, lease=sending, now=at(4))
    await store.record_receipt(
        channel="web",
        account="site",
        provider_id="wamid",
        status=DeliveryStatus.READ,
        error=None,
        now=at(5),
    )
    await store.message_by_provider_id("web", "site", "wamid")

    picture = AttachmentId("picture")
    for content in (b"image", b"another"):
        await store.put_file(conversation.id, picture, content)
    await store.file(conversation.id, picture)
    await store.drop_file(conversation.id, picture)

    for version in range(2):
        await store.put_document("hours", "week", b"9-23", version=version, now=at(4))
    await store.document("hours", "week")
    await store.documents("hours")
    await store.document_history("hours", "week", limit=5)
    await store.drop_document("hours", "week")
    await store.put_file(conversation.id, picture, b"image")
    await store.erase_contact(contact.id)
    assert await store.leave_no_trace()

    listener = a_listener("camille")
    await store.add_listener(listener)
    await store.save_listener(replace(listener, name="Dominique"))
    await store.listener(listener.id)
    await store.listener_by_login("camille")
    session = Session(token_hash="t", listener_id=listener.id, created_at=NOON, seen_at=NOON)
    await store.add_session(session)
    await store.session("t")
    await store.touch_session("t", seen_at=at(6))
    await store.end_session("t")
    await store.end_sessions(listener.id)

    await store.record(Deed(verb=Verb.SIGNED_IN, at=NOON, actor=listener.id))
    for wanted in ({}, {"verb": "signed_in"}, {"actor": listener.id}, {"conversation": taken.id}):
        await store.audit_entries(**wanted)  # type: ignore[arg-type]
    await store.verify_audit()
    await store.purge_audit(before=at(9))


async def first_release(store: Store) -> tuple[Contact, list[Message]]:
    """A contact with a pending event, and messages sent, as the first release knew them."""
    contact = await a_contact(store, "visitor")
    conversation = a_waiting(contact, Urgency.ELEVEE)
    answers = [
        an_answer(
            conversation,
            n,
            delivery=Delivery(status=DeliveryStatus.SENT, provider_ids=(f"wamid{n}",)),
        )
        for n in range(1, 4)
    ]
    await store.commit(Change(conversation=conversation, messages=tuple(answers)), now=NOON)
    await store.accept_events([an_event("pending")], now=at(1), priority=ORDINARY)
    return contact, answers


async def still_works(store: Store, answers: Sequence[Message]) -> None:
    """What `first_release` wrote is found, and can be worked on."""
    contact = await store.find_contact("web", "site", "visitor")
    assert contact is not None
    assert list(await store.messages(answers[0].conversation_id)) == list(answers)
    for n, answer in enumerate(answers, 1):
        assert await store.message_by_provider_id("web", "site", f"wamid{n}") == answer
    found = await store.record_receipt(
        channel="web", account="site", provider_id="wamid2",
        status=DeliveryStatus.READ, error=None, now=at(2),
    )  # fmt: skip
    assert found == answers[1].id
    (pending,) = await store.pending_events(contact.id, limit=9)
    (repeated,) = await store.accept_events([pending.event], now=at(3), priority=ORDINARY)
    assert repeated.duplicate
    better = an_event(sender="better", aliases=("visitor",))
    await store.accept_events([better], now=at(4), priority=ORDINARY)
    assert [one.event for one in await store.pending_events(contact.id, limit=9)] == [
        pending.event,
        better,
    ]
    assert await store.erase_contact(contact.id)
    (replayed,) = await store.accept_events([pending.event], now=at(5), priority=ORDINARY)
    assert replayed.duplicate
