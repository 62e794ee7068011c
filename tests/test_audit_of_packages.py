"""What `make audit` makes of the reports that it gets, and of those that it does not get."""

import tomllib
from datetime import date

import pytest

from scripts.audit import ACCEPTED, Finding, NotAudited, of_npm, of_pip, unaccepted

TODAY = date(2026, 11, 22)
PIP = {
    "dependencies": [
        {"name": "jinja2", "version": "3.0", "vulns": [{"id": "GHSA-1", "fix_versions": []}]},
        {"name": "yarl", "version": "1", "vulns": []},
        {"name": "torch", "skip_reason": "not found"},
    ]
}
NPM = {
    "vulnerabilities": {
        "vite": {"via": [{"url": "https://example.org/advisories/GHSA-2"}, "esbuild"]},
        "left": {"via": ["vite"]},
    }
}


def test_a_finding_is_told_unless_it_was_accepted_and_its_day_is_not_over() -> None:
    found = [*of_pip(PIP), *of_npm(NPM)]
    assert found == [Finding("jinja2", "GHSA-1"), Finding("vite", "GHSA-2")]
    accepted = {"id": "GHSA-1", "package": "jinja2", "until": TODAY}
    assert unaccepted(found, [accepted], TODAY) == [Finding("vite", "GHSA-2")]
    assert unaccepted(found, [accepted], date(2026, 11, 23)) == found


def test_a_service_that_does_not_answer_is_not_taken_for_a_clean_bill() -> None:
    with pytest.raises(NotAudited):
        of_pip({"dependencies": [{"name": "yarl", "skip_reason": "no network"}]})
    with pytest.raises(NotAudited):
        of_npm({"message": "405", "statusCode": 405})


def test_everything_accepted_has_a_reason_and_an_end() -> None:
    known = tomllib.loads(ACCEPTED.read_text())
    for one in known.get("accepted", ()):
        assert isinstance(one["until"], date)
        assert len(one["reason"]) >= 20, one["id"]
    assert all(len(one["reason"]) >= 20 for one in known["isolated"])
