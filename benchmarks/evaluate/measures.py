"""The measures of triage: pure functions from cases to figures, and the targets of the project.

A measure that has nothing to measure is None.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from benchmarks.evaluate.bootstrap import Measure, macro_f1, share, weighted_kappa
from benchmarks.evaluate.cases import Case
from core.labels import Issue, Urgency

ALARMS = frozenset({Urgency.CRITIQUE, Urgency.ELEVEE})
ISSUES = tuple(Issue)
#: From the calmest to the gravest: the distance that the weighted kappa squares.
URGENCIES = tuple(sorted(Urgency, key=lambda urgency: urgency.rank))

Cases = Sequence[Case]

# --- urgency ----------------------------------------------------------------------------------


def critique_recall(cases: Cases) -> Measure | None:
    """Of the critical messages, those read as critical."""
    critical = (case for case in cases if case.truth.urgency is Urgency.CRITIQUE)
    return share(case.reading.urgency is Urgency.CRITIQUE for case in critical)


def critique_precision(cases: Cases) -> Measure | None:
    """Of those read as critical, the critical ones."""
    read = (case for case in cases if case.reading.urgency is Urgency.CRITIQUE)
    return share(case.truth.urgency is Urgency.CRITIQUE for case in read)


def alarm_recall(cases: Cases) -> Measure | None:
    """Of what is critique or elevee, what is read as either."""
    grave = (case for case in cases if case.truth.urgency in ALARMS)
    return share(case.reading.urgency in ALARMS for case in grave)


def alarm_precision(cases: Cases) -> Measure | None:
    """Of what is read as critique or elevee, what is either."""
    alarmed = (case for case in cases if case.reading.urgency in ALARMS)
    return share(case.truth.urgency in ALARMS for case in alarmed)


def faible_alarmed(cases: Cases) -> Measure | None:
    """Of what is faible, what is read as critique or elevee."""
    faible = (case for case in cases if case.truth.urgency is Urgency.FAIBLE)
    return share(case.reading.urgency in ALARMS for case in faible)


def everyday_alarmed(cases: Cases) -> Measure | None:
    """The alarmed share of what is faible among everyday messages."""
    return faible_alarmed([case for case in cases if case.truth.everyday])


def lookalikes_alarmed(cases: Cases) -> Measure | None:
    """The alarmed share of what is faible and was written to look like danger."""
    return faible_alarmed([case for case in cases if not case.truth.everyday])


def urgency_accuracy(cases: Cases) -> Measure | None:
    """Urgency read as labelled."""
    return share(case.reading.urgency is case.truth.urgency for case in cases)


def urgency_accuracy_tolerant(cases: Cases) -> Measure | None:
    """Urgency read as labelled or as one of the admitted others."""
    return share(case.reading.urgency in case.truth.admitted_urgencies for case in cases)


def urgency_kappa(cases: Cases) -> Measure | None:
    """Agreement on urgency beyond chance, the further off the worse."""
    return weighted_kappa(urgency_pairs(cases), URGENCIES)


def urgency_kappa_tolerant(cases: Cases) -> Measure | None:
    """The same, an admitted urgency taken for right."""
    pairs = [
        (read if read in case.truth.admitted_urgencies else true, read)
        for case, (true, read) in zip(cases, urgency_pairs(cases), strict=True)
    ]
    return weighted_kappa(pairs, URGENCIES)


def urgency_pairs(cases: Cases) -> list[tuple[Urgency, Urgency]]:
    """(true, read) of each case."""
    return [(case.truth.urgency, case.reading.urgency) for case in cases]


# --- issue, role, platform --------------------------------------------------------------------


def issue_f1(cases: Cases) -> Measure | None:
    """Macro-F1 of the issue over the labels that are true of some message."""
    return macro_f1(issue_pairs(cases), ISSUES)


def issue_f1_tolerant(cases: Cases) -> Measure | None:
    """The same, the secondary and the other admitted issues taken for right."""
    pairs = [
        (read if read in case.truth.admitted_issues else true, read)
        for case, (true, read) in zip(cases, issue_pairs(cases), strict=True)
    ]
    return macro_f1(pairs, ISSUES)


def issue_pairs(cases: Cases) -> list[tuple[Issue, Issue]]:
    """(true, read) of each case."""
    return [(case.truth.issue, case.reading.issue) for case in cases]


def role_accuracy(cases: Cases) -> Measure | None:
    """Role read as labelled."""
    return share(case.reading.role is case.truth.role for case in cases)


def platform_accuracy(cases: Cases) -> Measure | None:
    """Platforms read as labelled: all of them, in their order, or none."""
    return share(case.reading.platform == case.truth.platform for case in cases)


@dataclass(frozen=True, slots=True)
class IssueScore:
    """How one issue is read; None where it is never read (precision) or never true (recall)."""

    issue: Issue
    precision: float | None
    recall: float | None
    f1: float | None
    count: int


def issue_scores(cases: Cases) -> list[IssueScore]:
    """Each issue by itself, strictly, in the order of the guide."""
    truth, read = zip(*issue_pairs(cases), strict=True)
    columns = precision_recall_fscore_support(truth, read, labels=ISSUES, zero_division=np.nan)
    return [
        IssueScore(issue, _known(precision), _known(recall), _known(f1), int(count))
        for issue, precision, recall, f1, count in zip(ISSUES, *columns, strict=True)
    ]


def _known(score: float) -> float | None:
    return float(score) if np.isfinite(score) else None


# --- the list ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """What the project wants of a figure: at least `bound`, or at most."""

    bound: float
    at_most: bool = False

    def met(self, measure: Measure) -> bool:
        """Whether the figure itself, not its interval, is on the right side."""
        return measure.value <= self.bound if self.at_most else measure.value >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.bound:.2f}"


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the results: its key in figures.json, its name for people, what it measures."""

    key: str
    name: str
    measure: Callable[[Cases], Measure | None]
    target: Target | None = None


