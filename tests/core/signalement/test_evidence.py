"""An export proves itself; whatever is altered in it is found."""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from core.signalement.case import Case
from core.signalement.evidence import (
    NotGenuine,
    Signer,
    export,
    fingerprint,
    from_json,
    recorded,
    to_json,
    verify,
)
from gateway.cli import cli
from tests.builders import NOON, at
from tests.signalements import LISTENER, SIGNER, a_case

STRANGER = Signer(bytes(32))


def a_history() -> Case:
    case = recorded(a_case(), "opened", by=LISTENER, now=NOON, signer=SIGNER)
    edited = replace(case, explanation=case.explanation + " Un recours a été fait.")
    case = recorded(edited, "edited", by=LISTENER, now=at(60), signer=SIGNER)
    return recorded(case, "validated", by=LISTENER, now=at(90), signer=SIGNER, subject="b" * 32)


def an_export(signer: Signer = SIGNER) -> dict[str, Any]:
    document = export(a_history(), {"notice.pdf": b"%PDF"}, signer)
    return json.loads(json.dumps(document))  # as it comes back from a file


def test_a_case_survives_its_json() -> None:
    case = a_history()
    assert from_json(json.dumps(to_json(case)).encode()) == case


def test_a_true_export_is_genuine_and_says_by_whom() -> None:
    sound = verify(an_export(), trusted=fingerprint(SIGNER.public))
    assert (sound.steps, sound.files) == (3, 1)
    assert sound.fingerprint == fingerprint(SIGNER.public)


def resigned(document: dict[str, Any], change: Any) -> dict[str, Any]:
    """What somebody can do who alters the database and then asks the service for an export."""
    case = from_json(json.dumps(document["case"]).encode())
    return json.loads(json.dumps(export(change(case), {}, SIGNER)))


def _without_second(case: Case) -> Case:
    return replace(case, steps=(case.steps[0], case.steps[2]))


def _swapped(case: Case) -> Case:
    return replace(case, steps=(case.steps[1], case.steps[0], case.steps[2]))


def _backdated(case: Case) -> Case:
    return replace(case, steps=(replace(case.steps[0], at=at(-3600)), *case.steps[1:]))


def _another_word(case: Case) -> Case:
    return replace(case, quotes=(replace(case.quotes[0], text="rien de grave"),))


def _last_renamed(case: Case) -> Case:
    return replace(case, steps=(*case.steps[:-1], replace(case.steps[-1], kind="removed")))


def _spliced(case: Case) -> Case:
    """A true step of another history of the same case, in the place of the true one of this."""
    fork = replace(case, steps=case.steps[:1], explanation="Autre chose.")
    other = recorded(fork, "edited", by=LISTENER, now=at(60), signer=SIGNER).steps[1]
    return replace(case, steps=(case.steps[0], other, case.steps[2]))


@pytest.mark.parametrize(
    "change", [_without_second, _swapped, _backdated, _another_word, _last_renamed, _spliced]
)
def test_a_history_rewritten_in_the_database_is_found_though_the_export_is_signed(
    change: Any,
) -> None:
    with pytest.raises(NotGenuine):
        verify(resigned(an_export(), change))


def test_a_whole_chain_of_another_key_is_sound_but_not_trusted() -> None:
    theirs = replace(a_case(), steps=())
    theirs = recorded(theirs, "opened", by=None, now=NOON, signer=STRANGER)
    document = json.loads(json.dumps(export(theirs, {}, STRANGER)))
    assert verify(document).fingerprint == fingerprint(STRANGER.public)
    with pytest.raises(NotGenuine, match="another key"):
        verify(document, trusted=fingerprint(SIGNER.public))


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for name, one in value.items() for leaf in _leaves(one, (*path, name))]
    if isinstance(value, list):
        return [leaf for n, one in enumerate(value) for leaf in _leaves(one, (*path, n))]
    return [path]


def test_no_single_value_of_an_export_can_be_changed() -> None:
    true = an_export()
    leaves = _leaves(true)
    assert len(leaves) > 60
    for path in leaves:
        forged = deepcopy(true)
        place: Any = forged
        for step in path[:-1]:
            place = place[step]
        old = place[path[-1]]
        place[path[-1]] = old + 1 if isinstance(old, int) else f"{old or ''}0"
        with pytest.raises(NotGenuine):
            verify(forged)


@pytest.mark.parametrize(
    "junk", [None, [], {}, {"format": "relais-signalement/1"}, {"format": 1}, "x"]
)
def test_what_is_no_export_is_no_crash(junk: object) -> None:
    with pytest.raises(NotGenuine):
        verify(junk)


def test_a_clock_that_went_back_does_not_break_the_chain() -> None:
    case = recorded(a_history(), "edited", by=LISTENER, now=at(-99), signer=SIGNER)
    assert case.steps[-1].at == case.steps[-2].at
    verify(json.loads(json.dumps(export(case, {}, SIGNER))))


def test_the_command_tells_true_from_forged(tmp_path: Path) -> None:
    true, forged = tmp_path / "true.json", tmp_path / "forged.json"
    document = an_export()
    true.write_text(json.dumps(document))
    document["case"]["victim_age"] = 21
    forged.write_text(json.dumps(document))
    run = CliRunner().invoke
    told = run(cli, ["signalement", "verify", str(true), "--key", fingerprint(SIGNER.public)])
    assert told.exit_code == 0
    assert told.stdout.startswith(f"genuine: case {'e' * 32}, 3 steps")
    assert run(cli, ["signalement", "verify", str(forged)]).exit_code == 1
    forged.write_text("{")
    assert run(cli, ["signalement", "verify", str(forged)]).exit_code == 1
