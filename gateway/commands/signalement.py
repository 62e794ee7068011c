"""`relais signalement`: a copy for a judge, and what proves an export of a dossier."""

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


@command.command("preserve")
@click.argument("who", required=False)
@click.option("--login", required=True, help="The supervisor's account that answers for it.")
@click.option("--account", help="Our own account on the channel. [default: the one set up here]")
def preserve(who: str | None, login: str, account: str | None) -> None:
    """Copy every conversation of WHO into dossiers that are held, for a judge or the police.

    Neither the purge nor an erasure reaches the copies; the console shows them among the dossiers.
    WHO is named as for `relais export`. Without WHO it is asked for, as the reason is, and so stays
    out of the shell's history. Interrupted, it completes the same dossiers when it is asked again.
    """
    who = who or click.prompt("Who")
    reason = click.prompt("Who asks, and the reference")
    for line in asyncio.run(_preserved(who, login, account, reason)):
        click.echo(line)


async def _preserved(who: str, login: str, account: str | None, reason: str) -> list[str]:
    # Verifying needs none of this, and is quick.
    from bot.sentences import Catalogue
    from core.clock import system_clock
    from core.permissions import Permission, may
    from gateway.privacy.person import conversations_about, find_person
    from gateway.removals import Reach, Removals
    from gateway.settings import load_settings
    from gateway.stores import open_vault, opened_store
    from handoff.desk import Desk

    settings = load_settings()
    vault = open_vault(settings)
    phrases = Catalogue.load()
    async with opened_store(settings, vault) as store:
        supervisor = await store.listener_by_login(login)
        if supervisor is None or not may(supervisor, Permission.SUPERVISE):
            raise RelaisError(f"{login!r} is no supervisor's account that is in use.")
        contact = await find_person(store, who, account=account, settings=settings, vault=vault)
        if contact is None:
            raise RelaisError("Nothing is held about this person.")
        preserving = Removals(
            Reach(),
            store=store,
            desk=Desk(store=store, phrases=phrases, clock=system_clock),
            vault=vault,
            phrases=phrases,
            clock=system_clock,
            mail=None,
            console=None,
        ).dossiers.preserving
        cases = [
            (await preserving.preserve(supervisor, one.id, reason)).case
            for one in await conversations_about(store, contact)
        ]
    return [
        f"{case.id}: {len(case.quotes)} messages, "
        f"{len(case.captures) + sum(one.parts > 0 for one in case.enclosed)} files"
        for case in cases
    ]


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
