"""`relais simulate` as people run it, against a gateway of a few lines."""

import asyncio
import json
import os
import sys
from pathlib import Path

from aiohttp.test_utils import TestServer

from gateway.settings import ROOT, Settings
from tests.gateway.simulation.parrot import Parrot, script, settings


async def simulate(
    said: str, *arguments: str, folder: Path, own: Settings | None = None
) -> tuple[int, list[dict[str, object]], str]:
    """Exit code, lines and errors of the command."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    for name in own.model_fields_set if own is not None else ():
        value = getattr(own, name)
        secret = getattr(value, "get_secret_value", None)
        env[f"RELAIS_{name.upper()}"] = secret() if secret else value
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        str(ROOT / "gateway/__main__.py"),
        "simulate",
        *arguments,
        env=env | {"RELAIS_DATA_DIR": str(folder / "data")},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, errors = await process.communicate(said.encode())
    assert process.returncode is not None
    lines = [json.loads(line) for line in out.decode().splitlines()]
    return process.returncode, lines, errors.decode()


async def test_conversations_on_four_channels_in_one_run(tmp_path: Path) -> None:
    own = settings()
    channels = ("whatsapp", "messenger", "instagram", "telegram")
    scripts = "\n".join(script(channel, {"text": "allo"}) for channel in channels)
    async with TestServer(Parrot(own).app()) as server:
        code, lines, errors = await simulate(
            scripts,
            *("--url", str(server.make_url("")), "--quiet-after", "0.3"),
            folder=tmp_path,
            own=own,
        )
    assert code == 0, errors
    heard = [(line["conversation"], line["text"]) for line in lines if line.get("from") == "relais"]
    assert heard == [(1, "allo"), (2, "allo"), (3, "allo"), (4, "allo")]
    ends = [line for line in lines if "state" in line]
    assert ends == [
        {"conversation": number, "channel": channel, "state": None}
        for number, channel in enumerate(channels, start=1)
    ]
    assert "secret" not in errors


async def test_the_real_platforms_are_never_called(tmp_path: Path) -> None:
    own = settings()
    real = own.model_copy(update={"graph_url": "https://graph.facebook.com"})
    code, lines, errors = await simulate(
        script("whatsapp", {"text": "allo"}),
        "--url",
        "http://127.0.0.1:9",
        folder=tmp_path,
        own=real,
    )
    assert (code, lines) == (1, [])
    assert "RELAIS_GRAPH_URL" in errors
    assert "Traceback" not in errors


async def test_a_gateway_that_is_not_there_is_named(tmp_path: Path) -> None:
    code, _, errors = await simulate(
        script("whatsapp", {"text": "allo"}),
        *("--url", "http://127.0.0.1:9"),
        folder=tmp_path,
        own=settings(),
    )
    assert code == 1
    assert "no gateway answers at http://127.0.0.1:9/webhooks/whatsapp" in errors
    assert "Traceback" not in errors


async def test_a_login_needs_its_password(tmp_path: Path) -> None:
    code, _, errors = await simulate("", "--login", "zoe", folder=tmp_path)
    assert code == 1
    assert "--password-file" in errors
