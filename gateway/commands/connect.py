"""`relais connect`."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable

import click

from gateway.checking import Check, State
from gateway.connecting import messenger, telegram, whatsapp
from gateway.connecting.steps import Wish
from gateway.settings import load_settings

_look = click.option("--look", is_flag=True, help="Only look: register and submit nothing.")
_to = click.option("--send-test", "to", metavar="TO", help="Send a test to this address.")


@click.group("connect")
def command() -> None:
    """Connect a platform: look at its account, register the webhook, say what is missing.

    One line a check, as `relais doctor` prints them. Exit code 1 if any check failed. Start Relais
    at RELAIS_PUBLIC_URL first: Meta calls it at once.
    """


@command.command("whatsapp")
@_look
@_to
@click.option("--submit-template", is_flag=True, help="Submit the neutral template to Meta.")
def connect_whatsapp(look: bool, to: str | None, submit_template: bool) -> None:
    """WhatsApp. TO is a telephone number in digits, that wrote to us within 24 hours."""
    wish = Wish(register=not look, submit_template=submit_template, to=to)
    _print(lambda: whatsapp.connect(load_settings(), wish))


@command.command("messenger")
@_look
@_to
def connect_messenger(look: bool, to: str | None) -> None:
    """Messenger and Instagram. TO is a person's id for this page, who wrote within 24 hours."""
    _print(lambda: messenger.connect(load_settings(), Wish(register=not look, to=to)))


@command.command("telegram")
@_look
@_to
def connect_telegram(look: bool, to: str | None) -> None:
    """Telegram. TO is the id of a private chat in which somebody wrote to the bot."""
    _print(lambda: telegram.connect(load_settings(), Wish(register=not look, to=to)))


def _print(checks: Callable[[], AsyncIterator[Check]]) -> None:
    # What the settings would warn of is among the checks.
    logging.disable(logging.WARNING)

    async def print_all() -> int:
        worst = 0
        async for check in checks():
            click.echo(str(check))
            worst = max(worst, int(check.state is State.FAIL))
        return worst

    sys.exit(asyncio.run(print_all()))
