"""Delivery on a real store: in order, once, as patiently as the platform asks."""

from datetime import timedelta
from typing import Any

import pytest

from core.conversation import Author, DeliveryStatus, Message
from core.events import EventKind
from core.ports import Ambiguous, Errand, Failed, Held, Paused, Retry, SendOutcome, Sent
from core.work import Lane
from gateway.channels import DOWN_AFTER, ChannelState
from gateway.delivery import Deliverer
from gateway.metrics import Metrics
from tests.gateway.house import LEASE, House


async def notices(house: House) -> list[Any]:
    """What was said to the person, each with its delivery."""
    return [message for message in await house.messages() if message.author is not Author.PERSON]


async def delivered(house: House, *outcomes: SendOutcome) -> list[Message]:
    house.platform.outcomes = list(outcomes)
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    await house.run(Lane.DELIVERY)
    return await notices(house)


async def test_delivery_in_order_and_once(house: House) -> None:
    (notice,) = await delivered(house)
    assert notice.delivery is not None
    assert notice.delivery.status is DeliveryStatus.SENT
    await house.run(Lane.DELIVERY)
    assert house.platform.sent == ["danger_numbers/tu"]


async def test_refused_delivery_waits_as_long_as_the_platform_asks(house: House) -> None:
    (notice,) = await delivered(house, Retry("429", timedelta(seconds=17)))
    assert notice.delivery is not None
    assert notice.delivery.status is DeliveryStatus.QUEUED
    house.clock.turn(16)
    assert await house.run(Lane.DELIVERY) == 0
    house.clock.turn(2)
    await house.run(Lane.DELIVERY)
    assert len(house.platform.sent) == 2


async def test_a_platform_that_is_away_for_an_hour_gets_everything_later(house: House) -> None:
    await delivered(house, *[Retry("503")] * 9)
    for _ in range(20):
        house.clock.turn(180)
        await house.run(Lane.DELIVERY)
    house.clock.turn(600)
    await house.run(Lane.DELIVERY)
    assert (await notices(house))[0].delivery.status is DeliveryStatus.SENT


async def test_a_platform_that_is_not_there_is_not_asked_for_everybody(house: House) -> None:
    for number in range(40):
        await house.writes("DANGER", sender=f"visitor-{number}")
    await house.run(Lane.INBOUND)
    house.platform.outcomes = [Retry("unreachable")] * 1000
    await house.run(Lane.DELIVERY)
    assert len(house.platform.sent) == DOWN_AFTER
    assert house.states.of("web") == (ChannelState.DOWN, "unreachable")
    house.platform.outcomes = []
    for _ in range(10):
        house.clock.turn(6)
        await house.run(Lane.DELIVERY)
    assert len(house.platform.sent) == DOWN_AFTER + 40
    assert house.states.of("web") == (ChannelState.UP, None)


async def test_what_is_hours_late_is_no_answer_any_more(house: House) -> None:
    await delivered(house, *[Retry("503")] * 900)
    for _ in range(80):
        house.clock.turn(301)
        await house.run(Lane.DELIVERY)
    (notice,) = await notices(house)
    assert (notice.delivery.status, notice.delivery.error) == (DeliveryStatus.FAILED, "gave_up")


async def test_a_dead_token_pauses_the_channel_and_keeps_everything(house: House) -> None:
    await delivered(house, Paused("token"), Paused("token"))
    assert house.states.of("web") == (ChannelState.PAUSED, "token")
    for _ in range(100):
        house.clock.turn(1)
        await house.run(Lane.DELIVERY)
    # One look a minute, however often the lane wakes.
    assert len(house.platform.sent) == 2
    house.clock.turn(61)
    await house.run(Lane.DELIVERY)
    (notice,) = await notices(house)
    assert (notice.delivery.status, notice.delivery.error) == (DeliveryStatus.SENT, None)
    assert house.states.of("web") == (ChannelState.UP, None)


async def test_whoever_blocked_us_gets_nothing_more(house: House) -> None:
    await house.writes("bonjour")
    await house.settle()
    house.platform.outcomes = [Failed("blocked", stop=True)]
    await house.run(Lane.DELIVERY)
    assert len(house.platform.sent) == 1
    assert {(m.delivery.status, m.delivery.error) for m in await notices(house)} == {
        (DeliveryStatus.FAILED, "blocked")
    }


