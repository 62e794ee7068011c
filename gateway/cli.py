"""The `relais` command. Each command is its own module under `gateway/commands`, imported only
when it is called, so that the help appears at once."""

import importlib
import sys

import click

from core.errors import ConfigurationError, RelaisError

# sysexits.h; the supervisor knows it too.
_EXIT_CONFIGURATION = 78

_COMMANDS = {
    "run": "Start everything on this machine and keep it running.",
    "serve": "Start the gateway alone.",
    "doctor": "Check this installation and say how to mend it.",
    "connect": "Connect a platform: accounts, webhooks, what is missing.",
    "audit": "Who did what: check the chain, print its head.",
    "user": "Listeners' accounts: add, list, reset, disable.",
    "figures": "The report on a month or a year: tables, charts, triage's errors.",
    "export": "Write everything held about one person into a folder.",
    "erase": "Destroy everything held about one person.",
    "keys": "The master key: make one, look at it, rotate it, recover it.",
    "backup": "Copy everything, sealed, while gateways run.",
    "restore": "Make an empty database from a copy.",
    "drill": "Practise a restore, with the master key or without.",
    "papers": "Draft the data-protection officer's papers, in French.",
    "outbox": "Release what a restore holds.",
    "purge": "Destroy what has had its time, or count it.",
    "origin": "Links and QR codes that say where somebody came from.",
    "triage": "Triage messages: JSON lines in, JSON lines out.",
    "signalement": "Content-removal notices: verify an export, print the key.",
    "events": "Read vendor bodies: webhooks in, normalised events out.",
    "simulate": "Play conversations against a running gateway.",
}


class LazyGroup(click.Group):
    """Knows its commands by name; imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(f"gateway.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Relais: a French helpline's gateway, triage bot and listeners' console.

    Settings are RELAIS_* variables or lines of .env: see .env.example.
    """


def main() -> None:
    """Run the command line; our own errors become one sentence and an exit code."""
    try:
        cli(prog_name="relais")
    except ConfigurationError as error:
        print(f"relais: {error}", file=sys.stderr)
        sys.exit(_EXIT_CONFIGURATION)
    except RelaisError as error:
        print(f"relais: {error}", file=sys.stderr)
        sys.exit(1)
