"""What the figures keep: one small row a conversation, apart from all that erasing removes."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from core.errors import SealBroken
from core.figures import Fact
from core.storage.records import FactRecord, report_unreadable, to_micros
from core.storage.sqlite.rows import Part, columns, record_of

KEEP_FACT = "INSERT OR REPLACE INTO facts (id, hour, body) VALUES (?, ?, ?)"
FACTS = f"SELECT {columns(FactRecord, 'facts')} FROM facts WHERE hour >= ? AND hour < ?"


class FiguresPart(Part):
    """See `core.ports.Figures`."""

    async def facts(self, *, since: datetime, until: datetime) -> Sequence[Fact]:
        """See `core.ports.Figures`."""

        def operation(connection: sqlite3.Connection) -> tuple[list[Fact], int]:
            found: list[Fact] = []
            unreadable = 0
            for row in connection.execute(FACTS, (to_micros(since), to_micros(until))):
                try:
                    found.append(self._codec.open_fact(record_of(FactRecord, row)))
                except SealBroken:
                    unreadable += 1
            return found, unreadable

        found, unreadable = await self._read(operation)
        report_unreadable(unreadable)
        return found
