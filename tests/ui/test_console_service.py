"""The service's papers and directing people, in a real Chromium; papers are checked for real."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from connectors.registry import CHANNELS
from handoff.orientations import first_directory
from handoff.papers import PaperRefused, checked_directory, checked_hours, checked_rota
from handoff.replies import checked_replies
from tests.browsers import REQUIRED, SCHEMES, SETTLES_MS
from tests.ui.consoles import PASSWORD, Open, Page, expect, mine
from tests.ui.fake_console_api import FakeConsole, ago, message

pytestmark = pytest.mark.browser

CHECKS = {
    "hours": partial(checked_hours, channels=CHANNELS),
    "rota": checked_rota,
    "directory": checked_directory,
    "replies": checked_replies,
}
WEEK = {day: ["09:00-23:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


class Service:
    """The part of the API that these screens use."""

    def __init__(self, page: Page) -> None:
        self.papers: dict[str, Any] = {
            "hours": {"week": WEEK, "channels": {}, "closing_soon": 30},
            "rota": {},
            "directory": first_directory(),
        }
        self.versions = dict.fromkeys(self.papers, 0)
        self.given: list[dict[str, Any]] = []
        page.route("**/console/api/service/*", self.paper)
        page.route("**/console/api/directory", self.directory)
        page.route("**/console/api/conversations/*/orientations**", self.orientations)

    def paper(self, route: Any) -> None:
        name = route.request.url.rsplit("/", 1)[1]
        if route.request.method == "POST":
            sent = json.loads(route.request.post_data)
            try:
                CHECKS[name](sent["body"])
            except PaperRefused as refused:
                error = {"code": "refused", "message": str(refused)}
                return route.fulfill(status=400, json={"error": error})
            self.papers[name] = sent["body"]
            self.versions[name] += 1
        by = "Nadia" if self.versions[name] else None
        shown = {"version": self.versions[name], "body": self.papers[name], "at": None, "by": by}
        return route.fulfill(json=shown)

    def directory(self, route: Any) -> None:
        plain: dict[str, Any] = {"number": None, "sms": None, "link": None, "region": "FR"}
        named = ("id", "name", "text", *plain)
        services = [
            {name: (plain | each)[name] for name in named} | {"unchecked": each.get("check", False)}
            for each in first_directory()["services"]
        ]
        route.fulfill(json={"services": services, "checklists": first_directory()["checklists"]})

    def orientations(self, route: Any) -> None:
        if route.request.method == "POST":
            sent = json.loads(route.request.post_data)
            if "agreed" in sent:
                self.given[-1]["agreed"] = sent["agreed"]
                return route.fulfill(json={"given": self.given})
            said = {"entry": sent["entry"], "at": ago(), "seq": 9}
            self.given.append({**said, "by_bot": False, "agreed": None})
            return route.fulfill(json={"seq": 9, "text": "…"})
        return route.fulfill(json={"fitting": ["enfance_en_danger"], "given": self.given})


def axe_finds_nothing(page: Page) -> None:
    """As the page is now, light and dark."""
    if not REQUIRED:
        pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing")
    from axe_playwright_python.sync_playwright import Axe

    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(SETTLES_MS)
        found = Axe().run(page).response["violations"]
        told = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        assert told == [], scheme
    page.emulate_media(color_scheme="null")


def test_a_supervisor_edits_the_hours_and_is_told_what_is_wrong(
    server: FakeConsole, visit: Open
) -> None:
    server.add_user("nadia", PASSWORD, "Nadia", role="supervisor")
    page = visit(login="nadia")
    service = Service(page)
    page.get_by_role("button", name="Service").click()
    wednesday = page.get_by_label("Mercredi")
    expect(wednesday).to_have_value("09:00-23:00")
    wednesday.fill("09:00-12:00, 11:00-18:00")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("dialog .failure")).to_have_text("Mercredi : deux plages se chevauchent.")
    expect(wednesday).to_have_value("09:00-12:00, 11:00-18:00")
    wednesday.fill("09:00-12:00, 13:00-18:00")
    page.get_by_label("Jours à part").fill("2026-12-24 09:00-18:00\n2026-12-25")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Version 1, par Nadia.").wait_for()
    kept = service.papers["hours"]
    assert kept["week"]["wed"] == ["09:00-12:00", "13:00-18:00"]
    assert kept["exceptions"] == [
        {"day": "2026-12-24", "hours": ["09:00-18:00"]},
        {"day": "2026-12-25", "hours": []},
    ]
    axe_finds_nothing(page)
    page.get_by_role("button", name="Astreinte").click()
    page.get_by_label("Personnes, une par ligne").fill("Anne ; anne@example.org\nBilal ; bilal")
    page.get_by_label("Hors tour").fill("Anne > Bilal")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("dialog .failure")).to_have_text("Bilal : adresse e-mail incorrecte.")
    page.get_by_role("button", name="Annuaire").click()
    page.locator("summary", has_text="17Cyber").click()
    page.locator("details[open]").get_by_label("Lien").fill("")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("dialog .failure")).to_have_text(
        "Cyber : il faut un numéro, un SMS ou un lien."
    )


def test_a_listener_sees_no_papers_and_directs_somebody(server: FakeConsole, visit: Open) -> None:
    server.add(mine("m1"), [message("person", "je sais plus quoi faire")])
    page = visit()
    service = Service(page)
    expect(page.get_by_role("button", name="Service")).to_have_count(0)
    page.locator("[data-id=m1]").first.click()
    page.get_by_role("button", name="Orienter").click()
    page.get_by_role("button", name="Proposer : Enfance en danger").click()
    page.get_by_text("Envoyé à la personne.").wait_for()
    said = page.get_by_role("group", name="La personne dit : Enfance en danger")
    said.get_by_role("button", name="Oui").click()
    page.get_by_text("d’accord", exact=True).wait_for()
    assert [(each["entry"], each["agreed"]) for each in service.given] == [
        ("enfance_en_danger", True)
    ]
    axe_finds_nothing(page)
