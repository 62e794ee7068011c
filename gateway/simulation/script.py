"""Script files: one conversation a line, as JSON; see docs/simulate.md."""

import json
import re
from dataclasses import dataclass
from typing import Any

from core.errors import RelaisError
from gateway.simulation.faults import LASTING, Fault, FaultKind
from gateway.simulation.samples import SAMPLES

CHANNELS = ("web", "whatsapp", "messenger", "instagram", "telegram")
# Where one can call a service.
CALLED = ("whatsapp", "messenger")
# What every channel's links can carry.
_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class Turn:
    """What the person does next: writes, taps an offered choice (its id or its title), sends a file
    (a kind of `samples.SAMPLES`), comes by a link or an advertisement with a code, or calls."""

    text: str = ""
    choice: str | None = None
    media: str | None = None
    link: str | None = None
    call: bool = False


@dataclass(frozen=True, slots=True)
class Mishap:
    """A fault, and the number of the turn before which it begins, from 1."""

    fault: Fault
    turn: int = 1


@dataclass(frozen=True, slots=True)
class Script:
    """One conversation to play."""

    channel: str
    turns: tuple[Turn, ...]
    mishaps: tuple[Mishap, ...] = ()


def read_scripts(text: str) -> list[Script]:
    """The conversations of a script file. Raises RelaisError that names the line."""
    scripts = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            scripts.append(_script(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise RelaisError(f"line {number}: {error}") from None
    return scripts


def _script(body: Any) -> Script:
    if not isinstance(body, dict) or body.get("channel") not in CHANNELS:
        raise ValueError(f'expected {{"channel": "…", "turns": […]}}, of {", ".join(CHANNELS)}')
    turns, faults = body.get("turns"), body.get("faults", [])
    if not isinstance(turns, list):
        raise ValueError('"turns" must be a list')
    if not isinstance(faults, list):
        raise ValueError('"faults" must be a list')
    script = Script(body["channel"], tuple(map(_turn, turns)), tuple(map(_mishap, faults)))
    if script.channel == "web" and (script.mishaps or any(turn.media for turn in script.turns)):
        raise ValueError("the website chat has no platform to fail, and takes no files")
    closed = any(mishap.fault.kind is FaultKind.CLOSED_WINDOW for mishap in script.mishaps)
    if script.channel == "telegram" and closed:
        raise ValueError("Telegram has no window that could close")
    if script.channel not in CALLED and any(turn.call for turn in script.turns):
        raise ValueError(f"only {' and '.join(CALLED)} have calls")
    if script.channel == "web" and any(turn.link for turn in script.turns[1:]):
        raise ValueError("the website chat is opened by a link, or without: the first turn")
    return script


def _turn(body: Any) -> Turn:
    if isinstance(body, dict) and len(body) == 1:
        match body:
            case {"text": str(text)}:
                return Turn(text=text)
            case {"choice": str(choice)} if choice:
                return Turn(choice=choice)
            case {"media": str(media)} if media in SAMPLES:
                return Turn(media=media)
            case {"link": str(link)} if _CODE.fullmatch(link):
                return Turn(link=link)
            case {"call": True}:
                return Turn(call=True)
    files = ", ".join(SAMPLES)
    raise ValueError(
        'a turn is {"text": "…"}, {"choice": "…"}, {"link": "A-Za-z0-9_-"}, {"call": true} or '
        f'{{"media": one of {files}}}'
    )


def _mishap(body: Any) -> Mishap:
    if not isinstance(body, dict) or body.get("fault") not in set(FaultKind):
        raise ValueError(f'a fault is {{"fault": "…"}}, of {", ".join(FaultKind)}')
    if unknown := sorted(body.keys() - {"fault", "calls", "seconds", "turn"}):
        raise ValueError(f"a fault has no {unknown[0]!r}")
    kind = FaultKind(body["fault"])
    calls = body.get("calls", _usual_calls(kind))
    seconds, turn = body.get("seconds", 1.0), body.get("turn", 1)
    if not _is_count(turn) or not (calls is None or _is_count(calls)):
        raise ValueError('"calls" and "turn" are counted from 1')
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 600:
        raise ValueError('"seconds" is a number from 0 to 600')
    return Mishap(Fault(kind, calls, float(seconds)), turn)


def _usual_calls(kind: FaultKind) -> int | None:
    # It takes two to be out of order.
    return None if kind in LASTING else 2 if kind is FaultKind.REORDERED else 1


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
