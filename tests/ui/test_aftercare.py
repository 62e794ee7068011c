"""Beside and after a conversation, in a real Chromium: the emergency sheet, follow-ups."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.ui.consoles import Open, Page, expect, mine
from tests.ui.fake_console_api import FakeConsole, ago, message, summary
from tests.ui.test_console_service import axe_finds_nothing
from tests.ui.test_supervision import BILAL, Desk, a_board, a_row

pytestmark = pytest.mark.browser

WORDS = "j'ai pris des cachets"


def answering(page: Page, path: str, answer: dict[str, Any]) -> list[Any]:
    """Answer a request of the console; what was asked is kept."""
    asked: list[Any] = []

    def fulfill(route: Any) -> None:
        asked.append(json.loads(route.request.post_data or "null"))
        route.fulfill(json=answer)

    page.route(f"**/console/api/{path}", fulfill)
    return asked


def in_danger(server: FakeConsole, visit: Open, channel: str, **options: Any) -> Page:
    reason = {"start": 0, "end": 21, "rule": "geste_en_cours", "urgency": "critique"}
    server.add(
        mine("c1", "critique", channel=channel, issue="ideation_suicidaire"),
        [message("person", f"{WORDS} <b>", reasons=[reason])],
        {"facts": [{"name": "place", "value": "à Lyon", "seq": 1}]},
    )
    page = visit(**options)
    page.locator("[data-id=c1]").first.click()
    page.locator("#reply").wait_for()
    return page


def sheet_of(server: FakeConsole, channel: str, contact: str | None) -> dict[str, Any]:
    times = {"opened_at": ago(minutes=20), "heard_at": ago(minutes=1)}
    about = {"channel": channel, "account": "main", "opaque": channel == "telegram"}
    return {**times, **about, "contact": contact, "card": server.cards["c1"]}


def test_the_sheet_needs_a_reason_and_says_what_is_known_and_what_is_not(
    server: FakeConsole, visit: Open
) -> None:
    page = in_danger(server, visit, "whatsapp")
    asked = answering(
        page, "conversations/c1/emergency", sheet_of(server, "whatsapp", "+33612345678")
    )
    page.locator("#reply").press("Escape")
    page.keyboard.press("e")
    sheet = page.get_by_role("dialog", name="Fiche d’urgence")
    expect(sheet.get_by_label("Pourquoi cette fiche ?")).to_be_focused()
    page.keyboard.press("Tab")
    sheet.get_by_role("button", name="Ouvrir la fiche").press("Enter")
    expect(sheet.get_by_role("alert")).to_have_text("Dites pourquoi.")
    assert asked == []
    axe_finds_nothing(page)
    page.keyboard.type("elle dit avoir pris des cachets")
    sheet.get_by_role("button", name="Ouvrir la fiche").press("Enter")
    expect(sheet.get_by_role("heading", name="Joindre la personne")).to_be_focused()
    expect(sheet.locator(".reach b")).to_have_text("06 12 34 56 78")
    expect(sheet).to_contain_text(f"« {WORDS} »")
    expect(sheet).to_contain_text("Lieu : à Lyon")
    expect(sheet).to_contain_text("Je ne sais pas : si un moyen est à portée.")
    assert asked == [{"reason": "elle dit avoir pris des cachets"}]
    axe_finds_nothing(page)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)


def test_on_the_website_the_listener_asks_where_they_are(server: FakeConsole, visit: Open) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    page = in_danger(server, visit, "web", **phone)
    answering(page, "conversations/c1/emergency", sheet_of(server, "web", None))
    page.get_by_role("button", name="Fiche d’urgence").click()
    sheet = page.get_by_role("dialog", name="Fiche d’urgence")
    sheet.get_by_label("Pourquoi cette fiche ?").fill("danger")
    sheet.get_by_role("button", name="Ouvrir la fiche").click()
    expect(sheet).to_contain_text("Le site ne garde aucune adresse")
    axe_finds_nothing(page)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, "nothing is cut off on a phone"
    sheet.get_by_role("button", name="Mettre la question dans la réponse").click()
    expect(page.locator("#reply")).to_be_focused()
    expect(page.locator("#reply")).to_have_value(re.compile("^Où es-tu en ce moment"))


def test_a_supervisor_opens_the_sheet_of_whom_a_colleague_answers(
    server: FakeConsole, visit: Open
) -> None:
    server.add(mine("c1", "critique"))
    held = a_row("h1", "critique", ticket="claimed", listener="Bilal", listener_id=BILAL)
    page = Desk(server, visit, a_board(held=[held])).page
    reason = {"seq": 1, "start": 0, "end": 9, "rule": "suicide_annonce", "urgency": "critique"}
    told = sheet_of(server, "whatsapp", "+33612345678")
    told["card"] = told["card"] | {"reasons": [reason]}
    asked = answering(page, "conversations/h1/emergency", told)
    page.get_by_role("button", name="Lire la conversation").first.click()
    look = page.locator("dialog.look")
    look.get_by_label("Pourquoi lisez-vous").fill("Bilal demande de l'aide")
    page.keyboard.press("Enter")
    look.get_by_role("button", name="Fiche d’urgence").click()
    sheet = page.get_by_role("dialog", name="Fiche d’urgence")
    sheet.get_by_label("Pourquoi cette fiche ?").fill("je vais appeler le 15")
    sheet.get_by_role("button", name="Ouvrir la fiche").press("Enter")
    expect(sheet.locator(".reach b")).to_have_text("06 12 34 56 78")
    # The words to read out are those that were just read.
    expect(sheet).to_contain_text("« j'ai peur »")
    assert asked == [{"reason": "je vais appeler le 15"}]
    axe_finds_nothing(page)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(look).to_be_visible()


def promise(kind: str, stage: str) -> dict[str, Any]:
    due = ago(minutes=5)
    return {"kind": kind, "stage": stage, "due_at": due, "by": "Bilal", "local": None}


def test_consent_is_asked_for_or_noted_with_its_hour(server: FakeConsole, visit: Open) -> None:
    page = in_danger(server, visit, "telegram")
    agreed = server.summary_of("c1", version=9, follow_up=promise("call", "agreed"))
    question = agreed | {"follow_up": promise("message", "asked"), "version": 8}
    asked = answering(page, "conversations/c1/follow_up", {"summary": question})
    noted = answering(page, "conversations/c1/follow_up/note", {"summary": agreed})
    propose = page.get_by_role("button", name="Proposer de réécrire")
    propose.press("Enter")
    dialog = page.get_by_role("dialog", name="Proposer de réécrire")
    expect(dialog.get_by_role("button", name="Lui demander ici")).to_be_focused()
    axe_finds_nothing(page)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert len(asked) == 1
    propose.press("Enter")
    dialog.get_by_label("La rappeler par téléphone").check()
    dialog.get_by_label("Quand").fill("2030-01-01T18:00")
    dialog.get_by_role("button", name="Noter son accord").click()
    expect(dialog.get_by_role("alert")).to_have_text("Indiquez le numéro à rappeler.")
    assert noted == []
    page.keyboard.type("06 12 34 56 78")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert noted[0]["number"] == "06 12 34 56 78"
    assert noted[0]["due_at"].endswith("Z")
    expect(page.locator("#card")).to_contain_text("Appel prévu le")


def test_what_is_due_is_listed_its_number_shown_on_demand_and_done(
    server: FakeConsole, visit: Open
) -> None:
    page = visit()
    row = summary("c9", ticket="closed", owner="bot", follow_up=promise("call", "due"))
    told = {"follow_ups": [row]}
    page.route("**/console/api/follow_ups", lambda route: route.fulfill(json=told))
    number = answering(page, "conversations/c9/follow_up/number", {"number": "06 12 34 56 78"})
    done = answering(page, "conversations/c9/follow_up/done", {"summary": row})
    page.get_by_role("button", name="À rappeler").click()
    tasks = page.get_by_role("dialog", name="À rappeler")
    expect(tasks.locator(".tasks")).to_contain_text("À faire Appel prévu le")
    assert number == []
    axe_finds_nothing(page)
    tasks.get_by_role("button", name="Voir le numéro").click()
    expect(tasks.get_by_role("status")).to_contain_text("06 12 34 56 78")
    told["follow_ups"] = []
    tasks.get_by_role("button", name="C’est fait").click()
    expect(tasks).to_contain_text("Rien n’est promis à personne")
    assert len(done) == 1


def test_a_call_that_was_agreed_to_at_night_without_a_number_is_told_as_such(
    server: FakeConsole, visit: Open
) -> None:
    page = in_danger(server, visit, "web")
    server.change("c1", follow_up=promise("call", "asked"))
    expect(page.get_by_text("Son numéro manque encore.")).to_be_visible()
    server.change("c1", follow_up=promise("call", "asked") | {"due_at": None})
    expect(page.get_by_text("la personne n’a pas encore répondu")).to_be_visible()


def test_a_message_that_is_due_is_written_from_the_list_unless_somebody_talks_with_them(
    server: FakeConsole, visit: Open
) -> None:
    page = visit()
    over = summary("c9", ticket="closed", owner="listener", closed_at=ago(minutes=9))
    waits = summary("c8", ticket="waiting", owner="queue")
    rows = [one | {"follow_up": promise("message", "due")} for one in (over, waits)]
    told = {"follow_ups": rows}
    page.route("**/console/api/follow_ups", lambda route: route.fulfill(json=told))
    sent = answering(page, "conversations/c9/follow_up/write", {"summary": over})
    page.get_by_role("button", name="À rappeler").click()
    tasks = page.get_by_role("dialog", name="À rappeler")
    expect(tasks.get_by_role("button", name="Écrire maintenant")).to_have_count(1)
    expect(tasks).to_contain_text("Elle attend dans la file : répondez-lui là.")
    axe_finds_nothing(page)
    told["follow_ups"] = rows[1:]
    tasks.get_by_role("button", name="Écrire maintenant").press("Enter")
    expect(tasks.get_by_role("button", name="Écrire maintenant")).to_have_count(0)
    expect(tasks.get_by_role("button", name="Fermer")).to_be_focused()
    assert sent == [{}]


def test_whom_we_wrote_to_first_is_not_taken_for_the_person(
    server: FakeConsole, visit: Open
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    page = in_danger(server, visit, "whatsapp", **phone)
    expect(page.get_by_role("group", name="Identité non confirmée")).to_have_count(0)
    server.change("c1", follow_up=promise("message", "sent"))
    banner = page.get_by_role("group", name="Identité non confirmée")
    expect(banner).to_contain_text("Ne nommez rien de ce qui a été dit")
    axe_finds_nothing(page)
    told = server.summary_of("c1", version=99, follow_up=promise("message", "confirmed"))
    answering(page, "conversations/c1/follow_up/confirm", {"summary": told})
    banner.get_by_role("button", name="C’est bien elle").press("Enter")
    expect(banner).to_have_count(0)
    expect(page.locator("#reply")).to_be_focused()


def test_on_the_website_only_a_call_can_be_agreed(server: FakeConsole, visit: Open) -> None:
    page = in_danger(server, visit, "web")
    page.get_by_role("button", name="Proposer de réécrire").press("Enter")
    dialog = page.get_by_role("dialog", name="Proposer de réécrire")
    expect(dialog.get_by_label("La rappeler par téléphone")).to_be_checked()
    expect(dialog.get_by_role("button", name="Lui demander ici")).to_have_count(0)
    expect(dialog.get_by_role("radio")).to_have_count(1)
