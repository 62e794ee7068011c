"""What some listeners can do and others cannot, and what a conversation asks for.

A wish and no wall: whoever is in danger waits for nobody's skill, and nobody waits for a skill that
is not there (`handoff.choosing`).
"""

from dataclasses import dataclass
from enum import StrEnum


class Skill(StrEnum):
    """The trades of the helpline."""

    PSYCHOLOGUE = "psychologue"
    JURISTE = "juriste"
    NUMERIQUE = "numerique"


class Language(StrEnum):
    """Languages besides French that a listener may write in; codes of ISO 639."""

    ANGLAIS = "en"
    ARABE = "ar"
    ESPAGNOL = "es"
    ITALIEN = "it"
    ALLEMAND = "de"
    PORTUGAIS = "pt"
    TURC = "tr"
    UKRAINIEN = "uk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Skills:
    """What a listener can do. Everybody writes French."""

    trades: frozenset[Skill] = frozenset()
    languages: frozenset[Language] = frozenset()

    def meet(self, needs: "Needs") -> bool:
        """Whether this is enough for a conversation."""
        trade = needs.skill is None or needs.skill in self.trades
        return trade and (needs.language is None or needs.language in self.languages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a conversation asks for. `language`: None is French.

    The bot notes a language that it does not read; a trade is for a listener to ask for.
    """

    skill: Skill | None = None
    language: Language | None = None


NO_SKILLS = Skills()
NO_NEEDS = Needs()
