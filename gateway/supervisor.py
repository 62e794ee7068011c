"""Keeps child processes running, and ends them all.

Promises: a child that dies is started again with a growing, jittered delay, and shown; leaving the
supervisor ends every child and its descendants within `grace` plus a second; should this process
be killed outright, the kernel kills the children (gateway/leash.py). Output goes to files only.
"""

import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.childlog import ChildLog
from gateway.report import Report

# What sysexits.h calls a configuration error: starting again would not help.
EXIT_CONFIGURATION = 78
_LEASH = Path(__file__).with_name("leash.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One program to run: its name for people and for its log, and its whole environment."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """How a program ended, and the last it said."""

    code: int
    last_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Delays between starts: doubled from `first` to `longest`, anew after a `steady` while."""

    first: float = 0.5
    longest: float = 30.0
    steady: float = 60.0

    def delay(self, failures: int) -> float:
        """The delay after so many deaths in a row, between half and once and a half of nominal.

        The jitter keeps children that died of one cause from coming back in step.
        """
        nominal = min(self.first * 2.0 ** min(failures - 1, 30), self.longest)
        return nominal * random.uniform(0.5, 1.5)  # noqa: S311 - no secret


class ChildRefused(Exception):
    """A child says that its configuration is wrong; its last words are the message."""


class Supervisor:
    """An async context: children live inside, none is left outside.

    `grace` is how long children may take after SIGTERM before SIGKILL: 8 s leaves the promise of
    10 s some room.
    """

    def __init__(
        self,
        logs: Path,
        report: Report,
        *,
        backoff: Backoff = Backoff(),
        grace: float = 8.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._logs = logs
        self._report = report
        self._backoff = backoff
        self._grace = grace
        self._clock = clock
        self._stopping = asyncio.Event()
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._alone = asyncio.Event()
        self._alone.set()
        self._keepers: list[asyncio.Task[None]] = []
        self.refused: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.stop()

    def keep(self, command: Command) -> None:
        """Start a child and keep it running. `refused` fails if it exits as misconfigured."""
        task = asyncio.create_task(self._keep(command), name=f"keep-{command.name}")
        self._keepers.append(task)

    async def run_once(self, command: Command) -> Finished:
        """Run a program to its end; it is ended too when the supervisor stops."""
        with ChildLog(self._logs / f"{command.name}.log") as log:
            code = await self._run(command, log)
            return Finished(code=code, last_lines=tuple(log.last_lines(12)))

    def pids(self) -> dict[str, int]:
        """The children that run now."""
        return {name: process.pid for name, process in self._processes.items()}

    async def stop(self) -> None:
        """End every child: SIGTERM to all at once, SIGKILL to who is still there after `grace`."""
        self._stopping.set()
        for process in self._processes.values():
            _signal_group(process, signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._alone.wait(), self._grace)
        for name, process in self._processes.items():
            self._report.note(name, "did not end in time: killed")
            _signal_group(process, signal.SIGKILL)
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await self._alone.wait()  # a `run_once` may be awaited by somebody else
        if not self.refused.done():
            self.refused.cancel()

    async def _keep(self, command: Command) -> None:
        failures = 0
        with ChildLog(self._logs / f"{command.name}.log") as log:
            while not self._stopping.is_set():
                began = self._clock()
                code = await self._run(command, log)
                if self._stopping.is_set():
                    return
                if code == EXIT_CONFIGURATION:
                    if not self.refused.done():
                        words = "\n".join(log.last_lines(5)) or f"see {log.path}"
                        self.refused.set_exception(ChildRefused(words))
                    return
                failures = 1 if self._clock() - began >= self._backoff.steady else failures + 1
                delay = self._backoff.delay(failures)
                again = f"starts again in {delay:.1f} s (log: {log.path})"
                self._report.note(command.name, f"{_ending(code)}; {again}")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), delay)

    async def _run(self, command: Command, log: ChildLog) -> int:
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(_LEASH), str(os.getpid())),
                *command.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=dict(command.env),
                cwd=command.cwd,
                start_new_session=True,
            )
        except OSError as error:
            log.write(f"{command.name}: {error}\n".encode())
            return 127
        self._processes[command.name] = process
        self._alone.clear()
        if self._stopping.is_set():  # stop() may have looked before the child was there
            _signal_group(process, signal.SIGTERM)
        pump = asyncio.create_task(_pump(process, log), name=f"log-{command.name}")
        try:
            code = await process.wait()
        finally:
            # What the child left running would hold its ports and its output.
            _signal_group(process, signal.SIGKILL)
            del self._processes[command.name]
            if not self._processes:
                self._alone.set()
            await asyncio.wait([pump], timeout=1.0)
            pump.cancel()
        return code


async def _pump(process: asyncio.subprocess.Process, log: ChildLog) -> None:
    if process.stdout is not None:
        while data := await process.stdout.read(65536):
            log.write(data)


def _signal_group(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    # The child leads a session of its own, so its pid is the group's; the group outlives it as
    # long as a descendant does.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _ending(code: int) -> str:
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with code {code}"
