"""Plain facts a message states: who writes, how old, on which platform. Pure functions.

They keep the bot from asking what was just said, and read the free-text answers to its questions.
Limits: first person French, one victim; the gateway's own reading, where it has one, comes first.
"""

from __future__ import annotations

import re
import unicodedata

UNDER_13, UNDER_15, FROM_15_TO_17 = "moins_13", "moins_15", "15_17"
ADULT, NOT_SAID = "majeur", "non_dit"
BANDS = (UNDER_13, UNDER_15, FROM_15_TO_17, ADULT)

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
    # Last: "mon pote a piraté mon compte" speaks of the one who writes.
    (FRIEND, re.compile(rf"^(?:\w+ ){{0,3}}(?:un|une|mon|ma|mes) {_FRIEND} (?!m |me )\w+")),
)
_HARM = (
    r"(?:insult|harcel|menac|trait(?:e|ent|ait|aient)\b|moqu|frapp|tap(?:e|ent)\b|rackett|humili"
    r"|affich|pirat|hack|arnaqu|escroq|usurp|film|embet|clash|lynch|doxx|suivent|soulent)"
)
# Who says this is the one it happens to, unless somebody else was named.
_FIRST_PERSON = re.compile(
    rf"\bm(?:e|a|ont|on)? ?(?:a |ont |on )?{_HARM}|\bme (?:fait|font) (?:chanter|du chantage)\b"
    r"|\b(?:moquent?|moque|mok|fou(?:t|tent)?|rigolent?|rient) de moi\b"
    r"|\b(?:jme|je me|jm) (?:suis|sui|fais|fait)\b"
    r"|\b(?:je suis|jsuis|jsui|chui|jss) (?:harcele|victime|insulte|menace)"
    r"|\bmon (?:compte|insta\w*|snap\w*|tiktok|profil|mail|facebook|fb|discord|whatsapp)\b"
    r"|\b(?:mes|ma) (?:nudes?|photos?|videos?|comptes?)\b|\b(?:photos?|videos?|nudes?) de moi\b"
)
_ANSWERS_OF_ROLE = (
    (PROFESSIONAL, re.compile(rf"\b(?:pro|professionnel|professionnelle|{_PROFESSION})\b")),
    (PARENT, re.compile(rf"\b(?:maman|papa|mere|pere|parent|parents|mamie|papi|{_CHILD})\b")),
    (FRIEND, re.compile(rf"\b{_FRIEND}\b")),
    (VICTIM, re.compile(r"\b(?:moi|meme|jsuis|je|j|victime|ma pomme|oim|bibi)\b")),
)

_YEARS = r"\s*(?:ans?|piges?|balais|berges)\b"
_AGE = re.compile(
    r"\b(?:j ai|jai|g|je suis agee? de|(?:je suis|j ?suis|chui) (?:un |une )(?:\w+ )?de|moi|ai)"
    rf"\s+(?P<soon>bientot )?(\d{{1,2}}){_YEARS}"
)
# Who writes for somebody else tells their age; from the one it happened to, "il a 30 ans" is the
# age of whoever does it.
_AGE_OF_OTHER = re.compile(
    rf"\b(?:il a|elle a|agee? de|(?:{_CHILD}|{_FRIEND}|eleve|jeune)(?: \w+)?? (?:de|a|qui a))"
    rf"\s+(?P<soon>bientot )?(\d{{1,2}}){_YEARS}"
)
_BARE_AGE = re.compile(r"^(?P<soon>bientot )?\D{0,12}(\d{1,2})\s*(?:ans?|piges?)?\b\D{0,25}$")
_CLASSES = (
    (UNDER_15, re.compile(r"\b(?:cp|ce1|ce2|cm1|cm2|6e|6eme|5e|5eme|4e|4eme|primaire)\b")),
    (UNDER_15, re.compile(r"\b(?:college|collegienn?e?s?)\b")),
    (FROM_15_TO_17, re.compile(r"\b(?:lycee|bahut pro|lyceenn?e?s?)\b")),
    # "C'est la première fois" and "une seconde" are no school years.
    (FROM_15_TO_17, re.compile(
        r"\b(?:en|de) (?:seconde|2nde|2de|premiere|1ere|terminale|term|tle)\b(?! fois)")),
    # "Un adulte m'écrit" speaks of somebody else.
    (ADULT, re.compile(
        r"\b(?:(?:je suis|j ?suis|jsui|chui|jss) (?:\w+ )?(?:majeure?|adulte|etudiante?)|a la fac"
        r"|mon mari|ma femme|mon epouse)\b")),
)  # fmt: skip
_CLASSES_ANSWERED = (
    (FROM_15_TO_17, re.compile(r"^(?:seconde|2nde|2de|premiere|1ere|terminale|term|tle)\b")),
    (ADULT, re.compile(r"(?<!pas )(?<!pas encore )\b(?:majeure?|adulte|etudiante?)\b")),
)

