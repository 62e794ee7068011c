"""The desk without a mouse, on a real gateway: triage corrected, a note, a transfer to its end."""

from __future__ import annotations

import pytest

from core.accounts import StaffRole
from core.assessment import Assessment
from core.audit import Verb
from core.labels import Issue, Urgency
from tests.browsers import eventually
from tests.ui.consoles import Browser, expect
from tests.ui.keys import at, reach
from tests.ui.real_gateway import RealGateway, at_the_desk
from tests.ui.test_console_service import axe_finds_nothing
from tests.ui.test_real_desk import _waits, waits

pytestmark = pytest.mark.browser


def test_correcting_noting_and_passing_on(chromium: Browser, gateway: RealGateway) -> None:
    id_ = waits(gateway, 3)
    anne, bilal = (at_the_desk(chromium, gateway, login) for login in ("anne", "bilal"))
    anne.keyboard.press("n")
    expect(anne.locator("#reply")).to_be_focused()

    # The card, from there to the button, the dialog, and back.
    anne.keyboard.press("Escape")
    anne.keyboard.press("i")
    reach(anne, anne.get_by_role("button", name="Corriger le tri"))
    anne.keyboard.press("Enter")
    dialog = anne.get_by_role("dialog", name="Corriger le tri")
    reach(anne, dialog.get_by_label("Quelle urgence ?"))
    anne.keyboard.press("ArrowUp")
    expect(dialog.get_by_label("Quelle urgence ?")).to_have_value("elevee")
    reach(anne, dialog.get_by_role("radio").first)
    anne.keyboard.press("Space")
    reach(anne, dialog.get_by_role("button", name="Enregistrer"))
    anne.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(anne.locator("#conversation-title")).to_contain_text("Élevée")

    note = anne.get_by_label("Nouvelle note")
    reach(anne, note)
    anne.keyboard.type("elle préfère écrire")
    anne.keyboard.press("Control+Enter")
    expect(anne.locator(".notes li")).to_have_count(1)
    reach(anne, anne.get_by_role("button", name="Ajouter la note"))

    anne.keyboard.press("p")
    dialog = anne.get_by_role("dialog", name="Passer la main")
    dialog.get_by_text("À Bilal", exact=True).wait_for()
    # The queue is asked first, and stays where it is when colleagues come up above it.
    anne.keyboard.press("ArrowUp")
    expect(dialog.get_by_role("radio").first).to_be_checked()
    reach(anne, dialog.get_by_label("Ce que la personne suivante doit savoir"))
    anne.keyboard.type("elle veut un juriste")
    reach(anne, dialog.get_by_role("button", name="Passer la main"))
    anne.keyboard.press("Enter")
    expect(anne.get_by_text("Proposée à Bilal. Elle reste la vôtre")).to_be_visible()

    reach(bilal, bilal.get_by_role("button", name="Prendre", exact=True).first)
    bilal.keyboard.press("Enter")
    expect(bilal.locator("#reply")).to_be_focused()
    expect(bilal.locator(".notes li").filter(has_text="elle préfère écrire")).to_have_count(1)
    expect(anne.locator("button.item")).to_have_count(0)
    kept = gateway.do(gateway.house.store.conversation(id_))
    second = gateway.do(gateway.house.store.listener_by_login("bilal"))
    assert second is not None
    assert kept.owner.listener_id == second.id
    assert kept.assessment.urgency is Urgency.ELEVEE
    entries = gateway.do(gateway.house.store.audit_entries(verb=Verb.TRIAGE_CORRECTED))
    assert [entry.conversation for entry in entries] == [id_]
    for page in (anne, bilal):
        page.context.close()


def test_escape_asks_before_it_loses_what_was_typed(
    chromium: Browser, gateway: RealGateway
) -> None:
    grave = Assessment(urgency=Urgency.CRITIQUE, issue=Issue.IDEATION_SUICIDAIRE)
    gateway.do(_waits(gateway, grave, 3))
    page = at_the_desk(chromium, gateway, "anne")
    page.keyboard.press("n")
    expect(page.locator("#reply")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog", name="Fiche d’urgence")
    words = dialog.get_by_role("textbox")
    reach(page, words)
    page.keyboard.type("elle est")
    question = dialog.get_by_text("Échap encore une fois")
    page.keyboard.press("Escape")
    expect(question).to_be_visible()
    at(page, words)
    axe_finds_nothing(page)
    # Who goes on writing is asked again.
    page.keyboard.type(" seule")
    expect(question).to_have_count(0)
    page.keyboard.press("Escape")
    expect(question).to_be_visible()
    expect(words).to_have_value("elle est seule")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    at(page, page.locator("#log"))
    # Where nothing was typed there is nothing to ask.
    page.keyboard.press("e")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    at(page, page.locator("#log"))
    # Nor where the words are kept.
    page.keyboard.press("p")
    dialog = page.get_by_role("dialog", name="Passer la main")
    words = dialog.get_by_label("Ce que la personne suivante doit savoir")
    reach(page, words)
    page.keyboard.type("elle veut un juriste")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    at(page, page.locator("#log"))
    page.keyboard.press("p")
    expect(words).to_have_value("elle veut un juriste")
    page.context.close()


def test_a_supervisor_reads_the_board_and_looks_by_keys(
    chromium: Browser, gateway: RealGateway
) -> None:
    gateway.do(gateway.house.add_listener("claire", role=StaffRole.SUPERVISOR))
    waits(gateway, 3)
    page = at_the_desk(chromium, gateway, "claire")
    reach(page, page.locator("#supervise"))
    page.keyboard.press("Enter")
    expect(page.locator("#supervision")).to_be_focused()
    reach(page, page.get_by_role("button", name="Lire la conversation").first)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    reach(page, dialog.get_by_label("Pourquoi lisez-vous cette conversation ?"))
    page.keyboard.type("écoute difficile")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("on se moque de moi sur Snapchat")
    read = Verb.CONVERSATION_READ
    eventually(
        lambda: (
            [e.reason for e in gateway.do(gateway.house.store.audit_entries(verb=read))]
            == ["écoute difficile"]
        )
    )
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.context.close()
