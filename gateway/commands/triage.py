"""`relais triage`: the live path's reading, over JSON lines."""

import asyncio
import sys
from typing import TextIO

import click

from gateway import botservice
from gateway.report import report_for_this_terminal, showing
from gateway.settings import ROOT, Settings, load_settings
from gateway.supervisor import Supervisor


@click.command("triage")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
@click.option("--screen-only", is_flag=True, help="As before any training: signs, first reading.")
def command(file: TextIO, screen_only: bool) -> None:
    """Triage the messages of FILE (or standard input).

    A line is {"id", "text"} or {"id", "turns": ["…", …]}; the answer to each is {"id", "issue",
    "issue_secondary", "urgency", "role", "platform", "confidence", "reasons"}. Messages are read
    in this process, as the gateway reads them; no service need run. Where the model of the present
    files is missing, it is trained first. Exit code 1 if a line could not be read; standard error
    names it.
    """
    sys.exit(asyncio.run(_triage(load_settings(), file, learned=not screen_only)))


async def _triage(settings: Settings, file: TextIO, *, learned: bool) -> int:
    # Slow to import, and not wanted for the help.
    from bot.reading import Reader
    from bot.reading_model.files import model_path
    from bot.screen import SpacyScreen
    from bot.triage import BadLine, read_lines, triage, write_line
    from bot.understanding import Understanding

    if learned and not model_path(ROOT).exists():
        await _train(settings)
    understanding = Understanding(ROOT)
    if learned:
        await asyncio.to_thread(understanding.look)
        if not understanding.learned:
            print("relais: no model: the first reading stands in", file=sys.stderr)
    reader = Reader(await asyncio.to_thread(SpacyScreen), understanding)
    exit_code = 0
    for asked in read_lines(file):
        if isinstance(asked, BadLine):
            print(f"relais: {asked}", file=sys.stderr)
            exit_code = 1
        else:
            print(write_line(asked, await triage(asked.turns, reader)), flush=True)
    return exit_code


async def _train(settings: Settings) -> None:
    report = report_for_this_terminal()
    async with Supervisor(settings.data_dir / "logs" / "triage", report) as supervisor:
        try:
            async with showing(report):
                await botservice.train(supervisor, report)
        except botservice.BotUnavailable as problem:
            report.note("assistant", str(problem))
