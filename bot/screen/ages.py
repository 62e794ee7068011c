"""How old the person concerned is: an age in figures or words, or a school year.

Only ages of somebody who is named as theirs count: "depuis 3 ans" is no age, "il a 34 ans" is not
the age of who writes, and "quand j'avais 12 ans" is not the age of today.
"""

import re
from typing import NamedTuple

from core.labels import AgeBand

#: Ages written as words, as `facts.plain` leaves them.
WORDS = {
    "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11,
    "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "dix sept": 17,
    "dix huit": 18, "dix neuf": 19, "vingt": 20, "vingt et un": 21, "vingt deux": 22,
    "vingt trois": 23, "vingt quatre": 24, "vingt cinq": 25, "vingt six": 26, "vingt sept": 27,
    "vingt huit": 28, "vingt neuf": 29, "trente": 30, "quarante": 40, "cinquante": 50,
}  # fmt: skip

_M13, _M15, _M18, _ADULT = (
    AgeBand.MOINS_13, AgeBand.MOINS_15, AgeBand.DE_15_A_17, AgeBand.MAJEUR,
)  # fmt: skip
#: School years, and the band most pupils of that year are in. "Seconde", "première" and the
#: numbered years are read only behind "je suis en", "élève de" and the like.
YEARS = {
    "maternelle": _M13, "grande section": _M13, "cp": _M13, "ce1": _M13, "ce2": _M13,
    "cm1": _M13, "cm2": _M13, "primaire": _M13,
    "6e": _M13, "6eme": _M13, "6 eme": _M13, "6 e": _M13, "6ieme": _M13, "sixieme": _M13,
    "5e": _M15, "5eme": _M15, "5 eme": _M15, "5 e": _M15, "5ieme": _M15, "cinquieme": _M15,
    "4e": _M15, "4eme": _M15, "4 eme": _M15, "4 e": _M15, "4ieme": _M15, "quatrieme": _M15,
    "3e": _M15, "3eme": _M15, "3 eme": _M15, "3 e": _M15, "3ieme": _M15, "troisieme": _M15,
    "2nde": _M18, "2nd": _M18, "2de": _M18, "seconde": _M18, "1ere": _M18, "1re": _M18,
    "premiere": _M18, "terminale": _M18, "terminal": _M18, "term": _M18, "tle": _M18,
    "rheto": _M18,
    "bts": _ADULT, "licence": _ADULT, "l1": _ADULT, "l2": _ADULT, "l3": _ADULT, "m1": _ADULT,
    "m2": _ADULT, "master": _ADULT, "fac": _ADULT, "but": _ADULT, "ifsi": _ADULT,
}  # fmt: skip
# "4e secondaire" is Belgium, "secondaire 4" Québec: in both, the number counts from twelve years.
_SECONDARY = (None, _M15, _M15, _M15, _M18, _M18, _M18)
_ORDINALS = {"premiere": 1, "deuxieme": 2, "seconde": 2, "troisieme": 3, "quatrieme": 4,
             "cinquieme": 5, "sixieme": 6, "1ere": 1, "1re": 1, "2eme": 2,
             "1e": 1, "2e": 2}  # fmt: skip