# A pupil, of an age not said; and what makes school words no sign of the age of today.
_SCHOOL = re.compile(r"\b(?:(?:ma|la|notre) classe|mon prof|ma prof|mes profs|recre|cours de)\b")
_ONCE = re.compile(
    r"\b(?:quand j etais|j etais|ancien|ancienne|a l epoque|mes eleves|nos eleves)\b"
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
    "azar": "azar", "wizz": "wizz", "ngl": "ngl", "paypal": "paypal", "linkedin": "linkedin",
    "pinterest": "pinterest", "spotify": "spotify", "netflix": "netflix", "google": "google",
    "chatgpt": "chatgpt", "chat gpt": "chatgpt", "valorant": "valorant", "valo": "valorant",
    "league of legends": "league of legends", "fifa": "fifa", "gta": "gta", "xbox": "xbox",
    "brawl stars": "brawl stars", "clash royale": "clash royale", "psn": "playstation",
    "clash of clans": "clash of clans", "call of duty": "call of duty", "ps5": "playstation",
    "playstation": "playstation", "ps4": "playstation",
    "switch": "nintendo switch", "coco": "coco", "kik": "kik", "viber": "viber", "tg": "telegram",
    "le bon coin": "leboncoin", "ecoledirecte": "ecoledirecte", "character ai": "character.ai",
}  # fmt: skip
# Names that are also ordinary words: read as a platform only in answer to the question.
_ONLY_AS_ANSWER = {
    "x", "wa", "tt", "face", "disc", "tele", "signal", "steam", "ome", "ig", "threads",
    "switch", "coco", "tg",
}  # fmt: skip


def plain(text: str) -> str:
    """Lower case, no accents, apostrophes and punctuation as spaces, one space between words."""
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w ]+", " ", letters).split())


def role_stated(text: str) -> str | None:
    """A role the message states by itself; None rather than a guess."""
    said = plain(text)
    named = next((role for role, form in _FACTS_OF_ROLE[:-1] if form.search(said)), None)
    if named or _FIRST_PERSON.search(said):
        return named or VICTIM
    subject, form = _FACTS_OF_ROLE[-1]
    return subject if form.search(said) else None


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


_ANY_AGE = re.compile(rf"(?<!depuis )(?<!il y a )(?<!pendant )\b(\d{{1,2}}){_YEARS}")


def _childs_age(said: str) -> str | None:
    """The one age of a minor in the words of somebody who writes for another person."""
    ages = {int(age) for age in _ANY_AGE.findall(said) if int(age) < 18}
    return band_of(ages.pop()) if len(ages) == 1 else None


_FOR_ANOTHER = (
    (PARENT, re.compile(rf"\b(?:c est|cest|c|c etait) pour (?:mon|ma|mes|notre) {_CHILD}\b")),
    (FRIEND, re.compile(rf"\b(?:c est|cest|c|c etait) pour (?:un|une|mon|ma) {_FRIEND}\b")),
)


def for_another(text: str) -> str | None:
    """The role of somebody who says outright for whom they write; it corrects a guess."""
    said = plain(text)
    return next((role for role, form in _FOR_ANOTHER if form.search(said)), None)


