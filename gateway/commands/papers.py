"""`relais papers`: drafts for the data-protection officer, from the settings in force."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import click

from core.clock import system_clock
from core.errors import RelaisError
from gateway.papers.drafts import Found, drafts
from gateway.settings import load_settings
from gateway.stores import opened_store


@click.command("papers")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def command(folder: Path) -> None:
    """Draft into FOLDER, in French, what the data-protection officer must keep.

    Impact assessment, register of processing, subprocessors of the channels that are on, notice for
    minors, proof of retention, register of breaches: Markdown, with "[à compléter]" where only
    people know. They hold no secret and nothing of any person. Papers that are there already are
    not overwritten: they may have been completed by hand.
    """
    for path in _write(folder, asyncio.run(_drafted())):
        click.echo(path)


async def _drafted() -> Mapping[str, str]:
    settings, now = load_settings(), system_clock()
    async with opened_store(settings) as store:
        before = settings.retention.before(now)
        found = Found(
            expired=await store.expired(before), overdue=await store.overdue(before=before.chats)
        )
    return drafts(settings, found, now=now)


def _write(folder: Path, papers: Mapping[str, str]) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in papers.items():
            with (folder / name).open("x", encoding="utf-8") as file:
                file.write(text)
    except FileExistsError:
        raise RelaisError(f"{folder} holds papers already: name another folder.") from None
    except OSError as error:
        raise RelaisError(f"{folder} cannot be written ({error.strerror}).") from None
    return [folder / name for name in papers]
