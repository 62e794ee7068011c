"""Counting: facts in, one report out, of tables that may be shown.

Nothing is counted that a table does not show, and no table shows a number that `masking` hides.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.figures import Fact
from core.hours import PARIS
from core.labels import Urgency
from core.ports import Figures
from handoff.figures import words
from handoff.figures.masking import Cell, masked, masked_total
from handoff.figures.period import Period
from handoff.figures.words import named

# Waits are told where at least so many were answered: of fewer, they are somebody's own.
ENOUGH_WAITS = 10
# Beyond this a report counts months rather than days.
MOST_DAYS = 62


class Unit(StrEnum):
    """What a table's numbers are."""

    CONVERSATIONS = "conversations"
    NOTICES = "notices"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. A cell is None where its number may not be shown."""

    key: str
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`ordered`: the rows are moments that follow each other."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    unit: Unit = Unit.CONVERSATIONS
    ordered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a period's figures say. `total` is None where too few people wrote to be counted."""

    period: Period
    total: Cell
    tables: tuple[Table, ...]


async def report_on(figures: Figures, period: Period) -> Report:
    """The report on the conversations that began in a period, read a day at a time."""
    tally = Tally(period)
    for since, until in period.bounds():
        tally.add(await figures.facts(since=since, until=until))
    return tally.report()


