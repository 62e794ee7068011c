"""The judge: holds what was acknowledged and what arrived against what is stored.

It knows nothing of how the system works, and believes nothing of what it says of itself: ledgers
are the phones', arrivals are the platform's.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence

from bot.sentences import Catalogue
from core.conversation import Author, DeliveryStatus, Message
from core.discretion import unveiled
from core.ports import Store
from gateway.simulation.telegram import FakeTelegram
from tests.faults.lab import ACCOUNT, Phone

_PHRASES = Catalogue.load()


async def stored_messages(store: Store, phone: Phone) -> Sequence[Message]:
    """All that is kept of a person, in order."""
    contact = await store.find_contact("telegram", ACCOUNT, str(phone.chat))
    if contact is None:
        return ()
    found: list[Message] = []
    for conversation in await store.conversations_of(contact.id):
        found += await store.messages(conversation.id, limit=100_000)
    return found


async def judge(store: Store, phone: Phone, platform: FakeTelegram) -> None:
    """Nothing lost, nothing twice, everything in order, one owner. Raises AssertionError."""
    messages = await stored_messages(store, phone)
    numbers = [message.seq for message in messages]
    assert numbers == list(range(1, len(numbers) + 1)), "numbers repeat or leave a gap"

    wrote = [message.text for message in messages if message.author is Author.PERSON]
    assert not (lost := set(phone.acknowledged) - set(wrote)), f"{len(lost)} acknowledged and lost"
    assert len(wrote) == len(set(wrote)), "a message was kept twice"
    assert wrote == phone.acknowledged, "messages changed places"

    ours = [message for message in messages if message.delivery]
    inbox = platform.inboxes.of(str(phone.chat))
    arrived = [unveiled(arrival.text, _PHRASES) for arrival in inbox]
    meant = Counter(message.text for message in ours)
    twice = {text for text, count in Counter(arrived).items() if count > meant[text]}
    assert not twice, "a message was sent twice"
    # What is called unknown was given up waiting for: the network may bring it at any time.
    unsure = {
        one.text for one in ours if one.delivery and one.delivery.status is DeliveryStatus.UNKNOWN
    }
    in_order = [text for text in arrived if text not in unsure]
    places = iter(message.text for message in ours)
    assert all(text in places for text in in_order), f"another order: {ours} {arrived}"
    for message in ours:
        assert message.delivery is not None
        assert message.delivery.status is not DeliveryStatus.QUEUED, "left in the outbox"
        if message.delivery.status is DeliveryStatus.SENT:
            assert message.text in arrived, "called sent, and never arrived"
    owners = {message.listener_id for message in messages if message.listener_id is not None}
    assert len(owners) <= 1, "two listeners answered"


async def quiet(store: Store, phones: Sequence[Phone], within: float = 240.0) -> None:
    """Wait until everything acknowledged has entered, and nothing waits to be sent."""
    async with asyncio.timeout(within):
        for phone in phones:
            while not await _is_quiet(store, phone):
                await asyncio.sleep(0.5)


async def _is_quiet(store: Store, phone: Phone) -> bool:
    messages = await stored_messages(store, phone)
    wrote = sum(message.author is Author.PERSON for message in messages)
    waits = any(
        message.delivery is not None and message.delivery.status is DeliveryStatus.QUEUED
        for message in messages
    )
    return wrote >= len(phone.acknowledged) and not waits
