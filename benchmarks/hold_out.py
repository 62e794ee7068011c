"""How well the learned reading does on training messages it has not seen, and at which thresholds.

    bot/rasa/.venv/bin/python benchmarks/hold_out.py [--first]        (make hold-out)

Learns from four fifths of nlu_data and reads the rest. Near-copies stay on one side: messages that
share half of their runs of four letters are one group. The thresholds of bot/understanding.py were
chosen on this table; the evaluation sets of tests/triage never were. `--first` measures the first
reading, the one that is there before any training. Runs in Rasa's environment, for some minutes.
"""

import argparse
import random
import sys
import warnings
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "bot/rasa"), str(ROOT)]
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402
from scipy.sparse import csr_matrix  # noqa: E402

import first_reading  # noqa: E402
from bot.reading_model import ngrams  # noqa: E402
from bot.reading_model.model import URGENCIES, ReadingModel  # noqa: E402
from components.examples import Example, examples_of  # noqa: E402

FIFTHS, SEED = 5, 3018
ALIKE = 0.5
# As many messages are compared with all others at once.
ROWS = 500


def groups(texts: list[str]) -> list[int]:
    """A number for each text, the same for near-copies."""
    leader = list(range(len(texts)))

    def first(k: int) -> int:
        while leader[k] != k:
            leader[k] = leader[leader[k]]
            k = leader[k]
        return k

    columns: dict[str, int] = {}
    runs = [
        sorted({columns.setdefault(smooth[i : i + 4], len(columns)) for i in _starts(smooth)})
        for smooth in map(ngrams.spelled, texts)
    ]
    sizes = np.array([len(own) for own in runs])
    starts = np.concatenate([[0], np.cumsum(sizes)])
    shape = (len(texts), len(columns))
    holds = csr_matrix((np.ones(starts[-1], np.int32), np.concatenate(runs), starts), shape)
    for begin in range(0, len(texts), ROWS):
        common = (holds[begin : begin + ROWS] @ holds.T).tocoo()
        row = common.row + begin
        either = sizes[row] + sizes[common.col] - common.data
        alike = (common.data > ALIKE * either) & (row < common.col)
        for one, other in zip(row[alike], common.col[alike], strict=True):
            leader[first(int(one))] = first(int(other))
    return [first(k) for k in range(len(texts))]


def _starts(text: str) -> range:
    return range(max(1, len(text) - 3))


def filed(intent: str) -> str:
    """Hours, price, anonymity: the triage guide files them with asking for a person."""
    return "demande_humain" if intent == "question_service" else intent


#: Alone, together and critical from: the thresholds to look at.
LEARNED = product((0.2, 0.25), (0.3, 0.32, 0.34, 0.36), (0.05, 0.08, 0.1))
FIRST = product((0.1, 0.15, 0.2), (0.2, 0.25, 0.3, 0.35), (0.03, 0.05, 0.08, 0.1))


def main() -> None:
    from sklearn.metrics import cohen_kappa_score, f1_score

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--first", action="store_true", help="measure the first reading")
    first = parser.parse_args().first

    known = examples_of(ROOT)
    group = groups([text for text, _, _ in known])
    order = sorted(set(group))
    random.Random(SEED).shuffle(order)
    held = set(order[: len(order) // FIFTHS])
    learnt = [e for e, g in zip(known, group, strict=True) if g not in held]
    unseen = [e for e, g in zip(known, group, strict=True) if g in held and "role" in e[2]]
    print(f"learning from {len(learnt)} examples, reading {len(unseen)}", file=sys.stderr)
    model = first_reading.learn(learnt) if first else _learned(learnt)
    readings = [model.read(text) for text, _, _ in unseen]

    intents = [filed(max(r.intents, key=lambda i: r.intents[i])) for r in readings]
    wanted = [filed(intent) for _, intent, _ in unseen]
    labels = sorted(set(wanted))
    strict = f1_score(wanted, intents, average="macro", labels=labels)
    tolerant = f1_score(
        wanted,
        [
            want if said in (*meta.get("or_issue", []), meta.get("secondary")) else said
            for said, want, (_, _, meta) in zip(intents, wanted, unseen, strict=True)
        ],
        average="macro",
        labels=labels,
    )
    roles = [max(r.roles, key=lambda i: r.roles[i]) for r in readings]
    role = sum(r == meta["role"] for r, (_, _, meta) in zip(roles, unseen, strict=True))
    print(f"issue macro-F1 {strict:.3f} strict, {tolerant:.3f} tolerant")
    print(f"role accuracy {role / len(unseen):.3f}")

    truth = [URGENCIES.index(meta["urgency"]) for _, _, meta in unseen]
    print(
        "alone together critical from | "
        "recall c  recall c+e  precision c  precision c+e  faible alarmed  kappa"
    )
    for alone, together, critical in FIRST if first else LEARNED:
        said = [gravity(r.urgency, alone, together, critical) for r in readings]
        pairs = list(zip(said, truth, strict=True))
        kappa = cohen_kappa_score(truth, said, weights="quadratic")
        gravest, danger = _share(pairs, lambda t: t == 3, 3), _share(pairs, lambda t: t >= 2, 2)
        alarmed = _share(pairs, lambda t: t == 0, 2)
        print(
            f"{alone:5.2f} {together:8.2f} {critical:13.2f} | {gravest:8.3f} {danger:11.3f}"
            f" {_precision(pairs, 3):12.3f} {_precision(pairs, 2):14.3f} {alarmed:15.3f}"
            f" {kappa:6.3f}"
        )


def _learned(examples: list[Example]) -> ReadingModel:
    # TensorFlow takes its time: only where it is needed.
    from components.reading_classifier import ReadingClassifier, learn

    as_trained = ReadingClassifier.get_default_config()
    return learn(examples, epochs=as_trained["epochs"], seed=as_trained["seed"])


def gravity(chances: Sequence[float], alone: float, together: float, critical: float) -> int:
    """The urgency that `bot/understanding.py` makes of the chances of the four, as a number."""
    faible, _, high, highest = chances
    if highest >= alone or highest + high >= together:
        return 3 if highest >= critical else 2
    return 0 if faible > 0.5 else 1


def _share(pairs: list[tuple[int, int]], of: Any, at_least: int) -> float:
    chosen = [said for said, true in pairs if of(true)]
    return sum(said >= at_least for said in chosen) / len(chosen)


def _precision(pairs: list[tuple[int, int]], at_least: int) -> float:
    chosen = [true for said, true in pairs if said >= at_least]
    return sum(true >= at_least for true in chosen) / len(chosen)


if __name__ == "__main__":
    main()
