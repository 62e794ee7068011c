"""Every article that the product names stands in the one source, with where it was read."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.signalement import law

ROOT = Path(__file__).parents[3]
# Whatever people read, or what makes what they read.
FOLDERS = ("actions", "bot", "connectors", "core", "docs", "gateway", "handoff", "ui")
KINDS = {".py", ".yml", ".md", ".ts", ".tsx", ".html"}
SKIPPED = {"node_modules", "static", ".venv", "rasa", "reading_model"}

# "222-33-2-3", "R625-8-3"; a year or a phone number has another form.
_PENAL = re.compile(r"\bR?\.? ?(?:22[2-7]|31[1-3]|323|6[0-9]{2})(?:-\d{1,2}){1,4}\b")
# "article 16, paragraphe 2", "DSA article 16(2)(c)": the number is what counts.
_DSA = re.compile(r"(?:DSA,? article |2022/2065[^.\n]{0,30}article |article )(\d{1,2})(?=\W)")


def written() -> Iterator[tuple[str, str]]:
    files = [path for name in FOLDERS for path in sorted((ROOT / name).rglob("*"))]
    for path in [ROOT / "README.md", *files]:
        parts = path.relative_to(ROOT).parts
        if path.suffix in KINDS and not SKIPPED & set(parts) and path.name != "law.yml":
            yield "/".join(parts), path.read_text(encoding="utf-8")


ARTICLES = {article for one in law.qualifications().values() for article in one.articles}


def test_every_article_of_the_penal_code_is_in_the_one_source() -> None:
    strangers = {
        (name, found)
        for name, text in written()
        for found in _PENAL.findall(text)
        if found.replace(".", "").replace(" ", "") not in ARTICLES
    }
    assert strangers == set()


def test_every_article_of_the_regulation_is_in_the_one_source() -> None:
    known = set(law.acts()["dsa"].articles)
    named = {
        (name, number)
        for name, text in written()
        for line in text.splitlines()
        if re.search(r"DSA|2022/2065", line)
        for number in _DSA.findall(line)
    }
    assert {number for _, number in named} == known, named


@pytest.mark.parametrize("offence", law.qualifications().values(), ids=lambda one: one.id)
def test_every_offence_says_where_its_wording_was_read(offence: law.Qualification) -> None:
    assert offence.articles
    assert offence.elements
    assert not offence.check
    assert offence.sources
    for address in offence.sources:
        parts = urlsplit(address)
        assert parts.scheme in ("http", "https")
        assert "." in parts.netloc


def test_an_age_in_the_law_is_eighteen_or_fifteen() -> None:
    assert {one.victim_under for one in law.qualifications().values()} == {None, 15, 18}
