"""Settings: a wrong one refuses to start and names its variable, and never shows its value."""

import base64
import logging
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import ConfigurationError
from gateway.settings import ROOT, load_settings, unknown_variables

KEY = base64.b64encode(b"k" * 32).decode()
PRODUCTION = {
    "RELAIS_ENV": "production",
    "RELAIS_MASTER_KEY": KEY,
    "RELAIS_RASA_TOKEN": "a-long-enough-secret-word",
    "RELAIS_ORIGINS": "https://example.org",
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("RELAIS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path / "data"))


def test_development_needs_nothing() -> None:
    settings = load_settings(None)
    assert (settings.host, settings.port, settings.env) == ("127.0.0.1", 8080, "development")
    assert settings.database == f"sqlite:///{settings.data_dir}/relais.db"
    assert settings.channels_on == ("web",)


def test_the_generated_key_is_private_and_stays_the_same() -> None:
    first = load_settings(None)
    path = first.data_dir / "master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_settings(None).master_key == first.master_key


def test_processes_that_start_at_once_share_one_key() -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = {s.master_key for s in threads.map(lambda _: load_settings(None), range(16))}
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RELAIS_PORT", "eighty-s3cret"),
        ("RELAIS_PORT", "70000"),
        ("RELAIS_ENV", "prod-s3cret"),
        ("RELAIS_MASTER_KEY", "s3cret"),
        ("RELAIS_MASTER_KEY", base64.b64encode(b"s3cret").decode()),
        ("RELAIS_DATABASE_URL", "postgres://user:s3cret@host/db"),
        ("RELAIS_RASA_URL", "ftp://s3cret"),
        ("RELAIS_RASA_URL", "http://user:s3cret@host"),
        ("RELAIS_RASA_TIMEOUT", "-5.25"),
        ("RELAIS_ORIGINS", "https://example.org/s3cret"),
        ("RELAIS_HOURS", "always s3cret"),
        ("RELAIS_HOURS", "mon-fri 09:00-25:00"),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError, match=variable) as caught:
        load_settings(None)
    assert value not in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_several_wrong_values_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_PORT", "x")
    monkeypatch.setenv("RELAIS_HOURS", "x")
    with pytest.raises(ConfigurationError, match=r"(?s)RELAIS_PORT.*RELAIS_HOURS"):
        load_settings(None)


@pytest.mark.parametrize("missing", ["RELAIS_MASTER_KEY", "RELAIS_RASA_TOKEN", "RELAIS_ORIGINS"])
def test_production_makes_nothing_up(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(None)
    assert settings.production
    assert not (settings.data_dir / "master.key").exists()
    monkeypatch.setenv(missing, "")
    with pytest.raises(ConfigurationError, match=missing):
        load_settings(None)


def test_production_refuses_a_short_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("RELAIS_RASA_TOKEN", "changeme")
    with pytest.raises(ConfigurationError, match="RELAIS_RASA_TOKEN") as caught:
        load_settings(None)
    assert "changeme" not in str(caught.value)


def test_the_env_file_counts_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".env"
    file.write_text("RELAIS_PORT=9001\nRELAIS_RASA_PORT=9002\n")
    monkeypatch.setenv("RELAIS_RASA_PORT", "9003")
    settings = load_settings(file)
    assert (settings.port, settings.rasa_port) == (9001, 9003)
    assert settings.is_given("port")
    assert not settings.is_given("actions_port")


def test_a_relative_folder_starts_at_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_MASTER_KEY", KEY)
    monkeypatch.setenv("RELAIS_DATA_DIR", "somewhere")
    assert load_settings(None).data_dir == ROOT / "somewhere"


def test_origins_are_a_comma_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_ORIGINS", "https://a.example, http://localhost:3000/")
    assert load_settings(None).origins == ("https://a.example", "http://localhost:3000")


def test_a_slip_of_the_pen_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RELAIS_PROT", "1")
    monkeypatch.setenv("RELAIS_TEST_MONGODB_URI", "not ours to judge")
    assert unknown_variables(None) == [
        "RELAIS_PROT is no setting of Relais; did you mean RELAIS_PORT?"
    ]
    with caplog.at_level(logging.WARNING):
        load_settings(None)
    assert "RELAIS_PROT" in caplog.text


def test_a_channel_is_on_with_all_of_its_settings_only(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RELAIS_TELEGRAM_TOKEN", "t0ken")
    assert load_settings(None).channels_on == ("web",)
    assert "RELAIS_TELEGRAM_SECRET" in caplog.text
    assert "t0ken" not in caplog.text
    monkeypatch.setenv("RELAIS_TELEGRAM_SECRET", "s")
    assert load_settings(None).channels_on == ("web", "telegram")


def test_secrets_do_not_show_when_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_DATABASE_URL", "mongodb://user:s3cret@host/relais")
    settings = load_settings(None)
    assert "s3cret" not in f"{settings!r} {settings}"
    assert settings.master_key.get_secret_value() not in f"{settings!r} {settings}"


def test_a_folder_that_is_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path / "file"))
    with pytest.raises(ConfigurationError, match="RELAIS_DATA_DIR"):
        load_settings(None)
