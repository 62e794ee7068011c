"""`relais doctor`."""

import asyncio
import logging
import sys

import click

from gateway.checking import State
from gateway.checks import examine


@click.command("doctor")
def command() -> None:
    """Check this installation: one line a check, with how to mend what is wrong.

    A line begins with ok, warn, off or fail. Exit code 1 if any check failed.
    """
    # What the settings would warn of is among the checks.
    logging.disable(logging.WARNING)
    sys.exit(asyncio.run(_print_checks()))


async def _print_checks() -> int:
    worst = 0
    async for check in examine():
        click.echo(str(check))
        worst = max(worst, int(check.state is State.FAIL))
    return worst
