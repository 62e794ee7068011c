"""`relais drill`: practise a restore, with the master key or with the paper that recovers it."""

import asyncio
import sys
from pathlib import Path

import click
from pydantic import SecretStr

from core.clock import system_clock
from gateway.commands.keys import ask_code, read_recovery
from gateway.privacy import recovery as recovering
from gateway.privacy.backup import KEYS_FILE
from gateway.privacy.drill import Drilled, drill
from gateway.settings import load_settings

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("drill")
@click.argument("data", type=_FILE)
@click.option("--keys", type=_FILE, help="The wrapped keys. [default: relais.keys beside DATA]")
@click.option(
    "--recovery", type=_FILE, help="As if the master key were lost: take it from this file."
)
@click.option("--into", metavar="URL", help="An empty database, needed for a copy of MongoDB's.")
def command(data: Path, keys: Path | None, recovery: Path | None, into: str | None) -> None:
    """Bring the copy DATA back into a passing place, read all of it, and say what it is worth.

    The live database is not touched. Exit code 1 where something does not open. With --recovery the
    code on paper is asked for, and RELAIS_MASTER_KEY is not used: docs/operations.md.
    """
    settings = load_settings()
    if recovery is not None:
        key = recovering.recover(read_recovery(recovery), ask_code())
        settings = settings.model_copy(update={"master_key": SecretStr(key)})
    beside = keys or data.with_name(KEYS_FILE)
    found = asyncio.run(drill(settings, data, beside, into=into, now=system_clock()))
    _print(found)
    sys.exit(0 if found.sound else 1)


def _print(found: Drilled) -> None:
    click.echo(f"{found.conversations:>8}  conversations")
    click.echo(f"{found.messages:>8}  messages that open")
    click.echo(f"{found.broken:>8}  conversations of which something does not open")
    click.echo(f"{found.held:>8}  outgoing messages that a restore would hold")
    click.echo(f"{found.accounts:>8}  accounts")
    chain = "its chain is BROKEN" if found.audit is None else "its chain is whole"
    click.echo(f"{found.audit or 0:>8}  entries of the audit: {chain}")
