"""Accounts without a mouse, on a real gateway: a link, a closed account, a second step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest

from core.accounts import StaffRole, Totp
from core.ids import ListenerId, new_id
from tests.browsers import PATIENCE_MS
from tests.gateway.gateways import PASSWORD
from tests.ui.consoles import Browser, Page, expect, sign_in
from tests.ui.keys import at, hands_off_the_mouse, press, reach, used_no_mouse
from tests.ui.real_gateway import RealGateway, at_the_desk, real_gateway
from tests.ui.test_console_service import axe_finds_nothing

pytestmark = pytest.mark.browser


async def _accounts(gateway: RealGateway) -> None:
    await gateway.house.add_listener("admin", role=StaffRole.ADMIN)
    anne = await gateway.house.add_listener("anne")
    application = Totp(secret=pyotp.random_base32())
    bilal = replace(anne, id=ListenerId(new_id()), login="bilal", name="Bilal", totp=application)
    await gateway.house.store.add_listener(bilal)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RealGateway]:
    with real_gateway(tmp_path) as one:
        one.do(_accounts(one))
        yield one


def of_the_admin(chromium: Browser, gateway: RealGateway) -> Page:
    context = chromium.new_context(
        locale="fr-FR",
        viewport={"width": 1280, "height": 800},
        permissions=["clipboard-read", "clipboard-write"],
    )
    shown = context.new_page()
    shown.set_default_timeout(PATIENCE_MS)
    shown.goto(f"{gateway.url}/console/")
    shown.get_by_label("Identifiant").wait_for()
    sign_in(shown, "admin", PASSWORD)
    shown.get_by_role("heading", name="Comptes").wait_for()
    return shown


@pytest.fixture
def page(chromium: Browser, gateway: RealGateway) -> Iterator[Page]:
    """An admin at the accounts; nothing is clicked from here on."""
    shown = of_the_admin(chromium, gateway)
    errors: list[str] = []
    shown.on("pageerror", lambda error: errors.append(str(error)))
    hands_off_the_mouse(shown)
    yield shown
    assert used_no_mouse(shown)
    shown.context.close()
    assert errors == []


def test_somebody_is_invited_by_keys(page: Page) -> None:
    form = page.locator("section", has=page.get_by_role("heading", name="Inviter quelqu’un"))
    name, login = form.get_by_label("Prénom"), form.get_by_label("Identifiant")
    reach(page, login)
    page.keyboard.type("anne")
    page.keyboard.press("Enter")
    at(page, name)
    page.keyboard.type("Zoé")
    page.keyboard.press("Enter")
    # Taken: said in the form, and the focus is where it is to be mended.
    expect(form.get_by_role("alert")).not_to_be_empty()
    at(page, login)
    axe_finds_nothing(page)
    page.keyboard.press("Control+a")
    page.keyboard.type("zoe")
    page.keyboard.press("Escape")
    expect(login).to_have_value("zoe")
    expect(name).to_have_value("Zoé")
    page.keyboard.press("Enter")

    link = page.get_by_role("textbox", name="Lien pour Zoé")
    expect(link).to_have_value(re.compile("/console/#invitation="))
    at(page, link)
    axe_finds_nothing(page)
    offered = link.input_value()
    copy = page.get_by_role("button", name="Copier le lien")
    press(page, copy)
    expect(page.get_by_text("Lien copié.")).to_be_visible()
    at(page, copy)
    assert page.evaluate("navigator.clipboard.readText()") == offered
    # It is shown once: Escape does not take it away.
    page.keyboard.press("Escape")
    expect(link).to_be_visible()
    press(page, page.get_by_role("button", name="C’est fait"))
    expect(link).to_have_count(0)
    at(page, login)
    expect(login).to_have_value("")
    expect(page.get_by_role("row").filter(has_text="zoe")).to_contain_text("invité")


def test_an_account_is_managed_by_keys(page: Page, chromium: Browser, gateway: RealGateway) -> None:
    anne = at_the_desk(chromium, gateway, "anne")
    row = page.get_by_role("row").filter(has_text="anne")
    manage = row.get_by_label("Gérer le compte de Anne")
    press(page, manage)
    end = row.get_by_role("button", name="Fermer ses sessions")
    press(page, end)
    expect(page.get_by_text("C’est enregistré.")).to_be_visible()
    at(page, end)
    anne.get_by_label("Identifiant").wait_for()
    anne.context.close()

    # Escape takes the question back, then closes what was opened; each time one is where one was.
    shut = row.get_by_role("button", name="Fermer le compte")
    press(page, shut)
    question = row.get_by_role("alert")
    expect(question).to_contain_text("Ses sessions se ferment")
    axe_finds_nothing(page)
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    at(page, shut)
    page.keyboard.press("Escape")
    expect(shut).to_be_hidden()
    at(page, manage)
    page.keyboard.press("Enter")
    press(page, shut)
    press(page, row.get_by_role("button", name="Confirmer"))
    expect(row).to_contain_text("fermé")
    at(page, manage)

    row = page.get_by_role("row").filter(has_text="bilal")
    expect(row).to_contain_text("deux étapes")
    manage = row.get_by_label("Gérer le compte de Bilal")
    press(page, manage)
    forget = row.get_by_role("button", name="Oublier sa deuxième étape")
    press(page, forget)
    press(page, row.get_by_role("button", name="Annuler"))
    at(page, forget)
    page.keyboard.press("Enter")
    press(page, row.get_by_role("button", name="Confirmer"))
    expect(row).to_contain_text("mot de passe seul")
    at(page, manage)
    axe_finds_nothing(page)
    kept = gateway.do(gateway.house.store.listener_by_login("bilal"))
    assert kept is not None
    assert not kept.has_second_factor


def test_ones_own_session_is_ended_by_keys(
    page: Page, chromium: Browser, gateway: RealGateway
) -> None:
    elsewhere = of_the_admin(chromium, gateway)
    mine = page.get_by_role("button", name="Mon compte")
    press(page, mine)
    at(page, mine)
    press(page, page.get_by_role("button", name="Fermer cette session"))
    expect(page.get_by_text("Session fermée.")).to_be_visible()
    sessions = page.locator("section", has=page.get_by_role("heading", name="Où vous êtes"))
    at(page, sessions.get_by_role("list"))
    axe_finds_nothing(page)
    elsewhere.get_by_label("Identifiant").wait_for()
    elsewhere.context.close()

    aid = page.get_by_role("button", name="Raccourcis")
    press(page, aid)
    help_ = page.get_by_role("dialog")
    expect(help_).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_).to_have_count(0)
    at(page, aid)