class Tally:
    """Counts facts of one period."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._by: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
        self._answers: defaultdict[Urgency, list[int]] = defaultdict(lambda: [0, 0, 0])
        self._waits: defaultdict[Urgency, list[int]] = defaultdict(list)
        self._total = 0

    def add(self, facts: Iterable[Fact]) -> None:
        """Count some more."""
        for fact in facts:
            self._total += 1
            began = fact.hour.astimezone(PARIS)
            self._by["moment"][self._step(began.date())] += 1
            self._by["hour"][f"{began.hour:02}"] += 1
            self._by["weekday"][str(began.weekday())] += 1
            for name, value_of in _DIMENSIONS.items():
                self._by[name][value_of(fact)] += 1
            for name, answer in (("helped", fact.helped), ("next", fact.next)):
                if answer is not None:
                    self._by[name][answer] += 1
            for tag in fact.tags:
                self._by["tag"][tag] += 1
            self._count_answer(fact)

    def _count_answer(self, fact: Fact) -> None:
        if not fact.asked:
            return
        answers = self._answers[fact.urgency_first]
        if fact.wait is None:
            answers[2] += 1
            return
        answers[0 if fact.in_time else 1] += 1
        self._waits[fact.urgency_first].append(fact.wait)
        self._by["triage"]["kept" if fact.believed is None else "corrected"] += 1

    def report(self) -> Report:
        """What was counted, masked; nothing at all of too few people."""
        total = masked_total(self._total)
        if total is None:
            return Report(period=self._period, total=None, tables=())
        tables = (
            self._moments(),
            self._steps("hour", "Par heure de la journée", [f"{h:02}" for h in range(24)], _hour),
            self._steps("weekday", "Par jour de la semaine", list("0123456"), _weekday),
            self._table("channel", "Par canal", words.CHANNELS),
            self._table("issue", "Par sujet", words.ISSUES),
            self._table("role", "Par personne qui écrit", words.ROLES),
            self._table("age", "Par âge de la personne concernée", words.AGES),
            self._table("urgency_first", "Par urgence au premier message", words.URGENCIES),
            self._table("urgency", "Par urgence à la fin", words.URGENCIES),
            self._table("platform", "Par plateforme en cause", {}),
            self._table("origin", "Par point d’entrée", {}),
            self._table("end", "Comment les conversations se sont terminées", words.ENDS),
            *([self._table("tag", "Par étiquette", {})] if self._by["tag"] else ()),
            self._answered(),
            self._waited(),
            self._table("triage", "Tri revu par les écoutants", _TRIAGE),
            self._table("helped", "Avis : cette discussion a été utile", words.ANSWERS),
            self._table("next", "Avis : sait quoi faire maintenant", words.ANSWERS),
        )
        return Report(period=self._period, total=total, tables=tables)

    def _step(self, day: date) -> str:
        return f"{day:%Y-%m}" if len(self._period.days) > MOST_DAYS else day.isoformat()

    def _moments(self) -> Table:
        steps = list(dict.fromkeys(self._step(day) for day in self._period.days))
        monthly = len(self._period.days) > MOST_DAYS
        title = "Par mois" if monthly else "Par jour"
        return self._steps("moment", title, steps, _month if monthly else _day)

    def _steps(
        self, name: str, title: str, keys: Sequence[str], label: Callable[[str], str]
    ) -> Table:
        cells = masked([[self._by[name][key]] for key in keys])
        rows = (Row(key, label(key), tuple(one)) for key, one in zip(keys, cells, strict=True))
        return Table(name=name, title=title, columns=(_COUNTED,), rows=tuple(rows), ordered=True)

    def _table(self, name: str, title: str, names: Mapping[str, str]) -> Table:
        """The known values in their own order; what is hidden comes last, in no telling order."""
        counts = self._by[name]
        keys = [*(key for key in names if counts[key]), *sorted(_others(counts, names)), None]
        keys = [key for key in keys if counts[key]]
        cells = masked([[counts[key]] for key in keys])
        rows = [
            Row(key or "none", named(names, key), tuple(one))
            for key, one in zip(keys, cells, strict=True)
        ]
        if name not in _IN_ORDER:
            rows.sort(key=lambda row: (row.cells[0] is None, -(row.cells[0] or 0)))
        return Table(name=name, title=title, columns=(_COUNTED,), rows=tuple(rows))

    def _answered(self) -> Table:
        grades = [grade for grade in _GRAVEST_FIRST if sum(self._answers[grade])]
        cells = masked([self._answers[grade] for grade in grades])
        return Table(
            name="answer",
            title="Réponse d’un écoutant, par urgence au premier message",
            columns=("En 5 minutes", "Plus tard", "Sans réponse"),
            rows=tuple(
                Row(grade.value, words.URGENCIES[grade.value], tuple(one))
                for grade, one in zip(grades, cells, strict=True)
            ),
        )

    def _waited(self) -> Table:
        groups = {words.URGENCIES[grade.value]: self._waits[grade] for grade in _GRAVEST_FIRST}
        groups["Toutes"] = [wait for waits in groups.values() for wait in waits]
        return Table(
            name="wait",
            title="Attente avant la première réponse",
            columns=("Médiane", "9 sur 10 en moins de"),
            unit=Unit.SECONDS,
            rows=tuple(
                Row(name.lower(), name, (percentile(waits, 50), percentile(waits, 90)))
                for name, waits in groups.items()
                if waits
            ),
        )


_COUNTED = "Conversations"
_GRAVEST_FIRST = tuple(reversed(Urgency))
_IN_ORDER = frozenset({"age", "urgency", "urgency_first", "role", "triage", "helped", "next"})
_TRIAGE = {"kept": "Tri gardé", "corrected": "Tri corrigé"}
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_DIMENSIONS: Mapping[str, Callable[[Fact], str | None]] = {
    "channel": lambda fact: fact.channel,
    "issue": lambda fact: fact.issue,
    "role": lambda fact: fact.role,
    "age": lambda fact: fact.age_band,
    "urgency": lambda fact: fact.urgency,
    "urgency_first": lambda fact: fact.urgency_first,
    "platform": lambda fact: fact.platform,
    "origin": lambda fact: fact.origin,
    "end": lambda fact: (fact.outcome or fact.end) if fact.asked else "bot",
}


def _others(counts: Mapping[str | None, int], names: Mapping[str, str]) -> list[str]:
    return [key for key in counts if key is not None and key not in names]


def percentile(waits: Sequence[int], percent: int) -> int | None:
    """The wait that `percent` of a hundred did not exceed; None for too few."""
    if len(waits) < ENOUGH_WAITS:
        return None
    return sorted(waits)[-(-len(waits) * percent // 100) - 1]


def _hour(key: str) -> str:
    return f"{key} h"


def _weekday(key: str) -> str:
    return _DAYS[int(key)]


def _day(key: str) -> str:
    return f"{date.fromisoformat(key):%d/%m}"


def _month(key: str) -> str:
    return words.MONTHS[int(key[5:]) - 1]
