"""What is counted, in which period, and how it is written."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.conversation import Outcome
from core.course import Belief
from core.figures import End, Fact
from core.labels import Issue, Role, Urgency
from core.opinion import Answer
from handoff.figures.errors import COLUMNS, misread
from handoff.figures.errors import as_csv as errors_csv
from handoff.figures.pdf import as_pdf
from handoff.figures.period import Period, parse_period
from handoff.figures.table import as_csv, as_json
from handoff.figures.tally import Report, Table, Tally, report_on
from tests.handoff.figures.many import many_facts

NOVEMBER = parse_period("2026-11")
# Tables of those who were answered, or who answered.
PARTIAL = frozenset({"triage", "helped", "next"})
HOUR = datetime(2026, 11, 5, 9, tzinfo=UTC)
HELPED = Fact(
    hour=HOUR,
    channel="web",
    issue=Issue.SEXTORSION,
    asked=True,
    wait=120,
    end=End.LISTENER,
    outcome=Outcome.HELPED,
)


class Kept:
    """The figures' part of a store, in memory."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts = facts

    async def facts(self, *, since: datetime, until: datetime) -> Sequence[Fact]:
        return [fact for fact in self._facts if since <= fact.hour < until]


def report(facts: Sequence[Fact], period: Period = NOVEMBER) -> Report:
    tally = Tally(period)
    tally.add(facts)
    return tally.report()


def table(made: Report, name: str) -> Table:
    return next(table for table in made.tables if table.name == name)


def cells(made: Report, name: str) -> dict[str, tuple[int | None, ...]]:
    return {row.key: row.cells for row in table(made, name).rows}


def test_each_conversation_is_counted_once_in_every_table() -> None:
    facts = many_facts(NOVEMBER, 400)
    made = report(facts)
    assert made.total == 400
    for one in made.tables:
        if len(one.columns) == 1 and one.name not in PARTIAL:
            shown = [row.cells[0] for row in one.rows]
            assert None in shown or sum(filter(None, shown)) == 400, one.name


def test_who_asked_for_nobody_is_the_assistants_alone_though_nothing_ended() -> None:
    alone = replace(HELPED, asked=False, wait=None, end=End.GOING_ON, outcome=None)
    gone = replace(HELPED, wait=None, end=End.ABANDONED, outcome=None)
    made = report([alone] * 6 + [gone] * 7 + [HELPED] * 8)
    assert cells(made, "end") == {"helped": (8,), "abandoned": (7,), "bot": (6,)}


def test_answers_are_told_by_the_urgency_that_was_known_at_first() -> None:
    late = replace(HELPED, wait=310, urgency_first=Urgency.CRITIQUE, urgency=Urgency.FAIBLE)
    never = replace(late, wait=None, end=End.ABANDONED, outcome=None)
    made = report([replace(late, wait=300)] * 9 + [late] * 6 + [never] * 5)
    assert cells(made, "answer") == {"critique": (9, 6, 5)}


def test_waits_are_told_only_of_enough_people() -> None:
    few = [replace(HELPED, wait=10 * n) for n in range(1, 10)]
    assert cells(report(few), "wait")["toutes"] == (None, None)
    enough = [*few, replace(HELPED, wait=5000)]
    assert cells(report(enough), "wait")["toutes"] == (50, 90)


def test_too_few_people_are_no_report() -> None:
    made = report([HELPED] * 4)
    assert (made.total, made.tables) == (None, ())


def test_days_are_those_of_paris_also_when_the_clocks_change() -> None:
    october = parse_period("2026-10")
    (begins, ends) = list(october.bounds())[24]
    assert ends - begins == timedelta(hours=25)
    late = replace(HELPED, hour=datetime(2026, 10, 31, 22, tzinfo=UTC))
    early = replace(HELPED, hour=datetime(2026, 10, 31, 23, tzinfo=UTC))
    made = report([late] * 6, october)
    assert cells(made, "moment")["2026-10-31"] == (6,)
    assert cells(report([early] * 6), "hour")["00"] == (6,)


