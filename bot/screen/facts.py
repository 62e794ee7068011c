"""What the words state of the person: role, age, platform; and dangers seen from several facts.

A fact is stated or it is absent: nothing here guesses.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.screen.normalise import Word
from core.assessment import Reason
from core.labels import AgeBand, Issue, Role, Urgency

#: How people call a platform, and its canonical name.
PLATFORMS = {
    "instagram": "instagram", "insta": "instagram", "instagrame": "instagram", "ig": "instagram",
    "snapchat": "snapchat", "snap": "snapchat", "snape": "snapchat", "snapchate": "snapchat",
    "tiktok": "tiktok", "tik-tok": "tiktok", "titok": "tiktok", "tiktoks": "tiktok",
    "whatsapp": "whatsapp", "whatsap": "whatsapp", "wapp": "whatsapp", "watsap": "whatsapp",
    "watsapp": "whatsapp", "whats": "whatsapp", "wsp": "whatsapp", "wattsapp": "whatsapp",
    "facebook": "facebook", "fb": "facebook", "fbook": "facebook", "messenger": "messenger",
    "messanger": "messenger", "discord": "discord", "disc": "discord", "telegram": "telegram",
    "telegramme": "telegram", "tlgrm": "telegram", "twitter": "twitter", "youtube": "youtube",
    "ytb": "youtube", "yt": "youtube", "roblox": "roblox", "twitch": "twitch", "yubo": "yubo",
    "bereal": "bereal", "fortnite": "fortnite", "minecraft": "minecraft", "reddit": "reddit",
    "steam": "steam", "vinted": "vinted", "leboncoin": "leboncoin", "tinder": "tinder",
    "grindr": "grindr", "skype": "skype", "omegle": "omegle", "onlyfans": "onlyfans",
    "netflix": "netflix", "pronote": "pronote", "gmail": "gmail", "linkedin": "linkedin",
    "pinterest": "pinterest", "threads": "threads", "wizz": "wizz", "ngl": "ngl",
    "paypal": "paypal", "zoom": "zoom", "teams": "teams", "valorant": "valorant",
    "gta": "gta", "clash": "clash", "brawl": "brawl stars", "badoo": "badoo", "meetic": "meetic",
    "kik": "kik", "viber": "viber", "psn": "playstation", "playstation": "playstation",
    "xbox": "xbox", "outlook": "outlook", "hotmail": "outlook", "amazon": "amazon",
    "google": "google", "tellonym": "tellonym", "coco": "coco", "snapmap": "snapchat",
    "azar": "azar", "habbo": "habbo", "mym": "mym", "shein": "shein", "tumblr": "tumblr",
}  # fmt: skip
# Also ordinary words: a platform only behind "sur".
_AMBIGUOUS = frozenset({"steam", "zoom", "teams", "threads", "clash", "brawl", "coco", "disc",
                        "whats", "yt", "ig", "google", "amazon"})  # fmt: skip

_CHILD = (
    r"(?:fils|fille|fiston|gamine?s?|enfants?|gosses?|ado|garcons?|aine|ainee|cadet|cadette"
    r"|petite? derniere?|petits? (?:fils|filles?|enfants?)|beau fils|belle fille|jumeaux|jumelles"
    r"|bebe)"
)
_FRIEND = (
    r"(?:(?:meilleure? )?(?:amie?s?|potes?|copine|bff|reuf|besta|frerot|(?:petite? |grande? )?"
    r"(?:frere|soeur)|cousine?|voisine?|camarades?|pote))"
)
_JOB = (
    r"(?:cpe|prof(?:esseure?)?s?|enseignante?|instit(?:utrice|uteur)?|infirmiere?|surveillante?"
    r"|educatrice|educateur|animatrice|animateur|assistante? (?:sociale|d education)|psychologue"
    r"|principale?|proviseure?|directrice|directeur|aed|aesh|coach|entraineur|entraineuse"
    r"|mediatrice|mediateur|pion|pionne|chef d etablissement|referente?|medecin|avocate?)"
)
_ROLES = (
    (Role.PROFESSIONNEL, re.compile(
        rf"\bje suis (?:un |une |la |le |l )?{_JOB}\b|\b(?:mes|nos|de mes|de nos) eleves\b"
        r"|\bune? (?:de mes |de nos )?eleves?(?: de (?:ma|mon|notre))\b|\ben tant que "
        rf"{_JOB}\b|\bmon eleve\b|\b{_JOB} (?:principale? )?(?:en|au|dans un|d un) "
        r"(?:college|lycee|ecole)\b|\bmon etablissement\b|\bnotre etablissement\b|\bma classe de "
        r"(?:cm|ce|cp|6|5|4|3|2)")),
    (Role.PARENT, re.compile(
        rf"\b(?:mon|ma|mes|notre|nos) {_CHILD}\b|\bje suis (?:la |le |un |une |sa |son |leur )?"
        r"(?:maman|papa|mere|pere|parent|mamie|papi|grand mere|grand pere|tutrice|tuteur)\b"
        r"|\bparents? d (?:un|une|eleve)")),
    (Role.TEMOIN_AMI, re.compile(
        rf"\b(?:c est|c|cest) (?:pour )?(?:un|une|mon|ma) {_FRIEND}\b"
        rf"|^(?:\w+ ){{0,4}}(?:mon|ma|mes|une?|une? de mes) {_FRIEND} (?!m |me |ma |qui m )\w"
        rf"|\b(?:sur|pour|a|aider|peur pour|inquiete? pour) (?:un|une|mon|ma) {_FRIEND}\b")),
)  # fmt: skip
_FIRST_PERSON = re.compile(
    r"\b(?:je|j|me|m|moi|mon|ma|mes|g|jai|jsuis|jme|mwa|jveu\w*"
    r"|jv\w{1,3})\b"
)
_MINOR = re.compile(
    r"\b(?:college|collegienne?|lycee|lyceenne?|bahut|cm1|cm2|ce1|ce2|[3456] ?e(?:me)?|2nde"
    r"|terminale|ma classe|en classe|ma prof|mon prof|la cpe|le cpe|la prof|le prof|mes profs"
    r"|pronote|recre|cantine|ma maman|mon papa|mes darons|ma daronne|mon daron|mes parents"
    r"|controle parental|puni\w* de tel)\b"
)
_ADULT = re.compile(
    r"\b(?:a la fac|mon mari|ma femme|mon conjoint|ma conjointe|mon epouse?|mon travail|au travail"
    r"|au boulot|mon boulot|mon patron|mes collegues|collegue|mon employeur|mon ex mari|majeure?"
    r"|etudiante?|mon entreprise|retraitee?)\b"
)
_AGE = re.compile(
    r"\b(?P<who>j ai|jai|g|ai|je suis agee? de|moi|il a|elle a|a|de|agee? de|pour mes|le)\s+"
    r"(?P<age>\d{1,2})\s*(?:ans?|piges?|balais|berges)\b"
)
_OF_SELF = frozenset({"j ai", "jai", "g", "ai", "je suis age de", "je suis agee de", "moi"})
_ANY_AGE = re.compile(
    r"(?<!\d)(?<!depuis )(?<!pendant )(?<!dans )(?<!y a )(\d{1,2}) ?(?:ans?|piges?)\b"
    r"|\b(?:moi|et moi) (?:j en ai )?(\d{1,2})\b"
)


class Learned(NamedTuple):
    """What one text states."""

    role: Role | None = None
    platform: str | None = None
    age_band: AgeBand | None = None
    named: tuple[tuple[str, str], ...] = ()
    minor: bool = False
    adult_stranger: bool = False
    known_adult: bool = False


def band(age: int) -> AgeBand | None:
    """The age band of an age, None where it is no age."""
    if not 4 <= age <= 99:
        return None
    if age < 13:
        return AgeBand.MOINS_13
    if age < 15:
        return AgeBand.MOINS_15
    return AgeBand.DE_15_A_17 if age < 18 else AgeBand.MAJEUR


def learn(folded: str) -> Learned:
    """The facts the words state; the newest statement does not undo an older one."""
    said = plain(folded)
    ages = [(m.group("who"), int(m.group("age"))) for m in _AGE.finditer(said)]
    own = next((age for who, age in ages if who in _OF_SELF and 4 <= age <= 99), None)
    role = next((role for role, form in _ROLES if form.search(said)), None)
    if role is None and _FIRST_PERSON.search(said):
        role = Role.VICTIME_AGE_INCONNU
        if own is not None:
            role = Role.VICTIME_MINEURE if own < 18 else Role.VICTIME_MAJEURE
        elif _ADULT.search(said):
            role = Role.VICTIME_MAJEURE
        elif _MINOR.search(said):
            role = Role.VICTIME_MINEURE
    concerned = own
    if role in (Role.PARENT, Role.TEMOIN_AMI, Role.PROFESSIONNEL):
        concerned = next((age for who, age in ages if age < 18), None)
    of_self = {m.start("age") for m in _AGE.finditer(said) if m.group("who") in _OF_SELF}
    minor, adult = bool(_MINOR.search(said)), bool(_STRANGER.search(said))
    for match in _ANY_AGE.finditer(said):
        years = int(match.group(1) or match.group(2))
        minor = minor or 4 <= years < 18
        # Read one by one, so that an age told later never hides an earlier one.
        adult = adult or (years >= 18 and bool(match.group(1)) and match.start(1) not in of_self)
    age_band = band(concerned) if concerned is not None else None
    named: list[tuple[str, str]] = []
    if concerned is not None:
        named.append(("age", str(concerned)))
    known = bool(_KNOWN.search(said)) and not _ONLINE.search(said)
    return Learned(role, platforms(said), age_band, tuple(named), minor, adult, known)


_PUNCTUATION = re.compile(r"[^\w]+")
_STRANGER = re.compile(
    r"\b(?:un|d un|cet|l) (?:adulte|homme|monsieur|vieux|majeur)\b|\bun mec (?:plus age|majeur)\b"
    r"|\b(?:mon|son) (?:prof|coach|entraineur|animateur)\b"
)


_KNOWN = re.compile(
    r"\b(?:mon|ma|notre|son|sa) (?:prof\w*|coach|entraineur|animateur|oncle|tonton|pere|mere|grand"
    r"|tante|instit\w*|educateur|moniteur|cousine?|frere|soeur)\b"
)
_ONLINE = re.compile(
    r"\b(?:un (?:homme|adulte|inconnu|mec|type|gars|monsieur)|internet|en ligne)\b"
)


def plain(folded: str) -> str:
    """Folded text with single spaces and without punctuation."""
    return " ".join(_PUNCTUATION.sub(" ", folded).split())


def platforms(said: str) -> str | None:
    """The platforms named, in order, joined by "+"; None if none is."""
    tokens = said.replace("tik tok", "tiktok").replace("be real", "bereal").split()
    found: dict[str, None] = {}
    for previous, token in zip(["", *tokens], tokens, strict=False):
        name = PLATFORMS.get(token)
        if name and (token not in _AMBIGUOUS or previous == "sur"):
            found[name] = None
    return "+".join(found) or None


def dangers(learned: Learned, words: Sequence[Word]) -> Iterator[tuple[Reason, Issue]]:
    """Dangers that no single phrase shows: an adult and a minor who meet, money for images."""
    seen: dict[str, Word] = {}
    for word in words:
        for sign in _SIGN_OF.get(word.form, ()):
            seen.setdefault(sign, word)
    if learned.minor and learned.adult_stranger:
        meet = seen.get("meet") or seen.get("going")
        lure = meet or seen.get("secret") or seen.get("nude") or seen.get("gift") or seen.get("sex")
        lure = lure or (seen.get("photo") if "demand" in seen else None)
        # A coach who drives to the match is no stranger: there it takes more than a meeting.
        if learned.known_adult and not {"secret", "nude", "gift", "sex"} & seen.keys():
            lure = None
        if lure is not None:
            soon = meet is not None and ("soon" in seen or "going" in seen)
            urgency = Urgency.CRITIQUE if soon else Urgency.ELEVEE
            yield Reason(0, lure.start, lure.end, "adulte_et_mineur", urgency), Issue.GROOMING
    asked = "demand" in seen and "nude" in seen
    if "money" in seen and (asked or ("threat" in seen and "photo" in seen)):
        money = seen["money"]
        yield (
            Reason(0, money.start, money.end, "argent_contre_images", Urgency.ELEVEE),
            Issue.SEXTORSION,
        )


#: The issue each of these dangers belongs to.
ISSUES: dict[str, Issue | None] = {
    "adulte_et_mineur": Issue.GROOMING,
    "argent_contre_images": Issue.SEXTORSION,
}

_SIGNS = {
    "meet": frozenset(
        "vois verra retrouve rejoins chercher rencontrer retrouver rejoindre voir voie"
        " voit rdv rendez-vous hotel".split()
    ),
    "secret": frozenset("secret secrets".split()),
    "nude": frozenset("nude nudes nu nue nus nues intime intimes seins denude".split()),
    "gift": frozenset("cadeau cadeaux robux vbucks".split()),
    "sex": frozenset("sexe coucher sexuelle sexuelles".split()),
    "photo": frozenset("photo photos video videos visio webcam cam".split()),
    "money": frozenset("euros euro balles argent bitcoin bitcoins transcash pcs".split()),
    "demand": frozenset("sinon veut menace chantage chanter demande exige reclame publie".split()),
    "threat": frozenset(
        "bitcoin bitcoins sinon menace chantage chanter publie publier balance balancer".split()
    ),
    "soon": frozenset(
        "tantot jeudi vendredi lundi mardi apres-midi heure heures soir demain maintenant"
        " aujourdhui aprem weekend samedi dimanche mercredi".split()
    ),
    "going": frozenset("part attend gare partie".split()),
}
#: Every word of a sign; the vocabulary must hold them.
SIGN_WORDS = frozenset(form for forms in _SIGNS.values() for form in forms)
_SIGN_OF: dict[str, list[str]] = {}
for _sign, _forms in _SIGNS.items():
    for _form in _forms:
        _SIGN_OF.setdefault(_form, []).append(_sign)
