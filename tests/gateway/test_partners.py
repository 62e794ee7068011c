"""Partner sites: who may show the chat in a frame, and what may not be set."""

from pathlib import Path

import pytest

from core.errors import ConfigurationError
from gateway.settings import load_settings
from tests.gateway.gateways import running


def test_partners_are_a_comma_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_PARTNERS", "https://ecole.example, https://*.academie.example/")
    assert load_settings(None).partners == ("https://ecole.example", "https://*.academie.example")


@pytest.mark.parametrize(
    "nonsense",
    [
        "*",
        "https://*",
        "https://*.fr",
        "ecole.example",
        "ftp://ecole.example",
        "https://ecole.example/page",
        "https://ecole.example; script-src *",
        "'self'",
        "https://ecole..example",
        "https://a@b",
    ],
)
def test_nonsense_refuses_to_start(monkeypatch: pytest.MonkeyPatch, nonsense: str) -> None:
    monkeypatch.setenv("RELAIS_PARTNERS", nonsense)
    with pytest.raises(ConfigurationError, match="RELAIS_PARTNERS"):
        load_settings(None)


def test_in_production_partners_are_reached_by_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_ENV", "production")
    monkeypatch.setenv("RELAIS_MASTER_KEY", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=")
    monkeypatch.setenv("RELAIS_RASA_TOKEN", "x" * 32)
    monkeypatch.setenv("RELAIS_ORIGINS", "https://chat.example")
    monkeypatch.setenv("RELAIS_PARTNERS", "http://ecole.example")
    with pytest.raises(ConfigurationError, match="RELAIS_PARTNERS"):
        load_settings(None)


async def test_only_they_may_frame_the_chat_and_nobody_the_console(tmp_path: Path) -> None:
    async with running(tmp_path, partners=frozenset({"https://ecole.example"})) as house:
        chat = await house.client.get("/")
        policy = chat.headers["Content-Security-Policy"]
        assert "frame-ancestors 'self' https://ecole.example;" in policy
        console = await house.client.get("/console/")
        assert "frame-ancestors 'none'" in console.headers["Content-Security-Policy"]
        # A partner's page frames the chat; it does not speak for it.
        foreign = {"Origin": "https://ecole.example"}
        assert (await house.client.post("/web/session", json={}, headers=foreign)).status == 403
        for path in ("/embed.js", "/integrer.html"):
            assert (await house.client.get(path)).status == 200
