"""What more than one suite stands on: the real Rasa with its action server."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.reading_model.files import model_path
from tests.rasa.conftest import PYTHON, ROOT, Pair


@pytest.fixture(scope="session")
def model() -> Path:
    """The model of the present files, trained if need be; skips without Rasa's environment."""
    if not PYTHON.exists():
        pytest.skip("Rasa's environment is not installed (bot/rasa/.venv)")
    target = model_path(ROOT)
    if not target.exists():
        subprocess.run([str(PYTHON), str(ROOT / "bot/rasa/train.py")], check=True, timeout=1800)
    return target


@pytest.fixture(scope="session")
def bot(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """One running pair for all tests that leave it as it was."""
    pair = Pair(tmp_path_factory.mktemp("rasa") / "log")
    pair.start_actions()
    pair.start_rasa()
    try:
        pair.wait()
        yield pair
    finally:
        pair.stop("rasa")
        pair.stop("actions")
