"""Signing in with two steps, invitations, accounts and the audit, in Chromium on a real gateway."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from core.accounts import StaffRole
from core.audit import Deed, Verb
from tests.browsers import PATIENCE_MS, REQUIRED, eventually
from tests.gateway.gateways import PASSWORD
from tests.ui.consoles import Browser, Page, expect, sign_in
from tests.ui.real_gateway import RealGateway, real_gateway
from tests.ui.test_real_desk import waits

NEW = "un mot de passe bien choisi"
Visit = Callable[..., Page]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RealGateway]:
    with real_gateway(tmp_path, second_factor={StaffRole.SUPERVISOR}) as one:
        for role in StaffRole:
            one.do(one.house.add_listener(role.value, role=role))
        yield one


@pytest.fixture
def visit(chromium: Browser, gateway: RealGateway) -> Iterator[Visit]:
    """A page of the console; no script error is accepted."""
    contexts: list[Any] = []
    errors: list[str] = []

    def open_page(path: str = "", **options: Any) -> Page:
        context = chromium.new_context(locale="fr-FR", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{gateway.url}/console/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def add_application(page: Page) -> tuple[str, list[str]]:
    """Add an application on the page that offers it; its secret, and the recovery codes."""
    page.get_by_role("button", name="Ajouter une application").click()
    return add_with(page)


def add_with(page: Page) -> tuple[str, list[str]]:
    """The same, once the picture is asked for."""
    picture = page.get_by_role("img", name="QR code")
    picture.wait_for()
    eventually(lambda: picture.evaluate("img => img.complete && img.naturalWidth") > 50)
    secret = page.locator(".ask code").inner_text().replace(" ", "")
    page.get_by_label("Code de votre application").fill(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Vos codes de secours").wait_for()
    codes = page.locator(".codes code").all_inner_texts()
    page.get_by_role("button", name="Je les ai notés").click()
    return secret, codes


def test_an_invited_listener_arrives_at_the_desk(visit: Visit) -> None:
    admin = visit()
    sign_in(admin, "admin", PASSWORD)
    admin.get_by_role("heading", name="Comptes").wait_for()
    form = admin.locator("section", has=admin.get_by_role("heading", name="Inviter quelqu’un"))
    form.get_by_label("Prénom").fill("Zoé")
    form.get_by_label("Identifiant").fill("zoe")
    form.get_by_role("button", name="Créer le lien").click()
    field = admin.get_by_role("textbox", name="Lien pour Zoé")
    expect(field).to_have_value(re.compile("/console/#invitation="))
    link = field.input_value()

    zoe = visit(link.partition("/console/")[2])
    zoe.get_by_role("heading", name="Bienvenue, Zoé").wait_for()
    # Gone from the address bar and from the history at once.
    assert "invitation" not in zoe.url
    zoe.get_by_label("Nouveau mot de passe").fill(NEW)
    zoe.get_by_label("Le même, encore une fois").fill(NEW)
    zoe.keyboard.press("Enter")
    zoe.get_by_role("heading", name="File d’attente").wait_for()

    late = visit(link.partition("/console/")[2])
    late.get_by_role("heading", name="Ce lien ne marche plus").wait_for()


def test_who_must_adds_an_application_and_enters_with_its_codes(visit: Visit) -> None:
    page = visit()
    sign_in(page, "supervisor", PASSWORD)
    page.get_by_role("heading", name="Protégez votre compte").wait_for()
    secret, codes = add_application(page)
    page.get_by_role("heading", name="File d’attente").wait_for()

    again = visit()
    sign_in(again, "supervisor", PASSWORD)
    again.get_by_role("heading", name="Deuxième étape").wait_for()
    again.get_by_label("Code de votre application").fill("000000")
    again.keyboard.press("Enter")
    expect(again.get_by_role("alert")).to_contain_text("Ce code n’est pas le bon")
    again.get_by_label("Code de votre application").fill(codes[0])
    again.keyboard.press("Enter")
    again.get_by_role("heading", name="File d’attente").wait_for()

    # The code of now was used to add it, and none is good twice: the next one is already good.
    later = visit()
    sign_in(later, "supervisor", PASSWORD)
    later.get_by_role("heading", name="Deuxième étape").wait_for()
    in_half_a_minute = datetime.now(UTC) + timedelta(seconds=30)
    later.get_by_label("Code de votre application").fill(pyotp.TOTP(secret).at(in_half_a_minute))
    later.keyboard.press("Enter")
    later.get_by_role("heading", name="File d’attente").wait_for()


def test_a_security_key_is_added_and_opens_the_console(visit: Visit) -> None:
    page = visit()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}},
    )
    sign_in(page, "listener", PASSWORD)
    page.get_by_role("button", name="Mon compte").click()
    page.get_by_role("button", name="Ajouter une clé de sécurité").click()
    page.get_by_label("Nom de la clé").fill("clé bleue")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Je les ai notés").click()
    expect(page.get_by_text("clé bleue")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()

    sign_in(page, "listener", PASSWORD)
    page.get_by_role("button", name="Utiliser ma clé de sécurité").click()
    page.get_by_role("heading", name="File d’attente").wait_for()


def test_an_admin_changes_a_role_and_the_audit_shows_it(visit: Visit) -> None:
    listener = visit()
    sign_in(listener, "listener", PASSWORD)
    listener.get_by_role("heading", name="File d’attente").wait_for()
    admin = visit()
    sign_in(admin, "admin", PASSWORD)
    row = admin.get_by_role("row").filter(has_text="listener")
    row.get_by_label("Gérer le compte de Listener").click()
    row.get_by_role("button", name="Rôle : Supervision").click()
    row.get_by_role("button", name="Confirmer").click()
    expect(row).to_contain_text("Supervision")
    # Signed out at once, wherever they are.
    listener.get_by_label("Identifiant").wait_for()

    admin.get_by_role("button", name="Journal").click()
    admin.get_by_label("Action").select_option("role_changed")
    entry = admin.get_by_role("row").filter(has_text="a changé un rôle")
    expect(entry).to_contain_text("Listener, Supervision")
    # On a phone too all of it is there, the longest word of the list included.
    admin.set_viewport_size({"width": 390, "height": 844})
    expect(admin.get_by_label("Action")).to_be_in_viewport(ratio=1)


def test_an_admin_closes_an_account_and_nobody_enters_by_it(visit: Visit) -> None:
    listener = visit()
    sign_in(listener, "listener", PASSWORD)
    listener.get_by_role("heading", name="File d’attente").wait_for()
    admin = visit()
    sign_in(admin, "admin", PASSWORD)
    row = admin.get_by_role("row").filter(has_text="listener")
    row.get_by_label("Gérer le compte de Listener").click()
    row.get_by_role("button", name="Fermer le compte").click()
    row.get_by_role("button", name="Confirmer").click()
    expect(row).to_contain_text("fermé")
    # Out at once, wherever they are, and not in again.
    listener.get_by_label("Identifiant").wait_for()
    sign_in(listener, "listener", PASSWORD)
    expect(listener.get_by_role("alert")).not_to_be_empty()
    expect(listener.get_by_role("heading", name="File d’attente")).to_have_count(0)
    admin.get_by_role("button", name="Journal").click()
    admin.get_by_label("Action").select_option("account_disabled")
    expect(admin.get_by_role("row").filter(has_text="Listener").first).to_be_visible()


def test_a_supervisor_keeps_a_conversation_for_a_judge_from_the_journal(
    visit: Visit, gateway: RealGateway
) -> None:
    conversation, store = waits(gateway, 3), gateway.house.store
    seen = Deed(
        verb=Verb.CONVERSATION_READ,
        at=datetime.now(UTC),
        actor=None,
        conversation=conversation,
        reason="écoute difficile",
    )
    gateway.do(store.record(seen))
    # Who manages accounts reads the journal, and copies no conversation.
    admin = visit()
    sign_in(admin, "admin", PASSWORD)
    admin.get_by_role("button", name="Journal").click()
    expect(admin.get_by_role("row").filter(has_text="écoute difficile")).to_be_visible()
    expect(admin.get_by_text("Réquisition judiciaire")).to_have_count(0)

    chief = visit()
    sign_in(chief, "supervisor", PASSWORD)
    add_application(chief)
    chief.get_by_role("button", name="Journal").click()
    row = chief.get_by_role("row").filter(has_text="écoute difficile")
    row.get_by_text("Réquisition judiciaire").click()
    keep = row.get_by_role("button", name="Conserver une copie")
    expect(keep).to_be_disabled()
    row.get_by_label("Qui le demande").fill("Parquet de Lyon, 26/123")
    keep.press("Enter")
    expect(row.get_by_role("status")).to_contain_text("Copie conservée")
    assert chief.evaluate("document.activeElement !== document.body")
    [kept] = gateway.do(gateway.house.gateway.dossiers.archive.all())
    assert kept.case.conversation_id == conversation
    assert kept.case.hold is not None
    assert kept.case.hold.reason == "Parquet de Lyon, 26/123"


def test_other_sessions_are_seen_and_ended(visit: Visit) -> None:
    here, there = visit(), visit()
    for page in (here, there):
        sign_in(page, "listener", PASSWORD)
        page.get_by_role("heading", name="File d’attente").wait_for()
    here.get_by_role("button", name="Mon compte").click()
    here.get_by_role("button", name="Fermer cette session").click()
    expect(here.get_by_text("Session fermée.")).to_be_visible()
    there.get_by_label("Identifiant").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_accounts(
    visit: Visit, gateway: RealGateway, scheme: str
) -> None:
    if not REQUIRED:
        pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing")
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def clean(page: Page) -> None:
        found = axe.run(page).response["violations"]
        assert found == [], [(one["id"], one["nodes"][0]["html"]) for one in found]

    # Axe is a script from outside, which the console's policy would refuse.
    options = {"color_scheme": scheme, "bypass_csp": True}
    admin = visit(**options)
    admin.get_by_label("Identifiant").wait_for()
    clean(admin)
    sign_in(admin, "admin", "un mot de passe faux")
    expect(admin.get_by_role("alert")).not_to_be_empty()
    clean(admin)
    sign_in(admin, "admin", PASSWORD)
    admin.get_by_label("Gérer le compte de Listener").click()
    admin.get_by_role("button", name="Fermer le compte").click()
    clean(admin)
    admin.get_by_role("button", name="Journal").click()
    admin.get_by_role("row").nth(1).wait_for()
    clean(admin)
    admin.get_by_role("button", name="Mon compte").click()
    admin.get_by_role("heading", name="Où vous êtes connecté").wait_for()
    clean(admin)

    must = visit(**options)
    sign_in(must, "supervisor", PASSWORD)
    must.get_by_role("button", name="Ajouter une application").click()
    must.get_by_role("img", name="QR code").wait_for()
    clean(must)
    add_with(must)
    must.get_by_role("heading", name="File d’attente").wait_for()
    must.get_by_role("button", name="Se déconnecter").click()
    sign_in(must, "supervisor", PASSWORD)
    must.get_by_role("heading", name="Deuxième étape").wait_for()
    clean(must)

    gateway.do(gateway.house.add_listener("neuf", one_time=True))
    new = visit(**options)
    sign_in(new, "neuf", PASSWORD)
    new.get_by_role("heading", name="Choisissez votre mot de passe").wait_for()
    clean(new)
    gone = visit("#invitation=ceci-n-est-pas-un-lien", **options)
    gone.get_by_role("heading", name="Ce lien ne marche plus").wait_for()
    clean(gone)
