"""`relais export` and `relais erase`, as people run them."""

import asyncio
import json
from pathlib import Path

import pytest

from core.conversation import Conversation
from core.ports import Store
from core.storage.sqlite import SqliteStore
from gateway.settings import load_settings
from gateway.stores import open_vault
from tests.contracts.test_erasure import Person
from tests.gateway.test_cli import relais


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with somebody in it."""
    folder = tmp_path / "data"
    monkeypatch.setenv("RELAIS_DATA_DIR", str(folder))
    _with_store(folder, lambda store: Person("mine").write(store))
    return folder


def _with_store(folder: Path, work: object) -> None:
    async def inside() -> None:
        settings = load_settings(None)
        store: Store = SqliteStore(folder / "relais.db", open_vault(settings))
        await store.open()
        await work(store)  # type: ignore[operator]
        await store.close()

    asyncio.run(inside())


def _conversations(folder: Path) -> list[Conversation]:
    found: list[Conversation] = []

    async def look(store: Store) -> None:
        contact = await store.find_contact("web", "site", "mine")
        if contact is not None:
            found.extend(await store.conversations_of(contact.id))

    _with_store(folder, look)
    return found


def test_a_person_is_exported_then_erased(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = relais("export", "web:mine", "--to", str(out), data=data)
    assert answer.returncode == 0
    assert "2 conversations, 3 messages" in answer.stdout
    reference = json.loads((out / "person.json").read_text())["conversations"][0]["id"]

    # Somebody in danger is not erased by an oversight, nor anybody without being asked for.
    answer = relais("erase", reference, "--yes", data=data)
    assert answer.returncode == 1
    assert "in danger" in answer.stderr
    answer = relais("erase", reference, "--even-now", data=data, said="n\n")
    assert answer.returncode == 1
    assert "web since 2026-03-02: 2 conversations" in answer.stdout
    assert len(_conversations(data)) == 2

    # Asked for, the name stays out of the shell's history.
    answer = relais("erase", "--even-now", data=data, said=f"{reference}\ny\n")
    assert answer.returncode == 0
    assert answer.stdout.endswith("Erased.\n")
    assert _conversations(data) == []
    answer = relais("erase", reference, "--yes", data=data)
    assert (answer.returncode, answer.stdout) == (0, "Nothing is held about this person.\n")
    answer = relais("export", "web:mine", data=data)
    assert answer.returncode == 1
    assert "Nothing is held" in answer.stderr
