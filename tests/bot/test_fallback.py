"""Triage by keywords, and the default urgency of each issue."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.fallback import complete, signs
from bot.screen import SpacyScreen
from bot.urgency import Signs, default_urgency
from core.assessment import Assessment
from core.labels import Issue, Urgency


@cache
def screen() -> SpacyScreen:
    return SpacyScreen()


def assess(text: str) -> Assessment:
    return complete(screen().screen(text).assessment, text)


@pytest.mark.parametrize(
    ("said", "issue"),
    [
        ("bonjour", Issue.SALUTATION),
        ("slt sa va", Issue.AUTRE_HORS_SUJET),
        ("je peux parler à un humain ?", Issue.DEMANDE_HUMAIN),
        ("on m'a piraté mon compte", Issue.PIRATAGE_COMPTE),
        ("quelqu'un a fait un faux compte à mon nom", Issue.USURPATION_IDENTITE),
        ("je me suis fait arnaquer sur un faux site", Issue.ARNAQUE),
        ("ma fille a vu une vidéo porno", Issue.CONTENU_CHOQUANT),
        ("on m'insulte tous les jours", Issue.CYBERHARCELEMENT),
        ("il m'a traité de sale arabe", Issue.HAINE_DISCRIMINATION),
        ("j'ai reçu une dick pic", Issue.VIOLENCES_SEXISTES),
        ("mon fils est accro aux écrans", Issue.SUREXPOSITION_ECRANS_JEUX),
        ("quel contrôle parental choisir", Issue.CONTROLE_PARENTAL),
        ("comment supprimer mon compte", Issue.PARAMETRAGE_COMPTE),
        ("il me fait du chantage", Issue.SEXTORSION),
        ("il a mis mes nudes en ligne", Issue.REVENGE_PORN),
        ("je veux mourir, on m'insulte", Issue.IDEATION_SUICIDAIRE),
        ("someone is posting my private pictures", Issue.REVENGE_PORN),
        ("je veux parler à quelqu'un, on me harcèle", Issue.CYBERHARCELEMENT),
        ("bonjour, aidez moi, on a piraté mon compte", Issue.PIRATAGE_COMPTE),
    ],
)
def test_keywords_name_the_issue(said: str, issue: Issue) -> None:
    found = assess(said)
    assert found.issue is issue
    assert found.incomplete


def test_the_cause_of_a_suicidal_thought_is_secondary() -> None:
    found = assess("je veux mourir, on m'insulte tous les jours")
    assert found.issue_secondary is Issue.CYBERHARCELEMENT
    assert found.urgency is Urgency.ELEVEE


def test_words_not_understood_from_somebody_are_not_dismissed() -> None:
    assert assess("je sais plus comment dire ce qui se passe").urgency is Urgency.MODEREE
    assert assess("42").urgency is Urgency.FAIBLE


@pytest.mark.parametrize(
    ("issue", "given", "urgency"),
    [
        (Issue.PIRATAGE_COMPTE, Signs(), Urgency.MODEREE),
        (Issue.PIRATAGE_COMPTE, Signs(blackmail=True), Urgency.ELEVEE),
        (Issue.ARNAQUE, Signs(deadline=True), Urgency.ELEVEE),
        (Issue.CYBERHARCELEMENT, Signs(group=True), Urgency.ELEVEE),
        (Issue.CYBERHARCELEMENT, Signs(group=True, past=True), Urgency.MODEREE),
        (Issue.CYBERHARCELEMENT, Signs(question=True), Urgency.FAIBLE),
        (Issue.SUREXPOSITION_ECRANS_JEUX, Signs(), Urgency.FAIBLE),
        (Issue.SUREXPOSITION_ECRANS_JEUX, Signs(child_suffers=True), Urgency.MODEREE),
        (Issue.PARAMETRAGE_COMPTE, Signs(published=True), Urgency.MODEREE),
        (Issue.SEXTORSION, Signs(), Urgency.ELEVEE),
        (Issue.IDEATION_SUICIDAIRE, Signs(question=True), Urgency.ELEVEE),
        (Issue.SALUTATION, Signs(threat=True), Urgency.FAIBLE),
        (Issue.DEMANDE_HUMAIN, Signs(), Urgency.FAIBLE),
        (Issue.DEMANDE_HUMAIN, Signs(call=True), Urgency.ELEVEE),
        (Issue.CYBERHARCELEMENT, Signs(refuses_school=True), Urgency.ELEVEE),
        (None, Signs(), Urgency.MODEREE),
    ],
)
def test_default_urgency(issue: Issue | None, given: Signs, urgency: Urgency) -> None:
    assert default_urgency(issue, given) is urgency


def test_signs_are_read_from_the_words() -> None:
    assert signs("ils sont plusieurs dans un groupe et me menacent").group
    assert signs("il me menace").threat
    assert signs("c'était il y a 3 ans").past
    assert signs("c'est quoi le grooming ?").question
    assert signs("il a mon adresse").knows_address


@pytest.mark.parametrize("said", ["au secours", "aidez moi", "Help!", "svp aidez moi", "à l'aide"])
def test_a_bare_call_for_help_is_urgent(said: str) -> None:
    found = assess(said)
    assert found.issue is Issue.DEMANDE_HUMAIN
    assert found.urgency.rank >= Urgency.ELEVEE.rank


@pytest.mark.parametrize(
    "said",
    ["on l'insulte, il refuse d'aller à l'école", "harcelée, elle veut plus aller au collège"],
)
def test_harassment_that_keeps_from_school_is_urgent(said: str) -> None:
    assert assess(said).urgency.rank >= Urgency.ELEVEE.rank


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_any_text_gets_an_assessment_no_lower_than_the_screens(text: str) -> None:
    assert assess(text).urgency.rank >= screen().screen(text).assessment.urgency.rank
