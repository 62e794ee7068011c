"""The papers of the service in the console: who may edit, what is refused, when it counts."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.accounts import StaffRole
from core.hours import Hours, Plan, as_document, parse_week
from gateway.expectations import Expectations, Facts
from gateway.pagers import MailServer
from handoff.papers import KIND
from tests.fakes import TurnableClock
from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import Console, a_console

WEEK = {"week": {"mon": ["09:00-12:00", "13:00-18:00"]}}


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


@pytest.fixture
async def chief(gateway: Running) -> Console:
    return await a_console(gateway, "chief", StaffRole.SUPERVISOR)


async def test_a_paper_begins_with_the_settings_and_is_edited_in_versions(chief: Console) -> None:
    status, first = await chief.get("/service/hours")
    assert (status, first["version"], first["by"]) == (200, 0, None)
    assert first["body"]["week"]["mon"] == ["00:00-24:00"]
    status, kept = await chief.post("/service/hours", {"version": 0, "body": WEEK})
    assert (status, kept["version"], kept["by"]) == (200, 1, "Chief")
    assert (await chief.get("/service/hours"))[1]["body"] == WEEK
    await chief.post("/service/hours", {"version": 1, "body": {"week": {}}})
    _, history = await chief.get("/service/hours/history")
    assert [(each["version"], each["body"]) for each in history["versions"]] == [
        (2, {"week": {}}),
        (1, WEEK),
    ]


async def test_of_two_who_edit_the_second_reads_again(chief: Console) -> None:
    assert (await chief.post("/service/hours", {"version": 0, "body": WEEK}))[0] == 200
    status, error = await chief.post("/service/hours", {"version": 0, "body": {"week": {}}})
    assert (status, error["error"]["code"]) == (409, "edited_meanwhile")
    assert (await chief.get("/service/hours"))[1]["body"] == WEEK


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("hours", {"week": {"wed": ["09:00-12:00", "11:00-13:00"]}}, "Mercredi : deux plages"),
        ("hours", {"week": {"sat": ["23:00-02:00"]}}, "Samedi : la fin doit venir après le début."),
        ("hours", {"week": {}, "exceptions": [{"day": "x"}]}, "Exceptions : forme inattendue."),
        ("hours", None, "Forme inattendue."),
        (
            "hours",
            {"week": {}, "channels": {"web": {"week": {}}, "whatsap": {"week": {}}}},
            "Whatsap : ce canal n’existe pas.",
        ),
        ("rota", {"people": [{"name": "Anne"}]}, "Anne : il faut une adresse e-mail"),
        ("rota", {"otherwise": [["Anne"]]}, "Hors tour : un nom ne figure pas"),
    ],
)
async def test_a_wrong_paper_is_refused_with_the_reason(
    chief: Console, name: str, body: object, words: str
) -> None:
    status, error = await chief.post(f"/service/{name}", {"version": 0, "body": body})
    assert (status, error["error"]["code"]) == (400, "refused")
    assert error["error"]["message"].startswith(words)
    assert (await chief.get(f"/service/{name}"))[1]["version"] == 0


BY_MAIL: dict[str, Any] = {
    "people": [{"name": "Anne", "email": "anne@example.org"}],
    "otherwise": [["Anne"]],
}
BY_WEBHOOK: dict[str, Any] = {
    "people": [{"name": "Anne", "webhook": "https://sms.example.org/send"}]
}
BY_BOTH = {"people": [{**BY_MAIL["people"][0], **BY_WEBHOOK["people"][0]}]}
MAIL = MailServer.of("smtp://127.0.0.1:1", "astreinte@example.org")


@pytest.mark.parametrize(
    ("facts", "taken", "refused"),
    [
        (Facts(), (), (BY_MAIL, BY_WEBHOOK, BY_BOTH)),
        (Facts(mail=MAIL), (BY_MAIL, BY_BOTH), (BY_WEBHOOK,)),
        (Facts(paging_secret=b"secret"), (BY_WEBHOOK, BY_BOTH), (BY_MAIL,)),
    ],
    ids=["nothing", "mail", "webhook"],
)
async def test_a_rota_with_somebody_whom_no_page_would_reach_is_refused(
    tmp_path: Path, facts: Facts, taken: Sequence[object], refused: Sequence[object]
) -> None:
    async with running(tmp_path, facts=facts) as house:
        chief = await a_console(house, "chief", StaffRole.SUPERVISOR)
        for body in refused:
            status, error = await chief.post("/service/rota", {"version": 0, "body": body})
            assert (status, error["error"]["code"]) == (400, "refused")
            assert error["error"]["message"].startswith("Anne : aucun appel ne peut partir")
        for version, body in enumerate(taken):
            answer = await chief.post("/service/rota", {"version": version, "body": body})
            assert answer[0] == 200


@pytest.mark.parametrize("body", [{}, {"version": "0"}, {"version": True}, {"version": -1}])
async def test_a_version_is_asked_for(chief: Console, body: dict[str, Any]) -> None:
    assert (await chief.post("/service/hours", {**body, "body": WEEK}))[0] == 400


@pytest.mark.parametrize("role", [StaffRole.LISTENER, StaffRole.ADMIN])
async def test_only_who_may_edit_the_service_sees_its_papers(
    gateway: Running, role: StaffRole
) -> None:
    console = await a_console(gateway, "other", role)
    for path in ("/service/hours", "/service/rota", "/service/hours/history"):
        assert (await console.get(path))[0] == 403
    assert (await console.post("/service/hours", {"version": 0, "body": WEEK}))[0] == 403


async def test_an_unknown_paper_is_not_found(chief: Console) -> None:
    assert (await chief.get("/service/menu"))[0] == 404
    assert (await chief.post("/service/menu", {"version": 0, "body": {}}))[0] == 404


async def test_what_is_edited_counts_on_every_process(gateway: Running) -> None:
    clock = TurnableClock()  # a Monday, 13 h in Paris
    other = Expectations(store=gateway.store, facts=Facts(), clock=clock)
    assert other.of("web").opening.is_open
    shut = as_document(Hours(plan=Plan(week=parse_week("tue 09:00-10:00"))))
    await gateway.store.put_document(
        KIND, "hours", json.dumps(shut).encode(), version=0, now=clock()
    )
    await other.look()
    assert not other.of("web").opening.is_open
