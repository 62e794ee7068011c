"""Brings the triage assistant up beside the gateway: environment, model, actions, Rasa.

The two worlds meet only here, as processes, and over HTTP; nothing of Rasa is imported.
"""

import asyncio
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp

from bot.reading_model.files import model_path
from core.errors import ConfigurationError
from gateway.ports import free_port, is_free, preferred_or_free
from gateway.report import Report
from gateway.settings import ROOT, Settings
from gateway.supervisor import Command, Supervisor

RASA_PYTHON = ROOT / "bot/rasa/.venv/bin/python"
# A loaded machine takes half a minute; what takes longer is broken and goes on being restarted.
_PATIENCE = 120.0
_NO_PYTHON = 3  # scripts/bootstrap.py: no Python 3.10 to be had


class BotUnavailable(Exception):
    """The assistant cannot run here; the message says why. Everything else works without it."""


@dataclass(frozen=True, slots=True)
class BotAddress:
    """Where the assistant listens on the loopback, and the word that opens it."""

    rasa_port: int
    actions_port: int
    token: str

    @property
    def url(self) -> str:
        """The base URL for `RELAIS_RASA_URL`."""
        return f"http://127.0.0.1:{self.rasa_port}"


def choose_address(settings: Settings) -> BotAddress:
    """The configured ports, or others where the default ones are taken; a fresh token if none.

    Raises ConfigurationError for a port that somebody asked for and that cannot be had.
    """
    ports = {}
    for name in ("rasa_port", "actions_port"):
        port: int = getattr(settings, name)
        if settings.is_given(name) and not is_free("127.0.0.1", port):
            raise ConfigurationError(f"RELAIS_{name.upper()}: port {port} is already in use")
        ports[name] = preferred_or_free(port)
    token = settings.rasa_token.get_secret_value() or secrets.token_urlsafe(32)
    return BotAddress(ports["rasa_port"], ports["actions_port"], token)


def private_address() -> BotAddress:
    """An address for a short-lived assistant of one's own."""
    return BotAddress(free_port(), free_port(), secrets.token_urlsafe(32))


async def bring_up(supervisor: Supervisor, report: Report, address: BotAddress) -> None:
    """Install, train and start what is missing; returns when the assistant answers.

    Raises BotUnavailable.
    """
    await _install(supervisor, report)
    supervisor.keep(_actions_command(address))
    await _train_if_changed(supervisor, report)
    supervisor.keep(_rasa_command(address))
    report.begin("rasa", "starting")
    try:
        async with asyncio.timeout(_PATIENCE), _asking() as session:
            await asyncio.gather(
                _wait_for(session, f"{address.url}/webhooks/turn/", address.token),
                _wait_for(session, f"http://127.0.0.1:{address.actions_port}/health", ""),
            )
    except TimeoutError:
        report.end("rasa", "does not answer yet; it goes on trying")
        raise BotUnavailable("Rasa or its action server does not answer: see their logs.") from None
    report.end("rasa", "answers")


async def is_up(url: str, token: str) -> bool:
    """Whether our assistant answers at this base URL, takes the token and has its model."""
    async with _asking() as session:
        return await _answers(session, f"{url}/webhooks/turn/", token)


async def _install(supervisor: Supervisor, report: Report) -> None:
    report.begin("assistant", "looking at Rasa's environment")
    finished = await supervisor.run_once(
        Command(
            name="install",
            argv=(sys.executable, "-I", str(ROOT / "scripts/bootstrap.py"), "rasa"),
            env=os.environ,
            cwd=ROOT,
        )
    )
    if finished.code == 0:
        report.end("assistant", "Rasa's environment is in step with its lock")
        return
    report.end("assistant", "not available: people go straight to a listener")
    if finished.code == _NO_PYTHON:
        raise BotUnavailable("\n".join(finished.last_lines))
    raise BotUnavailable("Rasa's environment failed:\n" + "\n".join(finished.last_lines))


async def train(supervisor: Supervisor, report: Report) -> None:
    """Install and train what is missing. Raises BotUnavailable."""
    await _install(supervisor, report)
    await _train_if_changed(supervisor, report)


async def _train_if_changed(supervisor: Supervisor, report: Report) -> None:
    if not model_path(ROOT).exists():
        await _train(supervisor, report)


async def _train(supervisor: Supervisor, report: Report) -> None:
    report.begin("model", "training, since its data changed")
    argv = (str(RASA_PYTHON), str(ROOT / "bot/rasa/train.py"))
    finished = await supervisor.run_once(
        Command(name="training", argv=argv, env=_environment(), cwd=ROOT)
    )
    if finished.code != 0:
        report.end("model", "training failed: people go straight to a listener")
        raise BotUnavailable("Training failed:\n" + "\n".join(finished.last_lines))
    report.end("model", "trained")


def _actions_command(address: BotAddress) -> Command:
    argv = (str(RASA_PYTHON), "-m", "rasa_sdk", "--actions", "actions")
    return Command(
        name="actions",
        argv=(*argv, "--port", str(address.actions_port)),
        # Without it the action server would listen on every interface.
        env=_environment() | {"SANIC_HOST": "127.0.0.1"},
        cwd=ROOT,
    )


def _rasa_command(address: BotAddress) -> Command:
    ports = ("--port", str(address.rasa_port), "--actions-port", str(address.actions_port))
    return Command(
        name="rasa",
        argv=(str(RASA_PYTHON), str(ROOT / "bot/rasa/serve.py"), *ports),
        env=_environment() | {"RELAIS_RASA_TOKEN": address.token},
        cwd=ROOT,
    )


def _environment() -> dict[str, str]:
    """What Rasa's world may see of ours: no secret, no other Python's paths."""
    hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSAFEPATH")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in hidden
        and (not name.startswith("RELAIS_") or name == "RELAIS_RASA_TENSORFLOW")
    }
    traps: Mapping[str, str] = {
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONUNBUFFERED": "1",
    }
    return inherited | dict(traps)


def _asking() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2))


async def _wait_for(session: aiohttp.ClientSession, url: str, token: str) -> None:
    while not await _answers(session, url, token):  # noqa: ASYNC110 - another process sets no event
        await asyncio.sleep(0.2)


async def _answers(session: aiohttp.ClientSession, url: str, token: str) -> bool:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        async with session.get(url, headers=headers) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