_NUMBER = r"(?P<n>\d{1,2}|" + "|".join(sorted(WORDS, key=len, reverse=True)) + ")"
_UNIT = (
    r"(?:a\b| ?(?:ans?|asn|piges?|balais|berges)\b(?! de (?:plus|moins|retard|difference|malheur)))"
)
_HEDGE = (
    r"(?:(?:que|ke|juste|seulement|deja|bientot|presque|a peine|tout juste|eu|environ|genre) )?"
)
_SAID = r"(?<!\bdit )(?<!\bdi )(?<!\bdisant )(?<!\bdis )(?<!\bdisait )(?<!\bcroire )"
_I_AM = (
    r"(?:je suis|je sui|jsuis|jsui|jss|jsu|chuis|chui|chu|chus|chsuis|j suis|suis|moi|ch suis"
    r"|je rentre|jrentre|je passe|j etudie)"
)
_PERSON = (
    r"(?:garcons?|filles?|meuf|mec|gars|ado|adolescente?|femme|homme|eleve|lyceenne?|collegienne?)"
)
_SELF = (
    # j'ai 14 ans, g 14a, jé 9 an, moi 13 ans
    re.compile(
        rf"{_SAID}\b(?:j ai|jai|j e|je|jaai|j aie|ja|ge|g|moi|mwa|moi c est|jvai avoir"
        rf"|je viens d avoir|an ni|mi na|ana|etudiante? de) {_HEDGE}{_NUMBER}{_UNIT}"
    ),
    re.compile(rf"\b{_I_AM} (?:bien )?agee? de {_NUMBER}{_UNIT}"),
    re.compile(rf"\b{_I_AM} (?:un |une )?(?:jeune )?{_PERSON} (?:majeure? )?de {_NUMBER}{_UNIT}"),
    re.compile(rf"\bi ?(?:m|am) {_NUMBER}(?: years? old| yo| yrs?|$| (?:and|i|my|in|from"
    rf"|living)\b)"),
)  # fmt: skip
# "il a 30 ans et moi 13", "jen ai 14": without the unit only where an age was told before.
_SELF_BARE = re.compile(
    rf"\b(?:j en ai|jen ai|et moi|moi j en ai|moi j ai|moi jai|moi g|moi) {_HEDGE}{_NUMBER}"
    r"(?! ?(?:euros?|e|fois|photos?|videos?|jours?|mois|h|heures?|messages?|abos?|k)\b)\b"
    rf"|{_SAID}\b(?:j ai|jai|g) (?P<m>\d\d)(?=$| (?:et|mais|je|j|jsui|jsuis|c|il|elle)\b)"
)
_ANY_UNIT = re.compile(rf"\b{_NUMBER}{_UNIT}")
_BEGINS = re.compile(
    r"^(?:bonjour|bonsoir|slt|salut|coucou|cc|hello|bjr|svp|euh|alors|oui|voila|madame|monsieur|et"
    rf"| )*{_NUMBER}{_UNIT}(?! (?:de|d|que|plus|apres|et plus|pour|a|veut|regarde|joue|est)\b)"
)
_KIN = (
    r"(?:fils|fil|fille|fiston|gamine?|garcon|enfant|ado|adolescente?|aine|ainee|cadet|cadette"
    r"|petite?"
    r"|petit fils|petite fille|beau fils|belle fille|soeur|seur|frere|frerot|cousine?|copine|copain"
    r"|pote|amie?|niece|neveu|filleule?|eleve|jeune|patiente?|residente?|collegienne?|lyceenne?"
    r"|grande?|puce|loulou|camarade|bestie|besta|best)"
)
_THEIRS = (
    re.compile(
        rf"\b(?:mon|ma|m|mes|notre|nos|une?|la|le|l|sa|son|leur|cette|cet|ce) (?:\w+ )?{_KIN}"
        rf"(?: (?!de |a )\w+)?(?: (?:de|d|a|agee? de|ayant|qui a|il a|elle a|el a|ils ont)"
        rf"(?: {_HEDGE.rstrip()})?)? ?{_NUMBER}{_UNIT}"
    ),
    re.compile(rf"\b(?:il|elle|el|i|ils ont|elles ont|qui) (?:a|en a) {_HEDGE}{_NUMBER}{_UNIT}"),
)  # fmt: skip
_ONE_CLASS = "|".join(sorted({*YEARS, *_ORDINALS}, key=len, reverse=True))
_CLASS = rf"(?P<y>{_ONE_CLASS})\b(?! annees?\b)(?P<system> (?:secondaire|sec|humanites?|primaire))?"
_QUEBEC = r"(?:en )?sec(?:ondaire)? (?P<q>[1-5])\b"
_OWN_YEAR = re.compile(
    rf"\b{_I_AM} (?:aussi |deja |encore |toujours |une? |eleve |scolarisee? |interne "
    rf"|redoublante? |garcon |fille )*(?:(?:en|a la|a l athenee en) "
    rf"(?:classe de )?{_CLASS}|{_QUEBEC})"
    rf"|\b(?:ma|notre) classe (?:de |en )?(?!c[pem]\d?|maternelle|grande"
    rf"|primaire){_CLASS.replace('<y>', '<y2>').replace('<system>', '<s2>')}"
    rf"|^(?:bonjour |bonsoir |madame |monsieur )*eleve (?:de|en) (?:classe de )?"
    rf"{_CLASS.replace('<y>', '<y3>').replace('<system>', '<s3>')}"
)
_THEIR_YEAR = re.compile(
    rf"\b(?:mon|ma|notre|une?|il est|elle est)(?: \w+){{0,3}}? (?:en|de|d|eleve de|eleve en)"
    rf" (?:classe de )?{_CLASS}"
)


class Age(NamedTuple):
    """An age told: in years where they were told, else by its band only."""

    band: AgeBand | None
    years: int | None
    start: int
    end: int


def band(years: int) -> AgeBand | None:
    """The band of an age, None where it is no age."""
    if not 4 <= years <= 99:
        return None
    if years < 13:
        return _M13
    if years < 15:
        return _M15
    return _M18 if years < 18 else _ADULT


def own(said: str) -> Age | None:
    """The age of who writes, from a text without punctuation."""
    for form in _SELF:
        found = form.search(said)
        if found:
            return _age(found)
    if _ANY_UNIT.search(said):
        found = _BEGINS.search(said) or _SELF_BARE.search(said)
        if found:
            return _age(found)
    year = _OWN_YEAR.search(said)
    return _year(year) if year else None


def theirs(said: str) -> Age | None:
    """The age of the child, friend or pupil whom the message is about."""
    linked = _THEIRS[0].search(said)
    if linked:
        return _age(linked)
    for found in _THEIRS[1].finditer(said):
        age = _age(found)
        # "Il a 34 ans" is more often the other one.
        if age is not None and age.years is not None and age.years < 18:
            return age
    year = _THEIR_YEAR.search(said)
    return _year(year) if year else None


def _age(found: re.Match[str]) -> Age | None:
    group = "n" if found["n"] else "m"
    told = found[group]
    years = int(told) if told.isdigit() else WORDS[told]
    return Age(band(years), years, found.start(group), found.end()) if band(years) else None


def _year(found: re.Match[str]) -> Age | None:
    groups = found.groupdict()
    if groups.get("q"):
        return Age(_SECONDARY[int(groups["q"])], None, found.start(), found.end())
    name = groups.get("y") or groups.get("y2") or groups.get("y3") or ""
    system = groups.get("system") or groups.get("s2") or groups.get("s3") or ""
    if system.strip() == "primaire":
        return Age(_M13, None, found.start(), found.end())
    if system:
        number = _ORDINALS.get(name) or (int(name[0]) if name[:1].isdigit() else 0)
        if not 1 <= number <= 6:
            return None
        return Age(_SECONDARY[number], None, found.start(), found.end())
    return Age(YEARS[name], None, found.start(), found.end()) if name in YEARS else None
