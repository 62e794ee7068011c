"""Plain signs that decide what a turn is, where nothing need be guessed. Pure functions.

The classifier knows problems from thousands of words; of "jai peur", "…", "?" or "👍" it makes a
problem as well, because it must answer something. What these signs say is certain enough to come
before it. Danger and the wish for a person come before the signs; only another language comes
before that wish, and it leads to a person as well.

Limit: the language hint counts common words. It knows English, Spanish, Moroccan and Algerian
Arabic in Latin letters, and other scripts; it says nothing of Italian or Portuguese, and nothing of
fewer than four words, which young French people borrow.
"""

from __future__ import annotations

import re
import unicodedata

# In the questions these are no answers, so an early message may well be one of them.
ASIDE = ("danger", "demande_humain", "stop", "question_service", "pause")

_OFTEN = r"(?:tro|trop|tellement|tres|vraiment|vrmt|grave|super|bcp|un peu|toujours|encore|mtn|la)"
_ME = r"(?:j ?ai|g|j ?avais|je suis|j ?suis|jsui|chui|chuis|jss|j ?me sens|je me sens)"
_FELT = (
    r"(?:peur|honte|stress\w*|angoiss\w*|terrif\w*|effray\w*|flipp?\w*|paniqu\w*|triste|perdue?"
    r"|degout\w*|deg|mal a l aise|tres mal|trop mal)"
)
_BARE_FEELING = re.compile(
    rf"^(?:(?:bonjour|slt|salut|bah|ben|mais|oui|non|en fait|svp|et) )*"
    rf"(?:{_ME} )?(?:{_OFTEN} )*{_FELT}(?: (?:et|{_ME}|{_OFTEN}|{_FELT}|svp))*$"
    rf"|^je (?:flipp?e|panique|stress\w*|angoiss\w*)(?: {_OFTEN})*$"
)
# A child on a parent's phone, who has told nothing yet: no question about parental control.
_BORROWED = re.compile(
    r"^(?:(?:slt|salut|bonjour|coucou|c|est|cest|je|j|suis|jsuis|chui|ecris|jecris|sur|du|avec|depuis"
    r"|le|la|l) )*(?:telephone|tel|portable|phone|ordi|ordinateur|tablette|compte)"
    r" (?:de |a |d )?(?:ma |mon |mes )(?:mere|pere|parents?|maman|papa|daronn?e?s?|soeur|frere)"
    r"(?: (?:(?:il |elle )?faut pas|pas|donc|alors|attention|faites|fais)\b"
    r"(?: \w+){0,5} (?:voi\w*|voye\w*|vois|sach\w*|regard\w*|lis\w*|gaffe|attention))?$"
)
# A pause is asked for in these words; other short answers only look like one to the classifier.
_PAUSE = re.compile(
    r"\b(?:att|atten\w*|wait|minutes?|mn|min|sec\w*|instant|moment|j?reviens|j?arrive"
    r"|reflechi\w*|cherche|patiente\w*|tout de suite|pause)\b"
)
# The same for a person: short answers that name people ("par des gens du lycée") ask for nobody.
_PERSON = re.compile(
    r"\b(?:parl|discut|quelqu|qqun|qqn|kelk|humain|conseil|ecout|psy|appel|aide|help|secours|sos|numero"
    r"|joindre|veux|voudrais|besoin|vrai|assist|operat|agent|3018|horaire|ouver|anonym)"
    r"|\b(?:une|cette|la) personne\b"
)
# Hours, price, anonymity, asked about and nobody asked for: the examples of both are alike.
_SERVICE = re.compile(
    r"\bhoraires?\b|\bgratui\w*\b|\banonym\w*\b|\bconfident\w*\b"
    r"|\bouver\w*\b.{0,16}\b(?:heures?|kel h|quand|kan|samedi|dimanche|nuit|week end)\b"
    r"|\b(?:a|jusqu a|des|de) (?:quelle|quel|kel|kelle) h(?:eures?|eur)?\b.{0,12}\b(?:ferm|ouvr)\w*"
)
_SOMEBODY = re.compile(
    r"\b(?:parl|appel|apel|rappel|joindre|joign|quelqu|kelk|qqn|humain|conseill|ecout|psy|juriste"
    r"|vraie?|dame|madame|monsieur|personne|voix)"
)
# Under a question of ours: who leaves is asked nothing more.
_GOODBYE = re.compile(
    r"^(?:(?:ok|bon|bah|allez|merci|salut) )*(?:bye(?: bye)?|au revoir|aurevoir|ciao|tchao|tchuss"
    r"|a plus|bonne (?:nuit|soiree|journee)|(?:je|j) ?(?:dois|doit) (?:y aller|te laisser|partir)"
    r"|je (?:me deco|te laisse|vous laisse))(?: (?:merci|bye|salut|a plus))*$"
)
_WORDS_OF = {"pause": _PAUSE, "demande_humain": _PERSON}
# "Non, j'ai pas envie de mourir" denies, word for word, what the classifier hears in it.
_DENIED = re.compile(
    r"^(?:(?:non|nan|nn|nope|jamais) )+(?:\w+ ){0,4}?(?:pas|jamais|aucune)(?: \w+){0,4}"
    r" (?:mourir|suicid\w*|me tuer|en finir|disparaitre)$"
)
_SAD_FACES = frozenset("😭😢😞😔😟😰😱🥺💔😥😓😣😖😩😫😨😧😦☹🙁😿")
_YES_FACES, _NO_FACES = frozenset("👍✅👌"), frozenset("👎❌🚫")


