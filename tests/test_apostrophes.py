"""What people read has one kind of apostrophe, ’: two kinds on one page look like a forgery."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from gateway.settings import ROOT

# A word that French shortens, before a letter or before something that is filled in.
STRAIGHT = re.compile(
    r"(?i)(?<!\w)(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu|presqu|aujourd|entr)'(?=[^\W\d_]|[{$])"
)
CATALOGUES = [
    "bot/sentences.yml",
    "handoff/replies.yml",
    "handoff/directory.yml",
    "core/signalement/law.yml",
    "core/signalement/platforms.yml",
    "core/signalement/authorities.yml",
]
CODE = ("connectors", "core", "gateway", "handoff")
PAGES = ("ui/console", "ui/widget")


def strings_of(path: Path) -> Iterator[str]:
    """The strings of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    explained = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, explained) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in docstrings:
            yield text


def values_of(node: object) -> Iterator[str]:
    """Every text of a catalogue, wherever it stands."""
    match node:
        case str():
            yield node
        case dict():
            for key, value in node.items():
                yield from (*values_of(key), *values_of(value))
        case list():
            for value in node:
                yield from values_of(value)


@pytest.mark.parametrize("catalogue", CATALOGUES)
def test_the_catalogues(catalogue: str) -> None:
    texts = list(values_of(yaml.safe_load((ROOT / catalogue).read_text(encoding="utf-8"))))
    assert any("’" in text for text in texts)
    assert [text for text in texts if STRAIGHT.search(text)] == []


@pytest.mark.parametrize("folder", CODE)
def test_what_the_code_says(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for text in strings_of(path)
        if STRAIGHT.search(text)
    ]
    assert found == []


@pytest.mark.parametrize("folder", PAGES)
def test_the_pages(folder: str) -> None:
    sources = [
        path for kind in ("*.ts", "*.tsx", "*.html") for path in sorted((ROOT / folder).rglob(kind))
    ]
    assert sources
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources
        for line in path.read_text(encoding="utf-8").splitlines()
        if STRAIGHT.search(line)
    ]
    assert found == []


def test_the_papers() -> None:
    papers = sorted((ROOT / "gateway/papers").glob("*.md"))
    assert papers
    assert [one.name for one in papers if STRAIGHT.search(one.read_text("utf-8"))] == []


@pytest.mark.parametrize("text", ["l'image", "aujourd'hui", "(d'accord)", "qu'{name}", "J'écoute"])
def test_what_is_found(text: str) -> None:
    assert STRAIGHT.search(text)
