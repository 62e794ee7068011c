"""bot/rasa/components/importing.py reads what Rasa would read."""

import subprocess
from pathlib import Path

from tests.rasa.conftest import PYTHON, ROOT

_CHECK = """
import sys
from lean import leave_tensorflow_out
leave_tensorflow_out()
from components.importing import TrainingFiles
from rasa.shared.importers.rasa import RasaFileImporter
files = ("config.yml", "domain", sys.argv[1:])
ours, theirs = TrainingFiles(*files), RasaFileImporter(*files)

def messages(importer):
    read = importer.get_nlu_data().nlu_examples
    return sorted(str(sorted(one.as_dict().items())) for one in read)

assert len(messages(ours)) > 200 and messages(ours) == messages(theirs)
assert len(ours.get_stories().story_steps) == len(theirs.get_stories().story_steps) > 10
assert ours.get_domain().intents == theirs.get_domain().intents
print("same")
"""
_MARKED = """
version: "3.1"
nlu:
  - intent: information
    examples:
      - text: "sur [insta](platform)"
"""


def read(*paths: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PYTHON), "-c", _CHECK, *map(str, paths)],
        cwd=ROOT / "bot/rasa",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_same_messages_and_rules_as_rasa_reads() -> None:
    some = [ROOT / "nlu_data/dialogue/deny.yml", ROOT / "nlu_data/issues/salutation.yml"]
    done = read(ROOT / "bot/rasa/rules", *some)
    assert done.stdout.strip() == "same", done.stderr


def test_marked_entities_are_refused(tmp_path: Path) -> None:
    (tmp_path / "marked.yml").write_text(_MARKED, encoding="utf-8")
    done = read(ROOT / "bot/rasa/rules", tmp_path)
    assert "marks entities" in done.stderr
