"""`relais run`."""

import asyncio

import click

from gateway.report import report_for_this_terminal
from gateway.run import run
from gateway.settings import load_settings


@click.command("run")
def command() -> None:
    """Start everything on this machine and keep it running.

    Installs and trains what is missing, starts the gateway, the action server and Rasa, waits
    until they are ready, prints the addresses and, the first time, a sign-in. Logs are in
    RELAIS_DATA_DIR/logs. Ctrl-C or SIGTERM stops everything within 10 seconds.
    """
    asyncio.run(run(load_settings(), report_for_this_terminal()))
