"""From what a young person types to plain French words that remember where they stood.

Offsets are Unicode code points of the original text. Time is linear in the length of the text.
"""

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.screen.lexicon import REAL_WORDS, SKIPPED

HARD, SOFT, NUMBER, UNKNOWN = ".", ",", "#", "_"

_HOMOGLYPHS = str.maketrans(
    "аеорсухіјѕһӏкмтвнԁɡıɑοαεικνρτυχωβ’‘ʼ`´＇ʹ′",
    "aeopcyxijshlkmtbhdgiaoaeikvptuxwb''''''''",
)
_LEET = str.maketrans("013457@$!|€", "oieastasiie")
_DROPPED_CATEGORIES = ("Mn", "Me", "Cf", "Cc", "Sk")


class Word(NamedTuple):
    """A word as the rules see it (`form`), as it was folded (`raw`), and where it stood."""

    form: str
    raw: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def _folded(char: str) -> str:
    """One character without case, accent or disguise; empty where it is invisible."""
    if char in "\n\r\x0b\x0c\x85\u2028\u2029":
        return "\n"
    if char in "\t\u00a0\u202f":
        return " "
    category = unicodedata.category(char)
    if category in _DROPPED_CATEGORIES:
        return ""
    mapped = char.translate(_HOMOGLYPHS)
    if mapped == char and ord(char) > 127:
        mapped = unicodedata.normalize("NFKD", char).lower()
        mapped = "".join(c for c in mapped if unicodedata.category(c) not in _DROPPED_CATEGORIES)
        mapped = mapped.replace("œ", "oe").replace("æ", "ae").translate(_HOMOGLYPHS)
    return mapped.lower()


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the index of the original one."""
    table = {ord(char): _folded(char) for char in set(text)}
    if all(len(folded) == 1 for folded in table.values()):
        return text.translate(table), range(len(text))
    out: list[str] = []
    index: list[int] = []
    for position, char in enumerate(text):
        folded = table[ord(char)]
        out.append(folded)
        index.extend([position] * len(folded))
    return "".join(out), index


_SCAN = re.compile(
    r"(?P<url>https?://\S{1,2000}|www\.\S{1,2000})"
    r"|(?P<smiley>:'?-?[)dp](?![a-z])|;-?\)|x+d+(?![a-z]))"
    r"|(?P<word>[a-z0-9@$€]+(?:(?:\*{1,4}|[!|_-])[a-z0-9@$]+)*)"
    r"|(?P<dots>\.\.+|…)"
    r"|(?P<hard>[.!?;\n]+)"
    r"|(?P<soft>[,:()\[\]\"«»“”])"
    r"|(?P<joke>[😂🤣😹😆😅🤪😜😝💀☠])"
    r"|(?P<other>\w+)"
)
_PIECES = re.compile(r"[a-z]+|\d+|€")
_RUN = re.compile(r"(.)\1{2,}")
_DOUBLE = re.compile(r"(.)\1+")
_GLUED = {
    "j": "je", "m": "me", "t": "te", "s": "se", "d": "de", "l": "le", "n": "ne", "c": "ce",
    "k": "que", "qu": "que",
}  # fmt: skip
_HE_ON = frozenset({"il", "elle", "on", "qui", "ils", "elles"})
_LONGEST = 40


class Normaliser:
    """Turns text into `Word`s of a closed vocabulary. Immutable once built."""

    def __init__(
        self, known: Collection[str], aliases: Mapping[str, str], starred: Collection[str] = ()
    ) -> None:
        """`starred`: words that people write with stars for letters ("su*c*de")."""
        self._starred = _masks(starred)
        self._known = frozenset(known)
        self._aliases = {form: tuple(words.split()) for form, words in aliases.items()}
        self._near: dict[str, str] = {}
        for word in sorted(self._known):
            if len(word) >= 6 and word.isalpha():
                for shorter in _deletions(word):
                    self._near.setdefault(shorter, word)
        self._longest = max(map(len, self._known), default=1)

    def words(self, folded: str, index: Sequence[int]) -> list[Word]:
        """The words of a folded text, stops among them, words without weight left out."""
        words: list[Word] = []
        singles: list[Word] = []
        for word in self._scan(folded):
            if len(word.raw) == 1 and word.raw.isalnum():
                singles.append(word)
                continue
            if singles and word.form == HARD and word.end - word.start == 1 and word.raw != "\n":
                # A full stop between single letters (s.u.i.c.i.d.e) does not end the word.
                singles.append(word)
                continue
            self._flush(singles, words)
            self._emit(word, words)
        self._flush(singles, words)
        return [
            Word(w.form, w.raw, index[w.start], index[w.end - 1] + 1)
            for w in words
            if w.form not in SKIPPED
        ]

    def _scan(self, folded: str) -> Iterator[Word]:
        for match in _SCAN.finditer(folded):
            kind, raw, (start, end) = match.lastgroup, match.group(), match.span()
            if kind == "word":
                yield Word("", raw, start, end)
            elif kind in ("smiley", "joke"):
                yield Word("mdr", "<joke>", start, end)
            elif kind == "hard":
                kind_of_stop = "\n" if "\n" in raw else "?" if "?" in raw else HARD
                yield Word(HARD, kind_of_stop, start, end)
            elif kind == "soft":
                yield Word(SOFT, raw if raw == ":" else SOFT, start, end)
            elif kind in ("other", "url"):
                yield Word(UNKNOWN, "<x>", start, end)

    def _flush(self, singles: list[Word], words: list[Word]) -> None:
        """Letters written one by one: read them as words if they make words, else leave them."""
        letters = [w for w in singles if w.form != HARD]
        if len(letters) >= 4:
            for group in _by_gaps(letters):
                whole = "".join(w.raw for w in group)
                known = len(group) > 1 and bool(self._forms(whole))
                parts = [whole] if known else self._segment(whole) if len(group) > 1 else None
                if parts is None:
                    for word in group:
                        self._emit(word, words)
                    continue
                at = 0
                for part in parts:
                    first, last = group[at], group[at + len(part) - 1]
                    self._emit(Word("", part, first.start, last.end), words)
                    at += len(part)
        else:
            for word in singles:
                self._emit(word, words)
        singles.clear()

    def _segment(self, letters: str) -> list[str] | None:
        """Known words that spell `letters` exactly, fewest first; None if there are none."""
        if len(letters) > 200:
            return None
        best: list[tuple[int, list[str]] | None] = [(0, [])] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - self._longest), end):
                before, part = best[start], letters[start:end]
                if before is None or not (part in self._known or part in self._aliases):
                    continue
                here = best[end]
                if here is None or before[0] + 1 < here[0]:
                    best[end] = (before[0] + 1, [*before[1], part])
        found = best[-1]
        return found[1] if found and found[0] * 2 < len(letters) else None

    def _emit(self, word: Word, words: list[Word]) -> None:
        if word.form:
            words.append(word)
            return
        previous = words[-1].form if words else ""
        if word.raw == "ma" and previous in _HE_ON:  # "elle ma dit" for "elle m'a dit"
            forms: tuple[str, ...] = ("me", "a")
        else:
            forms = self._forms(word.raw)
        if forms:
            words.extend(Word(form, word.raw, word.start, word.end) for form in forms)
            return
        for piece in _PIECES.finditer(word.raw):
            raw, start = piece.group(), word.start + piece.start()
            forms = self._forms(raw) if len(raw) < len(word.raw) else ()
            end = start + len(raw)
            if raw.isdigit():
                forms = (NUMBER,)
            elif raw == "e" and words and words[-1].form == NUMBER and len(words[-1].raw) > 1:
                forms = ("euros",)
            words.extend(Word(form, raw, start, end) for form in forms or (UNKNOWN,))

    def _forms(self, raw: str) -> tuple[str, ...]:
        """The words a spelling stands for; empty if none is known."""
        direct = self._direct(raw)
        if direct or len(raw) > _LONGEST or raw.isdigit():
            return direct
        if "*" in raw:
            return self._direct(self._starred.get(raw, "")) or self._bare(raw)
        return self._bare(raw)

    def _bare(self, raw: str) -> tuple[str, ...]:
        for spelled in _respelled(raw):
            direct = self._direct(spelled)
            if direct:
                return direct
        return self._glued(raw) or self._finished(raw) or self._corrected(raw)

    def _finished(self, raw: str) -> tuple[str, ...]:
        """ "ecri", "partou", "lettr": the letters that French does not pronounce at the end."""
        if not 3 <= len(raw) <= 20 or not raw.isalpha() or raw in REAL_WORDS:
            return ()
        for ending in ("t", "s", "e", "r", "nt", "es") if len(raw) > 3 else ("t", "s"):
            direct = self._direct(raw + ending)
            if direct:
                return direct
        return ()

    def _direct(self, raw: str) -> tuple[str, ...]:
        alias = self._aliases.get(raw)
        if alias is not None:
            return alias
        return (raw,) if raw in self._known or raw in SKIPPED else ()

    def _glued(self, raw: str) -> tuple[str, ...]:
        """ "jveux", "mfoutre", "jme": a pronoun stuck to its verb."""
        for length in (1, 2):
            pronoun, rest = _GLUED.get(raw[:length]), raw[length:]
            if pronoun and (len(rest) >= 3 or rest in ("me", "ai", "en", "ve", "va", "vx")):
                for spelled in (rest, *_respelled(rest)):
                    direct = self._direct(spelled) or self._finished(spelled)
                    if direct:
                        return (pronoun, *direct)
                if pronoun == "je" and rest[:1] in ("m", "t", "l") and len(rest) > 3:
                    inner = self._direct(rest[1:])
                    if inner:
                        return (pronoun, _GLUED[rest[0]], *inner)
        return ()

    def _corrected(self, raw: str) -> tuple[str, ...]:
        """One letter missing, added, changed or swapped in a long word."""
        if len(raw) < 6 or not raw.isalpha() or raw in REAL_WORDS or len(raw) > 20:
            return ()
        found = self._near.get(raw)
        for shorter in _deletions(raw):
            found = found or (shorter if len(shorter) >= 6 and shorter in self._known else None)
            found = found or self._near.get(shorter)
        return (found,) if found and found[0] == raw[0] and _one_edit(raw, found) else ()


def _masks(words: Collection[str]) -> dict[str, str]:
    """Each word under one or two stars anywhere behind its first letter, to the word itself.

    Where two words look the same behind their stars, the first in the alphabet stands for both.
    """
    masks: dict[str, str] = {}
    for word in sorted(words):
        places = range(1, len(word))
        for one in places:
            for other in range(one, len(word)):
                letters = ["*" if k in (one, other) else c for k, c in enumerate(word)]
                masks.setdefault("".join(letters), word)
    return masks


def _deletions(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(1, len(word))]


def _one_edit(a: str, b: str) -> bool:
    """Whether one letter added, dropped, changed or swapped with its neighbour makes `a` of `b`."""
    same = 0
    while same < min(len(a), len(b)) and a[same] == b[same]:
        same += 1
    a, b = a[same:], b[same:]
    return a[1:] == b or a == b[1:] or a[1:] == b[1:] or (a[1::-1] == b[:2] and a[2:] == b[2:])


def _respelled(raw: str) -> Iterator[str]:
    """Cheaper disguises: repeated letters, digits and signs for letters, stars inside a word."""
    bare = raw.replace("*", "").replace("_", "").replace("-", "")
    if _RUN.search(bare):
        yield _RUN.sub(r"\1\1", bare)
        yield _RUN.sub(r"\1", bare)
        yield _DOUBLE.sub(r"\1", bare)
    if bare != raw:
        yield bare
    letters = bare.translate(_LEET)
    if letters != bare and not bare[0].isdigit() and any(c.isalpha() for c in bare):
        yield letters
        yield _RUN.sub(r"\1", letters)


def _by_gaps(letters: list[Word]) -> list[list[Word]]:
    """Letters in groups: a wider gap than the usual one parts two words."""
    gaps = [b.start - a.end for a, b in itertools.pairwise(letters)]
    usual = min(gaps, default=0)
    groups = [[letters[0]]]
    for gap, word in zip(gaps, letters[1:], strict=True):
        if gap > usual:
            groups.append([word])
        else:
            groups[-1].append(word)
    return groups
