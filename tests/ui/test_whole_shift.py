"""A whole shift in real browsers against a gateway process: `make shift` plays all forty people."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.ui.consoles import Browser
from tests.ui.shift.house import house
from tests.ui.shift.play import play
from tests.ui.shift.stories import CHANNELS, EARLY

LONG = os.environ.get("RELAIS_TEST_SHIFT") == "whole"


@pytest.mark.browser
@pytest.mark.timeout(1800 if LONG else 900)
def test_a_shift_from_the_first_message_to_the_last_end(chromium: Browser, tmp_path: Path) -> None:
    stories, capacity = (EARLY, 6) if LONG else (EARLY[:8], 3)
    assert {one.channel for one in stories[: 2 * capacity]} == set(CHANNELS)
    pictures = Path(os.environ["RELAIS_TEST_PICTURES"]) if LONG else None
    with house(tmp_path, capacity=capacity) as gateway:
        took = play(
            chromium,
            gateway,
            stories,
            capacity=capacity,
            wait_for_alarm=LONG,
            pictures=pictures,
        )
    print(f"\n{len(stories) + 1} people, seconds for each part: {took}")
