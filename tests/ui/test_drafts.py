"""What somebody types stays where they typed it until it is sent, on a real gateway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.accounts import StaffRole
from core.labels import Role
from tests.browsers import eventually
from tests.ui.consoles import Browser, Page, expect
from tests.ui.real_gateway import RealGateway, at_the_desk, real_gateway
from tests.ui.test_left_words import held

pytestmark = pytest.mark.browser

KNOW = "Ce que la personne suivante doit savoir"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RealGateway]:
    with real_gateway(tmp_path, listeners=("anne",)) as one:
        one.do(one.house.add_listener("chief", role=StaffRole.SUPERVISOR))
        yield one


@pytest.fixture
def chief(chromium: Browser, gateway: RealGateway) -> Iterator[Page]:
    page = at_the_desk(chromium, gateway, "chief")
    yield page
    page.context.close()


def kept_words(page: Page) -> str:
    told: str = page.evaluate("sessionStorage['relais.typed'] ?? ''")
    return told


def test_a_note_and_a_summary_survive_until_they_are_sent(anne: Page, gateway: RealGateway) -> None:
    first = held(gateway, anne)
    note = anne.get_by_label("Nouvelle note")
    note.fill("elle est seule chez elle")
    anne.get_by_role("button", name="Passer la main").click()
    dialog = anne.get_by_role("dialog", name="Passer la main")
    dialog.get_by_label(KNOW).fill("elle veut un juriste")
    dialog.get_by_role("button", name="Annuler").click()
    other = held(gateway, anne, Role.VICTIME_MAJEURE)
    expect(note).to_have_value("")
    anne.reload()
    expect(anne.locator(f"button.item[data-id='{other}']")).to_have_attribute(
        "aria-current", "true"
    )
    expect(anne.locator(f"button.item[data-id='{first}']")).to_contain_text("Brouillon")
    anne.locator(f"button.item[data-id='{first}']").click()
    expect(note).to_have_value("elle est seule chez elle")
    anne.get_by_role("button", name="Ajouter la note").click()
    expect(anne.locator(".notes li")).to_have_count(1)
    expect(note).to_have_value("")
    assert "seule" not in kept_words(anne)
    anne.get_by_role("button", name="Passer la main").click()
    expect(dialog.get_by_label(KNOW)).to_have_value("elle veut un juriste")
    dialog.get_by_text("À la file d’attente").click()
    dialog.get_by_role("button", name="Passer la main").click()
    expect(anne.locator(f"button.item[data-id='{first}']")).to_have_count(0)
    # What was sent is not told to be lost.
    expect(anne.get_by_role("region", name="Des mots à vous")).to_have_count(0)
    eventually(lambda: "juriste" not in kept_words(anne))
    kept = gateway.do(gateway.house.store.conversation(first))
    assert [each.text for each in kept.notes] == [
        "elle est seule chez elle",
        "elle veut un juriste",
    ]


def test_a_note_whose_answer_was_lost_is_one_note_after_a_reload(
    anne: Page, gateway: RealGateway
) -> None:
    id_ = held(gateway, anne)
    path = f"**/conversations/{id_}/notes"
    asked: list[str] = []

    def lose(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        asked.append(route.request.post_data_json["cid"])  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    anne.route(path, lose)
    anne.get_by_label("Nouvelle note").fill("elle est seule chez elle")
    anne.get_by_role("button", name="Ajouter la note").click()
    expect(anne.locator("#note-error")).to_contain_text("Le serveur ne répond pas")
    anne.reload()
    expect(anne.get_by_label("Nouvelle note")).to_have_value("elle est seule chez elle")
    anne.unroute(path)
    anne.get_by_role("button", name="Ajouter la note").click()
    expect(anne.get_by_label("Nouvelle note")).to_have_value("")
    kept = gateway.do(gateway.house.store.conversation(id_))
    assert [each.text for each in kept.notes] == ["elle est seule chez elle"]
    # Other words are another note: none are lost to an answer that never came.
    anne.route(path, lose)
    anne.get_by_label("Nouvelle note").fill("un chien aboie")
    anne.get_by_role("button", name="Ajouter la note").click()
    expect(anne.locator("#note-error")).to_contain_text("Le serveur ne répond pas")
    anne.unroute(path)
    anne.get_by_label("Nouvelle note").fill("un chien aboie, et on crie")
    anne.get_by_role("button", name="Ajouter la note").click()
    expect(anne.get_by_label("Nouvelle note")).to_have_value("")
    kept = gateway.do(gateway.house.store.conversation(id_))
    assert kept.notes[-1].text == "un chien aboie, et on crie"


def test_the_words_at_the_end_of_a_shift_survive(anne: Page, gateway: RealGateway) -> None:
    first, second = held(gateway, anne), held(gateway, anne)
    anne.get_by_label("Je suis").select_option("off")
    dialog = anne.get_by_role("dialog", name="Finir mon service")
    dialog.get_by_label(KNOW).fill("je finis")
    dialog.get_by_role("button", name="Annuler").click()
    anne.reload()
    expect(anne.locator("button.item")).to_have_count(2)
    anne.get_by_label("Je suis").select_option("off")
    expect(dialog.get_by_label(KNOW)).to_have_value("je finis")
    dialog.get_by_role("button", name="Rendre et finir").click()
    expect(dialog).to_have_count(0)
    for id_ in (first, second):
        kept = gateway.do(gateway.house.store.conversation(id_))
        assert [each.text for each in kept.notes] == ["je finis"]
    assert "je finis" not in kept_words(anne)


def open_papers(page: Page) -> None:
    page.get_by_role("button", name="Service", exact=True).click()
    page.get_by_role("dialog").get_by_label("Mercredi").wait_for()


def test_a_paper_of_the_service_is_there_again_and_overwrites_nobody(chief: Page) -> None:
    open_papers(chief)
    wednesday = chief.get_by_label("Mercredi")
    saved = wednesday.input_value()
    wednesday.fill("09:00-12:00")
    chief.get_by_role("button", name="Astreinte").click()
    chief.get_by_label("Hors tour").wait_for()
    # What is kept is left without a question.
    chief.keyboard.press("Escape")
    expect(chief.get_by_role("dialog")).to_have_count(0)
    chief.reload()
    open_papers(chief)
    expect(wednesday).to_have_value("09:00-12:00")
    # Somebody else saves in between.
    chief.evaluate(
        """async () => {
          const at = '/console/api/service/hours';
          const { version, body } = await (await fetch(at)).json();
          const headers = { 'Content-Type': 'application/json' };
          const now = { version, body: { ...body, closing_soon: 20 } };
          await fetch(at, { method: 'POST', headers, body: JSON.stringify(now) });
        }"""
    )
    chief.get_by_role("button", name="Enregistrer").click()
    expect(chief.locator("dialog .failure")).to_contain_text("Quelqu’un a modifié cela")
    expect(wednesday).to_have_value("09:00-12:00")
    chief.get_by_role("button", name="Revenir à ce qui est enregistré").click()
    expect(wednesday).to_have_value(saved)
    expect(chief.get_by_label("Prévenir de la fermeture")).to_have_value("20")
    wednesday.fill("09:00-12:00")
    # Saved, and only the answer is lost: it is not told to have failed.
    path = "**/console/api/service/hours"

    def lose(route: object) -> None:
        if route.request.method == "GET":  # type: ignore[attr-defined]
            return route.continue_()  # type: ignore[attr-defined,no-any-return]
        route.fetch()  # type: ignore[attr-defined]
        return route.abort()  # type: ignore[attr-defined,no-any-return]

    chief.route(path, lose)
    chief.get_by_role("button", name="Enregistrer").click()
    expect(chief.get_by_text("Enregistré. Cela compte")).to_be_visible()
    expect(chief.locator("dialog .failure")).to_be_hidden()
    expect(chief.get_by_role("button", name="Revenir à ce qui")).to_have_count(0)
    assert "09:00" not in kept_words(chief)


def test_a_dossier_keeps_what_no_server_took(anne: Page, gateway: RealGateway) -> None:
    held(gateway, anne)
    anne.get_by_role("button", name="Signaler").click()
    why = anne.get_by_label("Pourquoi ce contenu est illégal")
    why.wait_for()
    saving = "**/console/api/signalements/*"
    anne.route(
        saving,
        lambda route: route.continue_() if route.request.method == "GET" else route.abort(),
    )
    why.fill("elle ne dort plus")
    expect(anne.locator(".failure.standalone")).to_contain_text("Le serveur ne répond pas")
    anne.reload()
    anne.unroute(saving)
    anne.get_by_role("button", name="Signaler").click()
    expect(why).to_have_value("elle ne dort plus")
    # From here on the server has it, and this browser no more.
    eventually(lambda: "dort" not in kept_words(anne))
    anne.reload()
    anne.get_by_role("button", name="Signaler").click()
    expect(why).to_have_value("elle ne dort plus")
