"""`relais events`: what a vendor's body says, in the one vocabulary of all channels."""

import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import click

from connectors.interface import BadBody
from connectors.registry import NORMALISERS
from core.events import EventKind, InboundEvent

# These are always printed; the others where they apply.
_ALWAYS = ("kind", "type", "id", "sender", "text")


@click.command("events")
@click.argument("channel", type=click.Choice(sorted(NORMALISERS)))
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True))
def command(channel: str, files: tuple[Path, ...]) -> None:
    """Read vendor bodies from FILES (or standard input, `-`) and print their events.

    One JSON line a body: {"source": FILE, "events": […]}. Standard input may hold one body, or one
    a line. What cannot be read gives a line with "error", and exit code 1.
    """
    failed = False
    for file in files or (Path("-"),):
        for body in _bodies(file):
            line = {"source": str(file), **_read(channel, body)}
            failed = failed or "error" in line
            print(json.dumps(line, ensure_ascii=False), flush=True)
    sys.exit(1 if failed else 0)


def _bodies(file: Path) -> Iterator[bytes]:
    if str(file) != "-":
        try:
            yield file.read_bytes()
        except OSError:
            yield b""
        return
    everything = sys.stdin.buffer.read()
    try:
        json.loads(everything)
    except (ValueError, RecursionError):
        yield from filter(bytes.strip, everything.splitlines())
    else:
        yield everything


def _read(channel: str, body: bytes) -> dict[str, Any]:
    try:
        normalised = NORMALISERS[channel](json.loads(body), datetime.now(UTC))
    except (ValueError, RecursionError):
        return {"events": [], "error": "not JSON"}
    except BadBody:
        return {"events": [], "error": "not an object"}
    line: dict[str, Any] = {"events": [_shown(event) for event in normalised.events]}
    if normalised.unknown:
        line["unknown"] = list(normalised.unknown)
    return line


def _shown(event: InboundEvent) -> dict[str, Any]:
    values = {field.name: _plain(getattr(event, field.name)) for field in fields(event)}
    first = {name: values.pop(name) for name in _ALWAYS}
    if event.kind is EventKind.REACTION:
        first["emoji"] = values.pop("emoji")  # null: it was taken away
    return first | {name: value for name, value in values.items() if value}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        shown = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {name: each for name, each in shown.items() if each}
    return value
