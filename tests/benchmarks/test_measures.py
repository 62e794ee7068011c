"""The measures of the evaluation, on cases that can be reckoned by hand."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score, f1_score

from benchmarks.evaluate import measures
from benchmarks.evaluate.bootstrap import (
    Measure,
    kappa_of,
    macro_f1,
    macro_f1_of,
    redrawn,
    share,
    table,
    weighted_kappa,
)
from benchmarks.evaluate.cases import BadLabels, Case, Labelled, Reading, read_labelled
from benchmarks.evaluate.diagnosis import Bin, Mistake, calibration, latency, mistakes
from benchmarks.evaluate.measures import ISSUES, QUESTIONS, URGENCIES, Cases, Target, issue_scores
from core.labels import Issue, Role, Urgency

C, E, M, F = Urgency.CRITIQUE, Urgency.ELEVEE, Urgency.MODEREE, Urgency.FAIBLE
SCAM, GREETING, OTHER = Issue.ARNAQUE, Issue.SALUTATION, Issue.AUTRE_HORS_SUJET
SUICIDE, DANGER = Issue.IDEATION_SUICIDAIRE, Issue.DANGER_PHYSIQUE


def case(truth: dict[str, Any] | None = None, reading: dict[str, Any] | None = None) -> Case:
    """A case that is right about everything but what is given."""
    usual: dict[str, Any] = {"issue": OTHER, "urgency": F, "role": Role.INCONNU}
    about = {"id": "1", "text": "…", "register": "standard", "source": "messages"}
    true = usual | about | (truth or {})
    read = {name: true[name] for name in usual} | {"platform": true.get("platform")}
    return Case(Labelled(**true), Reading(**(read | (reading or {}))))


def urgencies(*pairs: tuple[Urgency, Urgency], source: str = "messages") -> list[Case]:
    return [case({"urgency": true, "source": source}, {"urgency": read}) for true, read in pairs]


def issues(*pairs: tuple[Issue, Issue], **truth: object) -> list[Case]:
    return [case({"issue": true} | truth, {"issue": read}) for true, read in pairs]


# --- intervals --------------------------------------------------------------------------------


def test_a_share_lies_within_its_interval_which_more_messages_narrow() -> None:
    few, many = share([True] * 8 + [False] * 2), share([True] * 800 + [False] * 200)
    assert few is not None
    assert many is not None
    assert few.value == many.value == 0.8
    assert few.low < many.low < 0.8 < many.high < few.high
    # The normal approximation: 1.96 × √(0.8 × 0.2 / 1000) = 0.0248.
    assert many.low == pytest.approx(0.8 - 0.0248, abs=0.003)
    assert many.high == pytest.approx(0.8 + 0.0248, abs=0.003)
    assert (few.count, many.count) == (10, 1000)


def test_the_same_messages_give_the_same_figures() -> None:
    pairs = [(C, C), (C, E), (F, F), (M, F), (E, E)] * 10
    assert weighted_kappa(pairs, URGENCIES) == weighted_kappa(pairs, URGENCIES)
    many = [True, False, True] * 30_000
    assert share(many) == share(many)


def test_what_is_always_right_or_always_wrong_has_no_spread() -> None:
    assert share([True] * 5) == Measure(1.0, 1.0, 1.0, 5)
    assert share([False] * 5) == Measure(0.0, 0.0, 0.0, 5)


def test_tables_drawn_anew_are_as_large_and_alike_in_the_mean() -> None:
    counts = table([(C, C)] * 30 + [(C, F)] * 10, URGENCIES)
    drawn = redrawn(counts)
    assert (drawn.sum((1, 2)) == 40).all()
    assert drawn.mean(axis=0) == pytest.approx(counts, abs=0.3)
    assert drawn.std(axis=0)[3, 0] == pytest.approx((40 * 0.25 * 0.75) ** 0.5, rel=0.1)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(URGENCIES), st.sampled_from(URGENCIES)), min_size=1))
def test_a_table_tells_what_scikit_learn_tells_of_its_messages(
    pairs: list[tuple[Urgency, Urgency]],
) -> None:
    truth, read = zip(*pairs, strict=True)
    stack = table(pairs, URGENCIES)[None]
    known = sorted(set(truth))
    expected = f1_score(truth, read, labels=known, average="macro", zero_division=0)
    assert macro_f1_of(stack)[0] == pytest.approx(expected)
    if len({*truth, *read}) > 1:
        kappa = cohen_kappa_score(truth, read, labels=URGENCIES, weights="quadratic")
        assert kappa_of(stack)[0] == pytest.approx(kappa)


def test_a_macro_f1_and_a_kappa_lie_within_their_intervals() -> None:
    pairs = [(C, C)] * 30 + [(C, E)] * 5 + [(F, F)] * 30 + [(M, F)] * 7 + [(M, M)] * 20
    for found in (macro_f1(pairs, URGENCIES), weighted_kappa(pairs, URGENCIES)):
        assert found is not None
        assert found.low < found.value < found.high
        assert found.high - found.low < 0.3
        assert found.count == 92


# --- urgency ----------------------------------------------------------------------------------

# 4 critical, 2 elevee, 1 moderee, 3 faible.
MIXED = urgencies(
    (C, C), (C, C), (C, C), (C, E), (E, C), (E, M), (M, E), (F, F), (F, F), (F, C)
)  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "expected", "count"),
    [
        (measures.critique_recall, 3 / 4, 4),
        (measures.critique_precision, 3 / 5, 5),  # read as critical: three are, E and F are not
        (measures.alarm_recall, 5 / 6, 6),  # of four critical and two elevee, one was missed
        (measures.alarm_precision, 5 / 7, 7),  # seven alarms, of which M and F were none
        (measures.faible_alarmed, 1 / 3, 3),
        (measures.urgency_accuracy, 5 / 10, 10),
    ],
)
def test_shares_of_urgency(
    measure: Callable[[Cases], Measure | None], expected: float, count: int
) -> None:
    found = measure(MIXED)
    assert found is not None
    assert found.value == pytest.approx(expected)
    assert found.count == count


def test_everyday_messages_and_lookalikes_are_told_apart_by_their_file() -> None:
    everyday = urgencies((F, F), (F, F), (F, F), (F, E), (C, C))
    lookalikes = urgencies((F, C), (F, F), (M, C), source="danger_2")
    calm, hard = (
        measure([*everyday, *lookalikes])
        for measure in (measures.everyday_alarmed, measures.lookalikes_alarmed)
    )
    assert calm is not None
    assert hard is not None
    assert (calm.value, calm.count) == (1 / 4, 4)
    assert (hard.value, hard.count) == (1 / 2, 2)


def test_kappa_weighs_a_mistake_by_the_square_of_its_distance() -> None:
    # Observed: one miss by 3 levels, 9. By chance: the rows are F 2, C 2, the columns F 3, C 1;
    # F read as C 2 × 1 / 4, C read as F 2 × 3 / 4, together 2 × 9 = 18. Kappa 1 − 9 / 18.
    far = measures.urgency_kappa(urgencies((F, F), (F, F), (C, C), (C, F)))
    assert far is not None
    assert far.value == pytest.approx(0.5)
    near = measures.urgency_kappa(urgencies((F, F), (F, F), (C, C), (C, E)))
    assert near is not None
    # Observed 1. By chance: F 2 × (C 1 × 9 + E 1 × 4) / 4 + C 2 × (F 2 × 9 + E 1 × 1) / 4 = 16.
    assert near.value == pytest.approx(1 - 1 / 16)


def test_tolerant_urgency_admits_the_other_answers_and_no_more() -> None:
    cases = [
        case({"urgency": E, "alt_urgency": frozenset({M})}, {"urgency": M}),
        case({"urgency": E, "alt_urgency": frozenset({M})}, {"urgency": F}),
        case({"urgency": F}, {"urgency": F}),
        case({"urgency": C}, {"urgency": C}),
    ]
    strict, tolerant = (
        measures.urgency_accuracy(cases), measures.urgency_accuracy_tolerant(cases)
    )  # fmt: skip
    assert strict is not None
    assert tolerant is not None
    assert (strict.value, tolerant.value) == (0.5, 0.75)
    # The first counts as M read as M. Observed: E read as F, 4. Rows M E F C, columns M 1, F 2,
    # C 1; by chance (M: 0 + 2 + 4, E: 1 + 8 + 1, F: 1 + 0 + 9, C: 4 + 18 + 0) / 4 = 12.
    kappa = measures.urgency_kappa_tolerant(cases)
    assert kappa is not None
    assert kappa.value == pytest.approx(1 - 4 / 12)


# --- issue, role, platform --------------------------------------------------------------------


def test_issue_f1_is_the_mean_over_the_issues_that_occur() -> None:
    # Scam: 2 hits, 1 missed: 4 / 5. Greeting: 1 hit, 1 too many: 2 / 3. Danger: never read, 0.
    cases = issues((SCAM, SCAM), (SCAM, SCAM), (SCAM, GREETING), (GREETING, GREETING))
    cases += issues((DANGER, OTHER))
    found = measures.issue_f1(cases)
    assert found is not None
    assert found.value == pytest.approx((4 / 5 + 2 / 3 + 0) / 3)
    assert found.count == 5


def test_tolerant_issue_f1_admits_secondary_and_alternatives() -> None:
    cases = [
        *issues((SUICIDE, SCAM), issue_secondary=SCAM),
        *issues((SUICIDE, DANGER), alt_issue=frozenset({DANGER})),
        *issues((SUICIDE, SUICIDE), (SUICIDE, GREETING), alt_issue=frozenset({DANGER})),
    ]
    strict, tolerant = measures.issue_f1(cases), measures.issue_f1_tolerant(cases)
    assert strict is not None
    assert tolerant is not None
    assert strict.value == pytest.approx(2 / 5)  # one hit of four
    # Scam and danger count as read right; of two suicides left, one was found: 2 / 3.
    assert tolerant.value == pytest.approx((1 + 1 + 2 / 3) / 3)


def test_each_issue_by_itself() -> None:
    scores = {
        score.issue: score
        for score in issue_scores(
            issues((SCAM, SCAM), (SCAM, GREETING), (GREETING, GREETING), (DANGER, OTHER))
        )
    }
    assert list(scores) == list(ISSUES)
    scam, danger, other = scores[SCAM], scores[DANGER], scores[OTHER]
    assert (scam.precision, scam.recall, scam.count) == (1, 0.5, 2)
    assert scam.f1 == pytest.approx(2 / 3)
    assert (danger.precision, danger.recall, danger.f1, danger.count) == (None, 0, 0, 1)
    assert (other.precision, other.recall, other.count) == (0, None, 0)
    assert scores[SUICIDE].f1 is None


def test_role_and_platform_are_right_only_as_labelled() -> None:
    cases = [
        case({"role": Role.PARENT, "platform": "snapchat+tiktok"}),
        case({"role": Role.PARENT}, {"role": Role.INCONNU}),
        case({"platform": "snapchat+tiktok"}, {"platform": "snapchat"}),
        case({"platform": None}, {"platform": "snapchat"}),
    ]
    role, platform = measures.role_accuracy(cases), measures.platform_accuracy(cases)
    assert role is not None
    assert platform is not None
    assert (role.value, platform.value) == (0.75, 0.5)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_a_measure_of_nothing_is_none(question: measures.Question) -> None:
    assert question.measure([]) is None


def test_a_kappa_of_one_level_alone_is_none() -> None:
    assert measures.urgency_kappa(urgencies((F, F), (F, F))) is None


def test_targets_have_a_side() -> None:
    assert Target(0.9).met(Measure(0.9, 0.8, 1, 10))
    assert not Target(0.9).met(Measure(0.89, 0.8, 1, 10))
    assert Target(0.1, at_most=True).met(Measure(0.1, 0, 0.2, 10))
    assert not Target(0.1, at_most=True).met(Measure(0.11, 0, 0.2, 10))


def test_the_targets_are_the_projects() -> None:
    assert {question.key: str(question.target) for question in QUESTIONS if question.target} == {
        "critique_recall": "≥ 0.98",
        "alarm_recall": "≥ 0.95",
        "alarm_precision": "≥ 0.80",
        "everyday_alarmed": "≤ 0.05",
        "lookalikes_alarmed": "≤ 0.10",
        "issue_f1": "≥ 0.85",
        "issue_f1_tolerant": "≥ 0.92",
        "urgency_kappa": "≥ 0.85",
        "role_accuracy": "≥ 0.90",
        "platform_accuracy": "≥ 0.95",
    }


# --- diagnosis --------------------------------------------------------------------------------


def test_calibration_compares_confidence_with_what_was_right() -> None:
    admitted = {"issue": SCAM, "issue_secondary": GREETING}
    cases = [
        case({"issue": SCAM}, {"confidence": 1.0}),
        case(admitted, {"issue": GREETING, "confidence": 0.96}),
        case({"issue": SCAM}, {"confidence": 0.3}),
        case({"issue": SCAM}, {"issue": OTHER, "confidence": None}),
    ]
    found = calibration(cases)
    assert found is not None
    assert found.bins == (Bin(0.3, 1.0, 1), Bin(pytest.approx(0.98), 0.5, 2))
    assert found.error == pytest.approx((0.7 * 1 + 0.48 * 2) / 3)
    assert found.count == 3
    tolerant = calibration(cases, tolerant=True)
    assert tolerant is not None
    assert tolerant.error == pytest.approx((0.7 * 1 + 0.02 * 2) / 3)
    assert calibration(cases[3:]) is None


def test_latency_in_milliseconds() -> None:
    found = latency([number / 1000 for number in range(101)])
    assert (found.p50, found.p95, found.p99) == pytest.approx((50, 95, 99))
    assert found.longest == pytest.approx(100)
    assert found.count == 101


def test_the_worst_mistake_comes_first() -> None:
    right = case()
    admitted = case({"issue": SCAM, "alt_issue": frozenset({GREETING})}, {"issue": GREETING})
    wrong = case({"issue": SCAM}, {"issue": GREETING, "confidence": 0.4})
    wrong_and_sure = case({"issue": SCAM}, {"issue": GREETING, "confidence": 0.9})
    alarmed, alarmed_more = urgencies((F, E), (F, C))
    missed_elevee = case({"urgency": E, "issue": SCAM}, {"urgency": M, "issue": GREETING})
    missed, missed_more = urgencies((C, E), (C, F))
    raised = case({"urgency": M}, {"urgency": C})
    found = mistakes([
        right, admitted, wrong, wrong_and_sure, alarmed, alarmed_more, missed_elevee, missed,
        missed_more, raised,
    ])  # fmt: skip
    assert [one for _, one in found] == [
        missed_more, missed, missed_elevee, alarmed_more, alarmed, wrong_and_sure, wrong,
    ]  # fmt: skip
    assert [kind for kind, _ in found] == [
        Mistake.MISSED_CRITIQUE, Mistake.MISSED_CRITIQUE, Mistake.MISSED_ELEVEE,
        Mistake.ALARMED_FAIBLE, Mistake.ALARMED_FAIBLE, Mistake.WRONG_ISSUE, Mistake.WRONG_ISSUE,
    ]  # fmt: skip


# --- labelled files ---------------------------------------------------------------------------

LINE: dict[str, Any] = {
    "id": 7,
    "text": "on me menace sur snap\u2028et insta",
    "issue": "cyberharcelement",
    "issue_secondary": "sextorsion",
    "urgency": "elevee",
    "role": "victime_mineure",
    "platform": "snapchat+instagram",
    "register": "sms",
    "alt_issue": ["revenge_porn"],
    "alt_urgency": ["moderee"],
}


def written(folder: Path, *lines: object) -> Path:
    path = folder / "danger.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n\n")
    return path


def test_a_labelled_file_is_read_whole(tmp_path: Path) -> None:
    bare = {"id": "b", "text": "slt", "issue": "salutation", "urgency": "faible"}
    bare |= {"role": "inconnu", "register": "sms"}
    first, second = read_labelled(written(tmp_path, LINE, bare))
    assert (first.id, first.text, first.source) == ("7", LINE["text"], "danger")
    assert first.admitted_issues == {
        Issue.CYBERHARCELEMENT, Issue.SEXTORSION, Issue.REVENGE_PORN,
    }  # fmt: skip
    assert first.admitted_urgencies == {E, M}
    assert (first.role, first.platform) == (Role.VICTIME_MINEURE, "snapchat+instagram")
    assert not first.everyday
    assert second.admitted_issues == {GREETING}
    assert second.platform is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"urgency": "grave"}, "line 2.*grave"),
        ({"alt_issue": ["nonsense"]}, "line 2.*nonsense"),
        ({"text": None}, "line 2.*text"),
    ],
)
def test_a_wrong_label_is_named_by_its_line(
    wrong: dict[str, object], named: str, tmp_path: Path
) -> None:
    with pytest.raises(BadLabels, match=named) as raised:
        read_labelled(written(tmp_path, LINE, LINE | wrong))
    assert "menace" not in str(raised.value)


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    no_role = {key: value for key, value in LINE.items() if key != "role"}
    with pytest.raises(BadLabels, match="line 1: 'role' is missing"):
        read_labelled(written(tmp_path, no_role))
    with pytest.raises(BadLabels, match="no messages"):
        read_labelled(written(tmp_path))
    with pytest.raises(BadLabels, match=r"absent\.jsonl: No such file"):
        read_labelled(tmp_path / "absent.jsonl")


def test_kappa_of_a_stack_ignores_draws_of_one_level_alone() -> None:
    alone, both = table([(F, F)], URGENCIES), table([(F, F), (C, C)], URGENCIES)
    assert np.isnan(kappa_of(np.stack([alone]))[0])
    assert kappa_of(np.stack([both]))[0] == 1
