"""The examples of nlu_data as they are learnt from, outside Rasa's own training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

#: Text, intent, metadata.
Example = tuple[str, str, "dict[str, Any]"]


def examples_of(root: Path) -> list[Example]:
    """Every example of nlu_data, in a fixed order."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = []
    for path in sorted((root / "nlu_data").rglob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=loader)["nlu"]:
            found.extend(
                (example["text"], block["intent"], example.get("metadata") or {})
                for example in _listed(block["examples"])
            )
    return sorted(found, key=lambda example: (example[1], example[0]))


def _listed(given: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    if isinstance(given, list):
        return given
    return [{"text": line.removeprefix("-").strip()} for line in given.splitlines() if line.strip()]
