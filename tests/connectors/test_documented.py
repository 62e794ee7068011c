"""Rarer bodies of the vendors' documentation, through `relais events` as people run it.

`documented/CHANNEL.jsonl` has one a line: a name, the events it must give by five fields, the body.
Shapes are those of Meta's webhook references for v25.0 and of Bot API 10; what is in them is ours.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.commands.events import command

CHANNELS = ("whatsapp", "messenger", "instagram", "telegram")
FOLDER = Path(__file__).parent / "documented"
FIELDS = ("kind", "type", "id", "sender", "text")


def cases(channel: str) -> Iterator[dict[str, Any]]:
    for line in (FOLDER / f"{channel}.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


@pytest.mark.parametrize(
    ("channel", "case"),
    [
        pytest.param(channel, case, id=f"{channel}: {case['name']}")
        for channel in CHANNELS
        for case in cases(channel)
    ],
)
def test_a_documented_body_is_read(channel: str, case: dict[str, Any]) -> None:
    ran = CliRunner().invoke(command, [channel, "-"], input=json.dumps(case["body"]))
    assert ran.exit_code == 0, ran.output
    (line,) = map(json.loads, ran.output.splitlines())
    said = [{name: event[name] for name in FIELDS} for event in line["events"]]
    assert said == case["events"]
    # What gives no event is counted by a name, so that nothing goes by in silence.
    assert said or line["unknown"]


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    named = [(channel, case["name"]) for channel in CHANNELS for case in cases(channel)]
    assert len(set(named)) == len(named) >= 190
    assert all(sum(channel == each for each, _ in named) >= 50 for channel in CHANNELS)
