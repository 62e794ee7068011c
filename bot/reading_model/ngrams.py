"""Counts of short runs of letters and of words, weighed as scikit-learn's TfidfVectorizer does.

They hold up against wording that the sentence encoder never saw: SMS, typos, names of platforms.
Each count also tells where in the message it comes from, so that a verdict can show its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Counted:
    """The terms of one message. `indices` are unique; `places[k]` are the token numbers of each."""

    indices: NDArray[np.int64]
    values: Floats
    places: tuple[tuple[int, ...], ...]
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
    spans: list[tuple[int, int]] = []
    words: list[tuple[str, int]] = []
    for number, match in enumerate(TOKEN.finditer(text)):
        spans.append(match.span())
        # One token may stand for several words: "jpp" for "j en peux plus".
        words.extend((word, number) for word in smooth(match.group()).split())
    letters, runs = _Terms(vocabulary.letters), _Terms(vocabulary.words)
    for position, (word, number) in enumerate(words):
        for run in _runs_of(word):
            letters.note(run, number)
        runs.note(word, number)
        if position + 1 < len(words):
            following, after = words[position + 1]
            runs.note(f"{word} {following}", number, after)
    offset = len(vocabulary.letters)
    return Counted(
        indices=np.array(
            [*letters.times, *(offset + index for index in runs.times)], dtype=np.int64
        ),
        values=np.concatenate(
            [letters.weighed(vocabulary.rarity[:offset]), runs.weighed(vocabulary.rarity[offset:])]
        ),
        places=(*map(tuple, letters.places.values()), *map(tuple, runs.places.values())),
        spans=tuple(spans),
    )


class _Terms:
    """How often each known term of one kind occurs, and in which tokens."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self._known = known
        self.times: dict[int, int] = {}
        self.places: dict[int, list[int]] = {}

    def note(self, term: str, *tokens: int) -> None:
        index = self._known.get(term)
        if index is not None:
            self.times[index] = self.times.get(index, 0) + 1
            self.places.setdefault(index, []).extend(tokens)

    def weighed(self, rarity: Floats) -> Floats:
        """Weights in the order of `times`, of one common length whatever the message's."""
        indices = np.fromiter(self.times, dtype=np.int64, count=len(self.times))
        times = np.fromiter(self.times.values(), dtype=np.float32, count=len(self.times))
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
