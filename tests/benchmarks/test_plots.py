"""The plots of the benches, from made-up figures; and those that the documentation shows."""

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from benchmarks import figures, plots

ROOT = Path(__file__).resolve().parents[2]
MADE_UP: dict[str, dict[str, Any]] = {
    "webhooks": {
        "per_s": 200,
        "ms": {
            "bare aiohttp": {"p50": 0.8, "p99": 12.0},
            "Relais: telegram": {"p50": 17.2, "p99": 209.0},
        },
    },
    "ingestion": {
        "callers": 50,
        "per_s": {"bare insert": 8000, "bare aiohttp": 1400, "Relais": 600},
    },
    "turns": {
        "relais_ms": {"p50": 52.0, "p95": 112.0},
        "rasa_rest_ms": {"p50": 139.0, "p95": 160.0},
    },
    "growth": {
        "10000": {"message": 3.6, "claim": 1.9},
        "100000": {"message": 4.0, "claim": 2.0},
    },
}


def test_a_plot_is_drawn_of_each_measurement_that_was_kept(tmp_path: Path) -> None:
    assert set(MADE_UP) == set(plots.PLOTS)
    for name, found in MADE_UP.items():
        figures.keep(name, found, tmp_path)
    drawn = plots.draw(tmp_path, tmp_path / "plots")
    assert [path.name for path in drawn] == [f"bench-{name}.svg" for name in plots.PLOTS]
    for path in drawn:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_what_was_not_measured_is_left_out(tmp_path: Path) -> None:
    figures.keep("turns", MADE_UP["turns"], tmp_path)
    assert [path.name for path in plots.draw(tmp_path, tmp_path)] == ["bench-turns.svg"]


def test_figures_are_kept_with_how_busy_the_machine_was(tmp_path: Path) -> None:
    path = figures.keep("turns", MADE_UP["turns"], tmp_path)
    kept = json.loads(path.read_text())
    assert kept["figures"] == MADE_UP["turns"]
    assert set(kept["load"]) == {"1m", "5m", "15m"}
    assert figures.kept("turns", tmp_path) == kept
    assert figures.kept("growth", tmp_path) is None


@pytest.mark.parametrize("name", ["webhooks", "ingestion", "turns"])
def test_the_page_shows_the_plots(name: str) -> None:
    assert f"images/bench-{name}.svg" in (ROOT / "docs/performance.md").read_text()


def test_every_image_of_the_page_exists() -> None:
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "docs/performance.md").read_text())
    assert shown
    for path in shown:
        assert (ROOT / "docs" / path).is_file(), path
