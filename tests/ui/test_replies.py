"""The menu of prepared replies in a real Chromium: it inserts, and never sends."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from handoff.closing import FIRST_TAGS
from handoff.replies import first_replies
from tests.browsers import eventually
from tests.ui.consoles import PASSWORD, Open, Page, expect, mine, replies
from tests.ui.fake_console_api import FakeConsole, message
from tests.ui.test_console_service import Service, axe_finds_nothing

pytestmark = pytest.mark.browser

FIRST = first_replies()


def lent(page: Page) -> None:
    told = [{"issues": [], **each} for each in FIRST["replies"]]
    page.route(
        "**/console/api/replies", lambda route: route.fulfill(json={**FIRST, "replies": told})
    )


def writing(server: FakeConsole, visit: Open, role: str = "victime_mineure", **look: Any) -> Page:
    server.add(mine("c1", issue="sextorsion", role=role), [message("person", "bonjour")])
    page = visit(**look)
    lent(page)
    page.locator("[data-id=c1]").first.click()
    page.locator("#reply").wait_for()
    page.locator("#reply").focus()
    return page


def test_a_reply_is_found_and_inserted_by_keys_and_only_a_second_enter_sends(
    server: FakeConsole, visit: Open
) -> None:
    page = writing(server, visit)
    page.keyboard.type("Alors, /pas")
    menu = page.get_by_role("listbox", name="Réponses prêtes")
    # What is for this issue comes first.
    expect(menu.get_by_role("option").first).to_have_text("Ne pas payer, ne plus répondre")
    expect(page.locator(".ready .preview")).to_contain_text("Ne paie pas et n’envoie rien de plus.")
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("option", selected=True)).to_have_text("Pas d’image intime ici")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(menu).to_have_count(0)
    expect(page.locator("#reply")).to_be_focused()
    begins = "Alors, Ne paie pas et n’envoie rien de plus."
    expect(page.locator("#reply")).to_have_value(re.compile("^" + re.escape(begins)))
    written = page.locator("#reply").input_value()
    assert replies(server, "c1") == []
    page.keyboard.press("Enter")
    eventually(lambda: replies(server, "c1") == [written])


def test_variables_are_filled_and_adults_are_addressed_as_vous(
    server: FakeConsole, visit: Open
) -> None:
    page = writing(server, visit, role="parent")
    page.get_by_role("button", name="Réponses prêtes").click()
    page.keyboard.type("relais")
    preview = page.locator(".ready .preview")
    expect(preview).to_contain_text("Bonjour, je suis Camille, de l’équipe du 3018.")
    expect(preview).to_contain_text("J’ai lu ce que vous avez écrit.")
    page.get_by_role("button", name="tu", exact=True).click()
    expect(preview).to_contain_text("J’ai lu ce que tu as écrit.")
    page.keyboard.press("Enter")
    expect(page.locator("#reply")).to_have_value(
        "Bonjour, je suis Camille, de l’équipe du 3018. J’ai lu ce que tu as écrit. "
        "Je suis là pour toi."
    )
    assert replies(server, "c1") == []


def test_a_slash_that_asks_for_nothing_is_a_slash(server: FakeConsole, visit: Open) -> None:
    page = writing(server, visit)
    page.keyboard.type("/mer")
    page.get_by_role("listbox").wait_for()
    page.keyboard.press("Escape")
    expect(page.locator(".ready")).to_have_count(0)
    # It stays shut while one goes on writing, and the conversation stays open.
    page.keyboard.type("ci")
    expect(page.locator(".ready")).to_have_count(0)
    page.locator("#reply").fill("")
    page.keyboard.type("24/7, oui / non, et/ou https://a.fr/mer")
    expect(page.locator(".ready")).to_have_count(0)
    page.keyboard.press("Enter")
    eventually(lambda: replies(server, "c1") == ["24/7, oui / non, et/ou https://a.fr/mer"])


def test_a_supervisor_adds_a_reply_and_is_told_what_is_wrong(
    server: FakeConsole, visit: Open
) -> None:
    server.add_user("nadia", PASSWORD, "Nadia", role="supervisor")
    page = visit(login="nadia")
    service = Service(page)
    service.papers["replies"] = copy.deepcopy(dict(FIRST))
    service.versions["replies"] = 0
    page.get_by_role("button", name="Service").click()
    page.get_by_role("button", name="Réponses prêtes").click()
    page.get_by_role("button", name="Ajouter une réponse").click()
    page.get_by_label("Nom dans le menu").last.fill("À demain")
    page.get_by_label("Texte en « tu »").last.fill("À demain {nom}")
    page.get_by_label("Texte en « vous »").last.fill("À demain.")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("dialog .failure")).to_contain_text("À demain : {nom} n’existe pas.")
    page.get_by_label("Texte en « tu »").last.fill("À demain, {prenom}.")
    page.get_by_role("button", name="Monter").last.click()
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("Version 1, par Nadia.").wait_for()
    kept = [each["name"] for each in service.papers["replies"]["replies"]]
    assert kept[-2:] == ["À demain", "Au revoir"]
    axe_finds_nothing(page)


def test_a_conversation_ends_with_the_tags_that_were_chosen(
    server: FakeConsole, visit: Open
) -> None:
    page = writing(server, visit)
    page.route("**/console/api/tags", lambda route: route.fulfill(json=FIRST_TAGS))
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    dialog = page.get_by_role("dialog", name="Terminer la conversation")
    dialog.get_by_label("plainte envisagée").check()
    dialog.get_by_label("récidive").check()
    dialog.get_by_label("récidive").uncheck()
    submit = dialog.get_by_role("button", name="Terminer la conversation")
    submit.click()
    expect(dialog.get_by_role("alert")).to_contain_text("Choisissez comment")
    axe_finds_nothing(page)
    dialog.get_by_text("Aide apportée").click()
    submit.click()
    expect(dialog).to_have_count(0)
    asked = [body for path, body in server.requests if path.endswith("/close")]
    assert [(each["outcome"], each["tags"]) for each in asked] == [
        ("helped", ["plainte envisagée"])
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_axe_finds_nothing_in_the_menu(
    server: FakeConsole, visit: Open, scheme: str, width: int, height: int
) -> None:
    page = writing(server, visit, color_scheme=scheme, viewport={"width": width, "height": height})
    page.keyboard.type("/")
    page.locator("#ready-0").wait_for()
    axe_finds_nothing(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    box = page.locator(".ready").bounding_box()
    assert box
    assert box["y"] >= 0
