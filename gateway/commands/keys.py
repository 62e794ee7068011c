"""`relais keys`: the master key that opens everything stored."""

import asyncio
from pathlib import Path

import click

from core.audit import Deed, Verb
from core.clock import system_clock
from core.errors import RelaisError
from core.ports import Store
from core.sealing import new_master_key
from gateway.commands.erase import LOG_IN_USE
from gateway.privacy import recovery as recovering
from gateway.privacy.rotation import rotate
from gateway.settings import load_settings
from gateway.stores import open_vault, opened_store


@click.group("keys")
def command() -> None:
    """The master key. How to rotate it step by step: docs/privacy.md."""


@command.command("new")
def new() -> None:
    """Print a fresh key. Nothing is changed."""
    click.echo(new_master_key())


@command.command("status")
def status() -> None:
    """Say how many data keys each version of the master key wraps."""

    async def look() -> None:
        settings = load_settings()
        async with opened_store(settings) as store:
            await _print_versions(store, open_vault(settings).current)

    asyncio.run(look())


@command.command("rotate")
def rotate_command() -> None:
    """Wrap every data key anew under the first key of RELAIS_MASTER_KEY.

    Gateways go on meanwhile; each must have been restarted with both keys, the new one first. It
    may be stopped and called again at any moment. Afterwards take the old key out of the setting:
    it opens nothing of this database any more.
    """

    async def work() -> None:
        settings = load_settings()
        current = open_vault(settings).current
        async with opened_store(settings) as store:
            changed = await rotate(store)
            details = {"version": str(current), "keys": str(changed)}
            await store.record(Deed(verb=Verb.KEYS_ROTATED, at=system_clock(), details=details))
            click.echo(f"{changed} data keys wrapped anew.")
            if not await store.leave_no_trace():
                click.echo(f"Keep the old key safe: {LOG_IN_USE}")
            await _print_versions(store, current)

    asyncio.run(work())


@command.command("recovery")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def recovery(file: Path) -> None:
    """Write RELAIS_MASTER_KEY into FILE, sealed under a code, and print the code.

    Put FILE with the copies, and the code on paper into a safe where no copy is. Neither opens
    anything alone. Try both: relais drill --recovery FILE COPY. After a rotation make new ones.
    """
    key = load_settings().master_key.get_secret_value()
    content, code = recovering.make(key, now=system_clock())
    recovering.write_new(file, content)
    click.echo(code)
    click.echo("On paper, apart from every copy. It is shown this once.", err=True)


@command.command("recover")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def recover(file: Path) -> None:
    """Ask for the code on paper, and print the RELAIS_MASTER_KEY that FILE holds."""
    click.echo(recovering.recover(read_recovery(file), ask_code()))


def ask_code() -> str:
    """The code on paper, typed unseen; case, spaces and hyphens do not matter."""
    return str(click.prompt("Code on paper", hide_input=True, err=True))


def read_recovery(file: Path) -> bytes:
    """A recovery file's content. Raises RelaisError."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise RelaisError(f"{file} cannot be read ({error.strerror}).") from None


async def _print_versions(store: Store, current: int) -> None:
    for version, count in sorted((await store.key_versions()).items()):
        note = "wraps new keys" if version == current else "still needed"
        click.echo(f"version {version}: {count} data keys ({note})")
