"""What reads before any model was trained: the counts alone, kept in the repository."""

import io
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading_model.files import FIRST_READING, FIRST_SOURCES, content_hash
from bot.screen import SpacyScreen
from bot.understanding import FIRST, Understanding
from core.assessment import Assessment
from core.labels import Issue, Urgency

ROOT = Path(__file__).parents[2]
# A promise of the first reading (docs/triage.md), on messages that it was not learnt from.
RECALL = 0.9


@cache
def screen() -> SpacyScreen:
    return SpacyScreen()


@cache
def untrained() -> Understanding:
    return Understanding(Path("/nowhere"))


def assess(text: str) -> Assessment:
    return untrained()(screen().screen(text).assessment, text)


def test_it_was_learnt_from_the_examples_of_today() -> None:
    with np.load(io.BytesIO((ROOT / FIRST_READING).read_bytes()), allow_pickle=False) as arrays:
        learnt_from = json.loads(bytes(arrays["learnt_from"]))
    assert learnt_from == content_hash(ROOT, FIRST_SOURCES), "run: make first-reading"


@pytest.mark.parametrize(
    ("said", "issue"),
    [
        ("bonjour", Issue.SALUTATION),
        ("je peux parler à un humain ?", Issue.DEMANDE_HUMAIN),
        ("on m'a piraté mon compte", Issue.PIRATAGE_COMPTE),
        ("quelqu'un a fait un faux compte à mon nom", Issue.USURPATION_IDENTITE),
        ("je me suis fait arnaquer sur un faux site", Issue.ARNAQUE),
        ("ma fille a vu une vidéo porno", Issue.CONTENU_CHOQUANT),
        ("on m'insulte tous les jours", Issue.CYBERHARCELEMENT),
        ("il m'a traité de sale arabe", Issue.HAINE_DISCRIMINATION),
        ("mon fils est accro aux écrans", Issue.SUREXPOSITION_ECRANS_JEUX),
        ("quel contrôle parental choisir", Issue.CONTROLE_PARENTAL),
        ("comment supprimer mon compte", Issue.PARAMETRAGE_COMPTE),
        ("il me fait du chantage", Issue.SEXTORSION),
        ("il a mis mes nudes en ligne", Issue.REVENGE_PORN),
        ("je veux mourir, on m'insulte", Issue.IDEATION_SUICIDAIRE),
        ("bonjour, aidez moi, on a piraté mon compte", Issue.PIRATAGE_COMPTE),
    ],
)
def test_it_names_the_issue_and_says_that_it_is_not_the_whole(said: str, issue: Issue) -> None:
    found = assess(said)
    assert found.issue is issue
    assert found.incomplete


def test_a_text_of_blanks_says_nothing_and_is_not_the_whole() -> None:
    assert assess(" ") == Assessment(incomplete=True)


@pytest.mark.parametrize(
    "said",
    [
        *("au secours", "aidez moi", "svp aidez moi", "à l'aide"),
        "harcelée, elle veut plus aller au collège",
    ],
)
def test_a_bare_call_and_a_child_kept_from_school_are_urgent(said: str) -> None:
    assert assess(said).urgency.rank >= Urgency.ELEVEE.rank


def test_it_shows_the_words_that_it_found_urgent() -> None:
    said = "il a dit que demain jserai plus la et personne le saura"
    found = assess(said)
    assert found.urgency.rank >= Urgency.ELEVEE.rank
    assert all(said[r.start : r.end].strip() for r in found.reasons)
    assert found.reasons


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_it_never_calms_the_screen(text: str) -> None:
    assert FIRST.harmless_at is None
    assert assess(text).urgency.rank >= screen().screen(text).assessment.urgency.rank


def test_of_ten_in_danger_nine_are_called_so() -> None:
    lines = (ROOT / "tests/triage/danger.jsonl").read_text(encoding="utf-8").splitlines()
    grave = [case["text"] for case in map(json.loads, lines) if case["urgency"] == "critique"]
    assert len(grave) >= 200
    called = sum(assess(text).urgency is Urgency.CRITIQUE for text in grave)
    assert called >= RECALL * len(grave)
