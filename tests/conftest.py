"""What more than one suite stands on: a store of its own, the real Rasa with its action server."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.reading_model.files import model_path
from core.ports import Store
from core.storage.sqlite import SqliteStore
from tests.builders import a_vault
from tests.rasa.conftest import PYTHON, ROOT, Pair

# A property is no promise about time: on a busy machine any example may take long. The rest is
# Hypothesis' own choice, which with CI=true is the same examples each time.
settings.register_profile(
    "relais",
    settings.default,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("relais")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives a browser is tried once more, and told as RERUN: a Chromium beside another suite
    on two cores now and then loses a key or a frame. Nothing else is; there a second try would hide
    a race of our own. A test that must hold each time says `flaky(reruns=0)`."""
    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("flaky"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An open store on SQLite; the contract suites have one for each engine."""
    store = SqliteStore(tmp_path / "relais.db", a_vault())
    await store.open()
    yield store
    await store.close()


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
