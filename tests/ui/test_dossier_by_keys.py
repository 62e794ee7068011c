"""A dossier without a mouse, on a real gateway: from a message to a notice that was sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.signalement.case import Route
from gateway.removals import Reach
from handoff.signalement.paper import Notifier
from handoff.signalement.sending import Fate, Parcel, Taken
from tests.signalements import EXPLANATION, POST
from tests.ui.consoles import Browser, Locator, Page, expect
from tests.ui.keys import at, focus_is_seen, hands_off_the_mouse, press, reach, used_no_mouse
from tests.ui.real_gateway import RealGateway, at_the_desk, real_gateway
from tests.ui.test_console_service import axe_finds_nothing
from tests.ui.test_real_desk import waits

pytestmark = pytest.mark.browser


@dataclass
class Takes:
    """A platform that takes whatever it is sent."""

    route: Route = Route.MAIL
    taken: list[Parcel] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Fate:
        self.taken.append(parcel)
        return Taken()


@pytest.fixture
def platform() -> Takes:
    return Takes()


@pytest.fixture
def gateway(tmp_path: Path, platform: Takes) -> Iterator[RealGateway]:
    us = Notifier(name="Le service", email="signalement@service.example")
    with real_gateway(tmp_path, reach=Reach(notifier=us, senders={"instagram": platform})) as one:
        one.do(one.house.add_listener("anne"))
        yield one


@pytest.fixture
def page(chromium: Browser, gateway: RealGateway) -> Iterator[Page]:
    """A listener who answers somebody; nothing is clicked from here on."""
    waits(gateway, 3)
    shown = at_the_desk(chromium, gateway, "anne")
    errors: list[str] = []
    shown.on("pageerror", lambda error: errors.append(str(error)))
    hands_off_the_mouse(shown)
    shown.keyboard.press("n")
    expect(shown.locator("#reply")).to_be_focused()
    yield shown
    assert used_no_mouse(shown)
    shown.context.close()
    assert errors == []


def open_dossier(page: Page) -> None:
    """From the field of the answer."""
    page.keyboard.press("Escape")
    at(page, page.locator("#log"))
    page.keyboard.press("s")
    at(page, page.get_by_role("heading", name="Dossier de signalement"))


def open_again(page: Page) -> None:
    """The dossier that was left, from the list of dossiers."""
    press(page, page.locator("#dossiers"))
    heading = page.get_by_role("heading", name="Dossiers")
    at(page, heading)
    press(page, page.locator(".dossiers").get_by_role("button"))
    at(page, page.get_by_role("heading", name="Dossier de signalement"))


def is_sent_to(page: Page, missing: Locator, why: str) -> None:
    """What is asked to go although something is missing: the focus goes there, and it says why."""
    press(page, page.get_by_role("button", name="Valider"))
    at(page, missing)
    told = missing.evaluate(
        """one => {
          const by = (each) => each.getAttribute('aria-describedby')?.split(' ') ?? [];
          const words = [...(one.labels ?? [])].map((label) => label.textContent);
          for (let at = one; at; at = at.parentElement)
            words.push(...by(at).map((id) => document.getElementById(id)?.textContent));
          return words.join(' ');
        }"""
    )
    assert why in told


def outlives_leaving(page: Page, entry: Locator, words: str, out: str) -> None:
    """Typed, the dossier left at once and opened again: the words are there."""
    reach(page, entry)
    page.keyboard.type(words)
    # Out of the field, where Escape leaves the dossier.
    page.keyboard.press(out)
    page.keyboard.press("Escape")
    at(page, page.locator("#reply"))
    open_again(page)
    expect(entry).to_have_value(words)


def test_a_dossier_is_made_and_sent_by_keys(page: Page, platform: Takes) -> None:
    open_dossier(page)
    message = page.get_by_role("group", name="Messages choisis").get_by_role("checkbox").first
    press(page, message, "Space")
    expect(message).to_be_checked()

    press(page, page.get_by_role("button", name="Ajouter une plateforme"))
    which = page.get_by_role("combobox", name=re.compile("^Plateforme"))
    at(page, which)
    page.keyboard.type("Insta")
    expect(which).to_have_value("instagram")
    # Once it is saved it can be looked at as a whole, and who fills it in is where they were.
    validate = page.get_by_role("button", name="Valider")
    expect(validate).to_be_visible()
    at(page, which)
    # Nothing of the dossier is red before somebody asked for it.
    expect(page.get_by_role("group", name="Victime et accord").locator(".failure")).to_have_count(0)
    axe_finds_nothing(page)

    law = page.get_by_role("group", name="Qualification", exact=True)
    is_sent_to(page, law.get_by_role("checkbox").first, "Choisissez au moins une qualification")
    axe_finds_nothing(page)
    page.keyboard.press("Space")
    who = page.get_by_role("group", name="Victime et accord")
    is_sent_to(page, who.get_by_label("Âge", exact=True), "Indiquez l’âge de la victime")
    page.keyboard.type("13")
    consent = who.get_by_role("radiogroup").get_by_role("radio")
    is_sent_to(page, consent.first, "Recueillez l’accord de la personne.")
    page.keyboard.press("ArrowDown")
    expect(consent.nth(1)).to_be_checked()
    is_sent_to(page, who.get_by_label("bonne foi"), "Déclarez la bonne foi")
    page.keyboard.press("Space")
    why = page.get_by_label("Pourquoi ce contenu est illégal")
    is_sent_to(page, why, "Expliquez pourquoi c’est illégal")
    page.keyboard.type(EXPLANATION)
    for element in law.locator(".element").all():
        is_sent_to(page, element.get_by_role("checkbox").first, "ne montre cet élément")
        page.keyboard.press("Space")
    is_sent_to(page, page.get_by_role("combobox", name=re.compile("^Motif")), "Choisissez le motif")
    page.keyboard.type("Harc")
    expect(page.get_by_role("combobox", name=re.compile("^Motif"))).to_have_value("harassment")

    press(page, validate)
    at(page, page.get_by_role("button", name="Ajouter un contenu"))
    page.keyboard.press("Enter")
    target = page.get_by_role("group", name="Contenu 1")
    kind = target.get_by_label("Type")
    at(page, kind)
    for _ in range(10):
        if kind.input_value() == "post":
            break
        page.keyboard.press("ArrowDown")
    expect(kind).to_have_value("post")
    address = target.get_by_label("Adresse exacte")
    reach(page, address)
    page.keyboard.type("https://bit.ly/abc")
    is_sent_to(page, address, "L’adresse est raccourcie.")
    assert platform.taken == []
    axe_finds_nothing(page)
    page.keyboard.press("Control+a")
    page.keyboard.type(POST)
    expect(page.get_by_text("Tout est complet.")).to_be_visible()

    press(page, validate)
    notice = page.get_by_role("region", name="Notification à Instagram")
    expect(notice).to_contain_text("Validée, pas encore envoyée")
    at(page, notice)
    press(page, page.get_by_role("button", name="Envoyer par e-mail prioritaire"))
    expect(notice.get_by_role("heading", level=3)).to_contain_text("Envoyée")
    focus_is_seen(page)
    assert len(platform.taken) == 1
    assert POST in platform.taken[0].text
    axe_finds_nothing(page)

    # What was typed for the next step is there when one comes back.
    reference = page.get_by_label("Référence de la plateforme")
    outlives_leaving(page, reference, "IG-77", "Tab")
    press(page, page.get_by_role("button", name="Accusé de réception"))
    expect(notice).to_contain_text("Reçue par la plateforme")
    focus_is_seen(page)


def test_leaving_at_once_loses_nothing_that_was_typed(page: Page) -> None:
    open_dossier(page)
    why = page.get_by_label("Pourquoi ce contenu est illégal")
    outlives_leaving(page, why, "elle ne dort plus", "Shift+Tab")
    # And what was taken away leaves the focus beside it.
    press(page, page.get_by_role("button", name="Ajouter une plateforme"))
    notice = page.get_by_role("region", name="Notification")
    press(page, notice.get_by_role("button", name="Ajouter un contenu"))
    press(page, notice.get_by_role("button", name="Retirer (Contenu 1)"))
    at(page, notice)
    press(page, notice.get_by_role("button", name="Retirer cette notification"))
    expect(notice).to_have_count(0)
    focus_is_seen(page)


def test_the_dossier_that_was_begun_comes_back_and_a_second_one_only_on_purpose(page: Page) -> None:
    open_dossier(page)
    why = page.get_by_label("Pourquoi ce contenu est illégal")
    reach(page, why)
    page.keyboard.type("elle ne dort plus")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    at(page, page.locator("#reply"))
    open_dossier(page)
    expect(why).to_have_value("elle ne dort plus")
    press(page, page.get_by_role("button", name="Ouvrir un autre dossier"))
    expect(why).to_have_value("")
    expect(page.get_by_role("status").filter(has_text="Nouveau dossier")).to_be_visible()
    at(page, page.get_by_role("heading", name="Dossier de signalement"))
    axe_finds_nothing(page)
    page.keyboard.press("Escape")
    press(page, page.locator("#dossiers"))
    expect(page.locator(".dossiers button")).to_have_count(2)
