"""The story of `relais run`: everything up, the addresses printed, everything down again.

The gateway starts at once: people can write and listeners sign in from the first second. Until the
assistant is installed, trained and started, conversations go straight to a listener.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from core.errors import ConfigurationError, RelaisError
from gateway import botservice
from gateway.botservice import BotAddress, BotUnavailable
from gateway.ports import is_free
from gateway.report import Report, showing
from gateway.settings import ROOT, Settings
from gateway.staff import FirstLogin, create_first_listener
from gateway.supervisor import Command, Supervisor

# How long a gateway that answers may stay short of "ready" once all parts are up.
_PATIENCE = 30.0


async def run(settings: Settings, report: Report) -> None:
    """Run until SIGINT or SIGTERM. Raises ConfigurationError for what cannot start."""
    if not is_free(settings.host, settings.port):
        raise ConfigurationError(
            f"RELAIS_PORT: port {settings.port} is already in use; stop the other program or "
            "choose another port"
        )
    # Whoever names an assistant elsewhere has one.
    address = None if settings.is_given("rasa_url") else botservice.choose_address(settings)
    stop = asyncio.Event()
    with _signals(stop), _runfile(settings, address):
        async with showing(report), Supervisor(settings.data_dir / "logs", report) as supervisor:
            supervisor.keep(_gateway_command(settings, address))
            async with asyncio.TaskGroup() as tasks:
                starting = tasks.create_task(_start(settings, supervisor, report, address))
                await _first(stop.wait(), asyncio.shield(supervisor.refused))
                starting.cancel()
            if stop.is_set():
                report.begin("relais", "stopping")
        if stop.is_set():
            report.end("relais", "stopped")
        else:
            raise ConfigurationError(str(supervisor.refused.exception()))


async def _start(
    settings: Settings, supervisor: Supervisor, report: Report, address: BotAddress | None
) -> None:
    _, with_bot = await asyncio.gather(
        _open(settings, report), _start_bot(supervisor, report, address)
    )
    if with_bot:
        status = await _wait_ready(settings, {"ready"}, patience=_PATIENCE)
        if status != "ready":
            report.note("gateway", f"/health/ready still says {status}; see ./relais doctor")
    print(f"\nRelais is ready{'' if with_bot else ', without its triage assistant'}.\n", flush=True)


async def _open(settings: Settings, report: Report) -> None:
    """The gateway up and its addresses told: nobody waits for an assistant that learns."""
    report.begin("gateway", "starting")
    await _wait_ready(settings, {"ready", "degraded"}, patience=None)
    report.end("gateway", f"answers at {base_url(settings)}")
    try:
        first = await create_first_listener(settings)
    except RelaisError as error:
        first = None
        report.note("accounts", f"the first account could not be made: {error}")
    print(_addresses(settings, first), flush=True)


async def _start_bot(supervisor: Supervisor, report: Report, address: BotAddress | None) -> bool:
    if address is None:
        return True
    try:
        await botservice.bring_up(supervisor, report, address)
    except BotUnavailable as problem:
        report.note("assistant", str(problem))
        return False
    return True


def base_url(settings: Settings) -> str:
    """Where a browser on this machine finds the gateway."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::", "") else settings.host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _addresses(settings: Settings, first: FirstLogin | None) -> str:
    url = base_url(settings)
    lines = [
        "",
        f"  Website chat  {url}/",
        f"  Console       {url}/console/",
    ]
    if first is not None:
        lines += [
            f"  First sign-in {first.login}   {first.password}",
            f"                Shown only now; if it is lost: ./relais user reset {first.login}",
        ]
    return "\n".join([*lines, "  Ctrl-C stops everything.", ""])


def _gateway_command(settings: Settings, address: BotAddress | None) -> Command:
    env = dict(os.environ)
    if address is not None:
        env |= {"RELAIS_RASA_URL": address.url, "RELAIS_RASA_TOKEN": address.token}
    return Command(
        name="gateway",
        argv=(sys.executable, "-P", str(ROOT / "gateway/__main__.py"), "serve"),
        env=env | {"PYTHONUNBUFFERED": "1"},
        cwd=ROOT,
    )


async def _wait_ready(settings: Settings, wanted: set[str], patience: float | None) -> str:
    """Ask /health/ready until its status is wanted; the last status when patience runs out."""
    status = "silent"
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience), aiohttp.ClientSession() as session:
            while True:
                status = await _ready_status(session, f"{base_url(settings)}/health/ready")
                if status in wanted:
                    break
                await asyncio.sleep(0.2)
    return status


async def _ready_status(session: aiohttp.ClientSession, url: str) -> str:
    try:
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=5)) as response:
            body = await response.json()
            return str(body["status"])
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError):
        return "silent"


async def _first(*waiting: Coroutine[Any, Any, Any] | asyncio.Future[Any]) -> None:
    tasks = [asyncio.ensure_future(one) for one in waiting]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()


@contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)


# --- the run file: lets `relais triage` use the assistant that runs already -------------------


def runfile(settings: Settings) -> Path:
    """Where a run says how to reach its assistant; readable by its user only."""
    return settings.data_dir / "run.json"


def running_bot(settings: Settings) -> tuple[str, str] | None:
    """URL and token of the assistant that `relais run` keeps, if one runs on this data folder."""
    try:
        run = json.loads(runfile(settings).read_text())
        os.kill(int(run["pid"]), 0)
        return str(run["rasa_url"]), str(run["rasa_token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def _runfile(settings: Settings, address: BotAddress | None) -> Iterator[None]:
    if address is None:
        yield
        return
    path = runfile(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"pid": os.getpid(), "rasa_url": address.url, "rasa_token": address.token}, file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
