"""The triage of a conversation: what is combined, what never falls, and its JSON lines."""

import json
from functools import cache

import pytest

from bot.screen import INLINE_LIMIT, SpacyScreen
from bot.triage import Asked, BadLine, Understanding, read_lines, triage, write_line
from core.assessment import Assessment
from core.labels import Issue, Role, Urgency


@cache
def screen() -> SpacyScreen:
    return SpacyScreen()


class Classifier:
    """Gives the same answer to every message, and remembers what it was asked."""

    def __init__(self, answer: Understanding | None) -> None:
        self.answer = answer
        self.asked: list[str] = []

    async def __call__(self, text: str) -> Understanding | None:
        self.asked.append(text)
        return self.answer


CALM = Understanding(issue=Issue.AUTRE_HORS_SUJET, confidence=0.99)


async def test_the_classifier_cannot_calm_the_screen() -> None:
    found = await triage(["je vais me tuer ce soir"], screen(), Classifier(CALM))
    assert found.urgency is Urgency.CRITIQUE
    assert found.issue is Issue.IDEATION_SUICIDAIRE
    assert not found.incomplete


async def test_urgency_never_falls_over_the_turns() -> None:
    turns = ["je veux mourir", "nan je rigole mdr", "comment supprimer mon compte ?"]
    found = await triage(turns, screen())
    assert found.urgency is Urgency.ELEVEE
    assert found.issue is Issue.IDEATION_SUICIDAIRE
    assert {reason.seq for reason in found.reasons} == {0}


async def test_reasons_name_the_turn() -> None:
    found = await triage(["salut", "je me scarifie"], screen(), Classifier(CALM))
    assert {reason.seq for reason in found.reasons} == {1}


async def test_a_suspicion_of_the_classifier_raises() -> None:
    doubt = Understanding(issue=Issue.CYBERHARCELEMENT, confidence=0.6, danger_probability=0.2)
    found = await triage(["c'est plus pareil depuis"], screen(), Classifier(doubt))
    assert found.urgency is Urgency.ELEVEE
    assert found.issue is Issue.CYBERHARCELEMENT
    assert [r.rule for r in found.reasons] == ["classifieur_danger"]


async def test_danger_likely_comes_before_its_cause() -> None:
    likely = Understanding(
        issue=Issue.CYBERHARCELEMENT,
        confidence=0.45,
        secondary=Issue.IDEATION_SUICIDAIRE,
        danger_probability=0.5,
    )
    found = await triage(["c'est plus pareil depuis"], screen(), Classifier(likely))
    assert found.issue is Issue.IDEATION_SUICIDAIRE
    assert found.issue_secondary is Issue.CYBERHARCELEMENT


async def test_default_urgency_follows_the_classifiers_issue() -> None:
    hacked = Understanding(issue=Issue.PIRATAGE_COMPTE, confidence=0.9)
    found = await triage(["plus moyen d'entrer"], screen(), Classifier(hacked))
    assert (found.issue, found.urgency) == (Issue.PIRATAGE_COMPTE, Urgency.MODEREE)
    assert found.confidence == 0.9


async def test_without_a_classifier_keywords_stand_in() -> None:
    found = await triage(["on m'a piraté mon compte insta"], screen())
    assert (found.issue, found.urgency) == (Issue.PIRATAGE_COMPTE, Urgency.MODEREE)
    assert found.platform == "instagram"
    assert found.incomplete


async def test_a_silent_classifier_is_no_classifier() -> None:
    found = await triage(["on m'a piraté mon compte"], screen(), Classifier(None))
    assert found.issue is Issue.PIRATAGE_COMPTE
    assert found.incomplete


async def test_an_empty_message_is_not_worth_a_question() -> None:
    classifier = Classifier(CALM)
    found = await triage(["", "  \n"], screen(), classifier)
    assert classifier.asked == []
    assert (found.urgency, found.role) == (Urgency.FAIBLE, Role.INCONNU)
    assert await triage([], screen()) == Assessment(role=Role.INCONNU)


async def test_very_long_messages_are_read_to_the_end() -> None:
    text = "bla. " * INLINE_LIMIT + "je vais me suicider"
    assert (await triage([text], screen())).urgency is Urgency.CRITIQUE


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
    line = write_line(Asked("a", (text,)), await triage([text], screen()))
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
