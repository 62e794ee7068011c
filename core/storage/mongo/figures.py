"""What the figures keep: one small document a conversation, apart from all that erasing removes."""

from collections.abc import Sequence
from datetime import datetime

from core.errors import SealBroken
from core.figures import Fact
from core.storage.mongo.engine import MongoEngine, record_of
from core.storage.records import FactRecord, report_unreadable, to_micros


class MongoFigures(MongoEngine):
    """`core.ports.Figures` on MongoDB."""

    async def facts(self, *, since: datetime, until: datetime) -> Sequence[Fact]:
        """The facts of conversations that began in [since, until), in no order."""
        found: list[Fact] = []
        unreadable = 0
        begun = {"hour": {"$gte": to_micros(since), "$lt": to_micros(until)}}
        with self._errors():
            async for document in self._in("facts").find(begun):
                try:
                    found.append(self._codec.open_fact(record_of(FactRecord, document)))
                except SealBroken:
                    unreadable += 1
        report_unreadable(unreadable)
        return found
