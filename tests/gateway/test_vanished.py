"""Whoever vanishes gives back what they hold: when, what, and what is left alone."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from core import transitions
from core.accounts import Listener
from core.conversation import QUEUE, Conversation, Outcome
from core.errors import NotFound, StorageUnavailable
from core.ids import ListenerId
from core.labels import Urgency
from core.ports import Store
from core.work import Lane
from gateway.metrics import Metrics
from gateway.presence import Rhythm, Vanished, give_back
from handoff.attendance import Attendance
from tests.builders import a_listener
from tests.core.test_transitions import ANNE
from tests.fakes import TurnableClock
from tests.gateway.house import House

BILAL = a_listener("bilal", name="Bilal")
RHYTHM = Rhythm()
LOOK = RHYTHM.look_every.total_seconds()
GRACE = RHYTHM.grace.total_seconds()


def looking(house: House, *, store: Store | None = None) -> Vanished:
    """What one process runs."""
    return Vanished(
        store=store or house.store,
        phrases=house.phrases,
        clock=house.clock,
        metrics=Metrics(),
        rhythm=RHYTHM,
    )


async def looks_for(house: House, vanished: Vanished, seconds: float) -> None:
    """Let time pass while a process looks."""
    for _ in range(round(seconds / LOOK)):
        house.clock.turn(LOOK)
        await vanished.look()


async def a_ticket(house: House, sender: str, text: str = "DANGER") -> Conversation:
    await house.writes(text, sender=sender)
    await house.run(Lane.INBOUND)
    return await house.conversation(sender)


async def taken(house: House, conversation: Conversation, listener: Listener) -> Conversation:
    return await house.commit(
        transitions.claim(conversation, listener, now=house.clock(), phrases=house.phrases)
    )


def held_by(conversation: Conversation, listener: Listener) -> bool:
    return conversation.is_held_by(listener.id)


async def test_it_all_fits_the_promise() -> None:
    longest = RHYTHM.grace + RHYTHM.look_every
    assert longest < timedelta(seconds=45 - 3)
    # A dead peer is noticed, and one that lives is heard before its silence means something.
    assert RHYTHM.ask_every * 1.5 < timedelta(seconds=20)
    assert RHYTHM.ask_every + RHYTHM.note_every < RHYTHM.settle


async def test_who_is_silent_for_the_grace_time_gives_everything_back(house: House) -> None:
    vanished = looking(house)
    await looks_for(house, vanished, GRACE)
    for sender in ("a", "b"):
        await taken(house, await a_ticket(house, sender), ANNE)
    other = await taken(house, await a_ticket(house, "c"), BILAL)
    await house.store.note_present(ANNE.id, now=house.clock())

    for _ in range(round(GRACE / LOOK)):
        house.clock.turn(LOOK)
        await house.store.note_present(BILAL.id, now=house.clock())
        await vanished.look()
        assert len(await house.store.held_by(ANNE.id)) == 2
    house.clock.turn(LOOK)
    await vanished.look()
    assert await house.store.held_by(ANNE.id) == []
    assert [one.id for one in await house.store.held_by(BILAL.id)] == [other.id]
    for sender in ("a", "b"):
        back = await house.conversation(sender)
        assert back.owner == QUEUE
        *_, last = await house.store.messages(back.id)
        assert last.sentence == "listener_lost"


async def test_they_come_back_at_the_head_of_their_urgency_and_danger_goes_on(
    house: House,
) -> None:
    vanished = looking(house)
    first = await taken(house, await a_ticket(house, "first"), ANNE)
    assert first.danger_since is not None
    house.clock.turn(1)
    waiting = [await a_ticket(house, sender) for sender in ("second", "third")]
    await looks_for(house, vanished, GRACE + LOOK)
    queue = await house.store.waiting(limit=9)
    assert [one.id for one in queue] == [first.id, *(one.id for one in waiting)]
    assert queue[0].danger_since == first.danger_since
    assert queue[0].assessment.urgency is Urgency.CRITIQUE
    house.clock.turn(transitions.ALARM_AFTER.total_seconds())
    assert await house.run(Lane.WATCH)
    assert (await house.conversation("first")).is_alarming


async def test_a_sign_of_life_in_time_keeps_everything(house: House) -> None:
    vanished = looking(house)
    await taken(house, await a_ticket(house, "visitor"), ANNE)
    for _ in range(3):
        await looks_for(house, vanished, GRACE)
        await house.store.note_present(ANNE.id, now=house.clock())
    assert len(await house.store.held_by(ANNE.id)) == 1


async def test_two_processes_at_once_do_no_harm(house: House) -> None:
    processes = [looking(house) for _ in range(3)]
    await taken(house, await a_ticket(house, "visitor"), ANNE)
    for _ in range(round(GRACE / LOOK) + 2):
        house.clock.turn(LOOK)
        await asyncio.gather(*(one.look() for one in processes))
    sentences = [message.sentence for message in await house.messages()]
    assert sentences.count("listener_lost") == 1


class Shaky:
    """A store that is away when told so."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.away = False

    def __getattr__(self, name: str) -> Any:
        if self.away:
            raise StorageUnavailable
        return getattr(self._store, name)