def plain(text: str) -> str:
    """Lower case, no accents, apostrophes and punctuation as spaces, one space between words."""
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
    letters = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^\w ]+", " ", letters).split())


def sign(text: str) -> str | None:
    """The intent a message has beyond doubt; None leaves it to the classifier."""
    if any(c.isalnum() for c in text):
        if _BORROWED.match(plain(text)):
            return "salutation"
        return "nlu_fallback" if _BARE_FEELING.match(plain(text)) else None
    shown = set(text)
    if "🆘" in shown:
        return "demande_humain"
    if shown & _SAD_FACES:
        return "nlu_fallback"
    if "?" in shown:
        return "question_service"
    if shown & _YES_FACES:
        return "affirm"
    if shown & _NO_FACES:
        return "deny"
    if text.strip() and not any(unicodedata.category(c) == "So" for c in text):
        return "pause"  # "..." is silence in writing
    return None


_FRENCH = frozenset(
    "je j jai jsuis jme tu il elle on nous vous ils elles de des du d le la les l un une mon ma "
    "mes ton ta tes son sa ses et est es suis ai as a c ce ca ci que qu qui quoi pas sur pour avec "
    "dans m me te se en y ne n mais ou donc par plus tout fait sont ont ete veut veux".split()
)
_WORDS = {
    "en": frozenset(
        "the you my is are and someone somebody they he she him her please want wants need was "
        "have has been with pictures threatening threatens send sending sent not don dont can "
        "cannot im i this that what who to of for if posted about know afraid scared speak "
        "english from will says said it do me help hello hi money pay nudes video he's".split()
    ),
    "es": frozenset(
        "alguien quien mis mi fotos foto esta estoy tengo quiero ayuda necesito por favor hola "
        "como para con los las una el muy pero porque hablo espanol soy hija hijo amenaza "
        "amenazan chantaje miedo ayudar ayudame puedo usted gracias yo publicar dinero videos "
        "no si que me de en un y".split()
    ),
    "ar": frozenset(
        "salam salamou alaykoum 3likoum 3afak 3afakom 3awnouni 3awni 3awnini sa3dni sa3douni kayn "
        "kayna chi wahed wa7ed bghit baghi ana nta nti kifach mouchkil mochkil mouchkila khayef "
        "khayfa kheyfa tsawer tswira tsawri flous labas bzaf bezaf 3andi 3endi dyali diali ta3i "
        "hada hadi bnti weldi wlidi kayhaded kayhadedni yhadedni 3la m3a wach li men fadlak "
        "rani makanch hna daba had l f".split()
    ),
}
# Shared with French, or with what young French people say anyway: alone they are no hint.
_SHARED = frozenset(
    "me i on a de en un y que no si la te se help hello hi nudes video videos im wach l f li men "
    "had con para do will pay".split()
)
LEAST_WORDS, LEAST_HINTS = 4, 3


def language(text: str) -> str | None:
    """`en`, `es`, `ar` or `other` where a message is plainly not French; None otherwise."""
    letters = [c for c in text if c.isalpha()]
    foreign = [c for c in letters if not unicodedata.name(c, "LATIN").startswith("LATIN")]
    if len(foreign) >= 3 and len(foreign) * 2 > len(letters):
        arabic = sum(unicodedata.name(c, "").startswith("ARABIC") for c in foreign)
        return "ar" if arabic * 2 > len(foreign) else "other"
    words = plain(text[:1000]).split()
    if len(words) < LEAST_WORDS:
        return None
    french = sum(word in _FRENCH for word in words)
    best, hits = None, 0
    for name, known in _WORDS.items():
        said = [word for word in words if word in known]
        sure = {word for word in said if word not in _SHARED}
        if len(sure) >= LEAST_HINTS and len(said) > hits:
            best, hits = name, len(said)
    enough = hits > french and hits * 5 >= len(words) * 2
    return best if enough else None


def _asks_about_service(said: str) -> bool:
    return bool(_SERVICE.search(said)) and not _SOMEBODY.search(said)


def heeded(intent: str, text: str, *, asked: str | None, early: bool, tongue: str | None) -> str:
    """The intent of a typed turn once the plain signs are heeded; `asked` is our open question."""
    certain, said = sign(text), plain(text)
    # The classifier hears danger in "j'ai peur": fear alone is met by asking what happens.
    if certain is not None and (intent != "danger" or any(c.isalnum() for c in text)):
        intent = certain
    elif intent == "demande_humain" and _asks_about_service(said):
        intent = "question_service"
    elif asked and intent in _WORDS_OF and not _WORDS_OF[intent].search(said):
        intent = "information"
    elif asked and intent != "danger" and _GOODBYE.match(said):
        intent = "stop"
    elif intent == "danger" and asked == "death_thoughts" and _DENIED.match(said):
        intent = "deny"
    # What the classifier makes of another script is chance, but for danger, where chance is safe.
    if tongue is not None and intent != "danger":
        return "other_language"
    if early and asked and intent not in ASIDE:
        return "told_early"
    return intent
