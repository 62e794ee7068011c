"""The labels of triage: French where a person reads them, closed sets everywhere.

The sets are those of the service's annotation guide; `None` stands for "not known yet".
"""

from enum import StrEnum


class Issue(StrEnum):
    """What the conversation is about."""

    CYBERHARCELEMENT = "cyberharcelement"
    REVENGE_PORN = "revenge_porn"
    SEXTORSION = "sextorsion"
    GROOMING = "grooming"
    PIRATAGE_COMPTE = "piratage_compte"
    USURPATION_IDENTITE = "usurpation_identite"
    CONTENU_CHOQUANT = "contenu_choquant"
    HAINE_DISCRIMINATION = "haine_discrimination"
    VIOLENCES_SEXISTES = "violences_sexistes"
    SUREXPOSITION_ECRANS_JEUX = "surexposition_ecrans_jeux"
    CONTROLE_PARENTAL = "controle_parental"
    PARAMETRAGE_COMPTE = "parametrage_compte"
    ARNAQUE = "arnaque"
    IDEATION_SUICIDAIRE = "ideation_suicidaire"
    DANGER_PHYSIQUE = "danger_physique"
    AUTRE_HORS_SUJET = "autre_hors_sujet"
    SALUTATION = "salutation"
    DEMANDE_HUMAIN = "demande_humain"


class Urgency(StrEnum):
    """How soon a human must answer. Machines only raise it; a listener may lower it."""

    FAIBLE = "faible"
    MODEREE = "moderee"
    ELEVEE = "elevee"
    CRITIQUE = "critique"

    @property
    def rank(self) -> int:
        """0 (faible) to 3 (critique)."""
        return _URGENCY_ORDER.index(self)

    def at_least(self, other: "Urgency") -> "Urgency":
        """The higher of the two."""
        return self if self.rank >= other.rank else other


_URGENCY_ORDER = (Urgency.FAIBLE, Urgency.MODEREE, Urgency.ELEVEE, Urgency.CRITIQUE)


class Role(StrEnum):
    """Who is writing."""

    VICTIME_MINEURE = "victime_mineure"
    VICTIME_MAJEURE = "victime_majeure"
    VICTIME_AGE_INCONNU = "victime_age_inconnu"
    PARENT = "parent"
    TEMOIN_AMI = "temoin_ami"
    PROFESSIONNEL = "professionnel"
    INCONNU = "inconnu"


class AgeBand(StrEnum):
    """The age of the person concerned, as coarse as the law needs it: 13, 15 and 18 years."""

    MOINS_13 = "moins_13"
    # 13 or 14, or anyone who said "under 15".
    MOINS_15 = "moins_15"
    DE_15_A_17 = "15_17"
    MAJEUR = "majeur"


class Address(StrEnum):
    """How French addresses the reader."""

    TU = "tu"
    VOUS = "vous"


def address_for(role: Role | None) -> Address:
    """*vous* for adults, parents and professionals; *tu* for everyone who may be young."""
    if role in (Role.PARENT, Role.PROFESSIONNEL, Role.VICTIME_MAJEURE):
        return Address.VOUS
    return Address.TU
