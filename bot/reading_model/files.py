"""Which model belongs to the files as they are now, and which is there before any is trained.

Standard library only.

    model_path(root).exists()  # False: `bot/rasa/train.py` must run

Limit: the hash covers what is read from the disk; a change in an installed package shows only
through the lock file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

# Relative to the root of the checkout. A folder counts with every file under it.
SOURCES = (
    "nlu_data",
    "bot/rasa/config.yml",
    "bot/rasa/domain",
    "bot/rasa/rules",
    "bot/rasa/components",
    "bot/rasa/requirements.txt",
    "bot/reading_model",
)
#: The counts alone, learnt beforehand and kept in the repository (bot/rasa/first_reading.py).
FIRST_READING = Path("bot/first_reading.npz")
FIRST_SOURCES = (
    "nlu_data",
    "bot/rasa/first_reading.py",
    "bot/rasa/components/counting.py",
    "bot/reading_model/ngrams.py",
    "bot/reading_model/spelling.py",
)
_SUFFIXES = {".yml", ".yaml", ".py", ".txt"}


def content_hash(root: Path, sources: Sequence[str] = SOURCES) -> str:
    """Sixteen hexadecimal digits of the content, whatever the dates and the order of the files."""
    digest = hashlib.sha256()
    for source in sources:
        start = root / source
        files = [start] if start.is_file() else start.rglob("*")
        for path in sorted(p for p in files if p.is_file() and p.suffix in _SUFFIXES):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:16]


def model_path(root: Path) -> Path:
    """Where the model of the present files is, or will be."""
    return root / "bot/rasa/models" / f"relais-{content_hash(root)}.tar.gz"


def newest_model(root: Path) -> Path | None:
    """The model of the present files; else the newest one left from earlier files, if any."""
    exact = model_path(root)
    if exact.exists():
        return exact
    left = sorted(exact.parent.glob("relais-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return left[-1] if left else None
