"""`relais restore`: the way back from a copy."""

import asyncio
from pathlib import Path

import click

from core.audit import Deed, Verb
from core.clock import system_clock
from gateway.privacy.backup import KEYS_FILE, restore
from gateway.settings import load_settings
from gateway.stores import opened_store

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("restore")
@click.argument("data", type=_FILE)
@click.option("--keys", type=_FILE, help="The wrapped keys. [default: relais.keys beside DATA]")
def command(data: Path, keys: Path | None) -> None:
    """Make the database of RELAIS_DATABASE_URL from the copy DATA. It must be empty; stop gateways.

    Who was erased since the copy has no key any more, and is not restored. What was waiting to be
    sent may have gone out since: it is held, shown as unknown, until `relais outbox release`.
    """
    asyncio.run(_restore(data, keys or data.with_name(KEYS_FILE)))


async def _restore(data: Path, keys: Path) -> None:
    settings = load_settings()
    now = system_clock()
    held = await restore(settings, data, keys, now=now)
    async with opened_store(settings) as store:
        await store.record(Deed(verb=Verb.RESTORED, at=now, details={"held": str(held)}))
    click.echo(f"Restored. {held} outgoing messages are held: relais outbox release sends them.")
