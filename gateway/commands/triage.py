"""`relais triage`: the live path's triage, over JSON lines."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TextIO

import aiohttp
import click

from gateway import botservice
from gateway.report import report_for_this_terminal, showing
from gateway.run import running_bot
from gateway.settings import Settings, load_settings
from gateway.supervisor import Supervisor


@click.command("triage")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
def command(file: TextIO) -> None:
    """Triage the messages of FILE (or standard input).

    A line is {"id", "text"} or {"id", "turns": ["…", …]}; the answer to each is {"id", "issue",
    "issue_secondary", "urgency", "role", "platform", "confidence", "reasons"}. Uses the assistant
    that runs; where none does, starts one and stops it at the end. Exit code 1 if a line could not
    be read; standard error names it.
    """
    sys.exit(asyncio.run(_triage(load_settings(), file)))


async def _triage(settings: Settings, file: TextIO) -> int:
    # Slow to import, and not wanted for the help.
    from bot.screen import SpacyScreen
    from bot.triage import BadLine, read_lines, triage, write_line
    from gateway.classifier import RasaClassifier

    exit_code = 0
    timeout = aiohttp.ClientTimeout(total=30)
    async with _assistant(settings) as address, aiohttp.ClientSession(timeout=timeout) as session:
        screen = await asyncio.to_thread(SpacyScreen)
        classify = RasaClassifier(session, *address) if address else None
        for asked in read_lines(file):
            if isinstance(asked, BadLine):
                print(f"relais: {asked}", file=sys.stderr)
                exit_code = 1
            else:
                print(write_line(asked, await triage(asked.turns, screen, classify)), flush=True)
        if classify is not None and classify.unanswered:
            print(
                f"relais: the assistant had no answer for {classify.unanswered} messages; "
                "keywords stood in",
                file=sys.stderr,
            )
    return exit_code


@asynccontextmanager
async def _assistant(settings: Settings) -> AsyncIterator[tuple[str, str] | None]:
    """URL and token of an assistant, for as long as the block lasts; None: keywords must do."""
    for url, token in _known_assistants(settings):
        if await botservice.is_up(url, token):
            yield url, token
            return
    report = report_for_this_terminal()
    address = botservice.private_address()
    async with Supervisor(settings.data_dir / "logs" / "triage", report) as supervisor:
        known = (address.url, address.token)
        try:
            async with showing(report):
                await botservice.bring_up(supervisor, report, address)
        except botservice.BotUnavailable as problem:
            report.note("assistant", f"{problem}\nrelais: triage by keywords alone")
            yield None
        else:
            yield known


def _known_assistants(settings: Settings) -> list[tuple[str, str]]:
    known = running_bot(settings)
    configured = (settings.rasa_url, settings.rasa_token.get_secret_value())
    # The default address alone says nothing: whoever listens there may not know our token.
    named = settings.is_given("rasa_url") or settings.is_given("rasa_token")
    return [*([known] if known else []), *([configured] if named else [])]
