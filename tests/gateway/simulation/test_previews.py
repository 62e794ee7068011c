"""What phones show while they are locked, on every channel: a line that anybody may read."""

from pathlib import Path

import pytest

from core.discretion import AWAY_AFTER, unveiled, veiled
from tests.fakes import Echo
from tests.gateway.simulation.world import CHANNELS, eventually, says, world

LINE = "new_message/tu"
LATER = AWAY_AFTER.total_seconds() + 5


@pytest.mark.parametrize("channel", CHANNELS)
async def test_who_fell_silent_is_answered_behind_a_neutral_line(
    channel: str, tmp_path: Path
) -> None:
    async with world(tmp_path) as everything:
        person = everything.person(channel)
        # Who is writing has the conversation open: not even the numbers to call are put off.
        said = ["danger_numbers/tu"]
        await says(person, "DANGER")
        assert await everything.arrives(channel, person, said) == said
        everything.clock.skip(LATER)
        await everything.reply(await everything.claim(), "Veux-tu mourir ?")
        said += [veiled(text, LINE) for text in ("listener_joined/tu", "Veux-tu mourir ?")]
        assert await everything.arrives(channel, person, said) == said


@pytest.mark.parametrize("channel", CHANNELS)
async def test_of_a_long_answer_only_the_first_part_has_the_line(
    channel: str, tmp_path: Path
) -> None:
    text = " ".join(f"Phrase numéro {n}, écrite en français." for n in range(95))
    async with world(tmp_path) as everything:
        person = everything.person(channel)
        said = ["danger_numbers/tu"]
        await says(person, "DANGER")
        assert await everything.arrives(channel, person, said) == said
        everything.clock.skip(LATER)
        await everything.reply(await everything.claim(), text)

        async def heard() -> str:
            return " ".join(unveiled(part, Echo()) for part in answers())

        def answers() -> list[str]:
            return everything.received(channel, person)[2:]

        assert await eventually(heard, text) == text
        assert [part.startswith(LINE) for part in answers()][:2] in ([True], [True, False])
