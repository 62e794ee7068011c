"""What the words state: role, age, platform, circumstances; and dangers seen from several facts.

A fact is stated or it is absent: nothing here guesses.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.screen import ages, details, minors, places, platforms, roles
from bot.screen.normalise import Word, fold
from core.assessment import MINOR, Reason
from core.labels import AgeBand, Issue, Role, Urgency
from core.regions import SAID

_MINOR = re.compile(
    r"\b(?:college|collegienne?|lycee|lyceenne?|bahut|cm1|cm2|ce1|ce2|[3456] ?e(?:me)?|2nde"
    r"|terminale|ma classe|en classe|ma prof|mon prof|la cpe|le cpe|la prof|le prof|mes profs"
    r"|pronote|recre|cantine|ma maman|mon papa|mes darons|ma daronne|mon daron|mes parents"
    r"|controle parental|puni\w* de tel)\b"
)
_OWN_AGE = re.compile(
    r"\b(?:j ai|jai|g|ai|je suis agee? de|moi)\s+(?P<age>\d{1,2})\s*(?:ans?|piges?|balais|berges)\b"
)
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


def learn(folded: str) -> Learned:
    """The facts the words state; the newest statement does not undo an older one."""
    said = plain(folded)
    own = ages.own(said)
    young = own is not None and own.band is not AgeBand.MAJEUR
    role = roles.role(roles.Said(folded, said, own is not None, young))
    concerned = _concerned(said, role, own)
    named: list[tuple[str, str]] = []
    if concerned is not None and concerned.years is not None:
        named.append(("age", str(concerned.years)))
    if concerned is None and minors.spoken_of(said, role, own):
        named.append((MINOR, "oui"))
    region = places.said_in(said)
    if region is not None:
        named.append((SAID, region))
    with_sums = plain(folded.replace("€", " euros ")) if "€" in folded else said
    named.extend((detail.name, detail.value) for detail in details.details(with_sums))
    minor, adult = _minor_and_adult(said)
    known = bool(_KNOWN.search(said)) and not _ONLINE.search(said)
    age_band = concerned.band if concerned is not None else None
    return Learned(
        role, platforms.named(said), age_band, tuple(named), minor or young, adult, known
    )


def only_demanded(answer: str) -> bool:
    """Whether an answer names what is demanded ("200e") and no time."""
    return details.only_demanded(plain(fold(answer.replace("€", " euros "))[0]))


def _concerned(said: str, role: Role | None, own: ages.Age | None) -> ages.Age | None:
    """The age of the person it is about; None where two ages leave that open."""
    # Who speaks for somebody else may tell their own age, too: it is not the one that counts.
    if role in _FOR_OTHERS:
        return ages.theirs(said)
    if role is None and own is not None and own.band is AgeBand.MAJEUR and ages.theirs(said):
        return None
    return own


def _minor_and_adult(said: str) -> tuple[bool, bool]:
    """Whether a minor, and whether an adult other than who writes, is spoken of."""
    of_self = {m.start("age") for m in _OWN_AGE.finditer(said)}
    minor, adult = bool(_MINOR.search(said)), bool(_STRANGER.search(said))
    for match in _ANY_AGE.finditer(said):
        years = int(match.group(1) or match.group(2))
        minor = minor or 4 <= years < 18
        # Read one by one, so that an age told later never hides an earlier one.
        adult = adult or (years >= 18 and bool(match.group(1)) and match.start(1) not in of_self)
    return minor, adult


_FOR_OTHERS = frozenset({Role.PARENT, Role.TEMOIN_AMI, Role.PROFESSIONNEL})
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


def _whole(word: Word, words: Sequence[Word]) -> Word:
    """A word with the figures stuck to it: "200e" is read as two."""
    before = next((other for other in words if other.end == word.start), word)
    return word._replace(start=before.start)


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
        money = _whole(seen["money"], words)
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
