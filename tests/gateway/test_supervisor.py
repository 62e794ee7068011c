"""The supervisor, on small children of its own: nothing is left running, whatever happens."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.childlog import ChildLog
from gateway.settings import ROOT
from gateway.supervisor import Backoff, ChildRefused, Command, Supervisor

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "


@dataclass
class Notes:
    """A report that remembers."""

    said: list[tuple[str, str]] = field(default_factory=list)

    def begin(self, name: str, text: str) -> None:
        self.said.append((name, text))

    end = note = begin

    def tick(self) -> None: ...

    def shown(self) -> AbstractContextManager[object]:
        return nullcontext()


def child(name: str, code: str, *arguments: str) -> Command:
    return Command(
        name=name,
        argv=(sys.executable, "-I", "-S", "-c", code, *arguments),
        env=os.environ,
        cwd=ROOT,
    )


@asynccontextmanager
async def supervised(
    tmp_path: Path, notes: Notes | None = None, grace: float = 5.0
) -> AsyncIterator[Supervisor]:
    backoff = Backoff(first=0.02, longest=0.1)
    logs = tmp_path / "logs"
    async with Supervisor(logs, notes or Notes(), backoff=backoff, grace=grace) as supervisor:
        yield supervisor


async def until(condition: Callable[[], object], within: float = 30.0) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def pid_in(path: Path) -> int:
    return int(path.read_text()) if path.exists() and path.read_text() else 0


async def test_of_no_child_a_core_dump_is_written(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    code = "import resource; print(*resource.getrlimit(resource.RLIMIT_CORE))"
    async with supervised(tmp_path) as supervisor:
        finished = await supervisor.run_once(child("dumped", code))
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    assert finished.last_lines == ("0 0",)


async def test_a_full_disk_holds_up_no_child(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    log = tmp_path / "logs" / "full.log"
    log.symlink_to("/dev/full")
    # More than a pipe holds: who is not read stands still.
    code = "print('x' * 99, flush=True)\nfor _ in range(9_999): print('y' * 99)\nprint('end')"
    async with supervised(tmp_path) as supervisor, asyncio.timeout(60):
        finished = await supervisor.run_once(child("full", code))
    assert finished.code == 0
    assert finished.last_lines[-1] == "end"


def test_a_log_goes_on_once_there_is_room(tmp_path: Path) -> None:
    path = tmp_path / "child.log"
    with ChildLog(path, largest=10) as log:
        log.write(b"before\n")
        full = os.open("/dev/full", os.O_WRONLY)
        own = os.dup(log._file.fileno())
        os.dup2(full, log._file.fileno())
        log.write(b"lost\n")
        os.dup2(own, log._file.fileno())
        log.write(b"after\n")
        for one in (full, own):
            os.close(one)
    assert path.read_bytes() == b"after\n"
    assert path.with_name("child.log.1").read_bytes() == b"before\n"


async def test_a_child_that_dies_is_started_again_and_shown(tmp_path: Path) -> None:
    notes = Notes()
    lives = tmp_path / "lives"
    code = "import sys; open(sys.argv[1], 'a').write('x'); sys.exit(3)"
    async with supervised(tmp_path, notes) as supervisor:
        supervisor.keep(child("weak", code, str(lives)))
        await until(lambda: lives.exists() and len(lives.read_text()) >= 3)
    assert ("weak", notes.said[0][1]) in notes.said
    assert "ended with code 3; starts again in" in notes.said[0][1]


async def test_a_killed_child_comes_back(tmp_path: Path) -> None:
    notes = Notes()
    async with supervised(tmp_path, notes) as supervisor:
        supervisor.keep(child("sleeper", "import time; time.sleep(60)"))
        await until(lambda: "sleeper" in supervisor.pids())
        first = supervisor.pids()["sleeper"]
        os.kill(first, signal.SIGKILL)
        await until(lambda: supervisor.pids().get("sleeper", first) != first)
    assert "was killed by SIGKILL" in notes.said[0][1]


async def test_leaving_ends_every_child(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        for number in range(3):
            supervisor.keep(child(f"sleeper-{number}", "import time; time.sleep(60)"))
        await until(lambda: len(supervisor.pids()) == 3)
        pids = list(supervisor.pids().values())
        began = time.monotonic()
    assert time.monotonic() - began < 20
    assert not any(map(alive, pids))


async def test_a_child_may_end_in_its_own_time(tmp_path: Path) -> None:
    done = tmp_path / "done"
    ready = tmp_path / "ready"
    code = (
        "import signal, sys, time\n"
        "def leave(*_): time.sleep(0.3); open(sys.argv[1], 'w').write('1'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        "open(sys.argv[2], 'w').write('1')\n"
        "time.sleep(60)"
    )
    async with supervised(tmp_path) as supervisor:
        supervisor.keep(child("polite", code, str(done), str(ready)))
        await until(ready.exists)
    assert done.exists()


async def test_who_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    notes = Notes()
    ready = tmp_path / "ready"
    code = STUBBORN + "import sys; open(sys.argv[1], 'w').write('1'); time.sleep(60)"
    async with supervised(tmp_path, notes, grace=0.3) as supervisor:
        supervisor.keep(child("stubborn", code, str(ready)))
        await until(ready.exists)
        pid = supervisor.pids()["stubborn"]
        began = time.monotonic()
    assert time.monotonic() - began < 20
    assert not alive(pid)
    assert ("stubborn", "did not end in time: killed") in notes.said


async def test_grandchildren_go_too(tmp_path: Path) -> None:
    grandchild = tmp_path / "grandchild"
    code = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen([sys.executable, '-c', {STUBBORN + 'time.sleep(60)'!r}])\n"
        "open(sys.argv[1], 'w').write(str(p.pid))\n"
        "time.sleep(60)"
    )
    async with supervised(tmp_path) as supervisor:
        supervisor.keep(child("parent", code, str(grandchild)))
        await until(lambda: pid_in(grandchild))
    await until(lambda: not alive(pid_in(grandchild)), within=2)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help exists on Linux only")
async def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "child"
    code = STUBBORN + "import os, sys; open(sys.argv[1], 'w').write(str(os.getpid()))"
    supervisor_code = f"""
