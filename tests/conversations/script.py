"""Golden conversations as they are written down; the format is in README.md.

.venv/bin/python -m tests.conversations.script crise    # one file, in French
.venv/bin/python -m tests.conversations.script          # all of them
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.sentences import Catalogue
from core.labels import Address
from core.prospects import ANSWERED
from core.transitions.honesty import told_of
from tests.builders import NOON

HERE = Path(__file__).parent
STEPS = ("personne", "appuie", "trop_tot", "bot", "silence")
FIELDS = {"titre", "texte", "fin", "sujet", "faits", "adresse", "assistant"}
ENDS = (
    "complete", "asked_human", "danger", "not_understood", "declined",  # the bot's own reasons
    "screen", "silence", "failure", "none",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One line of a transcript: who does it, and the messages, button, sentences or minutes."""

    who: str
    what: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.who}: {', '.join(self.what) or '(rien)'}"


@dataclass(frozen=True)
class Golden:
    """A whole conversation and how it must end."""

    file: str
    title: str
    steps: tuple[Step, ...]
    end: str
    issue: str | None = None
    facts: dict[str, str | None] = field(default_factory=dict)
    address: Address = Address.TU
    assistant_dead: bool = False


def read(path: Path) -> list[Golden]:
    """The conversations of one file. Raises ValueError, naming the conversation, on a mistake."""
    written = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # only texts
    return [_golden(path.stem, entry) for entry in written]


def every() -> list[Golden]:
    """All conversations, file by file."""
    return [golden for path in sorted(HERE.glob("*.yml")) for golden in read(path)]


def _golden(file: str, entry: dict[str, Any]) -> Golden:
    title = entry.get("titre", "?")
    if set(entry) - FIELDS or not {"titre", "texte", "fin"} <= set(entry):
        raise ValueError(f"{file}: {title}: {sorted(set(entry) ^ {'titre', 'texte', 'fin'})}")
    if entry["fin"] not in ENDS:
        raise ValueError(f"{file}: {title}: no such end: {entry['fin']}")
    facts = entry.get("faits") or {}
    return Golden(
        file=file,
        title=title,
        steps=tuple(_step(file, title, line) for line in entry["texte"]),
        end=entry["fin"],
        issue=entry.get("sujet"),
        facts={name: None if value == "-" else value for name, value in facts.items()},
        address=Address(entry.get("adresse", "tu")),
        assistant_dead=entry.get("assistant") == "dead",
    )


def _step(file: str, title: str, line: Any) -> Step:
    if not isinstance(line, dict) or len(line) != 1 or next(iter(line)) not in STEPS:
        raise ValueError(f"{file}: {title}: not a line: {line}")
    ((who, said),) = line.items()
    if who == "bot":
        said = [part.strip() for part in said.split(",") if part.strip()]
    return Step(who, tuple(said) if isinstance(said, list) else (said,))


def in_french(golden: Golden, catalogue: Catalogue) -> Iterator[str]:
    """The transcript with its sentences in full, in the form of address of its end."""
    yield f"## {golden.title}"
    now_true = told_of(ANSWERED, NOON, catalogue, golden.address)
    for step in golden.steps:
        if step.who == "bot":
            for sentence in step.what:
                phrase = catalogue.say(sentence, golden.address, {**now_true, "name": "Anne"})
                buttons = "  ".join(f"[{choice.title}]" for choice in phrase.choices)
                yield f"    3018 : {phrase.text}" + (f"   {buttons}" if buttons else "")
        elif step.who == "silence":
            yield f"    ({step.what[0]} minutes de silence)"
        else:
            shown = {"appuie": "[{}]", "trop_tot": "{} (écrit trop tôt)"}.get(step.who, "{}")
            for said in step.what:
                yield "  Elle/lui : " + shown.format(said)
    facts = ", ".join(f"{name} {value}" for name, value in golden.facts.items())
    yield f"    → {golden.end}; {golden.issue or '-'}; {facts}\n"


if __name__ == "__main__":
    wanted = sys.argv[1:] or [path.stem for path in sorted(HERE.glob("*.yml"))]
    for name in wanted:
        print(f"# {name}\n")
        for one in read(HERE / f"{name}.yml"):
            print("\n".join(in_french(one, Catalogue.load())))
