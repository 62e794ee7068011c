"""A whole shift in real browsers against a gateway process: `make shift` plays all forty people."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.ui.consoles import Browser
from tests.ui.shift.house import house
from tests.ui.shift.play import play
from tests.ui.shift.stories import CHANNELS, EARLY

# Where the pictures go, when all of it is played.
PICTURES = os.environ.get("RELAIS_TEST_SHIFT")


@pytest.mark.browser
@pytest.mark.timeout(1800)
def test_a_shift_from_the_first_message_to_the_last_end(chromium: Browser, tmp_path: Path) -> None:
    stories, capacity = (EARLY, 6) if PICTURES else (EARLY[:8], 3)
    assert {one.channel for one in stories[: 2 * capacity]} == set(CHANNELS)
    pictures = Path(PICTURES) if PICTURES else None
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    with house(tmp_path, capacity=capacity) as gateway:
        took = play(
            chromium,
            gateway,
            stories,
            capacity=capacity,
            wait_for_alarm=pictures is not None,
            pictures=pictures,
        )
    print(f"\n{len(stories) + 1} people, seconds for each part: {took}")
