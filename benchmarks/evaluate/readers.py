"""Has messages read as the service reads them.

`whole` and `without_model` ask the shipped `relais triage`, in a process and on a data folder of
its own, so that neither a running gateway nor its settings take part. `screen_alone` asks the
danger screen in this process, which is what ranks a message before anything else has read it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.evaluate.cases import Reading
from bot.screen import SpacyScreen
from core.labels import Issue, Role, Urgency

ROOT = Path(__file__).resolve().parents[2]

#: Called with the number of messages read so far.
Progress = Callable[[int], None]

# How the command begins its remark that the first reading stood in for the model.
_REMARK = "no model"
_WARM_UP = 50


class TriageFailed(Exception):
    """The command did not read the messages; the text says what it printed."""


@dataclass(frozen=True, slots=True)
class Run:
    """The readings, in the order of the messages, and what the command remarked on them."""

    readings: tuple[Reading, ...]
    remarks: tuple[str, ...] = ()


def whole(texts: Sequence[str], progress: Progress) -> Run:
    """Everything: the screen and the learned reading, trained first where it never was.

    Raises TriageFailed, also where there is no model.
    """
    run = _asked(texts, progress)
    if any(_REMARK in line for line in run.remarks):
        raise TriageFailed("there is no model here; --without-model measures the rest")
    return run


def without_model(texts: Sequence[str], progress: Progress) -> Run:
    """The screen and the first reading, as before the model was ever trained."""
    return _asked(texts, progress, "--screen-only")


def screen_alone(texts: Sequence[str], progress: Progress) -> tuple[Run, list[float]]:
    """The danger screen in this process, and the seconds that each message took it.

    Processor time of this thread, so that a busy machine does not distort it.
    """
    screen = SpacyScreen()
    for text in texts[:_WARM_UP]:
        screen.screen(text)
    readings, took = [], []
    for number, text in enumerate(texts, start=1):
        began = time.thread_time()
        found = screen.screen(text).assessment
        took.append(time.thread_time() - began)
        readings.append(
            Reading(
                # An issue that is not known is written as `relais triage` writes it.
                issue=found.issue or Issue.AUTRE_HORS_SUJET,
                urgency=found.urgency,
                role=found.role or Role.INCONNU,
                platform=found.platform,
                rules=tuple(reason.rule for reason in found.reasons),
            )
        )
        progress(number)
    return Run(tuple(readings)), took


def _asked(texts: Sequence[str], progress: Progress, *options: str) -> Run:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        question = folder / "messages.jsonl"
        lines = [json.dumps({"id": number, "text": text}) for number, text in enumerate(texts)]
        question.write_text("\n".join(lines), encoding="utf-8")
        with (
            subprocess.Popen(
                [str(ROOT / "relais"), "triage", *options, str(question)],
                env=_environment(folder / "data"),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                # Ctrl-C is passed on once, by us: a second one would cut its tidying up short.
                start_new_session=True,
            ) as command,
            _interrupted_with_us(command),
        ):
            assert command.stdout is not None
            assert command.stderr is not None
            said: list[str] = []
            # Both pipes at once: one that nobody empties stops the command.
            listening = threading.Thread(target=_listen, args=(command.stderr, said), daemon=True)
            listening.start()
            readings: list[Reading] = []
            for line in command.stdout:
                answer = json.loads(line)
                assert answer["id"] == len(readings), "one answer each, in order"
                readings.append(_reading(answer))
                progress(len(readings))
            listening.join()
    if command.returncode != 0 or len(readings) != len(texts):
        raise TriageFailed("relais triage failed:\n" + "\n".join(said[-10:]))
    return Run(tuple(readings), tuple(line for line in said if _REMARK in line))


def _environment(data: Path) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("RELAIS_") or name == "RELAIS_RASA_TENSORFLOW"
    }
    # What is set here comes before a .env file of the checkout.
    own = {"RELAIS_ENV": "development", "RELAIS_DATA_DIR": str(data)}
    return inherited | own


def _listen(stream: Iterator[str], said: list[str]) -> None:
    for line in stream:
        said.append(line.rstrip())
        print(line, end="", file=sys.stderr, flush=True)


@contextmanager
def _interrupted_with_us(command: subprocess.Popen[str]) -> Iterator[None]:
    """Whatever ends the block early also ends the command, which then stops what it started."""
    try:
        yield
    except BaseException:
        command.send_signal(signal.SIGINT)
        command.wait()
        raise


def _reading(answer: dict[str, Any]) -> Reading:
    return Reading(
        issue=Issue(answer["issue"]),
        urgency=Urgency(answer["urgency"]),
        role=Role(answer["role"]),
        platform=answer["platform"],
        confidence=answer["confidence"],
        rules=tuple(dict.fromkeys(reason["rule"] for reason in answer["reasons"])),
    )
