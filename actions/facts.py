"""Plain facts a message states: who writes, how old, on which platform. Pure functions.

They keep the bot from asking what was just said, and read the free-text answers to its questions.
Limits: first person French, one victim; the gateway's own reading, where it has one, comes first.
"""

from __future__ import annotations

import re
import unicodedata

UNDER_15, FROM_15_TO_17, ADULT, NOT_SAID = "moins_15", "15_17", "majeur", "non_dit"

VICTIM, MINOR, OF_AGE = "victime_age_inconnu", "victime_mineure", "victime_majeure"
PARENT, FRIEND, PROFESSIONAL, UNKNOWN = "parent", "temoin_ami", "professionnel", "inconnu"
ROLES = (VICTIM, MINOR, OF_AGE, PARENT, FRIEND, PROFESSIONAL, UNKNOWN)
VICTIMS = (VICTIM, MINOR, OF_AGE)

_CHILD = (
    r"(?:fils|fille|fiston|gamine?s?|enfants?|gosses?|ado|garcon|aine|aine?e|cadet|cadette"
    r"|petite? derniere?|petits? ?(?:fils|filles?|enfants?)|beau fils|belle fille|jumeaux|jumelles)"
)
_FRIEND = (
    r"(?:(?:meilleure? )?(?:ami|amie|amis|amies|pote|potes|copine|copines|bff|reuf|reus|besta"
    r"|frere|soeur|petite? frere|petite? soeur|grande? frere|grande? soeur|cousin|cousine"
    r"|voisine?|camarade|collegue)|pote)"
)
_PROFESSION = (
    r"(?:cpe|prof|professeure?|enseignante?|instit|institutrice|infirmiere? scolaire|surveillante?"
    r"|educatrice|educateur|animatrice|animateur|assistante? sociale|psychologue|principale?"
    r"|directrice|directeur|aed|aesh|coach|entraineur|mediatrice|mediateur|pion|pionne)"
)
_FACTS_OF_ROLE = (
    (PROFESSIONAL, re.compile(rf"\bje suis (?:un |une |la |le |l )?{_PROFESSION}\b")),
    (PROFESSIONAL, re.compile(r"\b(?:mes|nos|un de mes|une de mes|un de nos) eleves?\b")),
    (PARENT, re.compile(rf"\b(?:mon|ma|mes|notre|nos) {_CHILD}\b")),
    (PARENT, re.compile(r"\bje suis (?:la |le |un |une )?(?:maman|papa|mere|pere|parent|mamie)\b")),
    (FRIEND, re.compile(rf"\b(?:c est|c pour|pour|sur|a) (?:un|une|mon|ma) {_FRIEND}\b")),
    (FRIEND, re.compile(rf"^(?:\w+ ){{0,3}}(?:un|une|mon|ma|mes) {_FRIEND} (?!m |me )\w+")),
)
_ANSWERS_OF_ROLE = (
    (PROFESSIONAL, re.compile(rf"\b(?:pro|professionnel|professionnelle|{_PROFESSION})\b")),
    (PARENT, re.compile(rf"\b(?:maman|papa|mere|pere|parent|parents|mamie|papi|{_CHILD})\b")),
    (FRIEND, re.compile(rf"\b{_FRIEND}\b")),
    (VICTIM, re.compile(r"\b(?:moi|meme|jsuis|je|j|victime|ma pomme|oim|bibi)\b")),
)

_AGE = re.compile(
    r"\b(?:j ai|jai|g|je suis agee? de|il a|elle a|age de|agee de|moi|ai)\s+(\d{1,2})\s*"
    r"(?:ans?|piges?|balais|berges)\b"
)
_BARE_AGE = re.compile(r"^\D{0,12}(\d{1,2})\s*(?:ans?|piges?)?\b\D{0,25}$")
_CLASSES = (
    (UNDER_15, re.compile(r"\b(?:cp|ce1|ce2|cm1|cm2|6e|6eme|5e|5eme|4e|4eme|primaire)\b")),
    (FROM_15_TO_17, re.compile(r"\b(?:seconde|2nde|premiere|1ere|terminale)\b")),
    (ADULT, re.compile(r"\b(?:majeure?|adulte|a la fac|etudiante?|mon mari|ma femme)\b")),
)

