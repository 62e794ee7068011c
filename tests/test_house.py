"""The house rules that no linter knows."""

import ast
import os
import re
from pathlib import Path

import pytest

from gateway.settings import PREFIX, ROOT, Settings

IGNORED = {".git", ".venv", "node_modules", ".cache", "data", "__pycache__", "models", ".rasa"}
PACKAGES = ("core", "connectors", "bot", "handoff", "gateway")


def files(*suffixes: str) -> list[Path]:
    found = []
    for folder, inside, names in os.walk(ROOT):
        inside[:] = [name for name in inside if name not in IGNORED]
        found += [Path(folder) / name for name in names if name.endswith(suffixes)]
    return found


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = re.findall(
        rf"^#? ?({PREFIX}\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE
    )
    assert sorted(documented) == sorted(set(documented)), "documented twice"
    assert set(documented) == {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize(
    "lock",
    [
        "requirements/uv.txt",
        "requirements/gateway.txt",
        "requirements/dev.txt",
        "bot/rasa/requirements.txt",
        "ui/package-lock.json",
    ],
)
def test_a_lock_names_no_registry(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"--(extra-)?index-url|--find-links|file://|\"resolved\"", text)
    if lock.endswith(".txt"):
        pinned = re.findall(r"^[\w.\[\]-]+==.*", text, re.MULTILINE)
        assert pinned
        assert all(line.rstrip().endswith("\\") for line in pinned), "each has its hashes"


def test_the_checkout_has_what_a_visitor_looks_for() -> None:
    for name in ("LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "relais", ".ci/run"):
        assert (ROOT / name).exists(), name
    for program in ("relais", ".ci/run"):
        assert (ROOT / program).stat().st_mode & 0o111, f"{program} is executable"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text()


def test_every_folder_of_the_layout_is_there() -> None:
    for folder in (*PACKAGES, "bot/rasa", "nlu_data", "actions", "tests", "ui", "docs/adr"):
        assert (ROOT / folder).is_dir(), folder


def test_the_two_python_worlds_import_nothing_of_each_other() -> None:
    ours = set(PACKAGES) - {"bot"} | {"scripts"}
    for path in files(".py"):
        top = path.relative_to(ROOT).parts
        rasas = top[0] == "actions" or top[:2] == ("bot", "rasa")
        if top[0] in ("tests", "benchmarks"):
            continue
        for name in imported(path):
            if rasas:
                assert name.split(".")[0] not in ours, f"{path} imports {name}"
            else:
                forbidden = ("rasa", "rasa_sdk", "actions", "bot.rasa")
                assert not name.startswith(tuple(f"{f}." for f in forbidden)), f"{path}: {name}"
                assert name not in forbidden, f"{path} imports {name}"


def imported(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
    return names


def test_no_path_of_somebodys_machine_is_committed() -> None:
    machine = re.compile(r"/(root|work|home/\w+)/[\w.]")
    for path in files(".py", ".md", ".toml", ".yml", ".txt", ".json", "Makefile", ".ts"):
        if path != Path(__file__):
            assert not machine.search(path.read_text(encoding="utf-8")), path
