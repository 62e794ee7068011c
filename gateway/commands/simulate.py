"""`relais simulate`: plays people against a running gateway, as their channel would."""

import asyncio
import json
import sys
from pathlib import Path

import click

from core.errors import RelaisError
from gateway.run import base_url
from gateway.settings import load_settings
from gateway.simulation import Script, play_web, read_scripts


@click.command("simulate")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-")
@click.option("--url", help="The gateway. [default: the one of RELAIS_HOST and RELAIS_PORT]")
@click.option(
    "--quiet-after",
    default=1.5,
    show_default=True,
    help="Seconds without an answer after which the next turn is played.",
)
@click.option(
    "--timeout", default=15.0, show_default=True, help="Longest wait for an answer, in seconds."
)
def command(file: Path, url: str | None, quiet_after: float, timeout: float) -> None:
    """Play the conversations of FILE (or standard input) and print what was said.

    A line of FILE is {"channel": "web", "turns": [{"text": "…"}, {"choice": "…"}]}; a choice is
    the id or the title of a quick reply that was offered. One JSON line is printed for each
    message, then one with the conversation's last state. Exit code 1 if a turn was refused.
    """
    text = sys.stdin.read() if str(file) == "-" else _read(file)
    scripts = read_scripts(text)
    address = url.rstrip("/") if url else base_url(load_settings())
    sys.exit(asyncio.run(_play(scripts, address, quiet_after, timeout)))


async def _play(scripts: list[Script], url: str, quiet_after: float, timeout: float) -> int:
    failed = False
    for number, script in enumerate(scripts, start=1):
        async for line in play_web(script, url, quiet_after=quiet_after, timeout=timeout):
            failed = failed or "error" in line
            print(json.dumps({"conversation": number, **line}, ensure_ascii=False), flush=True)
    return 1 if failed else 0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RelaisError(f"{file} cannot be read: {error}") from None
