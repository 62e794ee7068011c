"""Where triage goes wrong: whether its confidence can be believed, how long the screen takes, and
the mistakes in the order in which somebody should look at them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from benchmarks.evaluate.cases import Case
from benchmarks.evaluate.measures import ALARMS
from core.labels import Issue, Urgency


@dataclass(frozen=True, slots=True)
class Bin:
    """Readings of about the same confidence: how sure they were, and how often right."""

    confidence: float
    accuracy: float
    count: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """`error` is the expected calibration error: the mean distance, every reading counting once."""

    bins: tuple[Bin, ...]
    error: float
    count: int


def calibration(
    cases: Sequence[Case], *, tolerant: bool = False, bins: int = 10
) -> Calibration | None:
    """How far `confidence` is from the share of right issues, in bins of equal width.

    Readings without a confidence are left out; None where there is no other.
    """
    told = [
        (case.reading.confidence, case.reading.issue in _right(case, tolerant=tolerant))
        for case in cases
        if case.reading.confidence is not None
    ]
    if not told:
        return None
    sure = np.array([confidence for confidence, _ in told])
    right = np.array([was_right for _, was_right in told])
    # A confidence of exactly 1 belongs to the last bin.
    place = np.minimum((sure * bins).astype(int), bins - 1)
    filled = tuple(
        Bin(float(sure[here].mean()), float(right[here].mean()), int(here.sum()))
        for here in (place == number for number in range(bins))
        if here.any()
    )
    off = sum(abs(one.confidence - one.accuracy) * one.count for one in filled)
    return Calibration(filled, off / len(told), len(told))


def _right(case: Case, *, tolerant: bool) -> frozenset[Issue]:
    return case.truth.admitted_issues if tolerant else frozenset({case.truth.issue})


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds a message."""

    p50: float
    p95: float
    p99: float
    longest: float
    count: int


def latency(seconds: Sequence[float]) -> Latency:
    """The quantiles of what each message took."""
    p50, p95, p99, longest = (1000 * float(at) for at in np.quantile(seconds, (0.5, 0.95, 0.99, 1)))
    return Latency(p50, p95, p99, longest, len(seconds))


class Mistake(StrEnum):
    """What is wrong with a reading, the worst first."""

    MISSED_CRITIQUE = "missed critique"
    MISSED_ELEVEE = "missed elevee"
    ALARMED_FAIBLE = "alarmed faible"
    WRONG_ISSUE = "wrong issue"


def mistake(case: Case) -> Mistake | None:
    """The worst thing wrong with a reading; an issue that is admitted is not wrong."""
    truth, reading = case.truth, case.reading
    if truth.urgency is Urgency.CRITIQUE and reading.urgency is not Urgency.CRITIQUE:
        return Mistake.MISSED_CRITIQUE
    if truth.urgency is Urgency.ELEVEE and reading.urgency not in ALARMS:
        return Mistake.MISSED_ELEVEE
    if truth.urgency is Urgency.FAIBLE and reading.urgency in ALARMS:
        return Mistake.ALARMED_FAIBLE
    return None if reading.issue in truth.admitted_issues else Mistake.WRONG_ISSUE


def mistakes(cases: Sequence[Case]) -> list[tuple[Mistake, Case]]:
    """Every reading with a mistake: by kind, then the furthest off, then the surest of itself."""
    found = [(kind, case) for case in cases if (kind := mistake(case)) is not None]
    return sorted(found, key=lambda one: _gravity(*one))


def _gravity(kind: Mistake, case: Case) -> tuple[int, int, float]:
    distance = abs(case.truth.urgency.rank - case.reading.urgency.rank)
    return list(Mistake).index(kind), -distance, -(case.reading.confidence or 0)
