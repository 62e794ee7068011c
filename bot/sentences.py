"""The one catalogue of the sentences people read, `bot/sentences.yml`; checked when loaded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from core.conversation import Choice
from core.labels import Address
from core.ports import Phrase
from core.typography import french

DEFAULT_PATH = Path(__file__).with_name("sentences.yml")

_VALUE = re.compile(r"\{(\w+)\}")


class CatalogueError(ValueError):
    """The catalogue file is wrong; the message names the sentence."""


class UnknownSentence(KeyError):
    """No sentence has this id."""


class MissingValue(KeyError):
    """A sentence was asked for without a value it needs."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One entry: both forms, its quick replies, and whether it is an urgent notice."""

    forms: Mapping[Address, str]
    choices: tuple[Choice, ...]
    urgent: bool


class Catalogue:
    """All sentences by id; read-only. Implements `core.ports.Phrasebook`."""

    def __init__(self, sentences: Mapping[str, Sentence]) -> None:
        self.sentences = sentences

    @classmethod
    def load(cls, path: Path = DEFAULT_PATH) -> "Catalogue":
        """Read and check the file. Raises CatalogueError, or OSError where it cannot be read."""
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(document, dict):
            raise CatalogueError("not a catalogue")
        # YAML 1.1 reads the bare keys `yes` and `no` as booleans.
        titles = {_key(k): str(v) for k, v in document.get("choices", {}).items()}
        return cls(
            {
                str(sentence_id): _sentence(str(sentence_id), entry, titles)
                for sentence_id, entry in document.get("sentences", {}).items()
            }
        )

    def say(
        self, sentence: str, address: Address, values: Mapping[str, str] | None = None
    ) -> Phrase:
        """Render a sentence. Raises UnknownSentence or MissingValue, both KeyErrors."""
        entry = self.sentences.get(sentence)
        if entry is None:
            raise UnknownSentence(sentence)
        given = values or {}

        def fill(hole: re.Match[str]) -> str:
            if hole[1] not in given:
                raise MissingValue(f"{sentence}: {hole[1]}")
            return given[hole[1]]

        # One pass: a value that itself holds braces is never filled in turn.
        return Phrase(french(_VALUE.sub(fill, entry.forms[address])), entry.choices)


def _key(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _sentence(sentence_id: str, entry: Any, titles: Mapping[str, str]) -> Sentence:
    if not isinstance(entry, dict) or not all(
        isinstance(entry.get(form), str) and entry[form].strip() for form in Address
    ):
        raise CatalogueError(f"{sentence_id}: needs both forms, tu and vous")
    tapped = [_key(choice) for choice in entry.get("choices", [])]
    unknown = [choice for choice in tapped if choice not in titles]
    if unknown:
        raise CatalogueError(f"{sentence_id}: choice without a title: {unknown[0]}")
    return Sentence(
        forms={form: entry[form].strip() for form in Address},
        choices=tuple(Choice(choice, french(titles[choice])) for choice in tapped),
        urgent=bool(entry.get("urgent", False)),
    )
