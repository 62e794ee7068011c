"""All that one evaluation found, and the same as plain figures for `figures.json`. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from benchmarks.evaluate.bootstrap import RESAMPLES, SEED, Measure, table
from benchmarks.evaluate.cases import Case, Labelled
from benchmarks.evaluate.diagnosis import Calibration, Mistake, calibration, latency, mistakes
from benchmarks.evaluate.measures import (
    ISSUES,
    OF_A_GROUP,
    QUESTIONS,
    URGENCIES,
    Question,
    issue_pairs,
    issue_scores,
    measured,
    urgency_pairs,
)
from benchmarks.evaluate.readers import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How well one reader reads. `name` is for people, `key` for figures.json."""

    key: str
    name: str
    cases: tuple[Case, ...]
    remarks: tuple[str, ...]
    questions: tuple[Question, ...]
    measures: Mapping[str, Measure | None]

    @property
    def reads_issues(self) -> bool:
        """Whether the reader names an issue for every message; the screen alone does not."""
        return self.questions is QUESTIONS


def result(
    key: str, name: str, truths: Sequence[Labelled], run: Run, questions: tuple[Question, ...]
) -> Result:
    """What a reader's run gives as answers to the questions."""
    cases = tuple(map(Case, truths, run.readings))
    return Result(
        key=key,
        name=name,
        cases=cases,
        remarks=run.remarks,
        questions=questions,
        measures=measured(questions, cases),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One evaluation: the fullest reader first, the screen alone last."""

    made_at: datetime
    revision: str
    results: tuple[Result, ...]
    screen_seconds: tuple[float, ...]

    @property
    def main(self) -> Result:
        """The fullest reader that was asked."""
        return self.results[0]

    @property
    def screen(self) -> Result:
        """The screen alone."""
        return self.results[-1]

    @property
    def files(self) -> dict[str, int]:
        """The number of messages of each file."""
        return {name: len(cases) for name, cases in grouped(self.main.cases)["file"].items()}

    @property
    def described(self) -> str:
        """What was read, in words."""
        each = ", ".join(f"{name} {count}" for name, count in self.files.items())
        return f"{len(self.main.cases)} messages ({each})"


def grouped(cases: Sequence[Case]) -> dict[str, dict[str, list[Case]]]:
    """The cases by "file" and by "register"."""
    groups: dict[str, dict[str, list[Case]]] = {"file": {}, "register": {}}
    for case in cases:
        groups["file"].setdefault(case.truth.source, []).append(case)
        groups["register"].setdefault(case.truth.register, []).append(case)
    groups["register"] = dict(sorted(groups["register"].items()))
    return groups


def figures(evaluation: Evaluation) -> dict[str, Any]:
    """Every figure of the evaluation, as JSON holds it. No text of a message is among them."""
    told: dict[str, Any] = _rounded(
        {
            "made_at": evaluation.made_at.isoformat(timespec="seconds"),
            "revision": evaluation.revision,
            "messages": evaluation.files,
            "bootstrap": {"interval": 0.95, "resamples": RESAMPLES, "seed": SEED},
            "readers": {one.key: _figures_of(one) for one in evaluation.results},
            "screen_latency_ms": asdict(latency(evaluation.screen_seconds)),
        }
    )
    return told


def _figures_of(one: Result) -> dict[str, Any]:
    told: dict[str, Any] = {
        "measures": {
            question.key: _answer(question, one.measures[question.key])
            for question in one.questions
        },
        "remarks": one.remarks,
        "urgency_confusion": {
            "labels": URGENCIES,
            "counts": table(urgency_pairs(one.cases), URGENCIES).tolist(),
        },
    }
    if one.reads_issues:
        told |= {
            "groups": {
                kind: {name: _group(cases) for name, cases in groups.items()}
                for kind, groups in grouped(one.cases).items()
            },
            "issues": [asdict(score) for score in issue_scores(one.cases)],
            "issue_confusion": {
                "labels": ISSUES,
                "counts": table(issue_pairs(one.cases), ISSUES).tolist(),
            },
            "calibration": {
                "strict": _plain(calibration(one.cases)),
                "tolerant": _plain(calibration(one.cases, tolerant=True)),
            },
            "mistakes": _mistaken(one.cases),
        }
    return told


def _answer(question: Question, measure: Measure | None) -> dict[str, Any] | None:
    if measure is None:
        return None
    target = question.target
    return asdict(measure) | ({"target": str(target), "met": target.met(measure)} if target else {})


def _group(cases: Sequence[Case]) -> dict[str, Any]:
    answers = measured(OF_A_GROUP, cases)
    return {"count": len(cases)} | {key: _plain(answer) for key, answer in answers.items()}


def _plain(found: Measure | Calibration | None) -> dict[str, Any] | None:
    return None if found is None else asdict(found)


def _mistaken(cases: Sequence[Case]) -> dict[str, list[str]]:
    """The ids by kind of mistake, worst first."""
    ids: dict[str, list[str]] = {kind: [] for kind in Mistake}
    for kind, case in mistakes(cases):
        ids[kind].append(f"{case.truth.source}:{case.truth.id}")
    return ids


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value