PLATFORMS = {
    "instagram": "instagram", "insta": "instagram", "ig": "instagram", "snapchat": "snapchat",
    "snap": "snapchat", "snp": "snapchat", "tiktok": "tiktok", "tik tok": "tiktok", "tt": "tiktok",
    "whatsapp": "whatsapp", "whatsap": "whatsapp", "watsap": "whatsapp", "wapp": "whatsapp",
    "wa": "whatsapp", "messenger": "messenger", "facebook": "facebook", "fb": "facebook",
    "face": "facebook", "twitter": "twitter", "x": "twitter", "discord": "discord",
    "disc": "discord", "telegram": "telegram", "tele": "telegram", "youtube": "youtube",
    "ytb": "youtube", "twitch": "twitch", "roblox": "roblox", "fortnite": "fortnite",
    "minecraft": "minecraft", "yubo": "yubo", "bereal": "bereal", "steam": "steam",
    "tinder": "tinder", "grindr": "grindr", "vinted": "vinted", "leboncoin": "leboncoin",
    "pronote": "pronote", "gmail": "gmail", "skype": "skype", "omegle": "omegle", "ome": "ome.tv",
    "reddit": "reddit", "threads": "threads", "onlyfans": "onlyfans", "signal": "signal",
    "azar": "azar", "wizz": "wizz", "ngl": "ngl", "paypal": "paypal",
}  # fmt: skip
# Names that are also ordinary words: read as a platform only in answer to the question.
_ONLY_AS_ANSWER = {
    "x", "wa", "tt", "face", "disc", "tele", "signal", "steam", "ome", "ig", "threads",
}  # fmt: skip


def plain(text: str) -> str:
    """Lower case, no accents, apostrophes and punctuation as spaces, one space between words."""
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w ]+", " ", letters).split())


def role_stated(text: str) -> str | None:
    """A role the message states by itself; None rather than a guess."""
    said = plain(text)
    return next((role for role, form in _FACTS_OF_ROLE if form.search(said)), None)


def role_answered(text: str) -> str:
    """The answer to "who is this about?"; `inconnu` where it says nothing of it."""
    stated = role_stated(text)
    if stated:
        return stated
    said = plain(text)
    return next((role for role, form in _ANSWERS_OF_ROLE if form.search(said)), UNKNOWN)


def band_of(age: int) -> str | None:
    if not 4 <= age <= 99:
        return None
    return UNDER_15 if age < 15 else FROM_15_TO_17 if age < 18 else ADULT


def age_stated(text: str) -> str | None:
    """The age band of "j'ai 14 ans" or of a school year; None if no age is stated."""
    said = plain(text)
    found = _AGE.search(said)
    if found:
        return band_of(int(found.group(1)))
    return next((band for band, form in _CLASSES if form.search(said)), None)


def age_answered(text: str) -> str:
    """The answer to "how old?"; `non_dit` where it gives none, which is allowed."""
    stated = age_stated(text)
    if stated:
        return stated
    found = _BARE_AGE.match(plain(text))
    return (band_of(int(found.group(1))) if found else None) or NOT_SAID


def platform_stated(text: str, *, answering: bool = False) -> str | None:
    """The platforms named, in order, joined by "+"; never guessed from context."""
    said = f" {plain(text)} "
    found = sorted(
        (said.index(f" {name} "), platform)
        for name, platform in PLATFORMS.items()
        if f" {name} " in said and (answering or name not in _ONLY_AS_ANSWER)
    )
    return "+".join(dict.fromkeys(platform for _, platform in found)) or None


_NO = re.compile(r"^(?:non|nn|nan|nope|pas du tout|jamais|non non|na|nan nan|absolument pas)\b")
_YES = re.compile(
    r"\b(?:oui|ouais|ui|yep|yes|si|parfois|des fois|souvent|un peu|ca arrive|m arrive|tout le temps"
    r"|ouai|wi|presque|j y pense|mourir|envie|en finir|disparaitre)\b"
)


def thoughts_answered(text: str) -> str:
    """`oui`, `non` or `non_dit`. A half yes ("parfois") is a yes: the bot never lowers a risk."""
    said = plain(text)
    if _YES.search(said) and not re.match(r"^(?:non|nn|nan|nope|pas du tout)(?: merci)?$", said):
        return "non" if _NO.match(said) and not re.search(r"\bmais\b", said) else "oui"
    return "non" if _NO.match(said) else NOT_SAID
