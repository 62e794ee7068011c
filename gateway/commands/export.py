"""`relais export`: everything held about one person."""

import asyncio
from pathlib import Path

import click

from core.audit import Deed, Verb
from core.clock import system_clock
from core.errors import RelaisError
from core.labels import Role
from gateway.privacy.export import export
from gateway.privacy.person import find_person
from gateway.settings import load_settings
from gateway.stores import open_vault, opened_store


@click.command("export")
@click.argument("who", required=False)
@click.option("--account", help="Our own account on the channel. [default: the one set up here]")
@click.option(
    "--to",
    type=click.Path(path_type=Path, file_okay=False),
    help="A new folder. [default: export-… in this one]",
)
@click.option(
    "--writer",
    type=click.Choice([role.value for role in Role]),
    help="Which of those who wrote from there asks, where several did.",
)
def command(who: str | None, account: str | None, to: Path | None, writer: str | None) -> None:
    """Write everything held about WHO into a folder: person.json, and the files they sent.

    WHO is CHANNEL:ADDRESS, such as whatsapp:33612345678, the reference of one of their
    conversations (32 characters, as in the console's address), or the five words that the website
    gave them to come back. Without WHO it is asked for, and so stays out of the shell's history.
    What is written is in the clear: hand it over and delete it.
    """
    asked = Role(writer) if writer else None
    asyncio.run(_export(who or click.prompt("Who"), account, to, asked))


async def _export(who: str, account: str | None, to: Path | None, writer: Role | None) -> None:
    settings = load_settings()
    vault = open_vault(settings)
    async with opened_store(settings, vault) as store:
        contact = await find_person(store, who, account=account, settings=settings, vault=vault)
        if contact is None:
            raise RelaisError("Nothing is held about this person.")
        folder = to or Path(f"export-{contact.id[:8]}")
        now = system_clock()
        await store.record(Deed(verb=Verb.PERSON_EXPORTED, at=now, object=contact.id))
        done = await export(store, contact, folder, now=now, writer=writer)
    click.echo(
        f"{folder}: {done.conversations} conversations, {done.messages} messages, "
        f"{done.files} files, {done.events} events"
    )
    if done.withheld:
        click.echo(f"{done.withheld} parts are another's, and were left out.")
    if done.unreadable:
        raise RelaisError(f"{done.unreadable} parts cannot be opened; person.json names them.")
