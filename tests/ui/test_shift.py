"""Pauses and the end of a shift in a real Chromium: nobody is left with nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.browsers import eventually
from tests.ui.consoles import Open, Page, expect, mine
from tests.ui.fake_console_api import FakeConsole, ago
from tests.ui.test_console_service import axe_finds_nothing

pytestmark = pytest.mark.browser


class Hands:
    """Takes conversations back into the queue, and what is said of oneself."""

    def __init__(self, server: FakeConsole, page: Page) -> None:
        self.server = server
        self.said: list[str] = []
        self.back: list[tuple[str, str]] = []
        page.route("**/console/api/availability", self._say)
        page.route("**/console/api/conversations/*/hand_back", self._back)

    def _say(self, route: Any) -> None:
        body = json.loads(route.request.post_data)
        self.said.append(body["availability"])
        route.fulfill(json=body)

    def _back(self, route: Any) -> None:
        id_ = route.request.url.split("/")[-2]
        self.back.append((id_, json.loads(route.request.post_data)["note"]))
        if len(self.back) == 2:
            error = {"code": "not_owner", "message": "Cette conversation n’est plus la vôtre."}
            return route.fulfill(status=409, json={"error": error})
        free = {"ticket": "waiting", "owner": "queue", "mine": False, "version": 9}
        return route.fulfill(json={"summary": self.server.summary_of(id_, **free), "notes": []})


def test_a_shift_ends_when_everybody_is_back_in_the_queue(server: FakeConsole, visit: Open) -> None:
    for n in range(3):
        server.add(mine(f"c{n}", claimed_at=ago(minutes=9 - n)))
    page = visit()
    hands = Hands(server, page)
    page.get_by_label("Je suis").select_option("off")
    dialog = page.get_by_role("dialog", name="Finir mon service")
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    # Whoever holds somebody cannot just go, and nothing is said before it is so.
    expect(dialog.get_by_role("button", name="Garder mes conversations")).to_have_count(0)
    expect(page.get_by_label("Je suis")).to_have_value("available")
    dialog.get_by_role("button", name="Rendre et finir").click()
    expect(dialog.get_by_role("alert")).to_have_text("Écrivez ce qu’il faut savoir.")
    axe_finds_nothing(page)
    dialog.get_by_label("Ce que la personne suivante doit savoir").fill("fin de service")
    dialog.get_by_role("button", name="Rendre et finir").click()
    # One of them failed: the shift goes on until it is settled.
    expect(dialog.get_by_role("alert")).to_contain_text("n’est plus la vôtre")
    assert hands.said == []
    dialog.get_by_role("button", name="Rendre et finir").click()
    expect(dialog).to_have_count(0)
    eventually(lambda: hands.said == ["off"])
    assert {note for _, note in hands.back} == {"fin de service"}
    assert {id_ for id_, _ in hands.back} == {"c0", "c1", "c2"}


def test_after_a_grave_conversation_a_pause_is_proposed_and_may_be_declined(
    server: FakeConsole, visit: Open
) -> None:
    server.add(mine("c1", "critique"))
    server.add(mine("c2", "faible", claimed_at=ago(minutes=-1)))
    page = visit()
    hands = Hands(server, page)
    proposal = page.get_by_text("Cette conversation était grave.")

    def end(id_: str) -> None:
        page.locator(f"button.item[data-id={id_}]").click()
        page.locator("#reply").wait_for()
        page.keyboard.press("Escape")
        page.keyboard.press("t")
        page.get_by_text("Aide apportée").click()
        page.get_by_role("dialog").get_by_role("button", name="Terminer la conversation").click()
        expect(page.get_by_role("dialog")).to_have_count(0)

    end("c1")
    proposal.wait_for()
    axe_finds_nothing(page)
    # Whoever opens a conversation goes on.
    page.locator("button.item[data-id=c2]").click()
    expect(proposal).to_have_count(0)
    page.locator("#reply").press("Escape")
    server.add(mine("c3", "critique", claimed_at=ago(minutes=-2)))
    end("c3")
    proposal.wait_for()
    page.get_by_role("button", name="Faire une pause").click()
    # One is still held: it may be kept, or given back.
    page.get_by_role("button", name="Garder mes conversations").click()
    eventually(lambda: hands.said == ["pause"])
    expect(proposal).to_have_count(0)
    end("c2")
    expect(proposal).to_have_count(0)
