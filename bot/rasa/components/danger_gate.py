"""Break the dialogue for danger when the two danger labels together are likely.

It comes behind the gateway's own screen, which reads the plain signs and decides first. A low
threshold here told children who were mocked, or who died in a game, that their life counts. Below
it the likeliest other reading goes on, while the ranking and the danger probability still tell the
rest of the system what was seen.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

DANGERS = ("ideation_suicidaire", "danger_physique")
# The part of what is left for other readings that one of them must have to be acted upon.
STANDS_OUT = 0.25


def danger_probability(ranking: list[dict[str, Any]]) -> float:
    """P(suicidal thoughts) + P(physical danger), from a full intent ranking."""
    return float(sum(i["confidence"] for i in ranking if i["name"] in DANGERS))


def second_reading(ranking: list[dict[str, Any]], probability: float) -> dict[str, Any]:
    """The likeliest intent that is no danger; `nlu_fallback` where none stands out."""
    others = [i for i in ranking if i["name"] not in (*DANGERS, "nlu_fallback")]
    best = max(others, key=lambda i: i["confidence"], default=None)
    if best is None or best["confidence"] < STANDS_OUT * (1 - probability):
        return {"name": "nlu_fallback", "confidence": probability}
    return {"name": best["name"], "confidence": best["confidence"]}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class DangerGate(IntentClassifier, GraphComponent):
    """Overrides the intent with `danger`; must come last, after the fallback."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def required_packages() -> list[str]:
        return []

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": 0.5}

    def __init__(self, config: dict[str, Any]) -> None:
        self._threshold = float(config["threshold"])

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> DangerGate:
        return cls(config)

    @staticmethod
    def validate_config(config: dict[str, Any]) -> None:
        if not 0 < float(config["threshold"]) <= 0.5:
            raise ValueError("DangerGate: threshold must be above 0 and at most 0.5")

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            probability = danger_probability(message.get(INTENT_RANKING_KEY) or [])
            likeliest = (message.get(INTENT) or {}).get("name")
            if probability >= self._threshold:
                intent = {"name": "danger", "confidence": probability}
            elif likeliest in DANGERS:
                intent = second_reading(message.get(INTENT_RANKING_KEY) or [], probability)
            else:
                continue
            message.set(INTENT, intent, add_to_output=True)
        return messages
