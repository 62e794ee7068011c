"""What the console shows of a simulated conversation, by docs/console-api.md.

The console never says whose conversation it is, so the newest one on the channel that was not there
before is taken for it: nobody else should write on that channel meanwhile.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from core.errors import RelaisError

Summaries = Mapping[str, Mapping[str, Any]]


class Console:
    """A listener who only looks."""

    def __init__(self, session: aiohttp.ClientSession, gateway: str) -> None:
        self._session = session
        self._gateway = gateway

    async def sign_in(self, login: str, password: str) -> None:
        """Raises RelaisError when the gateway does not let this account in, or not yet."""
        body = {"login": login, "password": password}
        async with self._session.post(f"{self._gateway}/console/api/login", json=body) as answer:
            said = await answer.json()
        if answer.status != 200:
            raise RelaisError(f"the console does not let {login} in ({said['error']['code']})")
        if said["me"]["must_change_password"]:
            raise RelaisError(f"{login} must first choose a password, in the console")

    async def summaries(self) -> Summaries:
        """The conversations with a ticket that this listener sees now, by id, oldest first."""
        async with self._session.ws_connect(f"{self._gateway}/console/api/socket") as socket:
            snapshot = await socket.receive_json()
        seen = [*snapshot["waiting"], *snapshot["mine"], *snapshot["alarms"]]
        return {summary["id"]: summary for summary in sorted(seen, key=lambda s: s["opened_at"])}


@asynccontextmanager
async def console_of(gateway: str) -> AsyncIterator[Console]:
    """The console of the gateway at this address. Raises RelaisError when none answers there."""
    # Cookies of a bare address are kept only by an "unsafe" jar.
    jar = aiohttp.CookieJar(unsafe=True)
    try:
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            yield Console(session, gateway)
    except (aiohttp.ClientError, OSError) as error:
        raise RelaisError(f"no console answers at {gateway} ({type(error).__name__})") from None


def newest(channel: str, before: Summaries, after: Summaries) -> Mapping[str, Any] | None:
    """The conversation of a channel that came between two looks; None when none is to be seen."""
    new = [
        summary
        for key, summary in after.items()
        if key not in before and summary["channel"] == channel
    ]
    return new[-1] if new else None
