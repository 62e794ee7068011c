"""Every parser of what others wrote is fuzzed: it answers, or refuses in the one way it promises.

Parsers are found by their names. A new one that is neither fuzzed here nor named with the test that
does fails: say which, then parse.
"""

import ast
import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.web.codes import read_code
from connectors.web.payloads import BadFrame, parse_object, parse_send
from connectors.web.survey import parse_rate
from core.audit import parse_mark
from core.directory import directory_from
from core.errors import ConfigurationError
from core.hours import hours_from, parse_week
from core.rota import rota_from
from core.sealing import parse_master_keys
from gateway.receivers import check_receiver
from handoff.figures.period import parse_period
from handoff.signalement.edits import EDIT

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("core", "connectors", "gateway", "handoff")

# Fuzzed where they live, or not ours to fuzz: the test, or the reason.
ELSEWHERE = {
    "core.paging.page_from": "reads only what `as_document` wrote, from a sealed document",
    "core.spoken.moment_from": "no parser: says a moment in words",
}


@dataclass(frozen=True)
class Parser:
    """What is called, with what, and how it may refuse."""

    call: Callable[[Any], object]
    given: st.SearchStrategy[Any]
    refuses: tuple[type[Exception], ...] = (ValueError,)


text = st.text(max_size=200) | st.from_regex(r"[0-9a-z:;., \-/@]{0,60}", fullmatch=True)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=8,
)


def damaged(document: Any) -> st.SearchStrategy[Any]:
    """A document that is right but for one place, somewhere in it."""
    places = list(_places(document))

    @st.composite
    def one(draw: st.DrawFn) -> Any:
        path, value = draw(st.sampled_from(places)), draw(json_values)
        copy = json.loads(json.dumps(document))
        if not path:
            return value
        holder = copy
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = value
        return copy

    return one()


def _places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    inside = value.items() if isinstance(value, dict) else []
    inside = enumerate(value) if isinstance(value, list) else inside
    for name, part in inside:
        yield from _places(part, (*path, name))


HOURS = {
    "week": {"mon": ["09:00-12:00", "14:00-23:00"]},
    "holidays": ["10:00-20:00"],
    "exceptions": [{"day": "2026-12-31", "hours": []}],
    "channels": {"web": {"week": {"tue": ["09:00-12:00"]}}},
    "closing_soon": 30,
}
ROTA = {
    "people": [{"name": "Anne", "email": "anne@example.org", "webhook": None}],
    "turns": [{"first": "2026-11-02", "last": "2026-11-08", "levels": [["Anne"]]}],
    "otherwise": [["Anne"]],
    "escalate_after": 10,
}
DIRECTORY = {
    "services": [
        {
            "id": "samu",
            "name": "Samu",
            "number": "15",
            "text": {"tu": "Appelle le 15.", "vous": "Appelez le 15."},
            "ages": ["minor", "adult"],
            "issues": ["ideation_suicidaire"],
        }
    ],
    "checklists": [{"id": "list", "name": "Liste", "steps": {"tu": ["a"], "vous": ["b"]}}],
}
SEND = {"type": "send", "cid": "c" * 32, "text": "bonjour", "choice": None}
EDITED = {
    "qualifications": ["x"],
    "victim_age": 12,
    "quotes": [{"seq": 1, "proves": ["a"]}],
    "notices": [{"platform": "x", "targets": [{"kind": "post", "url": "https://e.org"}]}],
}

PARSERS: Mapping[str, Parser] = {
    "core.audit.parse_mark": Parser(parse_mark, text),
    "core.directory.directory_from": Parser(directory_from, damaged(DIRECTORY) | json_values),
    "core.hours.hours_from": Parser(hours_from, damaged(HOURS) | json_values),
    "core.hours.parse_week": Parser(parse_week, text),
    "core.rota.rota_from": Parser(rota_from, damaged(ROTA) | json_values),
    "core.sealing.parse_master_keys": Parser(parse_master_keys, text, (ConfigurationError,)),
    "connectors.web.codes.read_code": Parser(read_code, st.text(max_size=300), ()),
    "connectors.web.payloads.parse_object": Parser(
        parse_object, st.binary(max_size=200) | text | json_values.map(json.dumps), (BadFrame,)
    ),
    "connectors.web.payloads.parse_send": Parser(
        parse_send, damaged(SEND).filter(lambda each: isinstance(each, dict)), (BadFrame,)
    ),
    "connectors.web.survey.parse_rate": Parser(
        parse_rate, damaged(SEND).filter(lambda each: isinstance(each, dict)), (BadFrame,)
    ),
    "gateway.receivers.check_receiver": Parser(
        check_receiver, text | text.map(lambda each: f"https://{each}")
    ),
    "handoff.figures.period.parse_period": Parser(
        parse_period,
        text
        | st.from_regex(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(\.\.[0-9-]{0,10})?)?)?", fullmatch=True),
    ),
    "handoff.signalement.edits.EDIT": Parser(EDIT.validate_python, damaged(EDITED)),
}


def parsers() -> set[str]:
    """Public functions whose names say that they read what somebody wrote."""
    found = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if module.startswith(("gateway.simulation", "gateway.commands")):
                continue
            for node in ast.parse(path.read_text()).body:
                named = isinstance(node, ast.FunctionDef) and node.name
                if named and (named.startswith("parse_") or named.endswith("_from")):
                    found.add(f"{module}.{named}")
    return found


def test_every_parser_is_fuzzed_here_or_says_where() -> None:
    known = set(PARSERS) | set(ELSEWHERE)
    found = parsers()
    assert len(found) > 5
    assert found - known == set()
    assert {name for name in ELSEWHERE if name not in found} == set()


@pytest.mark.parametrize("name", PARSERS)
def test_whatever_is_written_a_parser_answers_or_refuses(name: str) -> None:
    parser = PARSERS[name]

    @given(parser.given)
    @settings(max_examples=150, suppress_health_check=list(HealthCheck), database=None)
    def once(value: Any) -> None:
        with contextlib.suppress(*parser.refuses):
            parser.call(value)

    once()


def test_the_last_month_of_the_calendar_is_refused_like_any_other_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="calendar"):
        parse_period("9999-12")
