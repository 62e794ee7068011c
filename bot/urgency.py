"""How urgent an issue is when nothing else is known: rules R4 to R15 of the triage guide, as data.

Pure. The danger screen and the classifier may only raise what comes out of here.
"""

from dataclasses import dataclass

from core.labels import Issue, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What the words say of the circumstances."""

    question: bool = False  # information asked, no present fact told
    past: bool = False  # over and done with
    threat: bool = False
    group: bool = False  # a group, a page, a raid, repeated blows, a school that refuses to act
    blackmail: bool = False
    deadline: bool = False  # money wanted before a moment
    knows_address: bool = False
    child_suffers: bool = False  # sleep, school, money, conflicts
    published: bool = False  # content is online against the person's will
    refuses_school: bool = False
    call: bool = False  # a bare call for help ("au secours"), with nothing told


_USUALLY = {
    Issue.IDEATION_SUICIDAIRE: Urgency.ELEVEE,
    Issue.DANGER_PHYSIQUE: Urgency.ELEVEE,
    Issue.SEXTORSION: Urgency.ELEVEE,
    Issue.GROOMING: Urgency.ELEVEE,
    Issue.REVENGE_PORN: Urgency.ELEVEE,
    Issue.CYBERHARCELEMENT: Urgency.MODEREE,
    Issue.PIRATAGE_COMPTE: Urgency.MODEREE,
    Issue.USURPATION_IDENTITE: Urgency.MODEREE,
    Issue.ARNAQUE: Urgency.MODEREE,
    Issue.CONTENU_CHOQUANT: Urgency.MODEREE,
    Issue.HAINE_DISCRIMINATION: Urgency.MODEREE,
    Issue.VIOLENCES_SEXISTES: Urgency.MODEREE,
}
_RAISED = frozenset(issue for issue, urgency in _USUALLY.items() if urgency is Urgency.MODEREE)
_LOWER = {
    Urgency.CRITIQUE: Urgency.ELEVEE,
    Urgency.ELEVEE: Urgency.MODEREE,
    Urgency.MODEREE: Urgency.FAIBLE,
    Urgency.FAIBLE: Urgency.FAIBLE,
}
_NO_SIGNS = Signs()


def default_urgency(issue: Issue | None, signs: Signs = _NO_SIGNS) -> Urgency:
    """The urgency of an issue given what the words say of the circumstances.

    An issue that is not known yet is `moderee`: somebody has a problem that was not understood.
    """
    if issue is None:
        return Urgency.MODEREE
    if signs.question and issue is not Issue.IDEATION_SUICIDAIRE:
        return Urgency.FAIBLE
    urgency = _USUALLY.get(issue, Urgency.FAIBLE)
    if issue is Issue.SUREXPOSITION_ECRANS_JEUX and signs.child_suffers:
        urgency = Urgency.MODEREE
    if issue is Issue.PARAMETRAGE_COMPTE and signs.published:
        urgency = Urgency.MODEREE
    if issue is Issue.DEMANDE_HUMAIN and signs.call:
        return Urgency.ELEVEE
    if issue is Issue.CYBERHARCELEMENT and signs.refuses_school:
        urgency = Urgency.ELEVEE
    grave = signs.threat or signs.group or signs.blackmail or signs.deadline or signs.knows_address
    if issue in _RAISED and grave:
        urgency = Urgency.ELEVEE
    return _LOWER[urgency] if signs.past else urgency
