"""`relais purge`: what has had its time."""

import asyncio

import click

from core.clock import system_clock
from gateway.commands.erase import LOG_IN_USE
from gateway.privacy.purge import purge
from gateway.settings import load_settings
from gateway.stores import opened_store

_WORDS = {
    "chats": "conversations with their messages",
    "contacts": "contacts with nothing left",
    "events": "ids of events",
    "files": "files",
    "sign_ins": "sign-ins of listeners",
    "presence": "signs of life of listeners",
    "audit": "entries of the audit",
    "overdue": "conversations past their time, kept: somebody waits, holds it or is in danger",
}


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Only count.")
def command(dry_run: bool) -> None:
    """Destroy what has had its time (RELAIS_KEEP_…), and print how much of each class.

    A running gateway does this by itself every hour; this is for a look, or for one that stands
    still. It may run beside gateways.
    """
    asyncio.run(_purge(dry_run=dry_run))


async def _purge(*, dry_run: bool) -> None:
    settings = load_settings()
    now, emptied = system_clock(), True
    async with opened_store(settings) as store:
        counts = dict(await store.expired(settings.retention.before(now)))
        if not dry_run:
            counts |= await purge(store, settings.retention, now=now)
            emptied = await store.leave_no_trace()
        counts["overdue"] = await store.overdue(before=settings.retention.before(now).chats)
    for name, words in _WORDS.items():
        click.echo(f"{counts.get(name, 0):>8}  {words}")
    if not emptied:
        click.echo(f"Not finished: {LOG_IN_USE}")
