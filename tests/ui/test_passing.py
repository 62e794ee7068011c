"""Passing conversations on, in a real Chromium: by keys, and nothing of it reaches the person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browsers import REQUIRED, eventually
from tests.ui.consoles import Open, Page, expect, mine, replies
from tests.ui.fake_console_api import FakeConsole, ago, message, summary

pytestmark = pytest.mark.browser

BILAL, CHLOE = "b" * 32, "c" * 32


class Wire:
    """Answers the requests that this page adds, and keeps what was asked."""

    def __init__(self, server: FakeConsole, page: Page) -> None:
        self.server = server
        self.asked: list[tuple[str, Any]] = []
        page.route("**/console/api/colleagues", self._colleagues)
        page.route("**/console/api/availability", self._ask)
        for what in ("offer", "withdraw", "accept", "decline", "hand_back", "to_bot", "notes"):
            page.route(f"**/console/api/conversations/*/{what}", self._ask)
        page.route("**/console/api/conversations/*/reopen", self._ask)

    def _colleagues(self, route: Any) -> None:
        row = {"me": False, "present": True, "availability": "available", "since": None}
        told = [
            {**row, "id": "a" * 32, "name": "Camille", "me": True},
            {**row, "id": BILAL, "name": "Bilal"},
            {**row, "id": CHLOE, "name": "Chloé", "availability": "pause"},
        ]
        route.fulfill(json={"colleagues": told})

    def _ask(self, route: Any) -> None:
        path = route.request.url.split("/console/api/")[1]
        what, body = path.split("/")[-1], json.loads(route.request.post_data or "{}")
        self.asked.append((what, body))
        if what == "availability":
            route.fulfill(json=body)
            return
        id_ = path.split("/")[1]
        if what == "to_bot" and self.server.conversations[id_]["urgency"] == "critique":
            words = "C’est trop grave pour l’assistant automatique : une personne doit rester."
            error = {"code": "too_urgent", "message": words}
            route.fulfill(status=409, json={"error": error})
            return
        about = dict(self.server.conversations[id_])
        about["version"] += 1
        about |= {
            "offer": {},
            "accept": {"offer": None, "mine": True, "_owner": "camille"},
            "decline": {"offer": None},
            "withdraw": {"offer": None},
            "hand_back": {"ticket": "waiting", "owner": "queue", "mine": False, "_owner": None},
            "to_bot": {"ticket": None, "owner": "bot", "mine": False, "_owner": None},
            "reopen": {"ticket": "claimed", "mine": True, "closed_at": None},
            "notes": {},
        }[what]
        if what == "offer":
            about["offer"] = an_offer("Bilal", to_me=False, summary=body["summary"])
        notes = self.server.notes.setdefault(id_, [])
        if what == "notes":
            notes.append({"id": "n1", "name": "Camille", "text": body["text"], "at": ago()})
        self.server.conversations[id_] = about
        told = {name: value for name, value in about.items() if name != "_owner"}
        told.setdefault("mine", True)
        if what in ("offer", "withdraw", "notes"):
            told["mine"] = True
        route.fulfill(json={"summary": told, "notes": notes})


def an_offer(to: str, *, to_me: bool, summary: str) -> dict[str, Any]:
    return {
        "to_me": to_me, "to": to, "from": "Bilal" if to_me else "Camille", "summary": summary,
        "until": ago(minutes=-2), "declined": False,
    }  # fmt: skip


def holding(server: FakeConsole, visit: Open, urgency: str = "moderee") -> tuple[Page, Wire]:
    server.add(mine("c1", urgency), [message("person", "bonjour")])
    page = visit()
    wire = Wire(server, page)
    page.get_by_role("button", name="Cyberharcèlement").first.click()
    page.locator("#reply").wait_for()
    page.keyboard.press("Escape")
    return page, wire


def test_a_transfer_by_keys_needs_words_and_stays_until_accepted(
    server: FakeConsole, visit: Open
) -> None:
    page, wire = holding(server, visit)
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog", name="Passer la main")
    # Who is on a break is not asked.
    dialog.get_by_text("À Bilal", exact=True).wait_for()
    expect(dialog.get_by_text("Chloé")).to_have_count(0)
    page.keyboard.press("Enter")
    dialog.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Écrivez ce qu’il faut savoir.")
    assert wire.asked == []
    page.get_by_label("Ce que la personne suivante doit savoir").fill("elle veut un juriste")
    dialog.get_by_role("button", name="Passer la main").click()
    page.get_by_text("Proposée à Bilal. Elle reste la vôtre").wait_for()
    ((what, body),) = wire.asked
    assert (what, body["to"], body["summary"]) == ("offer", BILAL, "elle veut un juriste")
    assert replies(server, "c1") == []
    page.get_by_role("button", name="La garder").click()
    expect(page.get_by_text("Proposée à Bilal")).to_have_count(0)


def test_back_to_the_queue_leaves_the_screen_and_grave_ones_never_go_to_the_bot(
    server: FakeConsole, visit: Open
) -> None:
    page, wire = holding(server, visit, "critique")
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog", name="Passer la main")
    dialog.get_by_text("À l’assistant automatique").click()
    page.get_by_label("Ce que la personne suivante doit savoir").fill("fin de service")
    dialog.get_by_role("button", name="Passer la main").click()
    expect(dialog.get_by_role("alert")).to_contain_text("trop grave")
    # What was written stays.
    dialog.get_by_text("À la file d’attente").click()
    dialog.get_by_role("button", name="Passer la main").click()
    page.locator(".row[data-id=c1]").wait_for()
    expect(page.locator("#reply")).to_have_count(0)
    assert wire.asked[-1][0] == "hand_back"


def test_what_a_colleague_offers_is_taken_or_declined(server: FakeConsole, visit: Open) -> None:
    page = visit()
    wire = Wire(server, page)
    offered = summary("c1", "elevee", ticket="claimed", owner="listener", listener="Bilal")
    offered["offer"] = an_offer("Camille", to_me=True, summary="elle attend un conseil")
    server.add(offered, [message("person", "bonjour")])
    server.send_raw({"type": "summary", "summary": offered})
    asked = page.get_by_role("region", name="On vous passe la main")
    expect(asked).to_contain_text("elle attend un conseil")
    asked.get_by_role("button", name="Prendre").click()
    page.locator("#reply").wait_for()
    expect(asked).to_have_count(0)
    assert [what for what, _ in wire.asked] == ["accept"]


def test_a_refusal_leaves_it_where_it_is_and_tells_both(server: FakeConsole, visit: Open) -> None:
    given = an_offer("Bilal", to_me=False, summary="…")
    server.add(mine("c1", offer=given), [message("person", "bonjour")])
    page = visit()
    wire = Wire(server, page)
    page.locator("button.item[data-id=c1]").click()
    page.get_by_text("Proposée à Bilal. Elle reste la vôtre").wait_for()
    server.change("c1", offer={**given, "declined": True})
    page.get_by_text("Bilal ne peut pas la prendre. Elle reste la vôtre.").wait_for()
    expect(page.locator("#reply")).to_be_enabled()
    # And the other way round.
    offered = summary("c2", "elevee", ticket="claimed", owner="listener", listener="Bilal")
    offered["offer"] = an_offer("Camille", to_me=True, summary="elle attend un conseil")
    server.add(offered, [message("person", "bonjour")])
    server.send_raw({"type": "summary", "summary": offered})
    asked = page.get_by_role("region", name="On vous passe la main")
    asked.get_by_role("button", name="Je ne peux pas").press("Enter")
    expect(asked).to_have_count(0)
    assert [what for what, _ in wire.asked] == ["decline"]


def test_the_bot_goes_on_and_notes_look_like_no_message(server: FakeConsole, visit: Open) -> None:
    server.notes["c1"] = [{"id": "n1", "name": "Bilal", "text": "à rappeler", "at": ago()}]
    page, wire = holding(server, visit, "faible")

    def colour(of: str) -> str:
        told: str = page.locator(of).first.evaluate(
            "e => { while (getComputedStyle(e).backgroundColor === 'rgba(0, 0, 0, 0)') "
            "e = e.parentElement; return getComputedStyle(e).backgroundColor }"
        )
        return told

    assert colour(".notes li") != colour(".message.person")
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog", name="Passer la main")
    dialog.get_by_text("À l’assistant automatique").click()
    dialog.get_by_role("button", name="Passer la main").click()
    expect(dialog.get_by_role("alert")).to_have_text("Écrivez ce qu’il faut savoir.")
    page.get_by_label("Ce que la personne suivante doit savoir").fill("elle a eu sa réponse")
    dialog.get_by_role("button", name="Passer la main").click()
    expect(page.locator("#reply")).to_have_count(0)
    ((what, body),) = wire.asked
    assert (what, body["summary"]) == ("to_bot", "elle a eu sa réponse")


def test_a_note_is_for_colleagues_and_availability_is_said(
    server: FakeConsole, visit: Open
) -> None:
    page, wire = holding(server, visit)
    page.get_by_label("Nouvelle note").fill("rappeler sa mère <b>")
    page.get_by_role("button", name="Ajouter la note").click()
    expect(page.locator(".notes li")).to_contain_text("rappeler sa mère <b>")
    expect(page.get_by_label("Nouvelle note")).to_have_value("")
    assert replies(server, "c1") == []
    page.get_by_label("Je suis").select_option("pause")
    page.get_by_role("button", name="Garder mes conversations").click()
    eventually(lambda: ("availability", {"availability": "pause"}) in wire.asked)


def test_the_button_to_undo_counts_ten_seconds_and_leaves(server: FakeConsole, visit: Open) -> None:
    page, wire = holding(server, visit)
    page.clock.install()
    page.keyboard.press("t")
    page.get_by_text("Aide apportée").click()
    page.get_by_role("dialog").get_by_role("button", name="Terminer la conversation").click()
    undo = page.get_by_role("button", name="Annuler la fin")
    undo.wait_for()
    page.clock.run_for(8_500)
    expect(undo).to_have_count(1)
    page.clock.run_for(2_000)
    expect(undo).to_have_count(0)
    assert wire.asked == []


def test_a_closing_is_taken_back(server: FakeConsole, visit: Open) -> None:
    page, wire = holding(server, visit)
    page.keyboard.press("t")
    page.get_by_text("Aide apportée").click()
    page.get_by_role("dialog").get_by_role("button", name="Terminer la conversation").click()
    page.get_by_role("button", name="Annuler la fin").click()
    page.locator("#reply").wait_for()
    expect(page.get_by_role("button", name="Annuler la fin")).to_have_count(0)
    assert [what for what, _ in wire.asked] == ["reopen"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_axe_finds_nothing_in_the_new_states(
    server: FakeConsole, visit: Open, scheme: str, width: int, height: int
) -> None:
    if not REQUIRED:
        pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing")
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    server.notes["c1"] = [{"id": "n1", "name": "Bilal", "text": "à rappeler", "at": ago()}]
    given = mine("c1", offer=an_offer("Bilal", to_me=False, summary="…"))
    offered = summary("c2", "elevee", ticket="claimed", owner="listener", listener="Bilal")
    offered["offer"] = an_offer("Camille", to_me=True, summary="elle attend un conseil")
    server.add(given, [message("person", "bonjour")])
    server.add(offered, [message("person", "bonjour")])
    size = {"width": width, "height": height}
    page = visit(color_scheme=scheme, viewport=size)
    Wire(server, page)
    server.send_raw({"type": "summary", "summary": offered})
    page.get_by_role("button", name="Prendre", exact=True).wait_for()

    def check(state: str) -> None:
        page.wait_for_timeout(150)
        found = axe.run(page).response["violations"]
        told = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        assert told == [], state
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, state

    check("offered")
    page.locator("button.item[data-id=c1]").click()
    page.locator(".log").wait_for()
    check("given")
    page.get_by_role("button", name="Passer la main").click()
    page.get_by_text("À Bilal", exact=True).wait_for()
    check("dialog")
