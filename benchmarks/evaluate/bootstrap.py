"""Figures with their intervals: what would have come out on other messages of the same kind.

Every interval is a bootstrap of 95 % that draws from a generator of its own with the same seed, so
that the same cases give the same figures to the last digit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from sklearn.metrics import cohen_kappa_score, confusion_matrix, f1_score

SEED = 3018
RESAMPLES = 2000
_INTERVAL = (0.025, 0.975)

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Label = TypeVar("Label", bound=StrEnum)
Pairs = Sequence[tuple[Label, Label]]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure, its interval, and the number of messages it is about."""

    value: float
    low: float
    high: float
    count: int


def share(outcomes: Iterable[bool]) -> Measure | None:
    """The share of outcomes that are true; None of none."""
    known = list(outcomes)
    if not known:
        return None
    value = sum(known) / len(known)
    # Drawing n outcomes with replacement and counting the true ones is one binomial draw.
    drawn = np.random.default_rng(SEED).binomial(len(known), value, RESAMPLES) / len(known)
    return _measure(value, drawn, len(known))


def macro_f1(pairs: Pairs[Label], labels: Sequence[Label]) -> Measure | None:
    """Mean F1 over (true, read) of the labels that are true somewhere."""
    if not pairs:
        return None
    truth, read = zip(*pairs, strict=True)
    known = [label for label in labels if label in truth]
    value = f1_score(truth, read, labels=known, average="macro", zero_division=0)
    return _measure(value, macro_f1_of(redrawn(table(pairs, labels))), len(pairs))


def weighted_kappa(pairs: Pairs[Label], labels: Sequence[Label]) -> Measure | None:
    """Agreement beyond chance over (true, read); a mistake weighs the square of its distance in
    `labels`. None where one label is all there is: agreement by chance is complete then."""
    if len({label for pair in pairs for label in pair}) < 2:
        return None
    truth, read = zip(*pairs, strict=True)
    value = cohen_kappa_score(truth, read, labels=labels, weights="quadratic")
    return _measure(value, kappa_of(redrawn(table(pairs, labels))), len(pairs))


def _measure(value: float, drawn: Floats, count: int) -> Measure:
    low, high = np.nanquantile(drawn, _INTERVAL)
    return Measure(float(value), float(low), float(high), count)


def table(pairs: Pairs[Label], labels: Sequence[Label]) -> Counts:
    """Confusion matrix: a row for each true label, a column for each that was read."""
    truth, read = zip(*pairs, strict=True)
    counts: Counts = confusion_matrix(truth, read, labels=labels)
    return counts


def redrawn(counts: Counts) -> Counts:
    """`RESAMPLES` tables, each of as many messages drawn from this one with replacement."""
    total = counts.sum()
    drawn = np.random.default_rng(SEED).multinomial(total, counts.ravel() / total, RESAMPLES)
    return drawn.reshape(RESAMPLES, *counts.shape)


# scikit-learn takes milliseconds for one score, which thousands of draws cannot afford. These read
# a whole stack of tables at once, and a test holds them to scikit-learn's answers.


def macro_f1_of(tables: Counts) -> Floats:
    """Macro-F1 of each table of a stack, over the labels that are true somewhere in it."""
    hits = 2.0 * np.diagonal(tables, axis1=-2, axis2=-1)
    true, read = tables.sum(-1), tables.sum(-2)
    scores = np.divide(hits, true + read, out=np.full(hits.shape, np.nan), where=true > 0)
    mean: Floats = np.nanmean(scores, axis=-1)
    return mean


def kappa_of(tables: Counts) -> Floats:
    """Quadratic-weighted kappa of each table of a stack; nan where one label is all there is."""
    level = np.arange(tables.shape[-1])
    weight = (level[:, None] - level) ** 2
    by_chance = tables.sum(-1)[..., :, None] * tables.sum(-2)[..., None, :]
    expected = (weight * by_chance).sum((-2, -1)) / tables.sum((-2, -1))
    observed = (weight * tables).sum((-2, -1))
    ratio = np.divide(observed, expected, out=np.full(expected.shape, np.nan), where=expected > 0)
    kappa: Floats = 1 - ratio
    return kappa
