"""Trades, languages and shut channels in a real Chromium."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handoff.intake import checked_intake
from tests.ui.consoles import PASSWORD, Open, expect, mine
from tests.ui.fake_console_api import FakeConsole, message, summary
from tests.ui.test_console_service import CHECKS, Service, axe_finds_nothing

pytestmark = pytest.mark.browser


def test_a_supervisor_says_who_can_what_and_shuts_a_channel(
    server: FakeConsole, visit: Open
) -> None:
    server.add_user("nadia", PASSWORD, "Nadia", role="supervisor")
    page = visit(login="nadia")
    service = Service(page)
    service.papers["intake"], service.versions["intake"] = {"shut": []}, 0
    CHECKS["intake"] = checked_intake
    anne: dict[str, Any] = {
        "id": "a" * 32,
        "name": "Anne",
        "trades": [],
        "languages": ["en"],
        "capacity": None,
    }
    page.route(
        "**/console/api/skills", lambda route: route.fulfill(json={"team": [anne], "capacity": 6})
    )

    def change(route: Any) -> None:
        anne.update(json.loads(route.request.post_data))
        route.fulfill(json=anne)

    page.route(f"**/console/api/skills/{anne['id']}", change)
    page.get_by_role("button", name="Service").click()
    page.get_by_role("button", name="Équipe").click()
    page.locator("summary", has_text="Anne").click()
    expect(page.get_by_label("Anglais")).to_be_checked()
    page.get_by_label("Juriste").check()
    page.get_by_text("Enregistré pour Anne.").wait_for()
    assert (anne["trades"], anne["languages"]) == (["juriste"], ["en"])
    at_a_time = page.get_by_label("Conversations à la fois")
    expect(at_a_time).to_contain_text("Comme toute l’équipe (6)")
    at_a_time.select_option("2")
    expect(at_a_time).to_have_value("2")
    assert anne["capacity"] == 2
    axe_finds_nothing(page)
    page.get_by_role("button", name="Canaux").click()
    page.get_by_label("WhatsApp : ouvert").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Version 1, par Nadia.").wait_for()
    assert service.papers["intake"] == {"shut": ["whatsapp"]}


def test_what_a_conversation_asks_for_is_set_on_the_card_and_seen_in_the_queue(
    server: FakeConsole, visit: Open
) -> None:
    server.add(summary("w1", "elevee", skill="psychologue", language="ar"))
    server.add(mine("c1"), [message("person", "bonjour")])
    page = visit()
    expect(page.locator(".row[data-id=w1]")).to_contain_text("Demande : Psychologue, Arabe")
    asked: list[Any] = []

    def needs(route: Any) -> None:
        asked.append(json.loads(route.request.post_data))
        told = server.summary_of("c1", version=9 + len(asked), **asked[-1])
        route.fulfill(json={"summary": told})

    page.route("**/console/api/conversations/c1/needs", needs)
    page.locator("[data-id=c1]").first.click()
    page.get_by_label("Métier").select_option("juriste")
    expect(page.locator("button.item[data-id=c1]")).to_contain_text("Demande : Juriste")
    page.get_by_label("Langue").select_option("en")
    expect(page.locator("button.item[data-id=c1]")).to_contain_text("Demande : Juriste, Anglais")
    assert asked == [
        {"skill": "juriste", "language": None},
        {"skill": "juriste", "language": "en"},
    ]
    axe_finds_nothing(page)


PAPERS = ["Horaires", "Astreinte", "Annuaire", "Réponses prêtes", "Étiquettes", "Canaux"]


@pytest.mark.parametrize(
    ("granted", "tabs"),
    [([], []), (["supervise"], ["Équipe"]), (["edit_service"], PAPERS)],
    ids=["neither", "supervise", "edit_service"],
)
def test_what_is_shown_of_the_service_is_what_one_may_do(
    server: FakeConsole, visit: Open, granted: list[str], tabs: list[str]
) -> None:
    """By permission: a role that is granted something else tomorrow sees something else."""
    server.add_user("nadia", PASSWORD, "Nadia", role="supervisor")
    server.users["nadia"]["permissions"] = ["answer", *granted]
    page = visit(login="nadia")
    Service(page)
    expect(page.get_by_role("button", name="Raccourcis")).to_be_visible()
    expect(page.get_by_role("button", name="Supervision")).to_have_count(
        int("supervise" in granted)
    )
    button = page.get_by_role("button", name="Service")
    expect(button).to_have_count(int(bool(tabs)))
    if tabs:
        page.route(
            "**/console/api/skills", lambda route: route.fulfill(json={"team": [], "capacity": 6})
        )
        button.click()
        expect(page.locator(".tabs button")).to_have_text(tabs)
