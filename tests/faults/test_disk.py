"""The disk of a whole process is full: it refuses, keeps what it has, and goes on with new room.

A limit on the size of files stands for the full disk; it needs no rights, and can be lifted from
outside while the process runs.
"""

import asyncio
import resource
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.checker import judge, quiet
from tests.faults.lab import Phone
from tests.faults.world import world

DISK = 1_500_000
PHONES = 10
REFUSALS = 20
# It says that it is full a little before it is: so many messages may still find a place.
ROOM = 400


@pytest.mark.timeout(600)
async def test_a_full_disk_refuses_and_loses_nothing(tmp_path: Path) -> None:
    phones = [Phone(chat=500 + number, pause=(0.0, 0.1)) for number in range(PHONES)]
    async with world(tmp_path, gateways=1, disk=DISK) as lab:
        (gateway,) = lab.gateways
        over = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for phone in phones:
                tasks.create_task(phone.writes_until(over, lab.session, lab.urls))
            # It says so, and does not die of it.
            await gateway.ready(lab.session, status=503)
            began = sum(len(phone.acknowledged) for phone in phones)
            while (refused := sum(phone.refused for phone in phones)) < REFUSALS:
                await asyncio.sleep(0.1)
                kept = sum(len(phone.acknowledged) for phone in phones) - began
                assert kept < ROOM, f"{kept} acknowledged on a full disk, {refused} refused"
            _, most = resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (most, most))
            await gateway.ready(lab.session)
            over.set()
        await quiet(lab.store, phones)
        for phone in phones:
            await judge(lab.store, phone, lab.platform)
    with closing(sqlite3.connect(tmp_path / "relais.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
