"""`relais triage` over conversations: the live path's reading, message after message, and its JSON
lines.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.reading import Reader, Told
from core.assessment import Assessment
from core.labels import Issue, Role


async def triage(turns: Sequence[str], reader: Reader) -> Assessment:
    """The assessment of a whole conversation; `Reason.seq` is the index of the turn."""
    whole = Assessment()
    told: list[Told] = []
    for index, text in enumerate(turns):
        whole = whole.merged(await reader.read(text, seq=index, before=told))
        told.append(Told(index, text))
    return replace(whole, role=whole.role or Role.INCONNU)


class BadLine(ValueError):
    """A line of input that is no conversation; the message names the line."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of input: a conversation to triage."""

    id: str | int
    turns: tuple[str, ...]


def read_lines(lines: Iterable[str]) -> Iterator[Asked | BadLine]:
    """The conversations of JSON lines, in order; a broken line gives its error in its place."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _asked(json.loads(line))
        except (ValueError, RecursionError) as error:
            why = "not JSON" if isinstance(error, json.JSONDecodeError) else str(error)
            yield BadLine(f"line {number}: {why}")


def _asked(given: Any) -> Asked:
    if not isinstance(given, dict):
        raise ValueError("not an object")
    name = given.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise ValueError("`id` must be a string or a whole number")
    if "turns" in given:
        turns = given["turns"]
        if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
            raise ValueError("`turns` must be a list of strings")
        return Asked(name, tuple(turns))
    if not isinstance(given.get("text"), str):
        raise ValueError("`text` or `turns` is missing")
    return Asked(name, (given["text"],))


def write_line(asked: Asked, assessment: Assessment) -> str:
    """The JSON line of a result, without its line end."""
    result = {
        "id": asked.id,
        "issue": assessment.issue or Issue.AUTRE_HORS_SUJET,
        "issue_secondary": assessment.issue_secondary,
        "urgency": assessment.urgency,
        "role": assessment.role or Role.INCONNU,
        "platform": assessment.platform,
        "confidence": assessment.confidence,
        "reasons": [
            {"turn": reason.seq, "start": reason.start, "end": reason.end, "rule": reason.rule}
            for reason in assessment.reasons
        ],
    }
    # A lone surrogate is legal in JSON's escapes but not in UTF-8: escape everything beyond ASCII.
    return json.dumps(result, ensure_ascii=True)
