"""What every engine promises about outgoing messages and their receipts."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.conversation import Author, Conversation, Delivery, DeliveryStatus, Message
from core.errors import LeaseLost
from core.ids import MessageId
from core.ports import Change, Store
from core.work import Lane, Lease, Wake
from tests.builders import NOON, a_contact, a_conversation, a_message, an_answer, at, the_lease
from tests.contracts.patience import patiently

Status = DeliveryStatus


async def begun(store: Store, answers: int = 1) -> tuple[Conversation, list[Message], Lease]:
    """A conversation with a message of the person, answers to send, and the lease to send them."""
    conversation = a_conversation(await a_contact(store))
    messages = [an_answer(conversation, 2 + n, text=f"réponse {n}") for n in range(answers)]
    change = Change(
        conversation=conversation,
        messages=(a_message(conversation, 1), *messages),
        wakes=(Wake(Lane.DELIVERY, conversation.id, NOON),),
    )
    await store.commit(change, now=NOON)
    return conversation, messages, await the_lease(store, Lane.DELIVERY)


async def receive(
    store: Store,
    status: DeliveryStatus,
    provider_id: str = "wamid",
    error: str | None = None,
    now: datetime = NOON,
    of: MessageId | None = None,
    account: str = "site",
) -> MessageId | None:
    return await patiently(
        lambda: store.record_receipt(
            channel="web",
            account=account,
            provider_id=provider_id,
            status=status,
            error=error,
            now=now,
            of=of,
        )
    )


async def delivery_of(store: Store, message: Message) -> Delivery:
    found = {one.id: one for one in await store.messages(message.conversation_id)}[message.id]
    assert found.delivery is not None
    assert replace(found, delivery=None) == replace(message, delivery=None)
    return found.delivery


async def test_undelivered_lists_queued_messages_in_order(store: Store) -> None:
    conversation, answers, lease = await begun(store, 3)
    assert list(await store.undelivered(conversation.id)) == answers
    sent = Delivery(status=Status.SENT, attempts=1, provider_ids=("wamid",))
    await store.settle_delivery(answers[0], sent, lease=lease, now=at(1))
    assert list(await store.undelivered(conversation.id)) == answers[1:]
    assert await delivery_of(store, answers[0]) == sent


async def test_a_refused_sending_stays_queued_with_its_delay(store: Store) -> None:
    conversation, (answer,), lease = await begun(store)
    later = Delivery(attempts=2, due_at=at(30), error="rate_limited")
    await store.settle_delivery(answer, later, lease=lease, now=at(1))
    (waiting,) = await store.undelivered(conversation.id)
    assert waiting.delivery == later


async def test_a_settlement_needs_its_lease(store: Store) -> None:
    conversation, (answer,), lost = await begun(store)
    held = await the_lease(store, Lane.DELIVERY, now=lost.until)
    sent = Delivery(status=Status.SENT, provider_ids=("wamid",))
    for lease, now in ((lost, at(1)), (lost, lost.until), (held, held.until)):
        with pytest.raises(LeaseLost):
            await store.settle_delivery(answer, sent, lease=lease, now=now)
    assert list(await store.undelivered(conversation.id)) == [answer]
    await store.settle_delivery(answer, sent, lease=held, now=lost.until)
    assert not await store.undelivered(conversation.id)


async def test_a_receipt_finds_its_message_and_only_advances(store: Store) -> None:
    _, (answer,), lease = await begun(store)
    sent = Delivery(status=Status.SENT, attempts=1, provider_ids=("wamid",))
    await store.settle_delivery(answer, sent, lease=lease, now=at(1))

    assert await receive(store, Status.READ) == answer.id
    assert await delivery_of(store, answer) == replace(sent, status=Status.READ)
    for late in (Status.DELIVERED, Status.SENT, Status.FAILED, Status.UNKNOWN, Status.READ):
        assert await receive(store, late, error="late") == answer.id
    assert await delivery_of(store, answer) == replace(sent, status=Status.READ)


async def test_receipts_in_any_order_and_at_once_end_at_the_furthest(store: Store) -> None:
    _, answers, lease = await begun(store, 10)
    for n, answer in enumerate(answers):
        sent = Delivery(status=Status.SENT, provider_ids=(f"w{n}",))
        await store.settle_delivery(answer, sent, lease=lease, now=at(1))
    await asyncio.gather(
        *(
            receive(store, status, f"w{n}")
            for n in range(10)
            for status in (Status.DELIVERED, Status.READ, Status.SENT)
        )
    )
    assert {(await delivery_of(store, one)).status for one in answers} == {Status.READ}


async def test_a_failure_after_sending_is_recorded_with_its_code(store: Store) -> None:
    _, (answer,), lease = await begun(store)
    sent = Delivery(status=Status.SENT, provider_ids=("wamid",))
    await store.settle_delivery(answer, sent, lease=lease, now=at(1))
    await receive(store, Status.FAILED, error="131047")
    assert await delivery_of(store, answer) == replace(sent, status=Status.FAILED, error="131047")


async def test_an_unknown_sending_is_settled_by_its_receipt(store: Store) -> None:
    conversation, (answer,), lease = await begun(store)
    unknown = Delivery(status=Status.UNKNOWN, attempts=1, provider_ids=("wamid",), error="timeout")
    await store.settle_delivery(answer, unknown, lease=lease, now=at(1))
    assert not await store.undelivered(conversation.id)
    await receive(store, Status.DELIVERED)
    assert (await delivery_of(store, answer)).status is Status.DELIVERED


@pytest.mark.parametrize("asked_again", [False, True])
async def test_a_sending_without_an_answer_is_settled_by_a_receipt_that_names_it(
    store: Store, *, asked_again: bool
) -> None:
    conversation, (answer,), lease = await begun(store)
    # Nobody told us what the platform calls it; or it was refused, and taken all the same.
    waits = Delivery(status=Status.QUEUED, attempts=1, due_at=at(60), error="503")
    unknown = Delivery(status=Status.UNKNOWN, attempts=1, error="timeout")
    before = waits if asked_again else unknown
    await store.settle_delivery(answer, before, lease=lease, now=at(1))
    assert await receive(store, Status.DELIVERED) is None
    assert await receive(store, Status.DELIVERED, of=answer.id, account="another") is None
    assert await receive(store, Status.DELIVERED, of=MessageId("nobody's")) is None
    assert (await delivery_of(store, answer)) == before

    assert await receive(store, Status.DELIVERED, of=answer.id) == answer.id
    known = await delivery_of(store, answer)
    assert (known.status, known.provider_ids) == (Status.DELIVERED, ("wamid",))
    assert not await store.undelivered(conversation.id)
    # The answer comes late, or never: what the receipt told stays.
    await store.settle_delivery(answer, unknown, lease=lease, now=at(2))
    assert await receive(store, Status.READ) == answer.id
    assert (await delivery_of(store, answer)).status is Status.READ


async def test_a_receipt_that_overtakes_the_answer_is_not_lost(store: Store) -> None:
    _, (answer,), lease = await begun(store)
    handed_over = Delivery(status=Status.UNKNOWN)
    await store.settle_delivery(answer, handed_over, lease=lease, now=at(1))
    assert await receive(store, Status.FAILED, error="131049", of=answer.id) == answer.id
    sent = Delivery(status=Status.SENT, attempts=1, provider_ids=("wamid",))
    await store.settle_delivery(answer, sent, lease=lease, now=at(2))
    failed = await delivery_of(store, answer)
    assert (failed.status, failed.error) == (Status.FAILED, "131049")
    assert failed.provider_ids == ("wamid",)


async def test_what_somebody_wrote_is_settled_by_no_receipt(store: Store) -> None:
    conversation, _, _ = await begun(store)
    (wrote, _) = await store.messages(conversation.id)
    assert await receive(store, Status.READ, of=wrote.id) is None


async def test_a_late_settlement_does_not_undo_a_receipt(store: Store) -> None:
    conversation, (answer,), lease = await begun(store)
    sent = Delivery(status=Status.SENT, provider_ids=("wamid",))
    await store.settle_delivery(answer, sent, lease=lease, now=at(1))
    await receive(store, Status.READ)
    for late in (sent, Delivery(), Delivery(status=Status.UNKNOWN)):
        await store.settle_delivery(answer, late, lease=lease, now=at(2))
    assert (await delivery_of(store, answer)).status is Status.READ
    assert not await store.undelivered(conversation.id)


async def test_a_receipt_for_nothing_of_ours(store: Store) -> None:
    _, (answer,), lease = await begun(store)
    assert await receive(store, Status.DELIVERED) is None
    sent = Delivery(status=Status.SENT, provider_ids=("wamid",))
    await store.settle_delivery(answer, sent, lease=lease, now=at(1))
    assert (
        await store.record_receipt(
            channel="telegram",
            account="site",
            provider_id="wamid",
            status=Status.READ,
            error=None,
            now=NOON,
        )
        is None
    )
    assert (await delivery_of(store, answer)).status is Status.SENT


async def test_a_delivery_that_progresses_is_a_change_of_its_conversation(store: Store) -> None:
    conversation, (answer,), lease = await begun(store)
    sent = Delivery(status=Status.SENT, provider_ids=("wamid",))
    await store.settle_delivery(answer, sent, lease=lease, now=at(5))
    assert [one.at for one in await store.changed_since(at(4), limit=9)] == [at(5)]
    await receive(store, Status.READ, now=at(8))
    (touched,) = await store.changed_since(at(5), limit=9)
    assert (touched.conversation_id, touched.at) == (conversation.id, at(8))
    await receive(store, Status.DELIVERED, now=at(9))
    assert not await store.changed_since(at(8), limit=9)
    # The conversation itself is as it was: its next version is still free.
    assert await store.conversation(conversation.id) == conversation


async def test_a_delivery_noted_by_a_slow_clock_is_a_later_change(store: Store) -> None:
    conversation, (answer,), lease = await begun(store)
    await store.commit(
        Change(conversation=replace(conversation, version=conversation.version + 1)), now=at(100)
    )
    micro = timedelta(microseconds=1)
    sent = Delivery(status=Status.SENT, provider_ids=("wamid",))
    await store.settle_delivery(answer, sent, lease=lease, now=at(5))
    assert [one.at for one in await store.changed_since(at(100), limit=9)] == [at(100) + micro]
    await receive(store, Status.DELIVERED, now=at(8))
    (touched,) = await store.changed_since(at(100) + micro, limit=9)
    assert touched.at == at(100) + 2 * micro
    await receive(store, Status.SENT, now=at(9))  # no progress, no change
    assert not await store.changed_since(touched.at, limit=9)


async def sent_in_parts(store: Store, *provider_ids: str, queued: bool = False) -> Message:
    _, (answer,), lease = await begun(store)
    status = Status.QUEUED if queued else Status.SENT
    sent = Delivery(status=status, provider_ids=provider_ids)
    await store.settle_delivery(answer, sent, lease=lease, now=at(1))
    return replace(answer, delivery=sent)


# Receipts as (number of the part, status), and the status of the whole message after them.
PARTS: dict[str, tuple[list[tuple[int, Status]], Status]] = {
    "the first parts' progress is not the message's": (
        [(1, Status.READ), (2, Status.DELIVERED)],
        Status.SENT,
    ),
    "the last part's is": ([(1, Status.READ), (3, Status.DELIVERED)], Status.DELIVERED),
    "a part that failed fails the message": ([(1, Status.FAILED)], Status.FAILED),
    "whatever became of the last part later": (
        [(2, Status.FAILED), (3, Status.DELIVERED), (3, Status.READ)],
        Status.FAILED,
    ),
    "or before": ([(3, Status.READ), (1, Status.FAILED)], Status.FAILED),
    "but a last part that was read has not failed": (
        [(3, Status.READ), (3, Status.FAILED)],
        Status.READ,
    ),
}


@pytest.mark.parametrize("case", PARTS)
async def test_the_receipts_of_a_message_in_parts(store: Store, case: str) -> None:
    answer = await sent_in_parts(store, "w1", "w2", "w3")
    receipts, wanted = PARTS[case]
    for part, status in receipts:
        assert await receive(store, status, f"w{part}") == answer.id
    assert (await delivery_of(store, answer)).status is wanted


async def test_a_message_of_which_parts_are_still_to_be_sent_stays_in_the_outbox(
    store: Store,
) -> None:
    answer = await sent_in_parts(store, "w1", queued=True)
    for status in (Status.SENT, Status.DELIVERED, Status.READ):
        assert await receive(store, status, "w1") == answer.id
    assert list(await store.undelivered(answer.conversation_id)) == [answer]
    await receive(store, Status.FAILED, "w1", error="131047")
    assert not await store.undelivered(answer.conversation_id)
    assert (await delivery_of(store, answer)).error == "131047"


async def test_a_receipt_for_an_earlier_sending_of_a_message_says_nothing_of_the_last_one(
    store: Store,
) -> None:
    _, (answer,), lease = await begun(store)
    for attempt in ("w1", "w2"):
        unknown = Delivery(status=Status.UNKNOWN, provider_ids=(attempt,))
        await store.settle_delivery(answer, unknown, lease=lease, now=at(1))
    for status in (Status.READ, Status.FAILED):
        assert await receive(store, status, "w1") == answer.id
    assert await delivery_of(store, answer) == unknown


async def test_a_message_is_found_by_every_id_its_platform_knows_it_by(store: Store) -> None:
    answer = await sent_in_parts(store, "w1", "w2")
    for provider_id in ("w1", "w2"):
        assert await store.message_by_provider_id("web", "site", provider_id) == answer
    for channel, account, provider_id in (
        ("telegram", "site", "w1"),
        ("web", "other", "w1"),
        ("web", "site", "w3"),
    ):
        assert await store.message_by_provider_id(channel, account, provider_id) is None


async def test_a_message_that_came_in_is_found_by_its_platforms_id(store: Store) -> None:
    conversation = a_conversation(await a_contact(store))
    message = a_message(conversation, 1, provider_id="mid")
    await store.commit(Change(conversation=conversation, messages=(message,)), now=NOON)
    assert await store.message_by_provider_id("web", "site", "mid") == message
    assert await receive(store, Status.READ, "mid") is None  # it was not sent by us
    assert await store.message(message.id) == message


async def test_an_id_belongs_to_what_we_sent_by_it(store: Store) -> None:
    conversation, (answer,), lease = await begun(store)
    echo = a_message(conversation, 9, author=Author.ELSEWHERE, provider_id="wamid")
    following = replace(conversation, version=2)
    await store.commit(Change(conversation=following, messages=(echo,)), now=at(1))
    sent = Delivery(status=Status.SENT, provider_ids=("wamid",))
    await store.settle_delivery(answer, sent, lease=lease, now=at(2))
    assert await receive(store, Status.READ) == answer.id
    forged = a_message(conversation, 10, provider_id="wamid")
    change = Change(conversation=replace(conversation, version=3), messages=(forged,))
    await store.commit(change, now=at(3))
    found = await store.message_by_provider_id("web", "site", "wamid")
    assert found is not None
    assert found.id == answer.id
