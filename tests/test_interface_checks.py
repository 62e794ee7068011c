"""What `docs/interface-checks.md` names as checked by a test is checked by one that is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"(tests/[\w/]+(?:\.py|/))(?:::(\w+))?")


def named() -> list[tuple[str, str]]:
    text = (ROOT / "docs/interface-checks.md").read_text()
    return sorted(set(NAMED.findall(text)))


def test_the_document_names_tests() -> None:
    assert len(named()) > 50


@pytest.mark.parametrize(("file", "test"), named())
def test_a_named_test_is_there(file: str, test: str) -> None:
    path = ROOT / file
    assert path.exists()
    if test:
        assert re.search(rf"^(?:async )?def {test}\(", path.read_text(), re.MULTILINE)
