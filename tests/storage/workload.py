"""One use of each method of the storage port, so that a test can look at what it causes."""

from dataclasses import replace

from core.accounts import Session
from core.conversation import Delivery, DeliveryStatus
from core.ids import ListenerId
from core.labels import Urgency
from core.ports import Change, Store
from core.work import ORDINARY, Lane, Wake
from tests.builders import (
    LEASE,
    NOON,
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
    contact = await store.find_contact("web", "site", "visitor")
    assert contact is not None
    await store.contact(contact.id)
    await store.pending_events(contact.id, limit=10)
    lease = await the_lease(store, Lane.INBOUND)
    lease = await store.extend_lease(lease, now=at(1), lease_for=LEASE)
    await store.consume_event(events[0], lease=lease, now=at(1))
    await store.event_failed(events[1], lease=lease, now=at(1), quarantine_after=1)

    conversation = a_waiting(contact, Urgency.CRITIQUE, danger_since=NOON)
    answer = an_answer(conversation, 2)
    await store.commit(
        Change(
            conversation=conversation,
            messages=(a_message(conversation, 1), answer),
            wakes=(Wake(Lane.DELIVERY, conversation.id, NOON),),
        ),
        now=at(2),
        lease=lease,
        consumed=[events[2]],
    )
    await store.finish_work(lease, now=at(2), again_at=at(9))
    await store.wake([Wake(Lane.WATCH, conversation.id, at(5))])
    await store.conversation(conversation.id)
    await store.latest_conversation(contact.id)
    await store.messages(conversation.id, after=1, limit=5)
    await store.message(answer.id)
    await store.waiting(limit=5)
    await store.in_danger(limit=5)
    await store.changed_since(NOON, limit=5)
    await store.queue_figures()
    taken = claimed(conversation, ListenerId("l"), at(3))
    await store.commit(Change(conversation=taken), now=at(3))
    await store.commit(Change(conversation=changed(taken)), now=at(4))
    await store.held_by(ListenerId("l"))

    sending = await the_lease(store, Lane.DELIVERY)
    await store.undelivered(conversation.id)
    sent = Delivery(status=DeliveryStatus.SENT, provider_id="wamid")
    await store.settle_delivery(answer, sent, lease=sending, now=at(4))
    await store.record_receipt(
        channel="web",
        account="site",
        provider_id="wamid",
        status=DeliveryStatus.READ,
        error=None,
        now=at(5),
    )

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