async def test_what_waits_for_the_person_goes_out_when_they_write(house: House) -> None:
    closes = house.clock() + timedelta(hours=24)
    await house.writes("DANGER", window_ends_at=closes)
    await house.run(Lane.INBOUND)
    await house.run(Lane.DELIVERY)
    await house.claimed()
    await house.run(Lane.DELIVERY)
    house.clock.turn(25 * 3600)
    await house.replies("tu es là ?")
    house.platform.sent.clear()
    house.platform.outcomes = [Held("window_closed")]
    await house.run(Lane.DELIVERY)
    house.clock.turn(3600)
    await house.run(Lane.DELIVERY)
    assert house.platform.sent == ["tu es là ?"]
    assert not house.platform.errands[-1].in_window
    await house.writes("oui", window_ends_at=house.clock() + timedelta(hours=24))
    await house.run(Lane.INBOUND)
    await house.run(Lane.DELIVERY)
    assert house.platform.sent == ["tu es là ?"] * 2
    assert house.platform.errands[-1].in_window
    assert house.platform.errands[-1].tried == "window_closed"


async def test_parts_are_sent_in_order_and_a_refused_one_alone_again(house: House) -> None:
    house.platform.size = 8
    await delivered(house, Sent("one"), Retry("429", timedelta(seconds=5)))
    assert house.platform.sent == ["danger_n", "umbers/t"]
    house.clock.turn(6)
    await house.run(Lane.DELIVERY)
    assert house.platform.sent == ["danger_n", "umbers/t", "umbers/t", "u"]
    (notice,) = await notices(house)
    assert notice.delivery.status is DeliveryStatus.SENT
    assert len(notice.delivery.provider_ids) == 3
    assert [errand.first for errand in house.platform.errands] == [True, False, False, False]


async def test_after_a_crash_between_parts_no_part_is_sent_twice(house: House) -> None:
    house.platform.size = 8
    await delivered(house, Sent("one"), Ambiguous("timeout"))
    house.clock.turn(600)
    await house.run(Lane.DELIVERY)
    assert house.platform.sent == ["danger_n", "umbers/t"]
    (notice,) = await notices(house)
    assert notice.delivery.status is DeliveryStatus.UNKNOWN


async def test_the_silent_are_written_to_behind_a_neutral_line(house: House) -> None:
    house.platform.previewed = True
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    await house.run(Lane.DELIVERY)
    house.clock.turn(121)
    await house.claimed()
    await house.replies("Je suis là.")
    await house.run(Lane.DELIVERY)
    # They answer, which shows that they are here.
    await house.writes("oui", at=house.clock())
    await house.run(Lane.INBOUND)
    await house.replies("Bien.")
    await house.run(Lane.DELIVERY)
    line = "new_message/tu\n\n"
    assert house.platform.sent == [
        "danger_numbers/tu", f"{line}listener_joined/tu", f"{line}Je suis là.", "Bien."
    ]  # fmt: skip


async def test_a_message_that_was_late_on_its_way_shows_nobody_here(house: House) -> None:
    house.platform.previewed = True
    await house.writes("DANGER", at=house.clock() - timedelta(minutes=3))
    await house.run(Lane.INBOUND)
    await house.run(Lane.DELIVERY)
    assert house.platform.sent == ["new_message/tu\n\ndanger_numbers/tu"]


async def test_on_the_website_there_is_no_line(house: House) -> None:
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    house.clock.turn(600)
    await house.run(Lane.DELIVERY)
    assert house.platform.sent == ["danger_numbers/tu"]


async def test_only_the_first_part_has_the_line(house: House) -> None:
    house.platform.previewed, house.platform.size = True, 8
    await house.writes("DANGER", at=house.clock() - timedelta(minutes=3))
    await house.run(Lane.INBOUND)
    await house.run(Lane.DELIVERY)
    assert house.platform.sent == ["new_message/tu\n\ndanger_n", "umbers/t", "u"]


