"""The ticket of a simulated conversation, read from a real gateway's console."""

from pathlib import Path

import pytest

from core.errors import RelaisError
from gateway.simulation import play_web, read_scripts
from gateway.simulation.tickets import console_of, newest
from tests.gateway.gateways import PASSWORD, Running, running


def address(gateway: Running) -> str:
    return str(gateway.client.make_url("")).rstrip("/")


async def test_the_ticket_is_the_conversation_that_was_played(tmp_path: Path) -> None:
    (script,) = read_scripts('{"channel": "web", "turns": [{"text": "DANGER"}]}')
    async with running(tmp_path) as gateway:
        await gateway.add_listener("zoe")
        async with console_of(address(gateway)) as console:
            await console.sign_in("zoe", PASSWORD)

            async def played() -> str:
                before = await console.summaries()
                async for _ in play_web(script, address(gateway), quiet_after=0.3, timeout=10):
                    pass
                after = await console.summaries()
                assert newest("telegram", before, after) is None
                ticket = newest("web", before, after)
                assert ticket is not None
                assert (ticket["ticket"], ticket["urgency"]) == ("waiting", "critique")
                return str(ticket["id"])

            assert await played() != await played()


async def test_an_account_that_may_not_look_is_named(tmp_path: Path) -> None:
    async with running(tmp_path) as gateway:
        await gateway.add_listener("new", one_time=True)
        async with console_of(address(gateway)) as console:
            with pytest.raises(RelaisError, match=r"nobody in .bad_login"):
                await console.sign_in("nobody", PASSWORD)
            with pytest.raises(RelaisError, match="new must first choose a password"):
                await console.sign_in("new", PASSWORD)


async def test_a_console_that_is_not_there_is_named() -> None:
    with pytest.raises(RelaisError, match=r"no console answers at http://127\.0\.0\.1:9"):
        async with console_of("http://127.0.0.1:9") as console:
            await console.sign_in("zoe", PASSWORD)
