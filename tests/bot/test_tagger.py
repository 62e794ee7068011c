"""The words' parts of speech and forms are those that spaCy's own components give them."""

import json
from pathlib import Path
from typing import Any

import pytest
from spacy.tokens import Doc

from bot.screen.syntax import french
from bot.screen.tagger import Tagger

CASES = Path(__file__).parent / "danger_cases.jsonl"


def sentences() -> list[list[str]]:
    lines = CASES.read_text("utf-8").splitlines()[::10]
    said = [json.loads(line)["text"].lower().replace("'", " ").split() for line in lines]
    return [words for words in said if words]


def said_of(docs: list[Doc]) -> list[list[tuple[str, str, str]]]:
    return [[(token.text, token.pos_, str(token.morph)) for token in doc] for doc in docs]


@pytest.mark.parametrize("together", [1, 4])
def test_words_are_tagged_as_spacy_tags_them(together: int) -> None:
    nlp = french()
    tagger = Tagger(nlp)
    every = [*sentences(), ["oui"], ["zzyzx", "12", "à"]]
    for at in range(0, len(every), together):
        ours, theirs = (
            [Doc(nlp.vocab, words=words) for words in every[at : at + together]] for _ in range(2)
        )
        tagger.tag(ours)
        for _, component in nlp.pipeline:
            step: Any = component
            step.set_annotations(theirs, step.predict(theirs))
        assert said_of(ours) == said_of(theirs)