def age_stated(text: str, role: str | None = None) -> str | None:
    """The age band the words give the person concerned; None if they give none.

    `role` is that of who writes, where it is known: the words may tell it too.
    """
    said = plain(text)
    role = role or role_stated(text)
    own = role not in (PARENT, FRIEND, PROFESSIONAL)
    found = _AGE.search(said) if own else _AGE_OF_OTHER.search(said)
    if found:
        return _band(found)
    if not own and (age := _childs_age(said)) is not None:
        return age
    if _ONCE.search(said) or role == PROFESSIONAL:
        return None
    return next((band for band, form in _CLASSES if form.search(said)), None)


def _band(found: re.Match[str]) -> str | None:
    return band_of(int(found[2]) - bool(found["soon"]))


def pupil_stated(text: str) -> bool:
    """Whether who writes goes to school, which makes a minor of an unknown age."""
    said = plain(text)
    return bool(_SCHOOL.search(said)) and not _ONCE.search(said)


def age_answered(text: str, role: str | None = None) -> str:
    """The answer to "how old?"; `non_dit` where it gives none, which is allowed."""
    said = plain(text)
    answered = (band for band, form in _CLASSES_ANSWERED if form.search(said))
    stated = age_stated(text, role) or next(answered, None)
    if stated:
        return stated
    found = _BARE_AGE.match(said)
    return (_band(found) if found else None) or NOT_SAID


def platform_stated(text: str, *, answering: bool = False) -> str | None:
    """The platforms named, in order, joined by "+"; never guessed from context."""
    said = f" {plain(text)} "
    found = sorted(
        (said.index(f" {name} "), platform)
        for name, platform in PLATFORMS.items()
        if f" {name} " in said and (answering or name not in _ONLY_AS_ANSWER)
    )
    return "+".join(dict.fromkeys(platform for _, platform in found)) or None


_NO = re.compile(
    r"^(?:(?:bah|ben|ah|euh) )?(?:non|nn|nan|nope|na|jamais|pas du tout|absolument pas)\b"
)
_OTHERWISE = re.compile(r"\b(?:mais|sauf|enfin|repondre|dire|parler|sais pas|jsp)\b")
_ASSENT = r"(?:oui|ouais|ouai|ui|wi|yes|yep)"
_YES = re.compile(
    rf"^(?:\w+ ){{0,2}}{_ASSENT}\b|\b(?:que|dirais) {_ASSENT}$"
    r"|^(?:grave|carrement|exactement|tout a fait|clairement|evidemment)$"
    r"|\b(?:parfois|des fois|quelquefois|de temps en temps|souvent|(?:ca )?m arrive|ca arrive"
    r"|j y pense|jy pense|il y pense|elle y pense|y penser|un peu|tout le temps"
    r"|en a (?:deja |souvent )?parle|l a (?:deja )?dit|a deja (?:essaye|dit qu\w*)"
    r"|tous les (?:jours|soirs))\b"
    r"|\b(?:envie|veux|veut|voudrais|aimerais|prefererais) (?:de |d )?(?:mourir|crever|disparaitre"
    r"|en finir|me tuer)\b|\bplus envie (?:de vivre|d exister)\b"
)
_WELL = re.compile(rf"^(?:{_ASSENT} )+(?:non|jamais|mais non|ca va|tkt|t inquiete|merci)\b")
_NEGATION = re.compile(r"\b(?:pas|jamais|plus|aucune|ni)(?: \w+){0,2}$")
# Not often is sometimes.
_SOMETIMES = re.compile(r"\bpas (?:souvent|tout le temps|tous les (?:jours|soirs)|toujours)\b")
# A no with shame behind it is a no; a fear may be of something, so it is none.
_NO_AND_SHAME = re.compile(
    r"^(?:non|nn|nan|nope)(?: mais)? (?:j ?ai|g)?"
    r"(?: (?:trop|tro|tellement|tres|vraiment|grave|juste))* (?:la )?honte$"
)
_REFUSAL = re.compile(
    r"\b(?:pas|plus|po) (?:trop )?(?:envie |besoin )?(?:de |d )?(?:te |vous |t |le |en |y )?"
    r"(?:repondre|dire|parler)\b|\bpref\w* (?:pas|ne pas|garder)\b|\bje passe\b"
    r"|\bregarde pas\b|\b(?:trop )?(?:perso|prive)$|\bpour moi$"
)


