"""What a newer reading does to what is known."""

import pytest

from core.assessment import NOTHING_KNOWN, Assessment, Fact
from core.labels import Issue, Role, Urgency


@pytest.mark.parametrize(
    ("told", "issue"),
    [
        ([Issue.SALUTATION, Issue.ARNAQUE], Issue.ARNAQUE),
        ([Issue.ARNAQUE, Issue.DEMANDE_HUMAIN], Issue.ARNAQUE),
        ([Issue.ARNAQUE, Issue.SALUTATION], Issue.ARNAQUE),
        ([Issue.ARNAQUE, Issue.SEXTORSION], Issue.SEXTORSION),
        ([Issue.IDEATION_SUICIDAIRE, Issue.ARNAQUE], Issue.IDEATION_SUICIDAIRE),
        ([Issue.CYBERHARCELEMENT, Issue.CONTROLE_PARENTAL], Issue.CYBERHARCELEMENT),
        ([Issue.CONTROLE_PARENTAL, Issue.CYBERHARCELEMENT], Issue.CYBERHARCELEMENT),
        ([Issue.PARAMETRAGE_COMPTE, Issue.CONTROLE_PARENTAL], Issue.CONTROLE_PARENTAL),
        # Small talk says less than asking for a person, in whatever order they come.
        ([Issue.SALUTATION, Issue.AUTRE_HORS_SUJET], Issue.AUTRE_HORS_SUJET),
        ([Issue.AUTRE_HORS_SUJET, Issue.DEMANDE_HUMAIN], Issue.DEMANDE_HUMAIN),
        ([Issue.DEMANDE_HUMAIN, Issue.AUTRE_HORS_SUJET], Issue.DEMANDE_HUMAIN),
        ([Issue.DEMANDE_HUMAIN, Issue.SALUTATION], Issue.DEMANDE_HUMAIN),
        ([None, Issue.SALUTATION], Issue.SALUTATION),
        ([Issue.SALUTATION, None], Issue.SALUTATION),
    ],
)
def test_what_it_is_about(told: list[Issue | None], issue: Issue) -> None:
    known = NOTHING_KNOWN
    for one in told:
        known = known.merged(Assessment(issue=one))
    assert known.issue is issue


@pytest.mark.parametrize("small", [Issue.AUTRE_HORS_SUJET, Issue.SALUTATION, Issue.DEMANDE_HUMAIN])
def test_small_talk_is_no_second_issue(small: Issue) -> None:
    danger = Assessment(issue=Issue.IDEATION_SUICIDAIRE, issue_secondary=Issue.REVENGE_PORN)
    assert danger.merged(Assessment(issue=small)).issue_secondary is Issue.REVENGE_PORN
    beside = Assessment(issue=Issue.SEXTORSION, issue_secondary=small)
    assert NOTHING_KNOWN.merged(beside).issue_secondary is None


def test_a_fact_told_again_stays_linked_to_its_message() -> None:
    known = Assessment(facts=(Fact("since", "lundi", 3),))
    assert known.merged(Assessment(facts=(Fact("since", "lundi"),))).facts == known.facts
    corrected = Fact("since", "mardi", 5)
    assert known.merged(Assessment(facts=(corrected,))).facts == (corrected,)


def test_who_speaks_of_dying_after_a_no_has_taken_it_back() -> None:
    denied = Assessment(facts=(Fact("death_thoughts", "non", 3), Fact("since", "lundi", 5)))
    dying = Assessment(urgency=Urgency.ELEVEE, issue=Issue.IDEATION_SUICIDAIRE)
    assert [fact.name for fact in denied.merged(dying).facts] == ["since"]
    blackmail = Assessment(urgency=Urgency.ELEVEE, issue=Issue.SEXTORSION)
    assert denied.merged(blackmail).facts == denied.facts


def test_an_age_once_known_is_not_forgotten() -> None:
    minor = Assessment(role=Role.VICTIME_MINEURE)
    assert minor.merged(Assessment(role=Role.VICTIME_AGE_INCONNU)).role is Role.VICTIME_MINEURE
    assert minor.merged(Assessment(role=Role.PARENT)).role is Role.PARENT
