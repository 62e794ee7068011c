"""`relais erase`: a person is forgotten."""

import asyncio

import click

from core.audit import Deed, Verb
from core.clock import system_clock
from core.conversation import Contact
from core.ports import Store
from gateway.privacy.erase import NotNow, erase, speaks_against
from gateway.privacy.papers import dossiers_about
from gateway.privacy.person import find_person
from gateway.settings import load_settings
from gateway.stores import open_vault, opened_store


@click.command("erase")
@click.argument("who", required=False)
@click.option("--account", help="Our own account on the channel. [default: the one set up here]")
@click.option("--yes", is_flag=True, help="Do not ask: it was confirmed elsewhere.")
@click.option("--even-now", is_flag=True, help="Though somebody is in danger or being helped.")
def command(who: str | None, account: str | None, yes: bool, even_now: bool) -> None:
    """Destroy everything held about WHO: keys, conversations, messages, files, events.

    WHO is as for `relais export`; without it, it is asked for. It cannot be taken back, and asking
    twice is harmless. The same person who writes again is new. See docs/privacy.md.
    """
    asyncio.run(_erase(who or click.prompt("Who"), account, yes=yes, even_now=even_now))


async def _erase(who: str, account: str | None, *, yes: bool, even_now: bool) -> None:
    from bot.sentences import Catalogue

    settings = load_settings()
    vault = open_vault(settings)
    async with opened_store(settings, vault) as store:
        contact = await find_person(store, who, account=account, settings=settings, vault=vault)
        if contact is None:
            click.echo("Nothing is held about this person.")
            return
        latest = await store.latest_conversation(contact.id)
        if not even_now and (reason := speaks_against(latest)) is not None:
            raise NotNow(f"Not erased: {reason}. Wait, or say --even-now.")
        if not yes:
            await _confirmed(store, contact)
        of_theirs = [one.id for one in await store.conversations_of(contact.id)]
        dossiers = await dossiers_about(store, of_theirs)
        deed = Deed(verb=Verb.PERSON_ERASED, at=system_clock(), object=contact.id)
        await store.record(deed)
        await erase(
            store,
            contact.id,
            phrases=Catalogue.load(),
            clock=system_clock,
            insist=even_now,
        )
    click.echo("Erased.")
    for dossier in dossiers:
        click.echo(
            f"A dossier opened on {str(dossier['opened_at'])[:10]} stays, with its evidence, until "
            f"its own end or until the desk destroys it: {dossier['id']}"
        )


async def _confirmed(store: Store, contact: Contact) -> None:
    """Say what would go, never what it says. Raises click.Abort unless it is confirmed."""
    conversations = await store.conversations_of(contact.id)
    since = f"{contact.created_at:%Y-%m-%d}"
    click.echo(f"On {contact.channel} since {since}: {len(conversations)} conversations.")
    click.confirm("Destroy all of it, for good?", abort=True)
