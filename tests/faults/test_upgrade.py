"""An upgrade while people write: two gateways and two bots, one after the other, nothing lost.

Real gateway processes behind one proxy, on one database; the bots are stand-ins for Rasa, which
keeps nothing from one turn to the next, behind a proxy of their own. Then the database is brought
to the schema of a later release under the gateways that run: they go on, and one that starts now
refuses, and says why.
"""

import asyncio
import signal
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest

from core.storage.sqlite.schema import MIGRATIONS, connect, migrate
from tests.faults.checker import judge, quiet
from tests.faults.door import a_door
from tests.faults.lab import GatewayProcess, Phone
from tests.faults.standin import StandIn
from tests.faults.world import World, world

PHONES = 8
# What later releases may do under older ones: add.
LATER = (
    "CREATE TABLE later (id TEXT PRIMARY KEY NOT NULL) STRICT",
    "ALTER TABLE conversations ADD COLUMN later TEXT",
    "CREATE INDEX conversations_later ON conversations (later)",
)


@pytest.mark.timeout(900)
async def test_an_upgrade_under_load_loses_nothing(tmp_path: Path) -> None:
    phones = [Phone(chat=500 + number, pause=(0.1, 0.4)) for number in range(PHONES)]
    bots = [StandIn(), StandIn()]
    async with AsyncExitStack() as up:
        for bot in bots:
            await bot.start()
            up.push_async_callback(bot.stop)
        rasa = await up.enter_async_context(a_door([bot.port for bot in bots]))
        lab = await up.enter_async_context(world(tmp_path, rasa=rasa))
        front = await up.enter_async_context(a_door([one.port for one in lab.gateways]))
        over = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for phone in phones:
                tasks.create_task(phone.writes_until(over, lab.session, [front]))
            await more(phones, 3)
            for gateway in lab.gateways:
                gateway.signal(signal.SIGTERM)
                assert await gateway.ends() == 0
                await more(phones, 2)  # the other one serves
                gateway.start()
                await gateway.ready(lab.session)
                await more(phones, 2)
            for bot in bots:
                await bot.stop()
                await more(phones, 2)
                await bot.start()
            with closing(connect(tmp_path / "relais.db")) as connection:
                migrate(connection, (*MIGRATIONS, LATER))
            await more(phones, 3)
            await refused(lab)
            await more(phones, 2)
            over.set()
        assert all(bot.turns for bot in bots)
        await quiet(lab.store, phones)
        for phone in phones:
            await judge(lab.store, phone, lab.platform)


async def more(phones: list[Phone], count: int) -> None:
    """Wait until everybody got so many more messages acknowledged."""
    wanted = [len(phone.acknowledged) + count for phone in phones]
    while any(len(one.acknowledged) < goal for one, goal in zip(phones, wanted, strict=True)):
        await asyncio.sleep(0.1)


async def refused(lab: World) -> None:
    """A gateway that is older than the database does not start, and names what is wrong."""
    one = lab.gateways[0]
    older = GatewayProcess(one.folder, one.database, one.platform)
    older.start()
    assert await older.ends() == 1
    assert "RELAIS_DATABASE_URL: the database was written by a newer version" in (
        older.log.read_text()
    )
