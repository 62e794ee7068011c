"""`relais simulate`: plays people against a running gateway, as their channel would."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from core.errors import RelaisError
from gateway.run import base_url
from gateway.settings import Settings, load_settings
from gateway.simulation import Script, play, play_web, read_scripts
from gateway.simulation.stage import Stage, stage
from gateway.simulation.tickets import Console, console_of, newest


@click.command("simulate")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-")
@click.option("--url", help="The gateway. [default: the one of RELAIS_HOST and RELAIS_PORT]")
@click.option(
    "--quiet-after",
    default=3.5,
    show_default=True,
    help="Seconds without an answer after which the next turn is played.",
)
@click.option(
    "--timeout", default=15.0, show_default=True, help="Longest wait for an answer, in seconds."
)
@click.option("--login", help="A listener's login, to print tickets as the console shows them.")
@click.option(
    "--password-file", type=click.Path(path_type=Path), help="Where the login's password is."
)
def command(
    file: Path,
    url: str | None,
    quiet_after: float,
    timeout: float,
    login: str | None,
    password_file: Path | None,
) -> None:
    """Play the conversations of FILE (or standard input) and print what was said.

    A line of FILE is {"channel": "whatsapp", "turns": [{"text": "…"}, {"choice": "…"},
    {"media": "image"}], "faults": [{"fault": "throttled"}]}; docs/simulate.md has the rest. One
    JSON line is printed for each message and receipt, then one with the conversation's last state.
    For channels other than web, RELAIS_GRAPH_URL and RELAIS_TELEGRAM_URL must name free ports of
    this machine, for the gateway too. Exit code 1 if a turn was refused or not answered.
    """
    if (login is None) != (password_file is None):
        raise RelaisError("--login and --password-file go together")
    scripts = read_scripts(sys.stdin.read() if str(file) == "-" else _read(file))
    needs_settings = url is None or any(script.channel != "web" for script in scripts)
    settings = load_settings() if needs_settings else None
    gateway = url.rstrip("/") if url else base_url(_known(settings))
    password = _read(password_file).strip() if password_file else ""
    theatre = _Theatre(settings, gateway, quiet_after, timeout)
    sys.exit(asyncio.run(theatre.play(scripts, login, password)))


@dataclass(frozen=True, slots=True)
class _Theatre:
    settings: Settings | None
    gateway: str
    quiet_after: float
    timeout: float

    async def play(self, scripts: list[Script], login: str | None, password: str) -> int:
        """Play all, one after the other; the exit code."""
        failed = False
        on_platforms = {script.channel for script in scripts} - {"web"}
        async with AsyncExitStack() as resources:
            platforms = console = None
            if on_platforms:
                opened = stage(_known(self.settings), self.gateway, on_platforms)
                platforms = await resources.enter_async_context(opened)
            if login is not None:
                console = await resources.enter_async_context(console_of(self.gateway))
                await console.sign_in(login, password)
            for number, script in enumerate(scripts, start=1):
                async for line in self._lines(script, platforms, console):
                    failed = failed or "error" in line
                    said = json.dumps({"conversation": number, **line}, ensure_ascii=False)
                    print(said, flush=True)
        return 1 if failed else 0

    async def _lines(
        self, script: Script, platforms: Stage | None, console: Console | None
    ) -> AsyncIterator[dict[str, Any]]:
        before = await console.summaries() if console else {}
        if script.channel == "web":
            lines = play_web(
                script, self.gateway, quiet_after=self.quiet_after, timeout=self.timeout
            )
        else:
            assert platforms is not None
            person = platforms.person(
                script.channel, quiet_after=self.quiet_after, timeout=self.timeout
            )
            lines = play(script, person)
        async for line in lines:
            yield line
        if script.channel != "web" and console is None:
            yield {"channel": script.channel, "state": None}
        if console is not None:
            ticket = newest(script.channel, before, await console.summaries())
            yield {"channel": script.channel, "ticket": ticket}


def _known(settings: Settings | None) -> Settings:
    assert settings is not None
    return settings


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RelaisError(f"{file} cannot be read: {error}") from None