@pytest.mark.parametrize("failed", [2, 20])
async def test_after_an_outage_of_the_database_consoles_have_time_to_be_heard(
    house: House, failed: int
) -> None:
    shaky = Shaky(house.store)
    vanished = looking(house, store=cast("Store", shaky))
    await taken(house, await a_ticket(house, "visitor"), ANNE)
    await looks_for(house, vanished, GRACE)
    shaky.away = True
    for _ in range(failed):
        house.clock.turn(LOOK)
        with pytest.raises(StorageUnavailable):
            await vanished.look()
    shaky.away = False
    await vanished.look()
    await looks_for(house, vanished, GRACE / 2 - LOOK)
    assert len(await house.store.held_by(ANNE.id)) == 1
    await looks_for(house, vanished, LOOK)
    assert not await house.store.held_by(ANNE.id)


@pytest.mark.parametrize("step", [7200.0, -7200.0])
async def test_a_process_that_slept_starts_over(house: House, step: float) -> None:
    vanished = looking(house)
    await looks_for(house, vanished, GRACE)
    await taken(house, await a_ticket(house, "visitor"), ANNE)
    house.clock.turn(step)
    await looks_for(house, vanished, LOOK)
    assert len(await house.store.held_by(ANNE.id)) == 1


async def test_one_that_cannot_be_given_back_keeps_nobody_waiting(house: House) -> None:
    vanished = looking(house)
    await taken(house, await a_ticket(house, "erased"), ANNE)
    await taken(house, await a_ticket(house, "visitor"), ANNE)
    erased = await house.conversation("erased")

    class Gone(Shaky):
        async def held_by(self, listener_id: ListenerId) -> Sequence[Conversation]:
            held = await house.store.held_by(listener_id)
            await house.store.erase_contact(erased.contact_id)
            return held

    vanished = looking(house, store=cast("Store", Gone(house.store)))
    await looks_for(house, vanished, GRACE + LOOK)
    assert not await house.store.held_by(ANNE.id)
    with pytest.raises(NotFound):
        await house.store.conversation(erased.id)


# What became of the holding between the look and the commit.


async def nothing(house: House, held: Conversation) -> None:
    """Nothing became of it."""


async def the_person_wrote(house: House, held: Conversation) -> None:
    await house.writes("encore là ?", sender="visitor")
    await house.run(Lane.INBOUND)


async def it_was_closed(house: House, held: Conversation) -> None:
    await house.commit(
        transitions.close(
            held,
            ANNE,
            Outcome.HELPED,
            seen=held.version,
            now=house.clock(),
            phrases=house.phrases,
        )
    )


async def it_was_given_back(house: House, held: Conversation) -> None:
    await house.commit(
        transitions.give_back(held, first=None, now=house.clock(), phrases=house.phrases)
    )


async def another_took_it(house: House, held: Conversation) -> None:
    await it_was_given_back(house, held)
    await taken(house, await house.conversation(), BILAL)


async def the_same_took_it_anew(house: House, held: Conversation) -> None:
    await it_was_given_back(house, held)
    await taken(house, await house.conversation(), ANNE)


@pytest.mark.parametrize(
    ("meanwhile", "given", "holder"),
    [
        (nothing, True, None),
        (the_person_wrote, True, None),
        (it_was_closed, False, ANNE),
        (it_was_given_back, False, None),
        (another_took_it, False, BILAL),
        (the_same_took_it_anew, False, ANNE),
    ],
)
async def test_only_the_holding_that_was_seen_is_given_back(
    house: House,
    meanwhile: Callable[[House, Conversation], Awaitable[None]],
    given: bool,
    holder: Listener | None,
) -> None:
    held = await taken(house, await a_ticket(house, "visitor"), ANNE)
    house.clock.turn(1)
    await meanwhile(house, held)
    done = await give_back(house.store, held, phrases=house.phrases, clock=house.clock)
    assert done is given
    after = await house.conversation()
    assert after.owner.listener_id == (holder and holder.id)


# What is heard.


class Book:
    """Remembers what was noted."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, datetime]] = []
        self.away = False

    async def note_present(self, listener_id: ListenerId, *, now: datetime) -> None:
        await asyncio.sleep(0)
        if self.away:
            raise StorageUnavailable
        self.noted.append((listener_id, now))

    async def absent_holders(self, *, before: datetime) -> Sequence[ListenerId]:
        raise AssertionError("nobody asked")


async def test_many_tabs_of_a_listener_are_written_once() -> None:
    book, clock = Book(), TurnableClock()
    attendance = Attendance(presence=book, clock=clock, every=timedelta(seconds=4))
    start = clock()
    for _ in range(9):
        await asyncio.gather(*(attendance.note(ANNE.id) for _ in range(5)))
        await attendance.note(BILAL.id)
        clock.turn(1)
    wanted = [start + timedelta(seconds=seconds) for seconds in (0, 4, 8)]
    assert [at for who, at in book.noted if who == ANNE.id] == wanted
    assert [at for who, at in book.noted if who == BILAL.id] == wanted


async def test_a_sign_that_could_not_be_written_does_not_stand_for_one() -> None:
    book, clock = Book(), TurnableClock()
    attendance = Attendance(presence=book, clock=clock, every=timedelta(seconds=4))
    book.away = True
    await attendance.note(ANNE.id)
    book.away = False
    await attendance.note(ANNE.id)
    clock.turn(-60)
    await attendance.note(ANNE.id)
    assert [who for who, _ in book.noted] == [ANNE.id] * 2
