"""What an evaluation says in a terminal: tables on standard output, progress on standard error."""

import sys
import time

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.evaluate.bootstrap import Measure
from benchmarks.evaluate.diagnosis import Mistake, latency, mistake
from benchmarks.evaluate.measures import OF_A_GROUP, QUESTIONS, Target, measured
from benchmarks.evaluate.results import Evaluation, grouped

# Three readers beside each other, each with its interval.
_WIDTH = 120


class Progress:
    """Says how far a reader is: at once, every other second, and at its end."""

    def __init__(self, name: str, total: int) -> None:
        self._name = name
        self._total = total
        self._began = self._said = time.monotonic()
        say(f"{name}: {total} messages …")

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if done == self._total or now - self._said >= 2:
            self._said = now
            say(f"{self._name}: {done} of {self._total} messages, {now - self._began:.0f} s")


def say(text: str) -> None:
    """A line of progress."""
    print(f"relais: evaluate  {text}", file=sys.stderr, flush=True)


def show(evaluation: Evaluation) -> None:
    """Print the measures, those of each file and register, and how many mistakes there are."""
    # Into a file, rich would print as narrow as 80 columns.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    console.print(_overview(evaluation))
    for kind, title in (("file", "By file"), ("register", "By register")):
        console.print(_by_group(evaluation, kind, title))
    kinds = [mistake(case) for case in evaluation.main.cases]
    counts = ", ".join(f"{kind} {kinds.count(kind)}" for kind in Mistake)
    console.print(f"Mistakes ({evaluation.main.name}): {counts}")
    took = latency(evaluation.screen_seconds)
    console.print(
        f"The screen alone, a message: p50 {took.p50:.1f} ms, p95 {took.p95:.1f} ms, "
        f"p99 {took.p99:.1f} ms"
    )
    for remark in evaluation.main.remarks:
        console.print(remark, style="red", markup=False)


def _overview(evaluation: Evaluation) -> Table:
    shown = Table(
        title=f"Triage of {escape(evaluation.described)}, with 95 % intervals", title_justify="left"
    )
    shown.add_column("measure")
    shown.add_column("target", no_wrap=True)
    for one in evaluation.results:
        shown.add_column(one.name)
    for question in QUESTIONS:
        answers = [one.measures.get(question.key) for one in evaluation.results]
        cells = [_cell(answer, question.target, interval=True) for answer in answers]
        shown.add_row(question.name, str(question.target or ""), *cells)
    return shown


def _by_group(evaluation: Evaluation, kind: str, title: str) -> Table:
    shown = Table(title=f"{title} ({evaluation.main.name})", title_justify="left")
    for name in (kind, "messages", *(question.name for question in OF_A_GROUP)):
        shown.add_column(name)
    for name, cases in grouped(evaluation.main.cases)[kind].items():
        answers = measured(OF_A_GROUP, cases)
        cells = [_cell(answers[question.key], question.target) for question in OF_A_GROUP]
        shown.add_row(escape(name), str(len(cases)), *cells)
    return shown


def _cell(measure: Measure | None, target: Target | None, *, interval: bool = False) -> str:
    if measure is None:
        return "–"
    value = f"{measure.value:.3f}"
    if target is not None:
        met = target.met(measure)
        value = f"[{'green' if met else 'red'}]{'✓' if met else '✗'} {value}[/]"
    spread = f"  {measure.low:.3f}–{measure.high:.3f}" if interval else ""
    return value + spread
