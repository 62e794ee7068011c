"""Script files: what they may say, and errors that name the line."""

import json
from typing import Any

import pytest

from core.errors import RelaisError
from gateway.simulation.faults import Fault, FaultKind
from gateway.simulation.script import Mishap, Turn, read_scripts


def test_a_script_says_what_to_do_and_what_goes_wrong() -> None:
    (script,) = read_scripts(
        json.dumps(
            {
                "channel": "whatsapp",
                "turns": [
                    {"link": "affiche_1"},
                    {"text": "salut"},
                    {"choice": "Oui"},
                    {"media": "voice"},
                    {"call": True},
                ],
                "faults": [
                    {"fault": "throttled", "calls": 3, "seconds": 0.5},
                    {"fault": "dead_token", "turn": 2},
                    {"fault": "reordered"},
                    {"fault": "cut", "calls": None},
                ],
            }
        )
    )
    assert script.turns == (
        Turn(link="affiche_1"),
        Turn("salut"),
        Turn(choice="Oui"),
        Turn(media="voice"),
        Turn(call=True),
    )
    assert script.mishaps == (
        Mishap(Fault(FaultKind.THROTTLED, 3, 0.5)),
        Mishap(Fault(FaultKind.DEAD_TOKEN, None), turn=2),
        Mishap(Fault(FaultKind.REORDERED, 2)),
        Mishap(Fault(FaultKind.CUT, None)),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"turns": [{"media": "film"}]},
        {"turns": [{"text": 1}]},
        {"turns": [{"choice": ""}]},
        {"turns": [{"text": "a", "choice": "b"}]},
        {"turns": [{"link": "à l'école"}]},
        {"turns": [{"call": False}]},
        {"channel": "telegram", "turns": [{"call": True}]},
        {"channel": "instagram", "turns": [{"call": True}]},
        {"channel": "web", "turns": [{"text": "a"}, {"link": "b"}]},
        {"turns": {}},
        {"faults": {}},
        {"faults": [{"fault": "flood"}]},
        {"faults": [{"fault": ["cut"]}]},
        {"faults": ["cut"]},
        {"faults": [{"fault": "cut", "calls": 0}]},
        {"faults": [{"fault": "cut", "calls": True}]},
        {"faults": [{"fault": "cut", "turn": 0}]},
        {"faults": [{"fault": "cut", "seconds": "1"}]},
        {"faults": [{"fault": "cut", "seconds": 1e9}]},
        {"faults": [{"fault": "cut", "secnods": 1}]},
        {"channel": "web", "turns": [{"media": "image"}]},
        {"channel": "web", "faults": [{"fault": "cut"}]},
        {"channel": "telegram", "faults": [{"fault": "closed_window"}]},
        {"channel": ["web"]},
    ],
)
def test_an_error_names_its_line(wrong: dict[str, Any]) -> None:
    good = {"channel": "telegram", "turns": [{"text": "ok"}]}
    with pytest.raises(RelaisError, match=r"^line 4: "):
        read_scripts(f"{json.dumps(good)}\n\n{json.dumps(good)}\n{json.dumps(good | wrong)}\n")
