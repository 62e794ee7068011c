"""The whole of Relais as real processes, as `relais run` starts them, and how to kill them."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from gateway.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 300.0  # a fresh checkout trains the model first
# How a child is recognised among the processes.
CHILDREN = {
    "gateway": "gateway/__main__.py\0serve",
    "rasa": "bot/rasa/serve.py",
    "actions": "rasa_sdk",
}


@dataclass
class Stack:
    """A running Relais."""

    url: str
    data: Path
    process: asyncio.subprocess.Process
    login: str
    password: str

    def kill(self, child: str) -> bool:
        """kill -9 one of the children, as the kernel would when memory runs out."""
        pid = _find(CHILDREN[child], str(self.data))
        if pid is None:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return True

    async def ready(self, within: float, wanted: str = "ready") -> None:
        """Wait until the gateway says so."""
        async with asyncio.timeout(within), aiohttp.ClientSession() as session:
            while await _status(session, self.url) != wanted:
                await asyncio.sleep(0.2)


@asynccontextmanager
async def stack(folder: Path, **settings: str) -> AsyncIterator[Stack]:
    """`relais run` on free ports and an empty data folder, ready; stopped as by Ctrl-C."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    env |= {"RELAIS_PORT": str(port), "RELAIS_DATA_DIR": str(folder), **settings}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        str(ROOT / "gateway/__main__.py"),
        "run",
        env=env,
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        login, password = await _first_sign_in(process)
        yield Stack(f"http://127.0.0.1:{port}", folder, process, login, password)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            try:
                async with asyncio.timeout(12):
                    await process.wait()
            except TimeoutError:
                process.kill()
                raise AssertionError("relais run did not stop within 10 s") from None


async def _first_sign_in(process: asyncio.subprocess.Process) -> tuple[str, str]:
    assert process.stdout is not None
    said = ""
    try:
        async with asyncio.timeout(READY_WITHIN):
            while line := (await process.stdout.readline()).decode():
                said += line
                if line.startswith("Relais is ready."):
                    found = re.search(r"First sign-in (\S+)\s+(\S+)", said)
                    assert found, "no first sign-in before it was ready"
                    return found[1], found[2]
    except TimeoutError:
        pass
    raise AssertionError(f"relais run did not come up: {said}")


async def _status(session: aiohttp.ClientSession, url: str) -> str:
    try:
        async with session.get(f"{url}/health/ready") as answer:
            return str((await answer.json())["status"])
    except (aiohttp.ClientError, OSError, ValueError):
        return "silent"


def _find(words: str, data: str) -> int | None:
    """The process whose command line holds these words and whose environment names this folder."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            environment = (folder / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if words in command and "leash.py" not in command and _belongs(folder, environment, data):
            return int(folder.name)
    return None


def _belongs(folder: Path, environment: str, data: str) -> bool:
    """Rasa's environment is stripped of ours: then the parent's tells whose child it is."""
    if f"RELAIS_DATA_DIR={data}" in environment:
        return True
    try:
        parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
        return f"RELAIS_DATA_DIR={data}" in Path(f"/proc/{parent}/environ").read_text()
    except OSError:
        return False
