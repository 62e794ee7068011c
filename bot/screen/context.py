"""What the words around a rule's match do to it: jokes, fiction, denial, the past.

Context is read within the sentence of the match, never from what was written after it: more text
can add worries, it cannot take one away.
"""

import re
from collections.abc import Sequence

from bot.screen.lexicon import FICTION, FUTILE, GAME, JOKE, NEWS, STUDY
from bot.screen.normalise import HARD, SOFT, Word
from bot.screen.rules import Rule
from core.labels import Urgency

_NONE, _MODERATE, _HIGH = None, Urgency.MODEREE, Urgency.ELEVEE

_DENIALS = frozenset({"pas", "jamais", "aucun", "aucune", "sans", "ni", "plus"})
_HE = frozenset({"il", "elle", "on", "ils", "elles", "qui"})
_NEW_CLAUSE = frozenset({"mais", "je", "il", "elle", "on", "ils", "elles", "ca", "que"})
_CANNOT_STOP = frozenset({"arrete", "arretes", "arive", "arrive", "empeche", "empecher"})
_NOBODY = frozenset({"personne", "aucun", "aucune"})
QUOTING = frozenset({"titre", "paroles", "chanson", "chansons", "refrain", "lyrics", "replique"})
_LIVED = frozenset({"je", "me"})
_OWN_VERBS = frozenset({"vais", "veux", "suis", "ai", "voudrais", "aimerais"})
_SOMEONE_NEAR = re.compile(
    r"\b(?:mon|ma|mes|notre|nos|une? de (?:mes|nos)) (?:\w+ )?(?:fille|fils|soeur|frere|amie?"
    r"|potes?|copine|copain|eleves?|enfant|ado|niece|neveu|cousine?|mere|pere|ex|mec|mari|femme|meuf)\b"
)
QUESTION = re.compile(
    r"(?:^|\s)(?:(?:c|ce) (?:est )?quoi|combien|quel(?:le)?s? (?:est|sont|peine|loi)"
    r"|ca veut dire quoi"
    r"|qu est ce que|est ce que (?:le|la|les|un|une|c)|comment (?:reconnaitre|savoir|reperer"
    r"|prevenir|parler|aborder|fonctionne)|puni par|faites vous|faut il|il faut"
    r"|que risque|definition|signifie|peine pour|exactement)(?:\s|$)"
)
PAST = re.compile(
    r"(?:^|\s)(?:il y a (?:\d+|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quelques|longtemps"
    r"|des) ?(?:ans?|annees?)?|a l epoque|autrefois|par le passe|dans le passe"
    r"|quand j (?:etais|avais)|en (?:19|20)[0-2]\d|c est fini depuis|fini depuis"
    r"|l affaire est close|c est regle"
    r"|aujourd hui (?:je vais|ca va)|depuis je vais|ca va mieux|j ai arrete|enfance"
    r"|avant (?:je|j)|l annee derniere|j etais (?:petite?|ado|enfant|jeune))(?:\s|$)"
)
RECENT_PAST = re.compile(
    r"il y a (?:\d+|deux|trois|quatre|cinq|six|quelques|des|longtemps)? ?(?:jours?|heures?|minutes?"
    r"|semaines?|mois)|encore|toujours|en ce moment|recommence|ca continue|j y repense"
)
_NETWORKS = frozenset(
    "reseaux reseau google internet instagram insta snap snapchat tiktok facebook fb twitter"
    " discord liste listes resultats recherches moteur site appli application compte app".split()
)


def allowed(rule: Rule, words: Sequence[Word], first: int, last: int) -> Urgency | None:
    """The urgency left to a match on `words[first:last]`, or None if it means nothing."""
    start, end = _sentence(words, first, last)
    around = words[start:end]
    forms = {w.raw for w in around} | {w.form for w in around}
    said = " ".join(w.raw for w in around)
    match = words[first:last]
    if _idiom(words, first, last) or ("x" in rule.flags and _denied(words, first, start)):
        return _NONE
    urgency = rule.urgency
    if _about_fiction(rule, words, match, forms, said, first, start):
        return _NONE
    joking = bool(forms & JOKE) or joke_follows(words, end)
    if "j" in rule.flags and joking:
        if (forms - {w.raw for w in match}) & FUTILE:
            return _NONE
        urgency = min(urgency, _HIGH, key=lambda u: u.rank)
    elif "j" in rule.flags and "si" in forms and forms & FUTILE:
        urgency = min(urgency, _HIGH, key=lambda u: u.rank)
    if "p" in rule.flags and PAST.search(said) and not RECENT_PAST.search(said):
        urgency = min(urgency, _MODERATE, key=lambda u: u.rank)
    return urgency


