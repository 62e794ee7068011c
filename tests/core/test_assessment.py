"""What a newer reading does to what is known."""

import pytest

from core.assessment import NOTHING_KNOWN, Assessment
from core.labels import Issue


@pytest.mark.parametrize(
    ("told", "issue"),
    [
        ([Issue.SALUTATION, Issue.ARNAQUE], Issue.ARNAQUE),
        ([Issue.ARNAQUE, Issue.DEMANDE_HUMAIN], Issue.ARNAQUE),
        ([Issue.ARNAQUE, Issue.SALUTATION], Issue.ARNAQUE),
        ([Issue.ARNAQUE, Issue.SEXTORSION], Issue.SEXTORSION),
        ([Issue.IDEATION_SUICIDAIRE, Issue.ARNAQUE], Issue.IDEATION_SUICIDAIRE),
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
