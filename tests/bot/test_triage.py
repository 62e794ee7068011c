"""The triage of a conversation: what is combined, what never falls, and its JSON lines."""

import json
from functools import cache
from pathlib import Path

import pytest

from bot.reading import Reader, Understand
from bot.screen import INLINE_LIMIT, SpacyScreen
from bot.triage import Asked, BadLine, read_lines, triage, write_line
from bot.understanding import Understanding
from core.assessment import Assessment, Reason
from core.labels import Issue, Role, Urgency


@cache
def screen() -> SpacyScreen:
    return SpacyScreen()


def reader(understand: Understand | None = None) -> Reader:
    # Of a folder without a model: the first reading reads.
    return Reader(screen(), understand or Understanding(Path("/nowhere")))


async def test_urgency_never_falls_over_the_turns() -> None:
    turns = ["je veux mourir", "nan je rigole mdr", "comment supprimer mon compte ?"]
    found = await triage(turns, reader())
    assert found.urgency.rank >= Urgency.ELEVEE.rank
    assert found.issue is Issue.IDEATION_SUICIDAIRE
    assert {reason.seq for reason in found.reasons} == {0}


async def test_reasons_name_the_turn() -> None:
    found = await triage(["salut", "je me scarifie"], reader())
    assert {reason.seq for reason in found.reasons} == {1}


async def test_a_conversation_is_read_as_a_whole() -> None:
    """What no message says alone is read from all of them."""
    heard: list[str] = []

    def understand(screened: Assessment, text: str) -> Assessment:
        heard.append(text)
        both = "un mec" in text and "200e" in text
        return screened.merged(Assessment(issue=Issue.SEXTORSION if both else None))

    turns = ["un mec a ma video", "il veut 200e", "et il dit qu'il attend jusqu'à ce soir"]
    found = await triage(turns, reader(understand))
    assert found.issue is Issue.SEXTORSION
    # A fragment is read with what came before; by itself only where that is not sure.
    assert heard == [turns[0], " ".join(turns[:2]), turns[1], turns[2], " ".join(turns)]


async def test_what_only_the_messages_together_say_has_its_words_in_each() -> None:
    turns = ["je range tout dans ma chambre", "et on verra bien dimanche"]

    def understand(screened: Assessment, text: str) -> Assessment:
        places = [text.find(word) for word in ("range", "dimanche")]
        if min(places) < 0:
            return screened
        reasons = tuple(Reason(0, p, p + 5, "lecture", Urgency.CRITIQUE) for p in places)
        return screened.merged(Assessment(urgency=Urgency.CRITIQUE, reasons=reasons))

    before = "rien de neuf ici, et ma sœur va bien aussi " * 25  # further back than is read again
    found = await triage([before, *turns], reader(understand))
    shown = [(r.seq, [before, *turns][r.seq][r.start : r.end]) for r in found.reasons]
    assert shown == [(1, "range"), (2, "diman")]


async def test_a_reading_that_fails_loses_nothing_of_the_screen() -> None:
    def broken(screened: Assessment, text: str) -> Assessment:
        raise RuntimeError

    found = await triage(["je vais me tuer ce soir"], reader(broken))
    assert (found.urgency, found.incomplete) == (Urgency.CRITIQUE, True)


async def test_without_a_model_the_first_reading_stands_in() -> None:
    found = await triage(["on m'a piraté mon compte insta"], reader())
    assert (found.issue, found.urgency) == (Issue.PIRATAGE_COMPTE, Urgency.MODEREE)
    assert found.platform == "instagram"
    assert found.incomplete


async def test_nothing_said_is_nothing_known() -> None:
    assert await triage([], reader()) == Assessment(role=Role.INCONNU)


async def test_very_long_messages_are_read_to_the_end() -> None:
    text = "bla. " * INLINE_LIMIT + "je vais me suicider"
    assert (await triage([text], reader())).urgency is Urgency.CRITIQUE


def test_lines_are_read_in_order_and_broken_ones_named() -> None:
    lines = [
        '{"id": "a", "text": "salut"}',
        "",
        "{oops",
        '{"id": 7, "turns": ["a", "b"]}',
        "[]",
        '{"text": "no id"}',
        '{"id": "x"}',
        '{"id": "x", "turns": "text"}',
        "[" * 100_000,
        '{"id": "z", "text": ""}\n',
    ]
    read = list(read_lines(lines))
    assert [r for r in read if isinstance(r, Asked)] == [
        Asked("a", ("salut",)),
        Asked(7, ("a", "b")),
        Asked("z", ("",)),
    ]
    errors = [str(r).split(":")[0] for r in read if isinstance(r, BadLine)]
    assert errors == ["line 3", "line 5", "line 6", "line 7", "line 8", "line 9"]


@pytest.mark.parametrize("text", ["je veux mourir 😂", "\ud800 je veux mourir"])
async def test_a_result_is_one_json_line_of_the_contract(text: str) -> None:
    line = write_line(Asked("a", (text,)), await triage([text], reader()))
    assert "\n" not in line
    line.encode()
    result = json.loads(line)
    assert set(result) == {
        "id", "issue", "issue_secondary", "urgency", "role", "platform", "confidence", "reasons",
    }  # fmt: skip
    assert result["issue"] == "ideation_suicidaire"
    assert set(result["reasons"][0]) == {"turn", "start", "end", "rule"}
    spans = [text[r["start"] : r["end"]] for r in result["reasons"]]
    assert "veux mourir" in spans


def test_a_result_always_has_an_issue_and_a_role() -> None:
    result = json.loads(write_line(Asked(1, ()), Assessment()))
    assert (result["issue"], result["role"]) == ("autre_hors_sujet", "inconnu")