def _sentence(words: Sequence[Word], first: int, last: int) -> tuple[int, int]:
    """The bounds of the sentence around a match, at most sixty words each way."""
    start = first
    while start > 0 and words[start - 1].form != HARD and first - start < 60:
        start -= 1
    end = last
    if words[last - 1].form != HARD:
        while end < len(words) and words[end].form != HARD and end - last < 60:
            end += 1
        end = min(end + 1, len(words))
    return start, end


def joke_follows(words: Sequence[Word], end: int) -> bool:
    """Whether a joke marker stands alone behind the sentence, on the same line."""
    return (
        end < len(words)
        and words[end - 1].raw != "\n"
        and (words[end].raw in JOKE or words[end].form in JOKE)
        and (end + 1 == len(words) or words[end + 1].form == HARD)
    )


def _denied(words: Sequence[Word], first: int, start: int) -> bool:
    """A negation in the four words before, in the same clause, or "personne" as its subject."""
    for position in range(first - 1, max(start, first - 5) - 1, -1):
        word = words[position]
        if word.form == SOFT or word.form in _NEW_CLAUSE:
            return False
        if word.raw in _NOBODY:
            return True
        if word.form in _DENIALS and words[position - 1].raw in _CANNOT_STOP:
            return False
        if word.form in _DENIALS:
            # "j'en peux plus idées noires" tells of exhaustion, not of an absence.
            return not (word.form == "plus" and words[position - 1].raw in ("peux", "peu", "peut"))
    return any(w.form in ("jamais", "aucun", "aucune") for w in words[first : first + 3])


def _about_fiction(
    rule: Rule,
    words: Sequence[Word],
    match: Sequence[Word],
    forms: set[str],
    said: str,
    first: int,
    start: int,
) -> bool:
    """A film, a game, a homework, the news or a question of knowledge; not one's own life."""
    near_words = {w.form for w in words[max(start, first - 3) : first]}
    if match[0].form in _OWN_VERBS and not match[0].raw.endswith("t"):
        near_words.add("je")
    if _LIVED & ({w.form for w in match} | near_words) or "autre_langue" in rule.name:
        return bool(forms & QUOTING)
    near = bool(_SOMEONE_NEAR.search(" ".join(w.raw for w in words[start:first])))
    if near and not forms & (GAME | {"perso", "persos", "personnage", "redac", "expose", "tpe"}):
        return False
    asked = "1" not in rule.flags and bool(QUESTION.search(said))
    return asked or bool(forms & (FICTION | STUDY | NEWS | GAME))


def _idiom(words: Sequence[Word], first: int, last: int) -> bool:
    """Set phrases that only look like a rule."""
    form = words[last - 1].form
    after = [w.raw for w in words[last : last + 3]]
    following = " ".join(after)
    if form in ("finir", "finis", "fini") and after[:1] in (["avec"], ["d"]):
        return after[1:2] not in (["la"], ["tout"], ["moi"], ["ma"])
    if form.startswith("dispar") and after[:1] in (["de"], ["des"], ["du"], ["d"]):
        return bool(_NETWORKS & set(after)) or after[:1] == ["des"]
    if form in ("mourir", "crever", "creve", "meurs", "mort", "morte") and after[:1] in (
        ["de"], ["d"],
    ):  # fmt: skip
        return True
    if first > 0 and words[first].form == "envie" and words[first - 1].form in _DENIALS:
        return True  # "j'ai pas envie de mourir"; no wish to live has its own rule
    if (
        form == "vivre"
        and words[first].form != "envie"
        and after[:1] in (["sans"], ["chez"], ["ici"])
    ):
        return True
    before = [w.raw for w in words[max(0, first - 2) : first]]
    if (
        before[-1:]
        and before[-1] in _HE
        and words[first].form == "veux"
        and "me" in [w.form for w in words[first:last]]
    ):
        return True  # "il veut me tuer" is a threat, not a wish
    if before[-1:] == ["tu"] and words[first].form in ("veux", "vas"):
        return True
    if form.startswith("tue") and re.match(
        r"(?:a|au|aux|le) (?:te|vous|le|travail|boulot|tache)", following
    ):
        return True
    if form == "corde" and following.startswith(("a sauter", "de guitare", "raide", "de rappel")):
        return True
    return following.startswith(("sur les nerfs", "dans l oeil", "au tel", "la discut", "la honte"))
