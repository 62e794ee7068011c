"""The pipeline's one classifier: it reads with `bot.reading_model`, and trains it.

The intent is that model's likeliest, the ranking is whole; what the gateway has just read comes
with the message and is not read again. Urgency and role are learnt from the
`metadata` of each example, as are the other labels that the triage guide admits for it
(`or_issue`, `or_urgency`): those get a share of the example's certainty.

Limits: training needs the real TensorFlow (see ../lean.py), reading does not.
"""

from __future__ import annotations

import io
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.reading_model.combining import Layer
from bot.reading_model.encoder import Encoder, Pieces
from bot.reading_model.model import HEADS, URGENCIES, Heads, ReadingModel
from bot.reading_model.ngrams import Vocabulary
from components import combining, counting

FILE = "reading.npz"
# What one other admissible label takes from the first.
ADMITTED = 0.15
MOST_ADMITTED = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ReadingClassifier(IntentClassifier, GraphComponent):
    """Sets the intent and its ranking."""

    @staticmethod
    def required_packages() -> list[str]:
        # Rasa takes these for importable names, and the distribution's name is not one.
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"epochs": 5, "seed": 3018}

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: ReadingModel | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ReadingClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ReadingClassifier:
        with model_storage.read_from(resource) as folder, (folder / FILE).open("rb") as file:
            model = ReadingModel.load(file)
        model.read("bonjour")  # the first person to write must not wait for anything to load
        return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example with an intent and a text."""
        examples = [
            (m.get(TEXT), m.get(INTENT), (m.get("metadata") or {}).get("example") or {})
            for m in training_data.intent_examples
            if m.get(TEXT)
        ]
        # The same order whatever the order of the files.
        examples.sort(key=lambda example: (example[1], example[0]))
        self._model = learn(examples, epochs=self._config["epochs"], seed=self._config["seed"])
        with self._storage.write_to(self._resource) as folder:
            (folder / FILE).write_bytes(self._model.dumps())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if not text or self._model is None:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [], add_to_output=True)
                continue
            # Whoever sends a message may have read it already, with the same model.
            intents = (message.get("metadata") or {}).get("intents") or {}
            if intents.keys() != set(self._model.intents):
                intents = self._model.read(text).intents
            ranking = [
                {"name": name, "confidence": probability}
                for name, probability in sorted(intents.items(), key=lambda i: -i[1])
            ]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages


def learn(
    examples: list[tuple[str, str, dict[str, Any]]], *, epochs: int, seed: int
) -> ReadingModel:
    """A model of (text, intent, metadata) triples; the same for the same input."""
    from components.tuning import Lesson, tune

    roles = {meta["role"] for _, _, meta in examples if "role" in meta}
    labels = {
        "intent": tuple(sorted({intent for _, intent, _ in examples})),
        "urgency": URGENCIES,
        "role": tuple(sorted(roles)),
    }
    sizes = {head: len(labels[head]) for head in HEADS}
    answers = [_answers(intent, meta, labels) for _, intent, meta in examples]

    texts = [text for text, _, _ in examples]
    # Neither knows anything of the other. In a process of its own: TensorFlow bears no fork.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside:
        counted = beside.submit(_by_counts, texts, answers, sizes, seed)
        pieces = Pieces()
        lessons = [Lesson(pieces.of(t), a) for t, a in zip(texts, answers, strict=True)]
        weights, heads = tune(lessons, sizes, pieces, epochs=epochs, seed=seed)
        vocabulary, by_counts, layer, by_layer = counted.result()
    encoder = Encoder(pieces, weights)
    model = ReadingModel(vocabulary, labels, by_counts, layer, by_layer, encoder, heads)
    # As it will be read: the weights are kept in half precision.
    return ReadingModel.load(io.BytesIO(model.dumps()))


def _by_counts(
    texts: list[str],
    answers: list[dict[str, np.ndarray | None]],
    sizes: dict[str, int],
    seed: int,
) -> tuple[Vocabulary, Heads, Layer, Heads]:
    """The terms of these texts, the heads over their counts, the layer and the heads over that."""
    vocabulary = counting.vocabulary_of(texts)
    matrix = counting.counted(texts, vocabulary)
    sure = {head: [_likeliest(answer[head]) for answer in answers] for head in HEADS}
    by_counts = counting.learn(matrix, sure, sizes)
    return vocabulary, by_counts, *combining.learn(matrix, sure, sizes, seed)


def _likeliest(shares: np.ndarray | None) -> int | None:
    return None if shares is None else int(np.argmax(shares))


def _answers(
    intent: str, meta: dict[str, Any], labels: dict[str, tuple[str, ...]]
) -> dict[str, np.ndarray | None]:
    """How likely each label is, for each question; None where the example does not say."""
    return {
        "intent": _shared(intent, meta.get("or_issue", []), labels["intent"]),
        "urgency": _shared(meta.get("urgency"), meta.get("or_urgency", []), labels["urgency"]),
        "role": _shared(meta.get("role"), [], labels["role"]),
    }


def _shared(first: str | None, others: list[str], labels: tuple[str, ...]) -> np.ndarray | None:
    if first is None:
        return None
    shares = np.zeros(len(labels), np.float32)
    admitted = [o for o in others if o != first][:MOST_ADMITTED]
    shares[labels.index(first)] = 1 - ADMITTED * len(admitted)
    for other in admitted:
        shares[labels.index(other)] += ADMITTED
    return shares
