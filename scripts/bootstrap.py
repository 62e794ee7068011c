"""Build what a checkout needs, once, then get out of the way. Standard library only, Python 3.11+.

    python scripts/bootstrap.py gateway|dev|rasa     build or update one environment
    python scripts/bootstrap.py exec [ARGUMENT …]    the gateway's environment, then the command
    python scripts/bootstrap.py uv                   print where uv is

Promises: an environment in step with its lock costs milliseconds; one that was interrupted is
finished next time; two runs at once wait for each other; progress goes to standard error.
Exit code 3: there is no Python 3.10 for Rasa, and the message says how to get one.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run with -I, which leaves the checkout out

from scripts.interpreters import Interpreter, Version, find_newest  # noqa: E402

CACHE = ROOT / ".cache"
NO_PYTHON = 3
# From 3.11 as promised, up to the newest for which every locked package has a wheel.
OLDEST, NEWEST = (3, 11), (3, 13)
_OLDEST_UV = (0, 8)

HOW_TO_GET_310 = """\
relais: the triage assistant (Rasa) needs Python 3.10, and none could be found or fetched.
  Get it in one of these ways, then start again:
    pyenv install 3.10          or  uv python install 3.10
    conda create -n py310 python=3.10, and put its bin folder in PATH
    your system's package, where it has one: python3.10 (with python3.10-dev)
  Everything else works without it: people go straight to a listener."""


class BootstrapError(Exception):
    """The environment cannot be built; the text says why and what to do."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments ask; the exit code."""
    task, *rest = arguments or ["exec"]
    try:
        if task == "uv":
            print(find_uv())
        elif task == "rasa":
            ensure_rasa()
        elif task in ("gateway", "dev"):
            ensure_gateway(task)
        elif task == "exec":
            ensure_gateway("gateway")
            python = str(_python_of(ROOT / ".venv"))
            # -P: the folder one happens to be in must not shadow our packages.
            os.execv(python, [python, "-P", str(ROOT / "gateway/__main__.py"), *rest])  # noqa: S606
        else:
            raise BootstrapError(__doc__ or "", 2)
    except BootstrapError as error:
        print(error, file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130
    return 0


def ensure_gateway(wanted: str) -> None:
    """`.venv` with the packages of `requirements/WANTED.txt`. What tests need is never removed."""
    folder = ROOT / ".venv"
    locks = {name: ROOT / f"requirements/{name}.txt" for name in ("gateway", "dev")}
    if _in_step(folder, wanted, locks[wanted]):
        return
    with _one_at_a_time("gateway"):
        if _in_step(folder, wanted, locks[wanted]):
            return
        # Also where the stamp is missing, because an installation was interrupted.
        has_tools = "dev" in _stamp(folder) or (folder / "bin/pytest").exists()
        chosen = "dev" if has_tools else wanted
        if not _answers(folder):
            interpreter = find_newest(lambda v: OLDEST <= v[:2] <= NEWEST)
            if interpreter is None:
                raise BootstrapError("relais: needs Python 3.11, 3.12 or 3.13; none was found.")
            _make(folder, interpreter)
        # dev.txt holds all of gateway.txt, so one installation serves both.
        _install(folder, locks[chosen], f"the gateway's packages ({chosen}.txt)")
        names = ("gateway", "dev") if chosen == "dev" else ("gateway",)
        _write_stamp(folder, {name: locks[name] for name in names})


def ensure_rasa() -> None:
    """`bot/rasa/.venv`, on Python 3.10. Raises BootstrapError with code NO_PYTHON without one."""
    folder, lock = ROOT / "bot/rasa/.venv", ROOT / "bot/rasa/requirements.txt"
    if _in_step(folder, "rasa", lock):
        return
    with _one_at_a_time("rasa"):
        if _in_step(folder, "rasa", lock):
            return
        if not _answers(folder):
            _make(folder, _python_310())
        _install(folder, lock, "Rasa's packages (about 2 GB)")
        _write_stamp(folder, {"rasa": lock})


def out_of_step() -> dict[str, bool]:
    """For each environment, whether its packages differ from its lock (or are not there)."""
    gateway, rasa = ROOT / ".venv", ROOT / "bot/rasa/.venv"
    return {
        "gateway": not _in_step(gateway, "gateway", ROOT / "requirements/gateway.txt"),
        "rasa": not _in_step(rasa, "rasa", ROOT / "bot/rasa/requirements.txt"),
    }


def _python_310() -> Interpreter:
    def wanted(version: Version) -> bool:
        return version[:2] == (3, 10)

    found = find_newest(wanted)
    if found is None:
        _try("Python 3.10", [str(find_uv()), "python", "install", "3.10"], patience=300)
        answer = subprocess.run(  # noqa: S603
            [str(find_uv()), "python", "find", "--managed-python", "3.10"],
            capture_output=True,
            text=True,
            env=_uv_environ(),
            check=False,
        )
        fetched = answer.stdout.strip()
        found = find_newest(wanted, {}, fetched) if fetched else None
    if found is None:
        raise BootstrapError(HOW_TO_GET_310, NO_PYTHON)
    return found


# --- uv ---------------------------------------------------------------------------------------


def find_uv() -> Path:
    """uv of PATH if it runs and is recent enough, else a private one, installed by hash."""
    on_path = shutil.which("uv")
    if on_path and _uv_version(on_path) >= _OLDEST_UV:
        return Path(on_path)
    lock = ROOT / "requirements/uv.txt"
    home = CACHE / f"uv-{_digest(lock)[:12]}"
    if not (home / "bin/uv").exists():
        with _one_at_a_time("uv"):
            if not (home / "bin/uv").exists():
                _install_uv(home, lock)
    return home / "bin/uv"


def _install_uv(home: Path, lock: Path) -> None:
    interpreter = find_newest(lambda v: v >= (3, 9))
    # Debian's own Python may lack venv, or pip: then another interpreter may have them.
    pythons = [sys.executable, *([str(interpreter.path)] if interpreter else [])]
    problem = ""
    for python in dict.fromkeys(pythons):
        shutil.rmtree(home, ignore_errors=True)
        pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        hashed = ["--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
        alone = [python, *pip, "--target", str(home), *hashed]
        ways = [
            [alone],
            [[python, "-m", "venv", str(home)], [str(_python_of(home)), *pip, *hashed]],
        ]
        for way in ways:
            for command in way:
                problem = _try("uv, which installs the rest", command)
                if problem:
                    break
            else:
                return
    shutil.rmtree(home, ignore_errors=True)
    raise BootstrapError(
        f"relais: uv could not be installed.\n{problem}\n"
        "  Install uv yourself (pip install uv), or Python's venv module (python3-venv), "
        "then start again."
    )


def _uv_version(uv: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run(  # noqa: S603
            [uv, "--version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    numbers = re.search(r"(\d+)\.(\d+)", answer.stdout)
    return tuple(map(int, numbers.groups())) if numbers else ()


def _uv_environ() -> dict[str, str]:
    environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    # The certificates that the machine trusts, as pip does: many networks have one of their own.
    environ.setdefault("UV_SYSTEM_CERTS", "1")
    environ.setdefault("UV_HTTP_TIMEOUT", "120")
    home = environ.get("HOME", "")
    if not (home and os.access(home, os.W_OK)):
        # Nowhere of one's own to keep downloads: keep them with the checkout.
        environ.setdefault("UV_CACHE_DIR", str(CACHE / "packages"))
        environ.setdefault("UV_PYTHON_INSTALL_DIR", str(CACHE / "python"))
    return environ


# --- environments -----------------------------------------------------------------------------


def _python_of(folder: Path) -> Path:
    return folder / "bin/python"


def _answers(folder: Path) -> bool:
    """Whether the environment's interpreter still runs: the one behind it may be gone."""
    try:
        subprocess.run(  # noqa: S603
            [str(_python_of(folder)), "-I", "-c", ""], capture_output=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _make(folder: Path, interpreter: Interpreter) -> None:
    # The real path: uv stumbles over shims.
    command = [str(find_uv()), "venv", "--clear", "--no-project", "--python"]
    _run(f"an environment on {interpreter}", [*command, str(interpreter.path), str(folder)])


def _install(folder: Path, lock: Path, what: str) -> None:
    (folder / "relais-stamp.json").unlink(missing_ok=True)
    command = [str(find_uv()), "pip", "sync", "--require-hashes", "--python"]
    _run(what, [*command, str(_python_of(folder)), str(lock)])


def _in_step(folder: Path, name: str, lock: Path) -> bool:
    # The link of a vanished interpreter does not exist.
    return _python_of(folder).exists() and _stamp(folder).get(name) == _digest(lock)


def _stamp(folder: Path) -> dict[str, str]:
    try:
        stamp = json.loads((folder / "relais-stamp.json").read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(folder: Path, locks: dict[str, Path]) -> None:
    stamp = {name: _digest(lock) for name, lock in locks.items()}
    (folder / "relais-stamp.json").write_text(json.dumps(stamp))


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


# --- running ----------------------------------------------------------------------------------


@contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"relais: waiting for another installation ({name}) …", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(what: str, command: Sequence[str]) -> None:
    problem = _try(what, command)
    if problem:
        raise BootstrapError(f"relais: {what} could not be installed.\n{problem}")


def _try(what: str, command: Sequence[str], patience: float = 3600) -> str:
    """Run a step and show that it goes on; empty when it worked, else the end of what it said."""
    began = time.monotonic()
    shown = 2.0
    log = CACHE / f"step-{os.getpid()}.log"
    CACHE.mkdir(exist_ok=True)
    with log.open("w+b") as output:
        try:
            step = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=_uv_environ()
            )
        except OSError as error:
            return f"  {command[0]}: {error.strerror}"
        try:
            while True:
                try:
                    step.wait(timeout=0.2)
                    break
                except subprocess.TimeoutExpired:
                    spent = time.monotonic() - began
                    if spent >= shown:
                        print(f"relais: installing {what} … {spent:.0f} s", file=sys.stderr)
                        shown = spent + (8 if shown > 2 else 3)
                    if spent > patience:
                        step.terminate()
        except BaseException:
            step.terminate()
            step.wait()
            raise
        finally:
            log.unlink(missing_ok=True)
        if step.returncode == 0:
            if shown > 2:
                spent = time.monotonic() - began
                print(f"relais: installed {what} in {spent:.0f} s", file=sys.stderr)
            return ""
        output.seek(0)
        said = output.read().decode(errors="replace").strip().splitlines()
    return "\n".join(f"  {line}" for line in said[-15:]) or f"  exit code {step.returncode}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
