"""Labelled messages, and what triage read in each.

A labelled file has one JSON object a line: `id`, `text`, `issue`, `issue_secondary`, `urgency`,
`role`, `platform`, `register`, `alt_issue`, `alt_urgency`; the last two are lists of other answers
that are right as well. A file with "danger" in its name holds danger and what only looks like it;
any other holds everyday messages.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.labels import Issue, Role, Urgency

_DANGER_FILE = "danger"


class BadLabels(ValueError):
    """A labelled file cannot be used; the message names the file and the line, never the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A message with the answers that people gave for it. `source` is its file, without suffix."""

    id: str
    text: str
    issue: Issue
    issue_secondary: Issue | None = None
    urgency: Urgency
    role: Role
    platform: str | None = None
    register: str
    alt_issue: frozenset[Issue] = frozenset()
    alt_urgency: frozenset[Urgency] = frozenset()
    source: str

    @property
    def admitted_issues(self) -> frozenset[Issue]:
        """Every issue that the tolerant score takes for right."""
        second = {self.issue_secondary} if self.issue_secondary else set()
        return self.alt_issue | second | {self.issue}

    @property
    def admitted_urgencies(self) -> frozenset[Urgency]:
        """Every urgency that the tolerant score takes for right."""
        return self.alt_urgency | {self.urgency}

    @property
    def everyday(self) -> bool:
        """Whether it is from an everyday file, rather than from one that is meant to be hard."""
        return _DANGER_FILE not in self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What triage said of a message. `rules` are those that raised its urgency."""

    issue: Issue
    urgency: Urgency
    role: Role = Role.INCONNU
    platform: str | None = None
    confidence: float | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A labelled message beside its reading."""

    truth: Labelled
    reading: Reading


def read_labelled(path: Path) -> list[Labelled]:
    """The messages of one labelled file, in order. Raises BadLabels."""
    try:
        # Not splitlines, which also splits at separators that a text may hold.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise BadLabels(f"{path}: {why}") from None
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(_labelled(json.loads(line), path.stem))
        except KeyError as error:
            raise BadLabels(f"{path.name}, line {number}: {error} is missing") from None
        except (ValueError, TypeError, AttributeError) as error:
            why = "not JSON" if isinstance(error, json.JSONDecodeError) else str(error)
            raise BadLabels(f"{path.name}, line {number}: {why}") from None
    if not found:
        raise BadLabels(f"{path.name}: no messages")
    return found


def _labelled(given: dict[str, Any], source: str) -> Labelled:
    platform = given.get("platform")
    if not isinstance(given["text"], str) or not isinstance(platform, str | None):
        raise ValueError("`text` is a string, `platform` a string or null")
    secondary = given.get("issue_secondary")
    return Labelled(
        id=str(given["id"]),
        text=given["text"],
        issue=Issue(given["issue"]),
        issue_secondary=Issue(secondary) if secondary is not None else None,
        urgency=Urgency(given["urgency"]),
        role=Role(given["role"]),
        platform=platform,
        register=str(given["register"]),
        alt_issue=frozenset(map(Issue, given.get("alt_issue") or ())),
        alt_urgency=frozenset(map(Urgency, given.get("alt_urgency") or ())),
        source=source,
    )
