"""The plots of the report, each as the bytes of a PNG."""

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.evaluate.bootstrap import Counts, Measure, table
from benchmarks.evaluate.cases import Case
from benchmarks.evaluate.diagnosis import Calibration, Latency
from benchmarks.evaluate.measures import (
    ISSUES,
    URGENCIES,
    critique_recall,
    issue_pairs,
    lookalikes_alarmed,
    urgency_pairs,
)

_INK = "#1f4e79"
_WARN = "#b3261e"
_PALE = "#9aa5b1"
# As of the measures: critique recall at least, look-alikes alarmed at most.
_WANTED_RECALL, _WANTED_ALARMS = 0.98, 0.10


def issue_confusion(cases: Sequence[Case]) -> bytes:
    """True issue by read issue, counts, coloured by the share of the row."""
    figure, axes = _axes(10, 8.6)
    _matrix(axes, table(issue_pairs(cases), ISSUES), ISSUES)
    axes.tick_params(axis="x", rotation=60)
    for label in axes.get_xticklabels():
        label.set_horizontalalignment("right")
        label.set_rotation_mode("anchor")
    return _png(figure)


def urgency_confusion(cases: Sequence[Case]) -> bytes:
    """True urgency by read urgency."""
    figure, axes = _axes(4.8, 4.2)
    _matrix(axes, table(urgency_pairs(cases), URGENCIES), URGENCIES)
    return _png(figure)


def _matrix(axes: Axes, counts: Counts, labels: Sequence[str]) -> None:
    of_row = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(of_row, cmap="Blues", vmin=0, vmax=1)
    places = range(len(labels))
    axes.set_xticks(places, labels)
    axes.set_yticks(places, labels)
    axes.set_xlabel("read")
    axes.set_ylabel("true")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if of_row[row, column] > 0.5 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=8)


def calibration(found: Calibration) -> bytes:
    """How often an issue is right, by how sure the classifier was; a dot's area is its count."""
    figure, axes = _axes(4.8, 4.2)
    axes.plot((0, 1), (0, 1), color=_PALE, linestyle="--", linewidth=1)
    sure = [one.confidence for one in found.bins]
    right = [one.accuracy for one in found.bins]
    axes.plot(sure, right, color=_INK, linewidth=1)
    axes.scatter(sure, right, s=[20 + 400 * b.count / found.count for b in found.bins], color=_INK)
    axes.set_title(f"ECE {found.error:.3f}, {found.count} readings", fontsize=10)
    axes.set(
        xlabel="confidence", ylabel="share of right issues", xlim=(0, 1.03), ylim=(-0.03, 1.03)
    )
    return _png(figure)


def operating_points(readers: Sequence[tuple[str, Sequence[Case]]]) -> bytes:
    """Recall of critique against the look-alikes alarmed, a point with its intervals a reader.

    Triage gives no score of danger that could be cut elsewhere, so each reader is one point.
    """
    figure, axes = _axes(5.4, 4.2)
    axes.axhline(_WANTED_RECALL, color=_PALE, linestyle="--", linewidth=1)
    axes.axvline(_WANTED_ALARMS, color=_PALE, linestyle="--", linewidth=1)
    for (name, cases), colour in zip(readers, (_INK, "#2e7d32", _WARN), strict=False):
        recall, alarms = critique_recall(cases), lookalikes_alarmed(cases)
        if recall is not None and alarms is not None:
            axes.errorbar(
                alarms.value,
                recall.value,
                xerr=_reach(alarms),
                yerr=_reach(recall),
                fmt="o",
                capsize=3,
                color=colour,
                label=name,
            )
            axes.legend(fontsize=9)
    axes.set(xlabel="look-alikes alarmed", ylabel="recall of critique", xlim=(-0.01, None))
    axes.set_ylim(top=1.01)
    return _png(figure)


def _reach(measure: Measure) -> tuple[tuple[float], tuple[float]]:
    # The interval of a skewed figure may end just beside it.
    below, above = measure.value - measure.low, measure.high - measure.value
    return (max(below, 0),), (max(above, 0),)


def screen_latency(seconds: Sequence[float], found: Latency) -> bytes:
    """The share of messages that the screen has read after so many milliseconds."""
    figure, axes = _axes(5.4, 4.2)
    axes.ecdf([1000 * one for one in seconds], color=_INK)
    # One above the other, since they lie close together.
    marked = (("p50", found.p50, 0.02), ("p95", found.p95, 0.22), ("p99", found.p99, 0.42))
    for name, at, height in marked:
        axes.axvline(at, color=_PALE, linestyle="--", linewidth=1)
        axes.text(at, height, f"{name} {at:.1f}", rotation=90, ha="right", va="bottom", fontsize=8)
    axes.set_xscale("log")
    axes.set(xlabel="milliseconds of processor time", ylabel="share of messages")
    return _png(figure)


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    # Not pyplot, which keeps every figure and asks for a screen.
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _png(figure: Figure) -> bytes:
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=110)
    return image.getvalue()
