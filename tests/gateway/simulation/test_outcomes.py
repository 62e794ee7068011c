"""What becomes of people's and our messages under each fault: none lost, none sent twice.

FAULTS is the table; what takes more than one message each way is below it.

Where a platform's answer is not known, the message is shown as unknown.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.conversation import Author
from gateway.simulation.faults import Fault, FaultKind
from gateway.simulation.people import Person
from tests.gateway.simulation.world import CHANNELS, World, eventually, hears, says, world

HELLO = ["welcome/tu", "question_1/tu"]
ARRIVED = {"sent", "delivered", "read"}
WINDOWED = ("whatsapp", "messenger", "instagram")


async def written(everything: World, channel: str, person: Person) -> list[str]:
    """What the gateway keeps of what the person wrote."""
    kept = await everything.kept(channel, person)
    return [message.text for message in kept if message.author is Author.PERSON]


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody writes once and is to get HELLO. `lasting`: how both are shown until the fault is
    lifted; `shown`: how in the end. `arrives`: what the person has then, each once. `writes_again`:
    what it takes to go on besides."""

    fault: Fault
    lasting: str | None
    shown: tuple[Collection[str], Collection[str]]
    arrives: Sequence[str]
    channels: Sequence[str] = CHANNELS
    writes_again: bool = False


BOTH = (ARRIVED, ARRIVED)
FAULTS = {
    "429, come back in 1 s": Row(Fault(FaultKind.THROTTLED, 2, 1.0), None, BOTH, HELLO),
    "500": Row(Fault(FaultKind.ERROR, 2), None, BOTH, HELLO),
    "nobody listens": Row(Fault(FaultKind.REFUSED, seconds=1.0), None, BOTH, HELLO),
    "taken, then cut": Row(Fault(FaultKind.CUT, 1, 0.0), None, (["unknown"], ARRIVED), HELLO),
    "taken, then silence": Row(Fault(FaultKind.CUT, 1, 1.0), None, (["unknown"], ARRIVED), HELLO),
    "webhooks twice": Row(Fault(FaultKind.DUPLICATE, None), None, BOTH, HELLO),
    "dead token": Row(Fault(FaultKind.DEAD_TOKEN, None), "queued", BOTH, HELLO),
    "blocked": Row(Fault(FaultKind.BLOCKED, None), "failed", (["failed"], ["failed"]), []),
    # What a machine says is out of date by the time it could be said; a listener's words wait.
    "closed window": Row(
        Fault(FaultKind.CLOSED_WINDOW, None),
        "failed",
        (["failed"], ["failed"]),
        ["question_2/tu"],
        WINDOWED,
        writes_again=True,
    ),
}


@pytest.mark.parametrize(
    ("channel", "name"),
    [(channel, name) for name, row in FAULTS.items() for channel in row.channels],
)
async def test_nothing_is_lost_and_nothing_comes_twice(
    channel: str, name: str, tmp_path: Path
) -> None:
    row = FAULTS[name]
    async with world(tmp_path) as everything:
        person = everything.person(channel)
        await says(person, "salut", row.fault)
        if row.lasting:
            shown = [(text, row.lasting) for text in HELLO]
            assert await everything.settled(channel, person, shown) == shown
            assert everything.received(channel, person) == []
            everything.platform(channel).faults.clear()
            everything.clock.skip(61)
        if row.writes_again:
            await says(person, "coucou")
        assert await everything.arrives(channel, person, list(row.arrives)) == row.arrives

        async def both_are_known() -> bool:
            first, second, *_ = await everything.delivered(channel, person)
            return first[1] in row.shown[0] and second[1] in row.shown[1]

        # A clock that jumps while a send is under way makes its outcome unknown, and rightly so.
        assert await eventually(both_are_known, True)
        everything.clock.skip(600)
        await asyncio.sleep(0.5)
        assert everything.received(channel, person) == row.arrives
        first, second, *_ = await everything.delivered(channel, person)
        assert first[1] in row.shown[0]
        assert second[1] in row.shown[1]
        said = ["salut", "coucou"] if row.writes_again else ["salut"]
        assert await written(everything, channel, person) == said