async def test_a_period_takes_what_began_in_it_and_no_hour_beside() -> None:
    (first, _), *_, (_, last) = NOVEMBER.bounds()
    hour = timedelta(hours=1)
    inside, outside = (first, last - hour), (first - hour, last)
    kept = Kept([replace(HELPED, hour=when) for when in (*inside, *outside) for _ in range(5)])
    assert (await report_on(kept, NOVEMBER)).total == 10


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("2026-02", "février 2026"),
        ("2026", "année 2026"),
        ("2026-11-03..2026-11-09", "du 03/11/2026 au 09/11/2026"),
        ("2026-11-03", "du 03/11/2026 au 03/11/2026"),
    ],
)
def test_a_period_has_a_name(text: str, title: str) -> None:
    assert parse_period(text).title == title


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-1", "0000", "9999", "2026-11-09..2026-11-03", "2024..2026", "9" * 99],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_period(text)


def test_a_year_is_counted_by_month_and_a_leap_year_has_366_days() -> None:
    year = parse_period("2028")
    assert len(year.days) == 366
    made = report([replace(HELPED, hour=datetime(2028, 5, 1, tzinfo=UTC))] * 5, year)
    assert cells(made, "moment")["2028-05"] == (5,)
    assert len(table(made, "moment").rows) == 12


def test_csv_has_a_line_a_number_and_says_what_is_masked() -> None:
    other = replace(HELPED, issue=Issue.ARNAQUE)
    made = report([HELPED] * 9 + [other] * 3 + [replace(HELPED, issue=Issue.GROOMING)] * 30)
    text = as_csv(made).decode("utf-8-sig")
    lines = {
        (line[0], line[1]): line[3]
        for line in csv.reader(io.StringIO(text), delimiter=";")
        if len(line) == 5
    }
    assert lines["Conversations", "novembre 2026"] == "42"
    assert lines["Par sujet", "Manipulation par un adulte"] == "30"
    assert lines["Par sujet", "Sextorsion"] == lines["Par sujet", "Arnaque"] == "masqué"


def test_the_page_is_told_nothing_that_is_masked() -> None:
    made = as_json(report([HELPED] * 9 + [replace(HELPED, issue=Issue.ARNAQUE)] * 3))
    (issues,) = [one for one in made["tables"] if one["name"] == "issue"]
    assert [row["cells"] for row in issues["rows"]] == [[None], [None]]


def test_the_pdf_is_the_same_for_the_same_report_whatever_it_holds() -> None:
    made_at = datetime(2026, 12, 1, tzinfo=UTC)
    for facts in ([], [HELPED] * 3, many_facts(NOVEMBER, 300)):
        odd = [replace(fact, origin="x" * 40) for fact in facts]
        first = as_pdf(report(odd), made_at=made_at)
        assert first.startswith(b"%PDF")
        assert first == as_pdf(report(odd), made_at=made_at)


async def test_the_list_of_errors_holds_labels_and_no_moment() -> None:
    believed = Belief(issue=Issue.ARNAQUE, confidence=0.5, rules=("pay", "threat"))
    wrong = replace(HELPED, believed=believed, role=Role.PARENT)
    lines = await misread(Kept([HELPED, wrong]), NOVEMBER)
    assert lines == [
        ("arnaque", "sextorsion", "faible", "faible", "", "parent", "0.50", "pay threat")
    ]
    assert errors_csv(lines).decode().splitlines()[0] == ",".join(COLUMNS)


def test_months_end_where_they_end() -> None:
    assert parse_period("2028-02").last == date(2028, 2, 29)


def test_opinions_are_counted_of_those_who_gave_one_and_few_are_hidden() -> None:
    facts = [HELPED] * 20 + [replace(HELPED, helped=Answer.YES, next=Answer.SOME)] * 9
    facts += [replace(HELPED, helped=Answer.NO)] * 2
    made = report(facts)
    # Two would be known if nine were told.
    assert cells(made, "helped") == {"yes": (None,), "no": (None,)}
    assert cells(made, "next") == {"some": (9,)}
    assert "Un peu" in as_csv(made).decode()
