"""Training data of triage: labels that exist, no message twice, nothing of what it is judged by."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.reading_model import ngrams
from core.labels import Issue, Role, Urgency

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"urgency", "role", "platform", "register", "secondary", "or_issue", "or_urgency"}
# Two messages that share more of their runs of four letters are near-copies.
ALIKE = 0.5


def written() -> Iterator[tuple[str, dict[str, Any]]]:
    """(issue, example) of everything in nlu_data/issues."""
    for path in sorted((ROOT / "nlu_data/issues").glob("*.yml")):
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        for block in loaded["nlu"]:
            for example in block["examples"]:
                yield block["intent"], example


@pytest.fixture(scope="module")
def examples() -> list[tuple[str, dict[str, Any]]]:
    return list(written())


def test_every_label_is_one_of_the_guides(examples: list[tuple[str, dict[str, Any]]]) -> None:
    issues, urgencies, roles = ({one.value for one in labels} for labels in (Issue, Urgency, Role))
    assert len(examples) > 16_000
    assert {issue for issue, _ in examples} == issues
    for issue, example in examples:
        told, about = example["metadata"], f"{issue}: {example['text'][:60]}"
        assert set(told) <= KEYS, about
        assert told["urgency"] in urgencies, about
        assert told["role"] in roles, about
        assert {told.get("secondary", issue), *told.get("or_issue", [])} <= issues, about
        assert set(told.get("or_urgency", [])) <= urgencies, about


def test_no_message_is_there_twice(examples: list[tuple[str, dict[str, Any]]]) -> None:
    times = Counter(ngrams.spelled(example["text"]) for _, example in examples)
    assert [text for text, count in times.items() if count > 1] == []


def test_nothing_it_is_judged_by_is_among_it(examples: list[tuple[str, dict[str, Any]]]) -> None:
    judged = [
        json.loads(line)["text"]
        for name in ("danger", "messages")
        for line in (ROOT / f"tests/triage/{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    holders: dict[str, list[int]] = {}
    sizes = []
    for number, text in enumerate(judged):
        own = runs(text)
        sizes.append(len(own))
        for run in own:
            holders.setdefault(run, []).append(number)
    copies = []
    for _, example in examples:
        own = runs(example["text"])
        shared = Counter(number for run in own for number in holders.get(run, ()))
        copies += [
            (example["text"], judged[number])
            for number, common in shared.items()
            if common > ALIKE * (len(own) + sizes[number] - common)
        ]
    assert copies == []


def runs(text: str) -> set[str]:
    """The runs of four letters of a text, its spelling smoothed as the model reads it."""
    smooth = ngrams.spelled(text)
    return {smooth[start : start + 4] for start in range(max(1, len(smooth) - 3))}
