"""The first `relais run`, while the assistant is still being installed and trained."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from gateway import botservice, run
from gateway.report import PlainReport
from gateway.settings import Settings
from gateway.supervisor import Supervisor

KEY = base64.b64encode(b"k" * 32).decode()


@pytest.fixture
async def training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Settings]:
    """Settings of a gateway that answers, with an assistant that never comes up."""

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "degraded"}, status=200)

    async def learning(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(botservice, "bring_up", learning)
    app = web.Application()
    app.router.add_get("/health/ready", health)
    async with TestServer(app) as server:
        yield Settings(
            _env_file=None, master_key=SecretStr(KEY), port=server.port, data_dir=tmp_path
        )


async def test_the_sign_in_is_told_while_the_assistant_still_learns(
    training: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    report = PlainReport()
    address = botservice.choose_address(training)
    said = ""
    async with Supervisor(training.data_dir / "logs", report) as supervisor:
        starting = asyncio.create_task(run._start(training, supervisor, report, address))
        async with asyncio.timeout(20):
            while "Ctrl-C" not in said:
                await asyncio.sleep(0.02)
                said += capsys.readouterr().out
        assert not starting.done()
        starting.cancel()
    assert "/console/" in said
    assert "First sign-in" in said
    assert "is ready" not in said
