"""Learn the first reading: what reads before a model was ever trained, or where none can be.

    bot/rasa/.venv/bin/python bot/rasa/first_reading.py        (make first-reading)

It is the part of the model that counts letters and words, small enough to be kept in the
repository: the terms that decide most, with coarse weights. Run it where nlu_data changed, and
commit the file; a test says when it was forgotten. Takes some minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
sys.path.append(str(ROOT))

from bot.reading_model.files import FIRST_READING, FIRST_SOURCES, content_hash  # noqa: E402
from bot.reading_model.model import HEADS, URGENCIES, Heads, ReadingModel  # noqa: E402
from bot.reading_model.ngrams import Vocabulary  # noqa: E402
from components import counting  # noqa: E402
from components.examples import Example, examples_of  # noqa: E402

# Runs of letters and of words, of four times as many: small enough to be kept beside the code.
TERMS = 20_000
# Weights are kept in steps of this size, so that the file compresses well.
STEP = 1 / 16


def learn(examples: list[Example]) -> ReadingModel:
    """A model of counts alone of (text, intent, metadata) triples; the same for the same input."""
    texts = [text for text, _, _ in examples]
    given = {
        "intent": [intent for _, intent, _ in examples],
        "urgency": [meta.get("urgency") for _, _, meta in examples],
        "role": [meta.get("role") for _, _, meta in examples],
    }
    labels = {
        head: URGENCIES if head == "urgency" else tuple(sorted({x for x in given[head] if x}))
        for head in HEADS
    }
    answers = {
        head: [None if one is None else labels[head].index(one) for one in given[head]]
        for head in HEADS
    }
    sizes = {head: len(labels[head]) for head in HEADS}
    vocabulary = counting.vocabulary_of(texts)
    matrix = counting.counted(texts, vocabulary)
    vocabulary = _deciding(vocabulary, matrix, counting.learn(matrix, answers, sizes))
    # Anew with the terms that are left, so that they take over what the others said.
    heads = counting.learn(counting.counted(texts, vocabulary), answers, sizes)
    return ReadingModel(vocabulary, labels, {head: _coarse(*heads[head]) for head in HEADS})


def _deciding(vocabulary: Vocabulary, matrix: csr_matrix, heads: Heads) -> Vocabulary:
    """The terms that move the answers most over these messages, each question asked alike."""
    often = np.sqrt(np.asarray(matrix.multiply(matrix).mean(axis=0)).ravel())
    moved = np.zeros(len(often))
    for weights, _ in heads.values():
        pull = np.abs(weights - weights.mean(axis=1, keepdims=True)).max(axis=1) * often
        moved = np.maximum(moved, pull / pull.max())
    kept = set(np.argsort(-moved, kind="stable")[:TERMS].tolist())
    letters = [t for t, k in vocabulary.letters.items() if k in kept]
    words = [t for t, k in vocabulary.words.items() if k + len(vocabulary.letters) in kept]
    return Vocabulary(
        {term: k for k, term in enumerate(letters)},
        {term: k for k, term in enumerate(words)},
        vocabulary.rarity[np.sort(list(kept))].astype(np.float16).astype(np.float32),
    )


def _coarse(weights: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return (np.round(weights / STEP) * STEP).astype(np.float16), bias


def main() -> None:
    model = learn(examples_of(ROOT))
    target = ROOT / FIRST_READING
    target.write_bytes(model.dumps(learnt_from=content_hash(ROOT, FIRST_SOURCES)))
    print(f"written: {FIRST_READING} ({target.stat().st_size / 1000:.0f} kB)", file=sys.stderr)


if __name__ == "__main__":
    main()
