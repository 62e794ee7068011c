"""`relais backup`: a copy of everything, taken while gateways run."""

import asyncio
from pathlib import Path

import click

from core.audit import Deed, Verb
from core.clock import system_clock
from gateway.privacy.backup import backup
from gateway.settings import load_settings
from gateway.stores import open_store, open_vault


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> None:
    """Copy everything into FOLDER, sealed under the master key, and print the new file.

    FOLDER gets relais-DATE.data, of which the last seven are kept, and relais.keys, which is
    replaced. Take both off this machine, and keep only the newest relais.keys anywhere: an older
    one opens what was erased since. The master key is in neither: docs/operations.md.
    """
    asyncio.run(_backup(folder))


async def _backup(folder: Path) -> None:
    settings = load_settings()
    vault = open_vault(settings)
    store = open_store(settings, vault)
    now = system_clock()
    try:
        await store.open()
        click.echo(await backup(store, vault, folder, now=now))
        await store.record(Deed(verb=Verb.BACKED_UP, at=now))
    finally:
        await store.close()
