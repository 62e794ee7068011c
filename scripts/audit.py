"""`make audit`: known vulnerabilities of what is locked, beside what was accepted with a reason.

Fails for a finding that nobody accepted. Where an audit service cannot be reached it says so and
goes on: a build must never fail for lack of network.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ACCEPTED = ROOT / "requirements" / "accepted-findings.toml"
LOCKED = ("requirements/dev.txt", "bot/rasa/requirements.txt")
PATIENCE = 180


@dataclass(frozen=True, slots=True)
class Finding:
    """A known vulnerability of a package that we use."""

    package: str
    id: str


class NotAudited(Exception):
    """The service did not answer; the message says which."""


def of_pip(report: Mapping[str, Any]) -> list[Finding]:
    """The findings of pip-audit's JSON. Raises NotAudited where it could look up nothing."""
    packages = report.get("dependencies", [])
    looked_up = [one for one in packages if "skip_reason" not in one]
    if not looked_up:
        raise NotAudited("the advisories for Python packages cannot be reached")
    return [Finding(one["name"], vuln["id"]) for one in looked_up for vuln in one.get("vulns", ())]


def of_npm(report: Mapping[str, Any]) -> list[Finding]:
    """The findings of `npm audit --json`. Raises NotAudited where it got no answer."""
    if "vulnerabilities" not in report:
        raise NotAudited("the advisories for npm packages cannot be reached")
    return [
        Finding(name, str(via.get("url", via.get("source", "?"))).rsplit("/", 1)[-1])
        for name, one in report["vulnerabilities"].items()
        for via in one["via"]
        if isinstance(via, dict)
    ]


def unaccepted(
    findings: Iterable[Finding], accepted: Sequence[Mapping[str, Any]], today: date
) -> list[Finding]:
    """Those that nobody accepted for longer than until `today`."""
    known = {(one["package"], one["id"]) for one in accepted if one["until"] >= today}
    return [one for one in findings if (one.package, one.id) not in known]


def main() -> int:
    """Audit everything; returns the exit code."""
    known = tomllib.loads(ACCEPTED.read_text())
    isolated = {one["requirements"]: one["reason"] for one in known.get("isolated", ())}
    accepted, today = known.get("accepted", ()), datetime.now(UTC).date()
    failed = False
    for name in (*LOCKED, "ui"):
        try:
            found = of_npm(_npm()) if name == "ui" else of_pip(_pip(name))
        except NotAudited as why:
            print(f"{name}: NOT AUDITED, {why}")
            continue
        open_ = unaccepted(found, accepted, today)
        told = "" if name not in isolated else " (out of reach from outside: fails nothing)"
        print(f"{name}: {len(found)} known, {len(open_)} not accepted{told}")
        for one in open_:
            print(f"  {one.package} {one.id}")
        failed = failed or (bool(open_) and name not in isolated)
    return 1 if failed else 0


def _pip(requirements: str) -> Mapping[str, Any]:
    return _report(
        [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / requirements),
         "--disable-pip", "--no-deps", "--progress-spinner", "off", "--format", "json"]
    )  # fmt: skip


def _npm() -> Mapping[str, Any]:
    return _report(["npm", "--prefix", str(ROOT / "ui"), "audit", "--package-lock-only", "--json"])


def _report(command: Sequence[str]) -> Mapping[str, Any]:
    try:
        run = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
        report = json.loads(run.stdout)
    except (OSError, subprocess.TimeoutExpired):
        raise NotAudited(f"{command[0]} did not answer in time or is not there") from None
    except ValueError:
        raise NotAudited("what came back is no report") from None
    if not isinstance(report, dict):
        raise NotAudited("what came back is no report")
    return report


if __name__ == "__main__":
    sys.exit(main())
