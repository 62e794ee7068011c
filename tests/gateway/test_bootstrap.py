"""The search for interpreters, pyenv's traps included, and the stamp that spares the second run."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.settings import ROOT
from scripts import bootstrap
from scripts.interpreters import Version, ask, candidates, find_newest, pyenv_roots

RUNNING = sys.version_info[:3]


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def real_interpreter(path: Path) -> Path:
    """A link to the interpreter that runs the tests: a program, not a script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(Path(sys.executable).resolve())
    return path


def same_as_running(version: Version) -> bool:
    return version == RUNNING


def test_a_shim_is_never_taken_for_an_interpreter(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    shims = tmp_path / "pyenv" / "shims"
    for name in ("python3", "python3.10", "python3.99"):
        script(shims / name, f'#!/bin/sh\ntouch {ran}\nexec {sys.executable} "$@"\n')
    found = find_newest(same_as_running, {"PATH": str(shims)}, running="")
    assert found is None or "shims" not in str(found.path)
    assert not ran.exists()


def test_pyenv_is_found_through_its_shims_in_path(tmp_path: Path) -> None:
    root = tmp_path / "pyenv"
    script(root / "shims/python3", "#!/bin/sh\nexit 127\n")
    link = real_interpreter(root / "versions/3.10.13/bin/python3")
    environ = {"PATH": str(root / "shims")}
    assert link in candidates(environ, running="")
    found = find_newest(same_as_running, environ, running="")
    assert found is not None
    assert found.version == RUNNING


@pytest.mark.parametrize(
    ("environ", "running"),
    [
        ({"PYENV_ROOT": "{root}"}, ""),
        ({"HOME": "{home}"}, ""),
        ({"HOME": "", "PATH": "{root}/shims"}, ""),
        ({"HOME": ""}, "{root}/versions/3.11.7/bin/python3.11"),
        ({}, "{root}/versions/3.11.7/bin/python3.11"),
    ],
)
def test_pyenvs_folder_is_known_also_without_a_home(
    environ: dict[str, str], running: str, tmp_path: Path
) -> None:
    root = tmp_path / ".pyenv"
    filled = {k: v.format(root=root, home=tmp_path) for k, v in environ.items()}
    assert root in pyenv_roots(filled, running.format(root=root))


def test_the_answer_is_the_interpreters_own_path_and_version(tmp_path: Path) -> None:
    found = ask(real_interpreter(tmp_path / "python3"))
    assert found is not None
    assert found.version == RUNNING
    assert found.path == Path(sys.executable).resolve()


@pytest.mark.parametrize(
    "answer",
    [
        "echo not a version",
        "exit 1",
        r"printf '3\n14\n0\nalpha\nCPython\n/usr/bin/python3.14\n'",
        r"printf '3\n11\n0\nfinal\nPyPy\n/usr/bin/pypy3\n'",
    ],
)
def test_what_is_no_final_cpython_is_passed_over(answer: str, tmp_path: Path) -> None:
    assert ask(script(tmp_path / "python3", f"#!/bin/sh\n{answer}\n")) is None
    assert ask(tmp_path / "missing") is None


def test_the_newest_that_is_wanted_wins() -> None:
    newest = find_newest(lambda v: True)
    assert newest is not None
    assert newest.version >= RUNNING
    assert find_newest(lambda v: v[:2] == (2, 0)) is None


def test_an_environment_in_step_is_left_alone(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("a==1")
    (tmp_path / "bin").mkdir()
    stamp = {"gateway": hashlib.sha256(b"a==1").hexdigest()}
    (tmp_path / "relais-stamp.json").write_text(json.dumps(stamp))
    assert not bootstrap._in_step(tmp_path, "gateway", lock), "no interpreter"
    real_interpreter(tmp_path / "bin/python")
    assert bootstrap._in_step(tmp_path, "gateway", lock)
    assert not bootstrap._in_step(tmp_path, "dev", lock)
    lock.write_text("a==2")
    assert not bootstrap._in_step(tmp_path, "gateway", lock)


def test_a_damaged_stamp_is_no_stamp(tmp_path: Path) -> None:
    (tmp_path / "relais-stamp.json").write_text("{")
    assert bootstrap._stamp(tmp_path) == {}


def test_without_a_home_downloads_stay_in_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)
    for home in ("", "/no/such/home"):
        monkeypatch.setenv("HOME", home)
        assert bootstrap._uv_environ()["UV_CACHE_DIR"] == str(ROOT / ".cache/packages")


def test_a_failing_step_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    problem = bootstrap._try("nothing", [sys.executable, "-c", "exit('no room left')"])
    assert "no room left" in problem
    assert bootstrap._try("nothing", ["/no/such/program"]).strip().startswith("/no/such/program")
    assert bootstrap._try("something", [sys.executable, "-c", ""]) == ""
    assert capsys.readouterr().out == ""


def test_the_missing_python_is_explained() -> None:
    assert "pyenv install 3.10" in bootstrap.HOW_TO_GET_310
    assert "straight to a listener" in bootstrap.HOW_TO_GET_310


def test_the_launcher_works_through_a_link_from_elsewhere_without_a_home(tmp_path: Path) -> None:
    link = tmp_path / "my relais"
    link.symlink_to(ROOT / "relais")
    help_text = subprocess.run(
        [str(link), "--help"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "doctor" in help_text.stdout


def test_a_folder_with_our_names_does_not_shadow_us(tmp_path: Path) -> None:
    script(tmp_path / "core/__init__.py", "raise SystemExit('shadowed')")
    script(tmp_path / "click.py", "raise SystemExit('shadowed')")
    subprocess.run(
        [str(ROOT / "relais"), "--help"], cwd=tmp_path, capture_output=True, check=True, timeout=60
    )
