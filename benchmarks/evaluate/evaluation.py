"""One evaluation: every reader reads every message, and is measured."""

import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from benchmarks.evaluate.cases import Labelled
from benchmarks.evaluate.measures import OF_THE_SCREEN, QUESTIONS
from benchmarks.evaluate.readers import ROOT, Progress, screen_alone, whole, without_model
from benchmarks.evaluate.results import Evaluation, result


def evaluate(
    truths: Sequence[Labelled], *, with_model: bool, progress: Callable[[str, int], Progress]
) -> Evaluation:
    """Measure the readers on these messages; `progress` is made for each by name and length.

    Raises TriageFailed.
    """
    texts = [truth.text for truth in truths]
    results = []
    if with_model:
        run = whole(texts, progress("whole", len(texts)))
        results.append(result("whole", "whole", truths, run, QUESTIONS))
    run = without_model(texts, progress("without the model", len(texts)))
    results.append(result("without_model", "without the model", truths, run, QUESTIONS))
    run, seconds = screen_alone(texts, progress("screen alone", len(texts)))
    results.append(result("screen_alone", "screen alone", truths, run, OF_THE_SCREEN))
    return Evaluation(
        made_at=datetime.now(UTC),
        revision=_revision(),
        results=tuple(results),
        screen_seconds=tuple(seconds),
    )


def _revision() -> str:
    """The commit that was measured, marked where files differ from it."""
    try:
        answer = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return "unknown"
    return answer.stdout.strip() or "unknown"
