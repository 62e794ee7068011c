"""`relais figures` as it is typed."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.figures import fact_of
from core.ports import Change
from core.sealing import Vault, new_master_key, parse_master_keys
from core.storage.sqlite import SqliteStore
from gateway.cli import cli
from tests.builders import a_contact, a_conversation


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five conversations that began in March 2026."""
    key, path = new_master_key(), tmp_path / "relais.db"
    monkeypatch.setenv("RELAIS_MASTER_KEY", key)
    monkeypatch.setenv("RELAIS_DATABASE_URL", f"sqlite:///{path}")

    async def write() -> None:
        store = SqliteStore(path, Vault(parse_master_keys(key)))
        await store.open()
        for _ in range(5):
            one = a_conversation(await a_contact(store))
            await store.commit(Change(conversation=one, fact=fact_of(one)), now=one.opened_at)
        await store.close()

    asyncio.run(write())
    return path


def test_a_month_as_csv_and_pdf(database: Path, tmp_path: Path) -> None:
    table, sheet, errors = tmp_path / "m.csv", tmp_path / "m.pdf", tmp_path / "e.csv"
    files = ["--csv", str(table), "--pdf", str(sheet), "--errors", str(errors)]
    result = CliRunner().invoke(cli, ["figures", "--month", "2026-03", *files])
    assert result.exit_code == 0, result.output
    assert "Conversations;mars 2026;Total;5;" in table.read_text("utf-8-sig")
    assert sheet.read_bytes().startswith(b"%PDF")
    assert errors.read_text().startswith("believed_issue,")


def test_a_year_is_printed_and_no_period_is_explained(database: Path) -> None:
    assert "année 2026;Total;5" in CliRunner().invoke(cli, ["figures", "--year", "2026"]).output
    assert "--month 2026-11" in CliRunner().invoke(cli, ["figures"]).output
    assert "is no period" in CliRunner().invoke(cli, ["figures", "--month", "mars"]).output


def test_a_file_that_cannot_be_written_is_named(database: Path, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "m.csv"
    result = CliRunner().invoke(cli, ["figures", "--month", "2026-03", "--csv", str(missing)])
    assert result.exit_code == 1
    assert "cannot be written" in str(result.exception)
