"""`relais signalement`: check what was exported from a dossier, and with which key."""

import asyncio
import json
from pathlib import Path

import click

from core.errors import RelaisError
from core.signalement.evidence import NotGenuine, fingerprint, verify

_LARGEST = 50_000_000


class Unproven(RelaisError):
    """The export does not prove itself."""


@click.group("signalement")
def command() -> None:
    """Content-removal notices."""


@command.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", help="Fingerprint of the key that must have signed it.")
def verify_export(file: Path, key: str | None) -> None:
    """Check the chain of evidence of an exported dossier, every step and signature.

    Needs no settings and no database: anyone can do it. Exit code 1 where something was altered.
    """
    if file.stat().st_size > _LARGEST:
        raise Unproven("The file is too large for an export.")
    try:
        document = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        raise Unproven("The file is no JSON.") from None
    try:
        sound = verify(document, trusted=key)
    except NotGenuine as fault:
        raise Unproven(f"NOT GENUINE: {fault}.") from None
    click.echo(f"genuine: case {sound.case_id}, {sound.steps} steps, {sound.files} files")
    click.echo(f"key {sound.fingerprint}")
    if key is None:
        click.echo(
            "Compare the key with the one that the helpline publishes: `relais signalement key`.",
            err=True,
        )


@command.command("key")
def print_key() -> None:
    """Print the fingerprint of the key that signs this service's dossiers, to be published.

    Needs the settings of the service. It stays the same as long as the database does, also when
    the master key is rotated.
    """
    # Verifying needs none of this, and is quick.
    from gateway.removals import signer_of
    from gateway.settings import load_settings
    from gateway.stores import open_vault, opened_store

    async def inside() -> bytes:
        settings = load_settings()
        vault = open_vault(settings)
        async with opened_store(settings, vault):
            return signer_of(vault).public

    click.echo(fingerprint(asyncio.run(inside())))
