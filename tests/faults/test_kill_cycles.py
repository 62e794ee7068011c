"""A gateway is killed again and again while people write: nothing acknowledged is lost or doubled.

Two gateways share a file; one of them at a time dies by kill -9, and starts again.
`RELAIS_TEST_CYCLES` says how often; `make soak` sets 500.
"""

import asyncio
import os
import random
import time
from pathlib import Path

import pytest

from tests.faults.checker import judge, quiet
from tests.faults.lab import Phone
from tests.faults.world import world

CYCLES = int(os.environ.get("RELAIS_TEST_CYCLES", "40"))
PHONES = 40
# 200 messages a second at most, where the machine can.
PAUSE = (0.05, 0.35)
ALIVE = (0.1, 0.5)


@pytest.mark.timeout(600 + 20 * CYCLES)
async def test_forty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    phones = [Phone(chat=500 + number, pause=PAUSE) for number in range(PHONES)]
    async with world(tmp_path) as lab:
        over = asyncio.Event()
        began = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for phone in phones:
                tasks.create_task(phone.writes_until(over, lab.session, lab.urls))
            for _ in range(CYCLES):
                gateway = random.choice(lab.gateways)
                await asyncio.sleep(random.uniform(*ALIVE))
                await gateway.kill()
                gateway.start()
                await gateway.ready(lab.session)
            over.set()
        took = time.monotonic() - began
        refused = sum(phone.refused for phone in phones)
        assert refused >= PHONES, "the kills were not felt"
        await quiet(lab.store, phones, within=600)
        for phone in phones:
            await judge(lab.store, phone, lab.platform)
    count = sum(len(phone.acknowledged) for phone in phones)
    print(f"{CYCLES} kills in {took:.0f} s, {count} acknowledged ({count / took:.0f}/s)", end=", ")
    print(f"{refused} refused or unanswered, 0 lost, 0 twice")
