"""Which first gesture fits a problem and whoever writes of it. Pure.

A gesture has the id `gesture_<problem>`, and `gesture_<problem>_<path>` where somebody who writes
for another person must do something else than the one it happens to. tests/bot/test_sentences.py
holds these lists and the catalogue together.
"""

from __future__ import annotations

from actions import facts

PROBLEMS = (
    "cyberharcelement", "revenge_porn", "sextorsion", "grooming", "piratage_compte",
    "usurpation_identite", "contenu_choquant", "haine_discrimination", "violences_sexistes",
    "surexposition_ecrans_jeux", "controle_parental", "parametrage_compte", "arnaque",
)  # fmt: skip

# Problems in which somebody is hurt: there a friend or a professional first protects a person.
_HURT = (
    "cyberharcelement", "revenge_porn", "sextorsion", "grooming", "haine_discrimination",
    "violences_sexistes",
)  # fmt: skip
PATHS = {
    "parent": (
        *_HURT, "piratage_compte", "usurpation_identite", "contenu_choquant", "arnaque",
    ),
    "friend": _HURT,
    "pro": (*_HURT, "contenu_choquant"),
}  # fmt: skip
_PATH_OF_ROLE = {facts.PARENT: "parent", facts.FRIEND: "friend", facts.PROFESSIONAL: "pro"}


def path_of(role: str | None) -> str | None:
    """The path of somebody who writes for another person; None for the one it happens to."""
    return _PATH_OF_ROLE.get(role or "")


def first(issue: str, role: str | None) -> str:
    """The first gesture for this problem, as this person needs it."""
    path = path_of(role)
    return f"gesture_{issue}_{path}" if path and issue in PATHS[path] else f"gesture_{issue}"


def on_learning(issue: str | None, role: str | None, told: list[str]) -> str | None:
    """What is said once it is known that somebody writes for another; None where it does not fit.

    Not to those whose first gesture was theirs already.
    """
    path = path_of(role)
    if path is None or issue not in _HURT or f"path_{path}" in told:
        return None
    return f"path_{path}"


def on_blackmail(role: str | None, told: list[str]) -> str | None:
    """The gesture against blackmail, once it comes out; None where it was given already."""
    if any(sentence.startswith("gesture_sextorsion") for sentence in told):
        return None
    return first("sextorsion", role)


_SERVICES_FOR_ADULTS = {
    "violences_sexistes": "services_women",
    "contenu_choquant": "services_content",
    "haine_discrimination": "services_content",
}


def services_for_adults(issue: str | None) -> str:
    """Where an adult is helped beside a service made for minors."""
    return _SERVICES_FOR_ADULTS.get(issue or "", "services_adults")
