"""Which real Python interpreters this machine has. Standard library only.

Promises: what is returned has been run once and said its version; it is never a script such as a
pyenv shim, which may run nothing, or something else in another folder; inside a virtual
environment it is the interpreter behind it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

Version = tuple[int, int, int]

_NAME = re.compile(r"python3(\.\d+)?")
# Looked at even when PATH is narrow, as it is for a service.
_USUAL_FOLDERS = ("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin")
# Run by the candidate: who are you really? A virtual environment answers with its base.
_QUESTION = (
    "import sys, platform; v = sys.version_info; "
    "print(v[0], v[1], v[2], v[3], platform.python_implementation(), "
    "getattr(sys, '_base_executable', '') or sys.executable, sep='\\n')"
)


@dataclass(frozen=True)
class Interpreter:
    """An interpreter that answered."""

    path: Path
    version: Version

    def __str__(self) -> str:
        return f"Python {'.'.join(map(str, self.version))}"


def find_newest(
    wanted: Callable[[Version], bool],
    environ: Mapping[str, str] = os.environ,
    running: str = sys.executable,
) -> Interpreter | None:
    """The newest final CPython whose version is `wanted`, or None."""
    found = [i for i in _interpreters(environ, running) if wanted(i.version)]
    return max(found, key=lambda interpreter: interpreter.version, default=None)


def _interpreters(environ: Mapping[str, str], running: str) -> Iterator[Interpreter]:
    asked: set[Path] = set()
    for candidate in candidates(environ, running):
        real = candidate.resolve()
        if real not in asked and _is_program(real):
            asked.add(real)
            interpreter = ask(candidate)
            if interpreter is not None:
                yield interpreter


def candidates(environ: Mapping[str, str], running: str) -> Iterator[Path]:
    """Files that may be interpreters: of PATH, of the usual folders, of pyenv's versions."""
    if running:
        yield Path(running)
    folders = [Path(f) for f in environ.get("PATH", "").split(os.pathsep) if f]
    for folder in dict.fromkeys([*folders, *map(Path, _USUAL_FOLDERS)]):
        yield from sorted(f for f in _listing(folder) if _NAME.fullmatch(f.name))
    for root in pyenv_roots(environ, running):
        for version in sorted(_listing(root / "versions")):
            yield version / "bin" / "python3"


def pyenv_roots(environ: Mapping[str, str], running: str) -> list[Path]:
    """Where pyenv may live, also when HOME says nothing: PATH and this interpreter tell too."""
    roots = []
    if environ.get("PYENV_ROOT"):
        roots.append(Path(environ["PYENV_ROOT"]))
    if environ.get("HOME"):
        roots.append(Path(environ["HOME"]) / ".pyenv")
    folders = map(Path, environ.get("PATH", "").split(os.pathsep))
    roots.extend(folder.parent for folder in folders if folder.name == "shims")
    # …/.pyenv/versions/3.11.7/bin/python3.11
    parents = Path(running).resolve().parents if running else ()
    if len(parents) > 3 and parents[2].name == "versions":
        roots.append(parents[3])
    return list(dict.fromkeys(roots))


def ask(candidate: Path) -> Interpreter | None:
    """Run the candidate and take its word; None when it does not run, or is no final CPython."""
    try:
        answer = subprocess.run(  # noqa: S603 - running it is the only way to know
            [str(candidate), "-I", "-c", _QUESTION],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
        major, minor, micro, level, kind, path = answer.stdout.splitlines()
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    if level != "final" or kind != "CPython":
        return None
    return Interpreter(Path(path).resolve(), (int(major), int(minor), int(micro)))


def _is_program(path: Path) -> bool:
    """Whether the file is a binary that may be executed. A shim is a script: it starts with #!."""
    try:
        with path.open("rb") as file:
            return os.access(path, os.X_OK) and file.read(2) != b"#!"
    except OSError:
        return False


def _listing(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []
