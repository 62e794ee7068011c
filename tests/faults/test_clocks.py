"""Clocks that jump, forwards and back, on one gateway or on both: nothing lost, nothing twice."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.checker import judge, quiet
from tests.faults.lab import Phone
from tests.faults.world import world

HOUR = 3600.0
# How far ahead of ours each gateway's clock is, one step after the other.
JUMPS = ((HOUR, 0.0), (0.0, -HOUR), (HOUR, -HOUR), (HOUR, HOUR), (-HOUR, -HOUR), (0.0, 0.0))
PHONES = 8
BETWEEN = 12  # messages of the slowest phone in one step


@pytest.mark.timeout(600)
async def test_clocks_that_jump_and_disagree_lose_and_double_nothing(tmp_path: Path) -> None:
    phones = [Phone(chat=500 + number, pause=(0.05, 0.2)) for number in range(PHONES)]
    async with world(tmp_path) as lab:
        over = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for phone in phones:
                tasks.create_task(phone.writes_until(over, lab.session, lab.urls))
            for step, jump in enumerate(JUMPS, start=1):
                for gateway, seconds in zip(lab.gateways, jump, strict=True):
                    gateway.turn_clock(seconds)
                while min(len(phone.acknowledged) for phone in phones) < step * BETWEEN:
                    await asyncio.sleep(0.1)
            over.set()
        # What was wished while a clock was ahead becomes due in an hour: it is now.
        for gateway in lab.gateways:
            gateway.turn_clock(HOUR + 60)
        await quiet(lab.store, phones)
        for phone in phones:
            await judge(lab.store, phone, lab.platform)
