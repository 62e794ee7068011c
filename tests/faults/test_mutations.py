"""The mutations stay applicable as the code changes; `make soak` runs them against their gates."""

import shutil
from pathlib import Path

import pytest

from tests.faults.mutations import MUTATIONS, ROOT, Mutation, applied


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_each_broken_rule_still_breaks_something(mutation: Mutation, tmp_path: Path) -> None:
    copy = tmp_path / mutation.file
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / mutation.file, copy)
    applied(mutation, tmp_path)
    compile(copy.read_text(), mutation.file, "exec")
    assert (ROOT / mutation.gate[0]).exists()
