"""`relais outbox`: outgoing messages that a restore holds."""

import asyncio

import click

from core.audit import Deed, Verb
from core.clock import system_clock
from gateway.settings import load_settings
from gateway.stores import opened_store


@click.group("outbox")
def command() -> None:
    """Outgoing messages that a restore holds."""


@command.command("release")
@click.option("--yes", is_flag=True, help="Do not ask.")
def release(yes: bool) -> None:
    """Send what a restore holds. Some of it may have been sent before: look at the console first.

    Held messages are shown there as unknown. Those that arrived twice would be read twice.
    """
    if not yes:
        click.confirm("Send everything that is held?", abort=True)

    async def work() -> None:
        now = system_clock()
        async with opened_store(load_settings()) as store:
            count = await store.release_outbox(now=now)
            deed = Deed(verb=Verb.OUTBOX_RELEASED, at=now, details={"messages": str(count)})
            await store.record(deed)
        click.echo(f"{count} messages released.")

    asyncio.run(work())
