"""Read the training data: Rasa's own importer, with the messages read by libyaml.

Rasa reads each file of messages some five times with a YAML parser in pure Python: minutes for what
libyaml reads in seconds. Domain, rules and everything else is left to Rasa.

Promises: the same messages, labels and metadata as Rasa's reader; their order is that of the files'
names. A message with marked entities is refused, because ours have none and Rasa would read the
marks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from rasa.shared.exceptions import YamlException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.entities_parser import find_entities_in_training_example
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class TrainingFiles(RasaFileImporter):
    """Messages from the `*.yml` below the training paths that hold nothing else."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        self._blocks: list[dict[str, Any]] = []
        others = []
        for path in _files(training_data_paths or []):
            loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
            if loaded.keys() == {"version", "nlu"}:
                self._blocks += loaded["nlu"]
            else:
                others.append(str(path))
        super().__init__(config_file, domain_path, others)

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Every message with its intent and, under `metadata`, what is said of it."""
        messages = [
            Message.build(
                _plain(example["text"]), block["intent"], [], None, example.get("metadata")
            )
            for block in self._blocks
            for example in block["examples"]
        ]
        return super().get_nlu_data(language).merge(TrainingData(messages))


def _files(given: list[str] | str) -> list[Path]:
    starts = [Path(one) for one in ([given] if isinstance(given, str) else given)]
    return [
        file
        for start in starts
        for file in ([start] if start.is_file() else sorted(start.rglob("*.yml")))
    ]


def _plain(text: str) -> str:
    if find_entities_in_training_example(text):
        raise YamlException("a training message marks entities: none are learnt here")
    return text.strip()
