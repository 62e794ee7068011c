"""In which country the person says that they are, where the words say it plainly.

For the numbers that save there. What is said of somebody else, of a journey or of a street's name
says nothing of where the person is; who is in France says so, too, whatever their number is.
"""

import re

# Towns only where no other of the name comes to mind.
_PLACES = {
    "BE": r"belgique|wallonie|bruxelles|bxl|charleroi|namur|liege|tournai|verviers",
    "CH": r"suisse|geneve|lausanne|neuchatel",
    "LU": r"luxembourg|esch sur alzette",
    "CA-QC": r"canada|quebec|montreal|gatineau|sherbrooke|trois rivieres|saguenay|longueuil",
    "EU": r"allemagne|autriche|bulgarie|chypre|croatie|danemark|espagne|estonie|finlande|grece"
    r"|hollande|hongrie|irlande|italie|lettonie|lituanie|malte|pays bas|pologne|portugal"
    r"|roumanie|slovaquie|slovenie|suede|republique tcheque",
    # Before France: of Fort-de-France only the end would be read. "En réunion" is a meeting.
    "RE": r"la reunion(?! (?:des?|du|d|avec|parents?|pour|profs?)\b)|ile de la reunion",
    "GP": r"guadeloupe|pointe a pitre",
    "MQ": r"martinique|fort de france",
    "GF": r"guyane|cayenne",
    "YT": r"mayotte|mamoudzou",
    "NC": r"nouvelle caledonie|noumea",
    "PF": r"polynesie(?: francaise)?|tahiti|papeete",
    "PM": r"saint pierre et miquelon",
    "WF": r"wallis(?: et futuna)?",
    "FR": r"france|metropole",
}
_PEOPLES = {
    "BE": r"belges?",
    "CH": r"suisses?|suissesses?",
    "LU": r"luxembourgeoise?s?",
    "CA-QC": r"quebecoise?s?|canadien(?:ne)?s?",
}
_ANY = "|".join(_PLACES.values())
_PEOPLE = "|".join(_PEOPLES.values())
_IN = r"(?:en|au|aux|a|de|du|depuis|dans|pres de|a cote de)(?: (?:la|le|les|l))?"
# Who went, was born or comes from there may be anywhere; "rue de Bruxelles" is in Lille.
_ELSEWHERE = (
    r"pas|plus|jamais|alle|allee|parti|partie|ne|nee|venu|venue|revenu|revenue|rentre|rentree"
    r"|rue|avenue|boulevard|place|route|gare|province|fan|contre|d origine|originaire|origine"
)
_BETWEEN = rf"(?: (?!(?:{_ELSEWHERE})\b)\w+){{0,3}}?"
_I = (
    r"(?:je|j|on|nous) (?:suis|sui|habite|vis|vit|reside|loge|etudie|est|sommes|habitons|vivons)"
    r"|jsuis|jhabite|jabite|chuis|chui"
)
_HERE = re.compile(
    rf"\b(?:{_I}){_BETWEEN} {_IN} (?P<where>{_ANY})\b"
    rf"|\bici (?:en|au|a) (?P<where2>{_ANY})\b"
    rf"|\b(?:j ecris|je (?:t|vous) ecris|j appelle) {_IN} (?P<where3>{_ANY})\b"
    rf"|^(?:{_IN} )?(?P<where4>{_ANY})$"
)
_OF = re.compile(rf"\b(?:je suis|jsuis|chuis|chui|nous sommes) (?:une? )?(?P<who>{_PEOPLE})\b")


def said_in(said: str) -> str | None:
    """The region (`core.regions`) that these words, without punctuation, say the person is in.

    None: they do not say. Where they are goes before what they are.
    """
    here = _HERE.search(said)
    if here is not None:
        return _named(next(filter(None, here.groupdict().values())), _PLACES)
    of = _OF.search(said)
    return None if of is None else _named(of["who"], _PEOPLES)


def _named(word: str, among: dict[str, str]) -> str | None:
    return next((region for region, words in among.items() if re.fullmatch(words, word)), None)
