"""Learn from counts of letters and words: logistic regression, one a question."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from bot.reading_model import ngrams

log = logging.getLogger("relais.training")

# A term seen in one example only says nothing about others.
SEEN_IN = 2
MOST_LETTERS, MOST_WORDS = 60_000, 20_000
# Enough for the answers to stand; the last digits would take minutes more.
STEPS = 60
# Weaker than scikit-learn's default for the intents: many labels, few examples of each.
STRENGTH = {"intent": 2.0, "urgency": 1.0, "role": 1.0}


def vocabulary_of(texts: Sequence[str]) -> ngrams.Vocabulary:
    """The terms of these texts and how rare each is, the commonest first."""
    spelled = [ngrams.spelled(text) for text in texts]
    kinds = []
    rarity: list[np.ndarray] = []
    for runs, most in ((ngrams.letter_runs, MOST_LETTERS), (ngrams.word_runs, MOST_WORDS)):
        seen: dict[str, int] = {}
        for text in spelled:
            for term in set(runs(text)):
                seen[term] = seen.get(term, 0) + 1
        kept = sorted((t for t, n in seen.items() if n >= SEEN_IN), key=lambda t: (-seen[t], t))
        kept = kept[:most]
        kinds.append({term: k for k, term in enumerate(kept)})
        inverse = [np.log((1 + len(texts)) / (1 + seen[t])) + 1 for t in kept]
        rarity.append(np.array(inverse, dtype=np.float32))
    return ngrams.Vocabulary(kinds[0], kinds[1], np.concatenate(rarity))


def counted(texts: Sequence[str], vocabulary: ngrams.Vocabulary) -> csr_matrix:
    """One row a text, one column a term."""
    rows = [ngrams.count(text, vocabulary) for text in texts]
    ends = np.cumsum([0, *(len(row.indices) for row in rows)])
    indices = np.concatenate([row.indices for row in rows])
    values = np.concatenate([row.values for row in rows])
    return csr_matrix((values, indices, ends), shape=(len(texts), len(vocabulary.rarity)))


def learn(
    matrix: csr_matrix, answers: Mapping[str, Sequence[int | None]], sizes: Mapping[str, int]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The head of each question, from the messages that answer it; None: this one does not."""
    heads = {}
    for head, given in answers.items():
        asked = [k for k, answer in enumerate(given) if answer is not None]
        sure = [answer for answer in given if answer is not None]
        heads[head] = _head(matrix[asked], sure, sizes[head], head)
        log.warning("counts of letters and words: %s learnt", head)
    return heads


def _head(
    matrix: csr_matrix, answers: Sequence[int], size: int, head: str
) -> tuple[np.ndarray, np.ndarray]:
    """(weights, bias) of one head, shapes (terms, size) and (size,)."""
    model = LogisticRegression(C=STRENGTH[head], max_iter=STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(matrix, answers)
    weights = np.zeros((matrix.shape[1], size), np.float32)
    bias = np.full(size, -20.0, np.float32)  # a label without an example is never given
    weights[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    return weights, bias
