"""A report as CSV and as JSON."""

import csv
import io
from typing import Any

from handoff.figures.masking import THRESHOLD
from handoff.figures.tally import Report, Unit

MASKED = "masqué"
_UNITS = {
    Unit.CONVERSATIONS: "conversations",
    Unit.NOTICES: "signalements",
    Unit.SECONDS: "secondes",
}
NOTE = (
    f"masqué : moins de {THRESHOLD} conversations, ou un nombre qui permettrait de retrouver un"
    " nombre masqué"
)


def as_csv(report: Report) -> bytes:
    """One line a number, as a French spreadsheet opens it: semicolons, UTF-8 with its mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["tableau", "ligne", "colonne", "valeur", "unité"])
    total = MASKED if report.total is None else report.total
    writer.writerow(["Conversations", report.period.title, "Total", total, "conversations"])
    for table in report.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                value = MASKED if cell is None else cell
                writer.writerow([table.title, row.label, column, value, _UNITS[table.unit]])
    writer.writerow([NOTE])
    return text.getvalue().encode("utf-8-sig")


def as_json(report: Report) -> dict[str, Any]:
    """What `docs/console-api.md` calls a Report."""
    period = report.period
    return {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "title": period.title,
        "total": report.total,
        "threshold": THRESHOLD,
        "tables": [
            {
                "name": table.name,
                "title": table.title,
                "columns": list(table.columns),
                "unit": table.unit.value,
                "ordered": table.ordered,
                "rows": [
                    {"key": row.key, "label": row.label, "cells": list(row.cells)}
                    for row in table.rows
                ],
            }
            for table in report.tables
            if table.rows
        ],
    }
