"""`relais audit`: check the chain of the audit, and print its head for safekeeping elsewhere."""

import asyncio

import click

from core.audit import ChainBroken, Mark, parse_mark
from core.errors import RelaisError
from gateway.settings import load_settings
from gateway.stores import opened_store


@click.group("audit")
def command() -> None:
    """Who did what: check that nothing was altered."""


@command.command("verify")
@click.option(
    "--anchor",
    "anchors",
    multiple=True,
    metavar="SEQ:LINK",
    help="A head printed earlier and kept elsewhere: the chain must go through it. Repeatable.",
)
def verify(anchors: tuple[str, ...]) -> None:
    """Check every entry, and print the head. Fails, naming the entry, where one was altered.

    Without an anchor, entries cut off at the end are not missed.
    """
    click.echo(_verified(anchors))


@command.command("head")
def head() -> None:
    """Print the head, SEQ:LINK, after checking the chain: copy it to where nobody here can write.

    Several copies a day, as a scheduled task, leave little that could be cut off unseen.
    """
    click.echo(_verified(()))


def _verified(texts: tuple[str, ...]) -> Mark:
    try:
        anchors = [parse_mark(text) for text in texts]
    except ValueError:
        raise RelaisError("An anchor is SEQ:LINK, as `relais audit head` prints it.") from None

    async def inside() -> Mark:
        async with opened_store(load_settings()) as store:
            return await store.verify_audit(anchors)

    try:
        return asyncio.run(inside())
    except ChainBroken as broken:
        raise RelaisError(f"{broken} Keep the database as it is: see docs/accounts.md.") from None
