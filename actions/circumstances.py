"""What has already happened, or happens tonight, and the sentence that meets it. Pure functions.

Somebody who has paid, answered, sent an image or deleted the proof hears "do not" too late: they
need to hear that it is no fault of theirs, and what still helps. Each sentence also fits a parent,
a friend or a professional.
"""

from __future__ import annotations

import re

from actions.facts import plain

# At most this many at once: a person in fear reads little.
AT_ONCE = 2

_HAVE = r"(?:j ?ai|g|lui ai|leur ai|l ai|les ai|jlui(?: ai)?|jleur(?: ai)?|jl ai|avons|avait|avais)"
_THEY = (
    r"(?:fils|fille|fiston|enfant|ado|gamine?|eleve|amie?|copine|pote|soeur|frere|cousine?|elle)"
    r"(?: \w+){0,2}? (?:a|ont)"
)
_ALREADY = r"(?: (?:deja|dja|tout|tt|bien|meme|quand meme|lui|leur|d abord|donc|betement))*"
_IMAGE = r"(?:photos?|fotos?|tofs?|pics?|videos?|nudes?|images?|dick ?pics?)"
_MONEY = (
    r"(?:\d+ ?(?:e|eur|euros?|balles|boules|dollars?)|argent|sous|thunes?|fric|virement"
    r"|cartes? (?:pcs|itunes|cadeau|google|steam|neosurf)|pcs|paysafe\w*|transcash|neosurf"
    r"|coupons?|codes? (?:pcs|de recharge|transcash))"
)
_PUBLISH = r"(?:publi|post|diffus|balanc|envoi|envoy|partag|montr|fait tourner|leak)\w*"
_TONIGHT = r"(?:ce soir|cette nuit|minuit|demain|dans (?:une|deux|\d+) ?(?:h|heures?|min\w*))"

# Blackmail and fraud: the only ones where a delay means this. The first gesture for a fraud speaks
# to somebody who has paid already.
_PRESSED = ("sextorsion", "revenge_porn", "arnaque", "grooming", "piratage_compte")
_IMAGES = ("sextorsion", "revenge_porn", "grooming", "cyberharcelement", "violences_sexistes")
_WRITTEN = ("sextorsion", "grooming", "cyberharcelement", "haine_discrimination", "arnaque",
            "revenge_porn", "violences_sexistes", "usurpation_identite")  # fmt: skip

_SIGNS = (
    ("deadline_tonight", _PRESSED, re.compile(
        rf"\b(?:avant|d ici|jusqu ?a|jusque?|jusko|pour) (?:a )?(?:{_TONIGHT}|\d+ ?h\b)"
        r"|\b(?:il me|ils me|me|nous|lui) (?:reste|laissent?|donnent?|a laisse|ont laisse|a donne"
        r"|ont donne)"
        r" (?:que |plus que )?(?:une?|deux|trois|\d+) ?(?:h|heures?|min\w*)\b"
        r"|\b(?:dans|sous) (?:une|deux|trois|\d+) ?(?:h|heures?|min|minutes?)\b"
        rf"|\b(?:sinon|paye?r?) .{{0,40}}\b{_TONIGHT}\b|\b{_TONIGHT}\b.{{0,40}}\b{_PUBLISH}"
        rf"|\b{_PUBLISH} .{{0,40}}\b{_TONIGHT}\b|\bultimatum\b|\bcompte a rebours\b")),
    ("already_paid", ("sextorsion", "revenge_porn", "piratage_compte"), re.compile(
        rf"\b(?:{_HAVE}|{_THEY}|il a){_ALREADY} (?:pay(?:e|er|es|ee)|paie)\b"
        rf"|\b(?:{_HAVE}|{_THEY}){_ALREADY} (?:envoy|donn|vers|vir|fai|transfer|achet)\w*"
        rf" .{{0,25}}\b{_MONEY}\b")),
    ("image_sent", _IMAGES, re.compile(
        rf"\b(?:{_HAVE}|{_THEY}){_ALREADY} (?:envoy|montr|partag|transf)\w* (?:\w+ ){{0,3}}"
        rf"{_IMAGE}\b"
        rf"|\bje me suis (?:filme|deshabille|montre)\w*")),
    ("already_deleted", (*_WRITTEN, "piratage_compte"), re.compile(
        rf"\b(?:{_HAVE}|{_THEY}){_ALREADY} (?:suppr?im|effac|delet|vire l)\w*")),
    ("already_answered", _WRITTEN, re.compile(
        rf"\b(?:{_HAVE}|{_THEY}){_ALREADY} (?:repond|insulte|ecrit (?:en retour|pour))\w*")),
)  # fmt: skip


# Other problems become blackmail while they are told: then its gesture is missing still.
_BECOMES = ("revenge_porn", "cyberharcelement", "grooming", "violences_sexistes",
            "piratage_compte", "usurpation_identite", "haine_discrimination")  # fmt: skip
_BLACKMAIL = re.compile(
    r"\bchantage\b|\bfai(?:t|s|re|sai[ts]) chanter\b"
    rf"|\b(?:sinon|sino|ou alors|ou bien)\b.{{0,40}}\b{_PUBLISH}"
    rf"|\b{_PUBLISH}\b.{{0,40}}\b(?:sinon|si (?:je|j|on|elle|il) .{{0,25}}\b(?:pas|plus|rien))\b"
    rf"|\bsi (?:je|j|on|elle|il) .{{0,25}}\b(?:pas|plus|rien)\b.{{0,40}}\b{_PUBLISH}"
    rf"|\bmenac\w* de .{{0,20}}\b{_PUBLISH}"
    rf"|\b(?:veut|ve|veu|veulent|demande|reclame|exige)\w* .{{0,20}}\b{_MONEY}\b.{{0,40}}\b"
    r"(?:sinon|pour (?:pas|ne pas|effacer|supprimer))\b"
)


def blackmailed(text: str, issue: str | None) -> bool:
    """Whether a message tells of blackmail where the problem was taken for another."""
    said = plain(text[:2000].replace("€", " euros "))
    return issue in _BECOMES and _BLACKMAIL.search(said) is not None


def met(text: str, issue: str | None, told: list[str]) -> list[str]:
    """The sentences that meet what has already happened; none of those `told` before."""
    said = plain(text[:2000].replace("€", " euros "))
    found = [
        sentence
        for sentence, issues, form in _SIGNS
        if issue in issues and sentence not in told and form.search(said)
    ]
    return found[:AT_ONCE]