#: What the danger screen alone answers, too.
OF_THE_SCREEN = (
    Question("critique_recall", "critique: recall", critique_recall, Target(0.98)),
    Question("critique_precision", "critique: precision", critique_precision),
    Question("alarm_recall", "critique or elevee: recall", alarm_recall, Target(0.95)),
    Question("alarm_precision", "critique or elevee: precision", alarm_precision, Target(0.80)),
    Question(
        "everyday_alarmed", "faible alarmed, everyday", everyday_alarmed, Target(0.05, at_most=True)
    ),
    Question(
        "lookalikes_alarmed",
        "faible alarmed, look-alikes",
        lookalikes_alarmed,
        Target(0.10, at_most=True),
    ),
)
QUESTIONS = (
    *OF_THE_SCREEN,
    Question("issue_f1", "issue: macro-F1, strict", issue_f1, Target(0.85)),
    Question("issue_f1_tolerant", "issue: macro-F1, tolerant", issue_f1_tolerant, Target(0.92)),
    Question("urgency_kappa", "urgency: weighted kappa", urgency_kappa, Target(0.85)),
    Question("urgency_kappa_tolerant", "urgency: kappa, tolerant", urgency_kappa_tolerant),
    Question("urgency_accuracy", "urgency: accuracy", urgency_accuracy),
    Question("urgency_accuracy_tolerant", "urgency: accuracy, tolerant", urgency_accuracy_tolerant),
    Question("role_accuracy", "role: accuracy", role_accuracy, Target(0.90)),
    Question("platform_accuracy", "platform: accuracy", platform_accuracy, Target(0.95)),
)
#: What is asked of every register by itself. Both kinds of faible together: few of each are there.
OF_A_GROUP = (
    Question("critique_recall", "critique: recall", critique_recall, Target(0.98)),
    Question("alarm_recall", "{c, e}: recall", alarm_recall, Target(0.95)),
    Question("faible_alarmed", "faible alarmed", faible_alarmed),
    Question("issue_f1", "issue F1", issue_f1, Target(0.85)),
    Question("issue_f1_tolerant", "tolerant", issue_f1_tolerant, Target(0.92)),
    Question("urgency_kappa", "kappa", urgency_kappa, Target(0.85)),
    Question("role_accuracy", "role", role_accuracy, Target(0.90)),
    Question("platform_accuracy", "platform", platform_accuracy, Target(0.95)),
)


def measured(questions: Sequence[Question], cases: Cases) -> dict[str, Measure | None]:
    """The answers by key."""
    return {question.key: question.measure(cases) for question in questions}
