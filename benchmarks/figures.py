"""Figures of the benches, kept: one JSON file each in reports/bench, for plots.py to draw from."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "reports/bench"


def keep(name: str, figures: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """Write the figures of one measurement, in place of its last, and how busy the machine was."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    load = [round(one, 1) for one in os.getloadavg()]
    machine = {"cores": os.cpu_count(), "load": dict(zip(("1m", "5m", "15m"), load, strict=True))}
    measured = {"measured_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"} | machine
    path.write_text(json.dumps(measured | {"figures": figures}, indent=1, ensure_ascii=False))
    return path


def kept(name: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """What `keep` wrote of a measurement; None where it was not made."""
    path = folder / f"{name}.json"
    found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
    return found
