"""Two gateways through every fault we can make: what was acknowledged is kept, once, in order.

`RELAIS_TEST_FAULTS` says how many rounds of faults on each engine; `make soak` sets 125.
"""

import asyncio
import os
import random
import signal
from pathlib import Path

import aiohttp
import pytest

from core.conversation import DeliveryStatus
from core.ids import new_id
from core.ports import Store
from gateway.simulation.telegram import FakeTelegram
from tests.acceptance.people import Listener
from tests.acceptance.serving import PASSWORD
from tests.faults.checker import judge, quiet, stored_messages
from tests.faults.lab import CANARY, SECRET, TOKEN, GatewayProcess, Phone
from tests.faults.proxy import Weather
from tests.faults.world import LISTENERS, World, world

ROUNDS = int(os.environ.get("RELAIS_TEST_FAULTS", "1"))
PHONES = 8
REPLY = "je suis là"
# Past the lease of a message that enters its conversation.
PAST_THE_LEASE = 11.0


async def faults(lab: World) -> None:
    """One round: each gateway is killed, one sleeps past its lease, the weather changes."""
    weathers = random.sample((Weather.SLOW, Weather.HANGING, Weather.CUT), 3)
    for gateway, weather in zip(random.sample(lab.gateways, 2), weathers, strict=False):
        lab.to_platform.turn(weather)
        await asyncio.sleep(random.uniform(0.5, 1.5))
        await gateway.kill()
        await asyncio.sleep(random.uniform(0.2, 0.5))
        gateway.start()
        lab.to_platform.turn(Weather.FINE)
        await gateway.ready(lab.session)
    if lab.server is not None and lab.to_database is not None:
        for weather in weathers:
            lab.to_database.turn(weather)
            await asyncio.sleep(random.uniform(0.5, 1.5))
        lab.to_database.turn(Weather.FINE)
        await asyncio.to_thread(lab.server.kill)
        await asyncio.sleep(random.uniform(0.2, 0.5))
        await asyncio.to_thread(lab.server.start)
        await lab.ready()
    lab.to_platform.turn(weathers[2])
    sleeper = random.choice(lab.gateways)
    sleeper.signal(signal.SIGSTOP)
    await asyncio.sleep(PAST_THE_LEASE)
    lab.to_platform.turn(Weather.FINE)
    sleeper.signal(signal.SIGCONT)
    await sleeper.ready(lab.session)


@pytest.mark.timeout(900 + 240 * ROUNDS)
@pytest.mark.parametrize("engine", ["sqlite", "mongo"])
async def test_what_was_acknowledged_is_kept_once_and_in_order(engine: str, tmp_path: Path) -> None:
    phones = [Phone(chat=500 + number) for number in range(PHONES)]
    async with world(tmp_path, engine=engine) as lab:
        over = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for phone in phones:
                tasks.create_task(phone.writes_until(over, lab.session, lab.urls))
            for _ in range(ROUNDS):
                await faults(lab)
            over.set()
        assert sum(phone.refused for phone in phones) >= PHONES, "the faults were not felt"
        await quiet(lab.store, phones)
        await everybody_is_answered_once(lab.gateways)
        await quiet(lab.store, phones)
        for phone in phones:
            await judge(lab.store, phone, lab.platform)
            await is_answered(lab.store, phone, lab.platform)
        await nothing_is_told(lab)
    count = sum(len(phone.acknowledged) for phone in phones)
    print(f"{count} acknowledged, {sum(phone.refused for phone in phones)} refused or unanswered")


async def is_answered(store: Store, phone: Phone, platform: FakeTelegram) -> None:
    """The reply is kept once; it arrived, or the listener is shown that nobody knows."""
    (reply,) = [one for one in await stored_messages(store, phone) if one.text == REPLY]
    arrived = [one.text for one in platform.inboxes.of(str(phone.chat))]
    assert reply.delivery is not None
    unknown = reply.delivery.status is DeliveryStatus.UNKNOWN
    assert arrived.count(REPLY) == 1 or (unknown and REPLY not in arrived)


async def everybody_is_answered_once(gateways: list[GatewayProcess]) -> None:
    """Two listeners, one at each gateway, race for the same people."""
    won: list[str] = []

    async def work(login: str, gateway: GatewayProcess) -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            listener = Listener(session, gateway.url)
            await listener.sign_in(login, PASSWORD)
            while len(won) < PHONES:
                wish = {"cid": new_id()}
                async with session.post(f"{gateway.url}/console/api/claim", json=wish) as answer:
                    if answer.status != 200:
                        await asyncio.sleep(0.1)  # busy, or the last ones are not in the queue yet
                        continue
                    summary = (await answer.json())["summary"]
                won.append(summary["id"])
                body = {
                    "cid": f"r-{summary['id']}",
                    "text": REPLY,
                    "seen": summary["version"],
                }
                await listener.post(f"/conversations/{summary['id']}/reply", body)

    async with asyncio.timeout(120):
        await asyncio.gather(
            *(work(login, gateway) for login, gateway in zip(LISTENERS, gateways, strict=True))
        )
    assert len(won) == len(set(won)) == PHONES, "one conversation, two winners"


async def nothing_is_told(lab: World) -> None:
    """No content, name, id, token or secret in logs and metrics, after all that went wrong."""
    told = ""
    for gateway in lab.gateways:
        async with lab.session.get(f"{gateway.url}/metrics") as answer:
            assert answer.status == 200
            told += await answer.text()
        told += gateway.log.read_text()
    assert "relais_events_accepted_total" in told
    words = [CANARY, TOKEN, TOKEN.split(":")[1], SECRET, PASSWORD, REPLY]
    for word in (*words, *(f'"{500 + number}"' for number in range(PHONES))):
        assert word not in told