import asyncio, os, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from gateway.report import PlainReport
from gateway.supervisor import Command, Supervisor
async def main():
    async with Supervisor(Path({str(tmp_path)!r}), PlainReport()) as supervisor:
        argv = (sys.executable, "-c", {code + "; time.sleep(60)"!r}, {str(pid_file)!r})
        supervisor.keep(Command(name="child", argv=argv, env=os.environ, cwd=Path("/")))
        await asyncio.sleep(60)
asyncio.run(main())
"""
    supervisor = subprocess.Popen([sys.executable, "-c", supervisor_code])
    try:
        await until(lambda: pid_in(pid_file))
        assert alive(pid_in(pid_file))
    finally:
        supervisor.kill()
        supervisor.wait()
    await until(lambda: not alive(pid_in(pid_file)), within=3)


async def test_a_wrong_configuration_is_not_tried_again(tmp_path: Path) -> None:
    code = "import sys; print('RELAIS_PORT: taken'); sys.exit(78)"
    async with supervised(tmp_path) as supervisor:
        supervisor.keep(child("gateway", code))
        with pytest.raises(ChildRefused, match="RELAIS_PORT: taken"):
            await asyncio.wait_for(supervisor.refused, 10)


async def test_a_program_that_is_not_there_is_like_one_that_dies(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        nothing = Command(name="nothing", argv=("/no/such/program",), env=os.environ, cwd=ROOT)
        finished = await supervisor.run_once(nothing)
    assert finished.code != 0
    assert "No such file" in finished.last_lines[-1]


async def test_a_step_reports_its_end_and_its_last_words(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        finished = await supervisor.run_once(
            child("step", "import sys; print('one\\ntwo'); sys.exit(4)")
        )
    assert (finished.code, finished.last_lines) == (4, ("one", "two"))
    assert (tmp_path / "logs/step.log").read_text() == "one\ntwo\n"


async def test_a_step_is_ended_by_the_stop(tmp_path: Path) -> None:
    async with supervised(tmp_path) as supervisor:
        step = asyncio.create_task(
            supervisor.run_once(child("training", "import time; time.sleep(60)"))
        )
        await until(lambda: "training" in supervisor.pids())
        pid = supervisor.pids()["training"]
    assert (await step).code == -signal.SIGTERM
    assert not alive(pid)


def test_delays_grow_with_jitter_up_to_a_limit() -> None:
    backoff = Backoff(first=0.5, longest=30)
    assert all(0.25 <= backoff.delay(1) <= 0.75 for _ in range(100))
    assert all(1.0 <= backoff.delay(3) <= 3.0 for _ in range(100))
    assert all(15 <= backoff.delay(1000) <= 45 for _ in range(100))
    assert len({backoff.delay(5) for _ in range(10)}) > 1


def test_a_log_does_not_grow_without_bound(tmp_path: Path) -> None:
    path = tmp_path / "child.log"
    with ChildLog(path, largest=1000) as log:
        for number in range(1000):
            log.write(f"line {number}\n".encode())
        assert log.last_lines(2) == ["line 998", "line 999"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "child.log",
        "child.log.1",
        "child.log.2",
        "child.log.3",
    ]
    assert all(p.stat().st_size <= 1000 for p in tmp_path.iterdir())
    assert path.read_text().endswith("line 999\n")
