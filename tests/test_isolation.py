"""Rasa's frozen packages are out of reach: no way leads from outside to where they run."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def services() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path.name, name, service)
        for path in sorted((ROOT / "docker").glob("compose*.yml"))
        for name, service in yaml.safe_load(path.read_text())["services"].items()
    ]


def test_rasa_is_not_published_and_the_proxy_knows_no_way_to_it() -> None:
    published = {name for _, name, service in services() if service.get("ports")}
    assert published == {"caddy", "gateway"}
    rasas = [service for _, name, service in services() if "serve.py" in str(service)]
    assert rasas
    assert not any(service.get("ports") for service in rasas)
    outside = (ROOT / "docker" / "Caddyfile").read_text()
    assert not any(word in outside.lower() for word in ("rasa", "5005", "5055", "actions"))


def test_rasa_listens_on_this_machine_alone_unless_told_otherwise() -> None:
    served = (ROOT / "bot" / "rasa" / "serve.py").read_text()
    assert '"--host", default="127.0.0.1"' in served
    assert '"--actions-host", default="127.0.0.1"' in served
    assert Settings(_env_file=None).rasa_url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("name", ["rasa", "tensorflow", "sanic", "rasa-sdk"])
def test_the_gateways_environment_holds_none_of_it(name: str) -> None:
    for locked in ("gateway.txt", "dev.txt"):
        lines = (ROOT / "requirements" / locked).read_text().splitlines()
        assert not any(line.startswith(f"{name}==") for line in lines), locked


def test_what_rasa_is_asked_at_comes_from_the_settings_and_never_from_a_request() -> None:
    users = [
        str(path.relative_to(ROOT))
        for folder in ("core", "connectors", "bot", "handoff", "gateway")
        for path in (ROOT / folder).rglob("*.py")
        if ".venv" not in path.parts and "RasaAssistant(" in path.read_text()
    ]
    assert users == ["gateway/app.py"]
