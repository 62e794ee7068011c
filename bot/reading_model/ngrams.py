"""Counts of short runs of letters and of words, weighed as scikit-learn's TfidfVectorizer does.

They hold up against wording that the sentence encoder never saw: SMS, typos, names of platforms.
Each count also tells where in the message it comes from, so that a verdict can show its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.reading_model.spelling import TOKEN, smooth

LETTERS = (2, 5)
WORDS = (1, 2)
# Weighs the counts beside the intercept; the same at training and at reading.
SCALE = 2.0
_SPACES = re.compile(r"\s+")

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Vocabulary:
    """The terms known and how rare each is: letters first, then words."""

    letters: Mapping[str, int]
    words: Mapping[str, int]
    rarity: Floats  # shape (len(letters) + len(words),)
    _runs: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    def runs_of(self, word: str) -> tuple[int, ...]:
        """The numbers of the known runs of letters in a word.

        Looked up once for a word that is known itself; no other word stays here.
        """
        runs = self._runs.get(word)
        if runs is None:
            found = map(self.letters.get, _runs_of(word))
            runs = tuple(index for index in found if index is not None)
            if word in self.words:
                self._runs[word] = runs
        return runs


@dataclass(frozen=True)
class Counted:
    """The terms of one message, each once, and what each weighs."""

    indices: NDArray[np.int64]
    values: Floats


@dataclass(frozen=True)
class Placed:
    """Where in a message its terms stand: for each term the numbers of its tokens."""

    tokens: Mapping[int, Sequence[int]]
    spans: tuple[tuple[int, int], ...]  # of each token, in code points of the message


def spelled(text: str) -> str:
    """The message with its spelling smoothed, tokens parted by one space."""
    return " ".join(smooth(match.group()) for match in TOKEN.finditer(text))


def letter_runs(text: str) -> Iterator[str]:
    """Runs within words, blanks at their ends included (scikit-learn's `char_wb`)."""
    for word in _SPACES.sub(" ", text).split():
        yield from _runs_of(word)


def word_runs(text: str) -> Iterator[str]:
    """Single words and pairs of words that follow each other."""
    words = text.split()
    yield from words
    yield from (f"{first} {second}" for first, second in pairwise(words))


def count(text: str, vocabulary: Vocabulary) -> Counted:
    """The known terms of a message, weighed; nothing else about it is kept."""
    words = [word for match in TOKEN.finditer(text) for word in smooth(match.group()).split()]
    letters = Counter([index for word in words for index in vocabulary.runs_of(word)])
    known = vocabulary.words.get
    runs = Counter([index for term in _terms(words) if (index := known(term)) is not None])
    offset = len(vocabulary.letters)
    return Counted(
        indices=np.array([*letters, *(offset + index for index in runs)], dtype=np.int64),
        values=np.concatenate(
            [
                _weighed(letters, vocabulary.rarity[:offset]),
                _weighed(runs, vocabulary.rarity[offset:]),
            ]
        ),
    )


def place(text: str, vocabulary: Vocabulary) -> Placed:
    """Where the known terms of a message stand, under the indices that `count` gives them."""
    found = list(TOKEN.finditer(text))
    # One token may stand for several words: "jpp" for "j en peux plus".
    words = [
        (word, number)
        for number, match in enumerate(found)
        for word in smooth(match.group()).split()
    ]
    offset = len(vocabulary.letters)
    tokens: dict[int, list[int]] = {}
    for word, number in words:
        for index in vocabulary.runs_of(word):
            tokens.setdefault(index, []).append(number)
    for (word, number), (after, next_number) in pairwise([*words, ("", -1)]):
        for term, numbers in ((word, [number]), (f"{word} {after}", [number, next_number])):
            known = vocabulary.words.get(term)
            if known is not None:
                tokens.setdefault(offset + known, []).extend(numbers)
    return Placed(tokens, tuple(match.span() for match in found))


def _terms(words: Sequence[str]) -> Iterator[str]:
    """Each word, then it with the next; what is no term of the vocabulary is for the caller."""
    for word, after in pairwise([*words, ""]):
        yield word
        yield f"{word} {after}"


def _weighed(seen: Mapping[int, int], rarity: Floats) -> Floats:
    """Weights of the terms seen so often, of one common length whatever the message's."""
    indices = np.fromiter(seen, dtype=np.int64, count=len(seen))
    times = np.fromiter(seen.values(), dtype=np.float32, count=len(seen))
    weights: Floats = (1 + np.log(times)) * rarity[indices]
    length = float(np.sqrt((weights * weights).sum()))
    return (SCALE * weights / length).astype(np.float32) if length else weights


def _runs_of(word: str) -> Iterator[str]:
    padded = f" {word} "
    for size in range(LETTERS[0], LETTERS[1] + 1):
        yield padded[:size]
        start = 0
        while start + size < len(padded):
            start += 1
            yield padded[start : start + size]
        if start == 0:
            break  # a word shorter than the run counts once
