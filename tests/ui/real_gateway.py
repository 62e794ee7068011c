"""A whole gateway beside a test that drives a browser: its own thread, its own loop, real store."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.browsers import PATIENCE_MS
from tests.gateway.gateways import PASSWORD, Running, running
from tests.ui.consoles import Browser, Page, sign_in

T = TypeVar("T")


@dataclass
class RealGateway:
    """A gateway on `localhost`, the one plain address where browsers allow security keys."""

    loop: asyncio.AbstractEventLoop
    house: Running

    @property
    def url(self) -> str:
        return f"http://localhost:{self.house.client.port}"

    def do(self, work: Coroutine[Any, Any, T], within: float = 30) -> T:
        """Run something in the gateway's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(within)


@contextmanager
def real_gateway(
    folder: Path,
    *,
    listeners: Sequence[str] = (),
    beside: AbstractAsyncContextManager[object] = nullcontext(),
    **options: Any,
) -> Iterator[RealGateway]:
    """A gateway with these listeners that runs until the end of the block, and `beside` it a
    platform."""
    ready: list[RealGateway] = []
    started, stop = threading.Event(), asyncio.Event()

    async def life() -> None:
        async with beside, running(folder, **options) as house:
            ready.append(RealGateway(asyncio.get_running_loop(), house))
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(life()), name="gateway", daemon=True)
    thread.start()
    assert started.wait(30)
    (gateway,) = ready
    try:
        for login in listeners:
            gateway.do(gateway.house.add_listener(login))
        yield gateway
    finally:
        gateway.loop.call_soon_threadsafe(stop.set)
        thread.join(30)


def at_the_desk(chromium: Browser, gateway: RealGateway, login: str) -> Page:
    """A console of its own, signed in, with the queue on its screen."""
    page = chromium.new_context(locale="fr-FR").new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{gateway.url}/console/")
    page.get_by_label("Identifiant").wait_for()
    sign_in(page, login, PASSWORD)
    page.get_by_role("heading", name="File d’attente").wait_for()
    return page