def thoughts_answered(text: str) -> str:
    """`oui`, `non` or `non_dit`. A half yes ("parfois") is a yes; the unclear is no answer."""
    said = plain(text)
    if _SOMETIMES.search(said):
        return "oui"
    # Not inside "pas envie de mourir", nor where it is well that the yes speaks of.
    yes = any(
        not _NEGATION.search(said[max(0, m.start() - 40) : m.start()].rstrip())
        for m in _YES.finditer(said)
    )
    if yes and not _WELL.match(said):
        return "oui"
    if refused(text) or _WELL.match(said):
        return NOT_SAID
    if _NO_AND_SHAME.match(said):
        return "non"
    return "non" if _NO.match(said) and not _OTHERWISE.search(said) else NOT_SAID


def refused(text: str) -> bool:
    """Whether the answer is that there will be none."""
    said = plain(text)
    return bool(_REFUSAL.search(said)) and len(said.split()) <= 12


_NUMBER = (
    r"(?:\d+|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|quinze|vingt|trente"
    r"|quelques|qq|plusieurs|des|pas mal de|quelque)"
)
_UNIT = (
    r"(?:minutes?|min|heures?|h|jours?|jrs?|j|nuits?|soirs?|semaines?|sem|smn|mois|moi|ans?"
    r"|annees?|week ?ends?|vacances)"
)
_DAY = (
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|janvier|fevrier|mars|avril|mai|juin"
    r"|juillet|aout|septembre|octobre|novembre|decembre|noel|halloween|paques|rentree)"
)
_TIME = re.compile(
    r"\b(?:depuis|depui|dpuis|dps)(?! quand)(?: \w+){1,4}|\b(?:avant )?(?:hier|ier|yer)(?: \w+)?"
    rf"|\b(?:il y a|ya|y a|ca fait|sa fait|fait|pendant|dans) (?:environ |presque )?"
    rf"{_NUMBER} {_UNIT}\b"
    rf"|\b{_NUMBER} {_UNIT}\b|\b{_DAY}\b|\b(?:en|debut|fin|mi) (?:19|20)\d\d\b|\b\d+ ?h(?:\d\d)?\b"
    r"|\b(?:ce|cet|cette) (?:matin|soir|midi|nuit|aprem|apres midi|semaine|mois|annee|ete"
    r"|week ?end)\b"
    r"|\baujourd ?hui\b|\b(?:long|lgt|lon)temps\b|\blgtps?\b|\btoujours\b|\btjrs?\b|\brecemment\b"
    r"|\b(?:tout a l heure|ce moment|a l instant|la semaine|le mois|l annee|l ete)\b(?: \w+)?"
    r"|\b(?:tous|toutes) les (?:jours|soirs|semaines)\b|\b\d{1,2} \d{1,2}(?: \d{2,4})?$"
    r"|\ben (?:cp|ce1|ce2|cm1|cm2|6e|6eme|5e|5eme|4e|4eme|3e|3eme|seconde|premiere|terminale)\b"
    r"|^(?:maintenant|mtn|la|la maintenant|au debut de .+)$"
)
_ONLY_AGE = re.compile(
    r"^(?:j ai |jai |g |moi |moi j ai )?\d{1,2} ?(?:ans?|piges)(?: et demie?)?$|^(?:[89]|1\d)$"
)
_AMOUNT = re.compile(
    r"(?<![\w.,])(?:\d[\d .,]{0,10}\d ?e\b"
    r"|\d[\d .,]{0,10}? ?(?:€|euros?\b|balles\b|boules\b|\$|dollars?\b))",
    re.IGNORECASE,
)
_DEMAND = re.compile(
    r"\b(?:argent|sous|thunes?|fric|rancon|nudes?|photos?|videos?|cam|visio|paypal|paysafe\w*|pcs"
    r"|itunes|crypto|bitcoins?|carte|rib|codes?|coupons?|virement|rien|payer|paye)\b"
)
_FEELING = re.compile(
    r"\b(?:peur|honte|pleure\w*|triste|mal|angoiss\w*|stress\w*|peux plus|jpp|flipp?e\w*|paniqu\w*"
    r"|seule?|deteste|colere|rage|degout\w*|perdue?|effray\w*|terrif\w*)\b"
)
_SAD_FACES = frozenset("😭😢😞😔😟😰😱🥺💔😥😓😣😖😩😫😨😧😦☹🙁😿")


