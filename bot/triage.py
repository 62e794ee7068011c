"""The triage of a conversation from its messages alone, and its JSON lines.

Screen, classifier and default urgency are combined here; each may raise urgency, none lowers it.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.fallback import complete, signs
from bot.screen import INLINE_LIMIT
from bot.urgency import default_urgency
from core.assessment import Assessment, Reason
from core.labels import Issue, Role, Urgency
from core.ports import DangerScreen

#: Danger need not be the likeliest reading: from here on a person looks at it soon.
DANGER_MIN = 0.15
#: From here on danger is what the message is about.
DANGER_MAIN = 0.5

_DANGERS = frozenset({Issue.IDEATION_SUICIDAIRE, Issue.DANGER_PHYSIQUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What the classifier makes of one message. `issue` None: it is not about a problem."""

    issue: Issue | None
    confidence: float = 0.0
    secondary: Issue | None = None
    danger_probability: float = 0.0


#: Asks the classifier; None when it has no answer. Must not raise.
Classify = Callable[[str], Awaitable[Understanding | None]]


async def triage(
    turns: Sequence[str], screen: DangerScreen, classify: Classify | None = None
) -> Assessment:
    """The assessment of a whole conversation; `Reason.seq` is the index of the turn.

    Without a classifier, or where it has no answer, keywords stand in and the assessment is
    `incomplete`.
    """
    whole = Assessment()
    for index, text in enumerate(turns):
        if len(text) > INLINE_LIMIT:
            screening = await asyncio.to_thread(screen.screen, text)
        else:
            screening = screen.screen(text)
        screened = screening.at_message(index)
        understood = await classify(text) if classify is not None and text.strip() else None
        if understood is None:
            turn = complete(screened, text)
        else:
            turn = combined(screened, understood, text, seq=index)
        whole = whole.merged(turn)
    if whole.role is None:
        whole = replace(whole, role=Role.INCONNU)
    return whole


def combined(screened: Assessment, understood: Understanding, text: str, *, seq: int) -> Assessment:
    """One message: the screen's certainty, the classifier's reading, the urgency both make."""
    issue, secondary = understood.issue, understood.secondary
    urgency = screened.urgency
    reasons = screened.reasons
    if understood.danger_probability >= DANGER_MIN:
        urgency = urgency.at_least(Urgency.ELEVEE)
        doubt = Reason(seq, 0, len(text), "classifieur_danger", Urgency.ELEVEE)
        reasons = (*reasons, doubt)
        if understood.danger_probability >= DANGER_MAIN and secondary in _DANGERS:
            issue, secondary = secondary, issue
    if screened.issue in _DANGERS:
        if issue != screened.issue:
            issue, secondary = screened.issue, issue
    elif screened.issue is not None and issue not in _DANGERS and issue != screened.issue:
        # The screen names an issue only where the words do; the classifier knows the rest.
        sure = screened.urgency.rank >= Urgency.ELEVEE.rank and understood.confidence < _CONFIDENT
        issue, secondary = (screened.issue, issue) if sure else (issue or screened.issue, secondary)
    reading = replace(
        screened,
        urgency=urgency,
        issue=issue,
        issue_secondary=secondary if secondary != issue else None,
        confidence=understood.confidence if issue is understood.issue else None,
        reasons=reasons,
    )
    return weighed(reading, text)


def weighed(reading: Assessment, text: str) -> Assessment:
    """A reading of `text` with at least the urgency its issue has by default."""
    if reading.issue is None:
        return reading
    usual = default_urgency(reading.issue, signs(text[:_READ]))
    return replace(reading, urgency=reading.urgency.at_least(usual))


_CONFIDENT = 0.6
# Circumstances told far behind tell little of what a message is about.
_READ = 5000


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
