"""Alerts and dashboard ask for metrics that exist, and send people to pages that exist."""

import json
import re

import yaml

from gateway.metrics import Metrics
from gateway.settings import ROOT

FOLDER = ROOT / "docker" / "monitoring"
ALERTS = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
_NAME = re.compile(r"relais_\w+")


def known_names() -> set[str]:
    names: set[str] = set()
    for family in Metrics().registry.collect():
        names |= {family.name, f"{family.name}_total", f"{family.name}_bucket"}
    return names


def test_every_expression_asks_for_a_metric_that_exists() -> None:
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    asked = [rule["expr"] for rule in ALERTS]
    asked += [target["expr"] for panel in panels for target in panel["targets"]]
    used = {name for expression in asked for name in _NAME.findall(expression)}
    assert len(used) > 10
    assert used <= known_names()


def test_every_alert_says_what_to_do() -> None:
    headings = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in (ROOT / "docs" / "operations.md").read_text().splitlines()
        if line.startswith("#")
    }
    assert len({rule["alert"] for rule in ALERTS}) == len(ALERTS)
    for rule in ALERTS:
        assert rule["labels"]["severity"] in ("page", "warn")
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert page == "docs/operations.md"
        assert anchor in headings, rule["alert"]