def time_stated(text: str) -> str | None:
    """The words that say when or for how long; None for a bare age."""
    said = plain(text)
    if _ONLY_AGE.match(said):
        return None
    found = _TIME.search(said)
    return found[0] if found else None


def since_stated(text: str) -> str | None:
    """How long a first message says it lasts: only wordings that mean a duration until now."""
    found = re.search(
        rf"\b(?:depuis|depui|dpuis|dps|(?:ca|sa) fait|il y a) (?:environ |presque )?"
        rf"(?:{_NUMBER} {_UNIT}|hier|{_DAY}|la rentree|longtemps|toujours|ce matin|cette nuit"
        rf"|le debut de l annee|l annee derniere)\b(?! de retard)",
        plain(text),
    )
    return found[0] if found else None


def amount_stated(text: str) -> str | None:
    """An amount of money, as written."""
    found = _AMOUNT.search(text)
    return found[0].strip() if found else None


def demand_stated(text: str) -> bool:
    """Whether an answer says what is demanded."""
    return bool(amount_stated(text) or _DEMAND.search(plain(text)))


def only_age(text: str) -> str | None:
    """The age band of a message that is an age and nothing else."""
    said = plain(text)
    return age_answered(said) if _ONLY_AGE.match(said) else None


def feeling_told(text: str) -> bool:
    """Whether the words or the faces tell of fear, shame or sadness."""
    return bool(_FEELING.search(plain(text))) or not _SAD_FACES.isdisjoint(text)


_SHAME = re.compile(r"\b(?:j ?ai|g) (?:\w+ ){0,2}?(?<!pas )honte\b|\b(?:trop|tro) (?:la )?honte\b")
_FEAR = re.compile(
    r"\b(?:j ?ai|g) (?:\w+ ){0,2}?(?<!pas )peur\b|\b(?:trop|tro) peur\b|\bje flipp?e\b"
    r"|\bjflipp?e\b|\bje (?:suis|me sens) (?:terrif|effray)\w*"
)


def named_feeling(text: str) -> str | None:
    """The sentence that answers shame or fear by its name; None where neither is told."""
    said = plain(text)
    if _SHAME.search(said):
        return "shame_heard"
    return "fear_heard" if _FEAR.search(said) else None


_LOST = re.compile(
    r"\b(?:par (?:ou|quoi) commencer|quoi faire|comment (?:le |l )?(?:dire|expliquer|raconter)"
    r"|quoi dire|comment en parler)\b|\bc est (?:trop )?(?:complique|dur a (?:dire|expliquer))"
    r"|^(?:je )?(?:jsp|(?:ne )?sais pas(?: trop)?|chais pas|jsais pas|j sais pas|jsais po|jse pas)$"
)


def lost_for_words(text: str) -> bool:
    """Whether somebody says that they do not know how to begin."""
    return bool(_LOST.search(plain(text)))


def wordless(text: str) -> bool:
    """Whether a message holds no word and no number: signs, faces, dots."""
    return not any(c.isalnum() for c in text)


_CALL = re.compile(
    r"^(?:(?:svp|stp|s il (?:te|vous) plait|vite|please|pls|vraiment|bonjour|slt|moi|me) ?)*"
    r"(?:au secours|a l aide|aide[rz]? moi|aidez|aide|help|sos|urgent)"
    r"(?: (?:svp|stp|s il (?:te|vous) plait|vite|moi|me|please|pls|au secours|help|aidez|urgent))*$"
)


def bare_call(text: str) -> bool:
    """A call for help and nothing else."""
    return bool(_CALL.match(plain(text))) or (wordless(text) and "🆘" in text)
