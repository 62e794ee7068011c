"""The real Rasa and its action server, as processes on free loopback ports.

The fixture `bot` of tests/conftest.py is one such pair for the whole session. Suites may import
`Pair` to start, stop or kill processes of their own.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "bot/rasa/.venv/bin/python"
TOKEN = "test-token-of-the-turn-channel"

# Rasa's own modules, for the few tests that read one without Rasa.
sys.path.insert(0, str(ROOT / "bot/rasa"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Reply:
    """The answer to one turn."""

    status: int
    body: dict[str, Any]

    @property
    def said(self) -> list[str]:
        return [message["sentence"] for message in self.body.get("messages", [])]


@dataclass
class Pair:
    """Rasa and its action server; `log` holds all that both wrote."""

    log: Path
    rasa_port: int = field(default_factory=free_port)
    actions_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.rasa_port}"

    def start_actions(self) -> None:
        self._start(
            "actions", ["-m", "rasa_sdk", "--actions", "actions", "--port", str(self.actions_port)]
        )

    def start_rasa(self) -> None:
        ports = ["--port", str(self.rasa_port), "--actions-port", str(self.actions_port)]
        self._start("rasa", [str(ROOT / "bot/rasa/serve.py"), *ports])

    def stop(self, name: str) -> None:
        process = self.processes.pop(name, None)
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def wait(self, seconds: float = 180) -> None:
        """Until both answer; fails with the log where one of them died."""
        urls = {
            "rasa": f"{self.url}/webhooks/turn/",
            "actions": f"http://127.0.0.1:{self.actions_port}/health",
        }
        end = time.monotonic() + seconds
        for name in list(self.processes):
            while True:
                try:
                    asking = urllib.request.Request(
                        urls[name], headers={"Authorization": f"Bearer {TOKEN}"}
                    )
                    urllib.request.urlopen(asking, timeout=2).close()
                    break
                except OSError:
                    alive = self.processes[name].poll() is None
                    if not alive or time.monotonic() > end:
                        pytest.fail(f"{name} is not up:\n{self.log.read_text()[-3000:]}")
                    time.sleep(0.1)

    def turn(
        self,
        text: str = "",
        *,
        choice: str | None = None,
        events: Sequence[Mapping[str, Any]] = (),
        known: Mapping[str, Any] | None = None,
        intents: object = None,
        token: str | None = TOKEN,
    ) -> Reply:
        body = {"text": text, "choice": choice, "events": list(events), "known": dict(known or {})}
        body["intents"] = intents
        request = urllib.request.Request(
            f"{self.url}/webhooks/turn/webhook",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {token}"} if token else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return Reply(answer.status, json.load(answer))
        except urllib.error.HTTPError as error:
            return Reply(error.code, json.loads(error.read() or b"{}"))

    def talk(self, *said: str) -> Reply:
        """Several turns in a row; `@yes` taps the choice `yes`. Returns the last reply."""
        events: Sequence[Mapping[str, Any]] = ()
        reply = Reply(0, {})
        for text in said:
            if text.startswith("@"):
                reply = self.turn(choice=text[1:], events=events)
            else:
                reply = self.turn(text, events=events)
            assert reply.status == 200, (text, reply)
            events = reply.body["events"]
        return reply

    def _start(self, name: str, arguments: list[str]) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")} | {
            "RELAIS_RASA_TOKEN": TOKEN,
            "RASA_TELEMETRY_ENABLED": "false",
            "SANIC_HOST": "127.0.0.1",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        with self.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(PYTHON), *arguments], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
