"""What stands around the gateways of the laboratory: a database of either engine, a platform.

Both are reached through a proxy each, whose weather can be turned; SQLite is a file, and has none.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from core.ports import Store
from core.sealing import Vault
from core.storage.mongo import MongoStore
from core.storage.sqlite import SqliteStore
from gateway.simulation.telegram import FakeTelegram
from tests.acceptance.serving import MASTER, an_account
from tests.contracts.mongo_server import MongoServer
from tests.faults.lab import TOKEN, GatewayProcess
from tests.faults.proxy import Proxy, a_proxy

LISTENERS = ("anne", "bilal")


@dataclass(frozen=True)
class World:
    """Gateways, and all they depend on."""

    gateways: list[GatewayProcess]
    # Looks at the database beside the proxy, as the judge does.
    store: Store
    platform: FakeTelegram
    to_platform: Proxy
    session: aiohttp.ClientSession
    # MongoDB only.
    server: MongoServer | None = None
    to_database: Proxy | None = None

    @property
    def urls(self) -> list[str]:
        return [gateway.url for gateway in self.gateways]

    async def ready(self) -> None:
        """Wait until every gateway says so."""
        for gateway in self.gateways:
            await gateway.ready(self.session)


@asynccontextmanager
async def world(
    folder: Path,
    *,
    engine: str = "sqlite",
    gateways: int = 2,
    disk: int | None = None,
    rasa: str = "",
) -> AsyncIterator[World]:
    """Ready gateways on one empty database with two listeners. All ends with the block."""
    async with AsyncExitStack() as up:
        platform = await up.enter_async_context(FakeTelegram(TOKEN))
        to_platform = await up.enter_async_context(a_proxy(_port(platform.url)))
        session = await up.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )
        server = to_database = None
        store: Store
        if engine == "sqlite":
            url = f"sqlite:///{folder / 'relais.db'}"
            store = SqliteStore(folder / "relais.db", Vault({1: MASTER}))
        else:
            server = MongoServer(folder / "mongo")
            await asyncio.to_thread(server.start)
            up.push_async_callback(asyncio.to_thread, server.stop)
            beside = server.url("relais")
            to_database = await up.enter_async_context(a_proxy(_port(beside)))
            # Else the driver would learn the server's own address, and go around the proxy.
            url = f"{beside}&directConnection=true".replace(
                f":{_port(beside)}", f":{to_database.port}"
            )
            store = MongoStore(beside, Vault({1: MASTER}))
        await store.open()
        up.push_async_callback(store.close)
        for login in LISTENERS:
            await store.add_listener(an_account(login))
        processes = [
            GatewayProcess(
                folder, url, f"http://127.0.0.1:{to_platform.port}", disk=disk, rasa=rasa
            )
            for _ in range(gateways)
        ]
        for gateway in processes:
            gateway.start()
            up.push_async_callback(gateway.stop)
        made = World(processes, store, platform, to_platform, session, server, to_database)
        await made.ready()
        yield made


def _port(url: str) -> int:
    port = urlsplit(url).port
    assert port is not None
    return port
