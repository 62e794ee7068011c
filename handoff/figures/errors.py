"""What triage read wrongly, as listeners found: for whoever trains it. Never a word of anybody.

A line tells of one conversation, but neither when nor where it was: the labels that were believed,
how surely, by which rules, and the labels that a listener gave.
"""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

from core.figures import Fact
from core.ports import Figures
from handoff.figures.period import Period

COLUMNS = (
    "believed_issue",
    "issue",
    "believed_urgency",
    "urgency",
    "believed_role",
    "role",
    "confidence",
    "rules",
)


async def misread(figures: Figures, period: Period) -> Sequence[Sequence[str]]:
    """The lines of a period, sorted: their order tells nothing of when they were."""
    lines = [line async for line in _lines(figures, period)]
    return sorted(lines)


def as_csv(lines: Iterable[Sequence[str]]) -> bytes:
    """The lines under their columns' names."""
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *lines])
    return text.getvalue().encode()


async def _lines(figures: Figures, period: Period) -> AsyncIterator[tuple[str, ...]]:
    for since, until in period.bounds():
        for line in _of(await figures.facts(since=since, until=until)):
            yield line


def _of(facts: Iterable[Fact]) -> Iterator[tuple[str, ...]]:
    for fact in facts:
        believed = fact.believed
        if believed is not None:
            yield (
                believed.issue or "",
                fact.issue or "",
                believed.urgency,
                fact.urgency,
                believed.role or "",
                fact.role or "",
                "" if believed.confidence is None else f"{believed.confidence:.2f}",
                " ".join(believed.rules),
            )