async def test_a_channel_that_is_off_keeps_its_outbox(house: House) -> None:
    deliverer = Deliverer(
        store=house.store,
        channels={},
        states=house.states,
        phrases=house.phrases,
        clock=house.clock,
        metrics=Metrics(),
    )
    on, house.deliverer = house.deliverer, deliverer
    (notice,) = await delivered(house)
    assert (notice.delivery.status, notice.delivery.error) == (
        DeliveryStatus.QUEUED,
        "channel_off",
    )
    house.deliverer = on
    house.clock.turn(301)
    await house.run(Lane.DELIVERY)
    assert (await notices(house))[0].delivery.status is DeliveryStatus.SENT


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Failed("131026"), DeliveryStatus.FAILED),
        (Ambiguous("timeout"), DeliveryStatus.UNKNOWN),
    ],
)
async def test_hopeless_and_ambiguous_are_never_sent_again(
    house: House, outcome: Failed | Ambiguous, status: DeliveryStatus
) -> None:
    (notice,) = await delivered(house, outcome)
    assert notice.delivery is not None
    assert notice.delivery.status is status
    house.clock.turn(600)
    await house.run(Lane.DELIVERY)
    assert len(house.platform.sent) == 1


async def test_what_the_bot_said_before_a_claim_is_not_said_after_it(house: House) -> None:
    await house.writes("bonjour")
    await house.settle()
    house.platform.outcomes = [Sent("welcome"), Retry("503")]
    await house.run(Lane.DELIVERY)
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    await house.claimed()
    await house.replies("je suis là")
    house.platform.sent.clear()
    house.clock.turn(60)
    while await house.run(Lane.DELIVERY):
        house.clock.turn(1)
    by_bot = [one for one in await house.messages() if one.author is Author.BOT]
    assert by_bot
    assert {one.delivery and one.delivery.error for one in by_bot} == {"taken_over"}
    # The numbers to call are, and so is the listener.
    assert house.platform.sent == ["danger_numbers/tu", "listener_joined/tu", "je suis là"]


async def test_what_stands_on_the_website_before_a_claim_was_said(house: House) -> None:
    house.platform.repeatable = True
    await house.writes("bonjour")
    await house.settle()
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    await house.claimed()
    await house.run(Lane.DELIVERY)
    by_bot = [one for one in await house.messages() if one.author is Author.BOT]
    assert {one.delivery and one.delivery.status for one in by_bot} == {DeliveryStatus.SENT}


async def test_a_claim_between_two_sendings_silences_the_second(house: House) -> None:
    await house.writes("bonjour")
    await house.settle()
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    send = house.platform.send

    async def claimed_meanwhile(errand: Errand) -> SendOutcome:
        if not house.platform.sent:
            await house.claimed()
        return await send(errand)

    house.platform.send = claimed_meanwhile  # type: ignore[method-assign]
    await house.run(Lane.DELIVERY)
    by_bot = [one for one in await house.messages() if one.author is Author.BOT]
    assert {one.delivery and one.delivery.error for one in by_bot} == {"taken_over"}


async def test_an_ambiguous_sending_waits_for_a_receipt_that_names_it(house: House) -> None:
    house.platform.size = 10
    (notice,) = await delivered(house, Sent("provider-1"), Ambiguous("timeout"))
    # Receipts are about the last part: only that one has a name.
    assert [errand.name for errand in house.platform.errands] == [None, notice.id]
    receipt = {"kind": EventKind.STATUS, "target": "provider-2", "client_id": notice.id}
    await house.writes("", **receipt, status="delivered")
    await house.run(Lane.INBOUND)
    (notice,) = await notices(house)
    assert notice.delivery.status is DeliveryStatus.DELIVERED
    assert notice.delivery.provider_ids == ("provider-1", "provider-2")
    house.clock.turn(600)
    await house.run(Lane.DELIVERY)
    assert len(house.platform.sent) == 2


async def test_a_crash_while_sending_never_sends_twice(house: House) -> None:
    class Crash(BaseException):
        pass

    async def crash(errand: Errand) -> SendOutcome:
        house.platform.sent.append(errand.part.text)
        raise Crash

    house.platform.send = crash  # type: ignore[method-assign]
    await house.writes("DANGER")
    await house.run(Lane.INBOUND)
    with pytest.raises(Crash):
        await house.run(Lane.DELIVERY)
    house.clock.turn(LEASE.total_seconds() + 1)
    await house.run(Lane.DELIVERY)
    assert len(house.platform.sent) == 1
    messages = await house.store.messages((await house.conversation()).id)
    assert messages[1].delivery is not None
    assert messages[1].delivery.status is DeliveryStatus.UNKNOWN


async def test_receipts_advance_the_message(house: House) -> None:
    await delivered(house)
    await house.writes("", kind=EventKind.STATUS, target="provider-1", status="read")
    await house.run(Lane.INBOUND)
    messages = await house.store.messages((await house.conversation()).id)
    assert messages[1].delivery is not None
    assert messages[1].delivery.status is DeliveryStatus.READ
