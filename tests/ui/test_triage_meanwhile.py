"""A danger that comes while a listener corrects triage, in Chromium on a real gateway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.labels import Issue, Urgency
from tests.browsers import PATIENCE_MS
from tests.ui.consoles import Browser, Locator, Page, expect
from tests.ui.real_gateway import RealGateway, at_the_desk, real_gateway
from tests.ui.test_console_service import axe_finds_nothing

pytestmark = pytest.mark.browser


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RealGateway]:
    with real_gateway(tmp_path, listeners=("anne",)) as one:
        # What nobody can answer waits for a listener, calm as it is.
        one.house.assistant.dead = True
        yield one


def writes(person: Page, text: str) -> None:
    person.get_by_label("Ton message").fill(text)
    person.keyboard.press("Enter")
    expect(person.get_by_text(text, exact=True)).to_be_visible()


def a_calm_conversation(chromium: Browser, gateway: RealGateway) -> tuple[Page, Page]:
    """Somebody who wrote, and the console of the listener who took them."""
    person = chromium.new_context(locale="fr-FR").new_page()
    person.set_default_timeout(PATIENCE_MS)
    person.goto(gateway.url)
    writes(person, "on m’a volé mon compte")
    page = at_the_desk(chromium, gateway, "anne")
    page.locator(".row").wait_for()
    page.keyboard.press("n")
    expect(page.locator("#log")).to_contain_text("on m’a volé mon compte")
    return person, page


def begins_to_correct(page: Page) -> Locator:
    page.get_by_role("button", name="Corriger le tri").click()
    return page.get_by_role("dialog", name="Corriger le tri")


def test_a_danger_that_comes_while_the_dialog_is_open_is_said_in_it_and_is_not_lowered(
    chromium: Browser, gateway: RealGateway
) -> None:
    person, page = a_calm_conversation(chromium, gateway)

    dialog = begins_to_correct(page)
    urgency = dialog.get_by_label("Quelle urgence ?")
    urgency.select_option("Faible")
    dialog.get_by_label("De quoi s’agit-il ?").select_option("Arnaque")
    dialog.get_by_label("Le tri s’est trompé").check()
    said = dialog.get_by_role("alert").filter(has_text="vous ne l’avez pas encore lu")
    expect(said).to_have_count(0)
    writes(person, "DANGER")
    expect(said).to_contain_text("Urgence : Critique")
    expect(urgency).to_have_value("critique")
    axe_finds_nothing(page)

    # Chosen again, and not taken; the rest of it is, and the dialog leads to what was written.
    urgency.select_option("Faible")
    dialog.get_by_role("button", name="Enregistrer").click()
    stays = page.get_by_role("dialog", name="L’urgence reste « Critique »")
    expect(stays.get_by_role("alert")).to_contain_text("Lisez ce message")
    axe_finds_nothing(page)
    (kept,) = gateway.do(gateway.house.store.in_danger(limit=9))
    assert (kept.assessment.urgency, kept.assessment.issue) == (Urgency.CRITIQUE, Issue.ARNAQUE)
    stays.get_by_role("button", name="Fermer et lire").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#log").get_by_text("DANGER", exact=True)).to_be_in_viewport()
    expect(page.locator("#conversation-title")).to_contain_text("Critique")

    # Who has read it decides.
    dialog = begins_to_correct(page)
    expect(said).to_have_count(0)
    urgency.select_option("Faible")
    dialog.get_by_label("Le tri s’est trompé").check()
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#conversation-title")).to_contain_text("Faible")
    for one in (person, page):
        one.context.close()


def test_on_a_telephone_what_came_behind_the_card_is_read_before_it_is_lowered(
    chromium: Browser, gateway: RealGateway
) -> None:
    person, page = a_calm_conversation(chromium, gateway)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="Fiche", exact=True).click()
    expect(page.locator("#log")).to_be_hidden()
    writes(person, "DANGER")
    expect(page.locator("#conversation-title")).to_contain_text("Critique")

    dialog = begins_to_correct(page)
    expect(dialog.get_by_role("alert").first).to_contain_text("vous ne l’avez pas encore lu")
    dialog.get_by_role("button", name="Fermer et lire").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#log").get_by_text("DANGER", exact=True)).to_be_in_viewport()
    for one in (person, page):
        one.context.close()