def test_the_table_has_every_fault_that_spoils_a_send() -> None:
    in_order = {FaultKind.REORDERED}
    assert {row.fault.kind for row in FAULTS.values()} == set(FaultKind) - in_order


@pytest.mark.parametrize("channel", CHANNELS)
async def test_messages_out_of_order_are_all_read(channel: str, tmp_path: Path) -> None:
    async with world(tmp_path) as everything:
        person = everything.person(channel)
        _, held = await says(person, "un", Fault(FaultKind.REORDERED, calls=2))
        assert held["held"] is True
        await says(person, "DANGER")
        both = ["DANGER", "un"]
        assert await eventually(lambda: written(everything, channel, person), both) == both
        await everything.waiting(channel)


@pytest.mark.parametrize("channel", WINDOWED)
async def test_of_receipts_out_of_order_the_furthest_stays(channel: str, tmp_path: Path) -> None:
    async with world(tmp_path) as everything:
        person = everything.person(channel)
        await says(person, "salut")
        everything.platform(channel).faults.add(Fault(FaultKind.REORDERED, calls=3))
        assert await everything.arrives(channel, person, HELLO) == HELLO
        async for _ in person.catch_up():
            pass
        read = [(text, "read") for text in HELLO]
        assert await everything.settled(channel, person, read) == read


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_dead_token_keeps_everything_until_it_is_revived(
    channel: str, tmp_path: Path
) -> None:
    async with world(tmp_path) as everything:
        person = everything.person(channel)
        await says(person, "salut", Fault(FaultKind.DEAD_TOKEN, calls=None))
        queued = [(text, "queued") for text in HELLO]
        assert await everything.settled(channel, person, queued) == queued
        await says(person, "DANGER")
        queued += [("danger_numbers/tu", "queued")]
        assert await everything.settled(channel, person, queued) == queued
        assert await written(everything, channel, person) == ["salut", "DANGER"]
        assert everything.received(channel, person) == []
        await everything.waiting(channel)
        trouble = ("degraded", "paused")
        assert await eventually(lambda: everything.health(channel), trouble) == trouble
        everything.platform(channel).faults.lift(FaultKind.DEAD_TOKEN)
        everything.clock.skip(61)
        said = [text for text, _ in queued]
        assert await everything.arrives(channel, person, said) == said


@pytest.mark.parametrize("channel", CHANNELS)
async def test_somebody_who_blocked_us_is_left_alone_and_still_seen(
    channel: str, tmp_path: Path
) -> None:
    async with world(tmp_path) as everything:
        person = everything.person(channel)
        await says(person, "DANGER", Fault(FaultKind.BLOCKED, calls=None))
        failed = [("danger_numbers/tu", "failed")]
        assert await everything.settled(channel, person, failed) == failed
        assert everything.received(channel, person) == []
        await everything.waiting(channel)


@pytest.mark.parametrize("channel", WINDOWED)
async def test_a_listener_s_late_answer_arrives_when_the_platform_lets_it(
    channel: str, tmp_path: Path
) -> None:
    async with world(tmp_path) as everything:
        person = everything.person(channel)
        await says(person, "DANGER")
        detail = await everything.claim()
        said = ["danger_numbers/tu", "listener_joined/tu"]
        assert await everything.arrives(channel, person, said) == said
        platform = everything.platform(channel)
        platform.faults.add(Fault(FaultKind.CLOSED_WINDOW, calls=None))
        await everything.reply(detail, "Je suis là.")
        if channel == "whatsapp":
            # Nothing but a template may be sent: the answer waits for the person to write.
            await hears(person)
            assert (await everything.delivered(channel, person))[-1] == ("Je suis là.", "queued")
        else:
            # A human's answer may come late.
            said += ["Je suis là."]
            assert await everything.arrives(channel, person, said) == said
        platform.faults.clear()
        await says(person, "coucou")
        await everything.reply(detail, "Tu es là ?")
        said = [*said[:2], "Je suis là.", "Tu es là ?"]
        assert await everything.arrives(channel, person, said) == said
