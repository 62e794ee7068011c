"""Closing with an outcome and tags: from the supervisors' list only, counted, gone when undone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.accounts import StaffRole
from core.figures import Fact
from handoff.closing import FIRST_TAGS, checked_tags
from handoff.figures.period import month_of
from handoff.figures.tally import Tally
from handoff.papers import PaperRefused
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import a_console, a_waiting_person

SCHOOL, FAMILY = "établissement scolaire", "famille informée"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def test_tags_of_the_list_are_kept_with_the_outcome_and_leave_with_it(
    gateway: Running,
) -> None:
    anne = await a_console(gateway, "anne")
    await a_waiting_person(gateway)
    _, detail = await anne.next()
    one = detail["summary"]["id"]
    assert (await anne.get("/tags"))[1] == FIRST_TAGS
    body: dict[str, Any] = {"outcome": "helped", "seen": 99}
    for wrong in (["licorne"], [SCHOOL, "x"]):
        status, error = await anne.post(f"/conversations/{one}/close", {**body, "tags": wrong})
        assert (status, error["error"]["code"]) == (400, "unknown_tag")
    assert (await anne.post(f"/conversations/{one}/close", {**body, "tags": "x"}))[0] == 400
    tags = [SCHOOL, FAMILY, SCHOOL]
    assert (await anne.post(f"/conversations/{one}/close", {**body, "tags": tags}))[0] == 200
    kept = (await gateway.store.conversation(one)).ticket
    assert kept is not None
    assert (kept.outcome, kept.tags) == ("helped", (SCHOOL, FAMILY))
    now = datetime.now(UTC)
    day = timedelta(days=1)
    (fact,) = await gateway.store.facts(since=now - day, until=now + day)
    assert (fact.outcome, fact.tags) == ("helped", (SCHOOL, FAMILY))
    assert (await anne.post(f"/conversations/{one}/reopen", {}))[0] == 200
    undone = (await gateway.store.conversation(one)).ticket
    assert undone is not None
    assert (undone.outcome, undone.tags) == (None, ())


async def test_supervisors_edit_the_list(gateway: Running) -> None:
    chief = await a_console(gateway, "chief", StaffRole.SUPERVISOR)
    edited = {"version": 0, "body": {"tags": ["mercredi"]}}
    assert (await chief.post("/service/tags", edited))[0] == 200
    assert (await chief.get("/tags"))[1] == {"tags": ["mercredi"]}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (None, "Une liste de 40 étiquettes au plus."),
        ({"tags": [chr(97 + n // 26) + chr(97 + n % 26) for n in range(41)]}, "Une liste de 40"),
        ({"tags": ["a", "06 12 34 56 78"]}, "Étiquette n° 2 : des mots simples, sans chiffre"),
        ({"tags": ["anne@exemple.fr"]}, "Étiquette n° 1"),
        ({"tags": [" "]}, "Étiquette n° 1"),
        ({"tags": ["École", "école"]}, "Deux étiquettes sont les mêmes."),
    ],
)
def test_a_wrong_list_is_refused_with_the_reason(body: object, why: str) -> None:
    with pytest.raises(PaperRefused) as refused:
        checked_tags(body)
    assert str(refused.value).startswith(why)


def test_tags_are_counted_and_few_are_masked() -> None:
    hour = datetime(2026, 6, 10, 12, tzinfo=UTC)
    tally = Tally(month_of(hour.date()))
    tagged = [(SCHOOL, FAMILY)] * 4 + [(SCHOOL,)] * 30 + [("récidive",)] * 20 + [()] * 3
    tally.add(Fact(hour=hour, channel="web", asked=True, tags=tags) for tags in tagged)
    (table,) = [each for each in tally.report().tables if each.name == "tag"]
    told = {row.key: row.cells for row in table.rows}
    assert (told[SCHOOL], told[FAMILY]) == ((34,), (None,))
