"""`relais erase`: a person is forgotten."""

import asyncio

import click

from core.audit import Deed, Verb
from core.clock import system_clock
from core.conversation import TELEPHONE
from core.ports import Store
from gateway.privacy.erase import NotNow, erase, speaks_against
from gateway.privacy.own import must_be_asked, named, who_wrote
from gateway.privacy.papers import dossiers_about
from gateway.privacy.person import find_person
from gateway.privacy.reach import Reach, reach
from gateway.settings import load_settings
from gateway.stores import open_vault, opened_store

# What an overwritten page leaves behind, for whoever has the disk and the master key.
LOG_IN_USE = (
    "SQLite's log, which somebody reads, still holds what was destroyed. Every purge empties it: a "
    "running gateway within the hour, or now: relais purge"
)


@click.command("erase")
@click.argument("who", required=False)
@click.option("--account", help="Our own account on the channel. [default: the one set up here]")
@click.option("--yes", is_flag=True, help="Do not ask: it was confirmed elsewhere.")
@click.option("--even-now", is_flag=True, help="Though somebody is in danger or being helped.")
def command(who: str | None, account: str | None, yes: bool, even_now: bool) -> None:
    """Destroy everything held about WHO: keys, conversations, messages, files, events, and the
    call that was joined to a conversation, unless somebody else may be on the line.

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
        what = await reach(store, contact.id)
        if not even_now and (reason := speaks_against(what)) is not None:
            raise NotNow(f"Not erased: {reason}. Wait, or say --even-now.")
        if not yes:
            await _confirmed(store, what)
        dossiers = await dossiers_about(store, [one.id for one in what.conversations])
        for contact_id in what.contacts:
            # Each by its name: whoever repeats it on a copy of before finds both halves.
            deed = Deed(verb=Verb.PERSON_ERASED, at=system_clock(), object=contact_id)
            await store.record(deed)
        await erase(
            store,
            contact.id,
            phrases=Catalogue.load(),
            clock=system_clock,
            insist=even_now,
        )
        gone = await store.leave_no_trace()
    click.echo("Erased." if gone else f"Erased, but {LOG_IN_USE}")
    for dossier in dossiers:
        click.echo(
            f"A dossier opened on {str(dossier['opened_at'])[:10]} stays, with its evidence, until "
            f"its own end or until the desk destroys it: {dossier['id']}"
        )
    for one in what.apart:
        half = "call" if one.channel == TELEPHONE else "chat"
        click.echo(
            f"The {half} of {one.opened_at:%Y-%m-%d} that was joined stays: it may be another's. "
            f"If it is the same person's: relais erase {one.id}"
        )


async def _confirmed(store: Store, what: Reach) -> None:
    """Say what would go, never what it says. Raises click.Abort unless it is confirmed."""
    for contact_id in what.contacts:
        contact = await store.contact(contact_id)
        count = sum(one.contact_id == contact_id for one in what.conversations)
        since = f"{contact.created_at:%Y-%m-%d}"
        click.echo(f"On {contact.channel} since {since}: {count} conversations.")
    if must_be_asked(roles := who_wrote(what.conversations)):
        click.echo(f"Several people may have written there ({named(roles)}): it goes for them all.")
    click.confirm("Destroy all of it, for good?", abort=True)
