"""The server did it, and its answer never came: said on the screen, nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core.accounts import StaffRole
from core.assessment import Assessment
from core.audit import Verb
from core.conversation import TicketStatus
from core.labels import Issue, Role, Urgency
from tests.browsers import eventually
from tests.ui.consoles import Browser, Page, expect
from tests.ui.real_gateway import RealGateway, at_the_desk
from tests.ui.test_left_words import back_again, cut, held, left_words
from tests.ui.test_real_desk import _waits, waits

pytestmark = pytest.mark.browser

KNOW = "Ce que la personne suivante doit savoir"
SILENCE = "Le serveur ne répond pas"


@contextmanager
def answers_lost(page: Page, path: str) -> Iterator[list[str]]:
    """Until the end of the block the server does what is asked of this path, and nobody hears."""
    done: list[str] = []

    def lose(route: Any) -> None:
        if route.request.method == "GET":
            return route.continue_()
        # Not asked twice by the browser itself, which tries again on a broken connection.
        answer = route.fetch()
        done.append(f"{answer.status} {route.request.url}")
        return route.abort()

    page.route(path, lose)
    yield done
    page.unroute(path)


def passing_on(page: Page, to: str) -> Any:
    """The dialog that passes on who is open, filled in."""
    page.get_by_role("button", name="Passer la main").click()
    dialog = page.get_by_role("dialog", name="Passer la main")
    dialog.get_by_text(to, exact=True).click()
    dialog.get_by_label(KNOW).fill("elle veut un juriste")
    return dialog


def test_who_was_taken_stands_among_mine(anne: Page, gateway: RealGateway) -> None:
    first, second = waits(gateway, 9), waits(gateway, 3)
    expect(anne.locator(".row")).to_have_count(2)
    with answers_lost(anne, "**/console/api/claim"):
        anne.keyboard.press("n")
        expect(anne.locator("#next-error")).to_contain_text("Le serveur n’a pas confirmé.")
    expect(anne.locator(f"button.item[data-id='{first}']")).to_be_visible()
    expect(anne.locator(f".row[data-id='{second}']")).to_be_visible()
    # Asked for again, also by a page that was loaded anew, it is still the same one.
    anne.reload()
    anne.locator(f".row[data-id='{second}']").wait_for()
    anne.keyboard.press("n")
    expect(anne.locator("#reply")).to_be_visible()
    expect(anne.locator(f"button.item[data-id='{second}']")).to_have_count(0)
    kept = gateway.do(gateway.house.store.conversation(second))
    assert kept.ticket is not None
    assert kept.ticket.status is TicketStatus.WAITING
    anne.keyboard.press("Escape")
    anne.keyboard.press("n")
    expect(anne.locator(f"button.item[data-id='{second}']")).to_be_visible()


@pytest.mark.parametrize("offline", [False, True])
def test_an_end_is_told_and_can_be_taken_back(
    anne: Page, gateway: RealGateway, offline: bool
) -> None:
    """By the feed; where that was cut off too, the server is asked again when it is back."""
    id_ = held(gateway, anne)
    anne.get_by_role("button", name="Terminer", exact=True).click()
    dialog = anne.get_by_role("dialog", name="Terminer la conversation")
    dialog.get_by_text("Aide apportée").click()
    if offline:
        cut(anne)
    with answers_lost(anne, f"**/conversations/{id_}/close"):
        dialog.get_by_role("button", name="Terminer la conversation").click()
        if offline:
            expect(dialog.locator("#close-error")).to_contain_text(SILENCE)
        else:
            expect(dialog).to_have_count(0)
    if offline:
        back_again(anne)
    expect(dialog).to_have_count(0)
    expect(anne.get_by_role("heading", name="n’est plus parmi les vôtres")).to_have_count(0)
    anne.get_by_role("button", name="Annuler la fin").click()
    expect(anne.locator("#reply")).to_be_visible()
    kept = gateway.do(gateway.house.store.conversation(id_))
    assert kept.ticket is not None
    assert kept.ticket.status is TicketStatus.CLAIMED


def test_what_went_to_the_queue_went_once_and_its_words_are_not_lost(
    anne: Page, gateway: RealGateway
) -> None:
    id_ = held(gateway, anne)
    other = held(gateway, anne, Role.VICTIME_MAJEURE)
    anne.locator(f"button.item[data-id='{id_}']").click()
    dialog = passing_on(anne, "À la file d’attente")
    with answers_lost(anne, f"**/conversations/{id_}/hand_back") as done:
        dialog.get_by_role("button", name="Passer la main").click()
        expect(left_words(anne)).to_contain_text("Le serveur n’a pas confirmé.")
        eventually(lambda: left_words(anne).is_visible() and len(done) == 2)
    # Loaded anew, the console asks once more, and the server says that the words were there.
    anne.reload()
    expect(anne.locator(f"button.item[data-id='{other}']")).to_be_visible()
    eventually(lambda: "juriste" not in anne.evaluate("JSON.stringify(sessionStorage)"))
    expect(left_words(anne)).to_have_count(0)
    kept = gateway.do(gateway.house.store.conversation(id_))
    assert [each.text for each in kept.notes] == ["elle veut un juriste"]


def test_an_offer_is_made_once_and_keeping_it_says_when_nobody_heard(
    chromium: Browser, anne: Page, gateway: RealGateway
) -> None:
    id_ = held(gateway, anne)
    bilal = at_the_desk(chromium, gateway, "bilal")
    dialog = passing_on(anne, "À Bilal")
    with answers_lost(anne, f"**/conversations/{id_}/offer"):
        dialog.get_by_role("button", name="Passer la main").click()
        expect(dialog.locator("#pass-error")).to_contain_text(SILENCE)
        expect(dialog.get_by_label(KNOW)).to_have_value("elle veut un juriste")
    dialog.get_by_role("button", name="Passer la main").click()
    expect(dialog).to_have_count(0)
    expect(bilal.get_by_role("button", name="Prendre", exact=True).first).to_be_visible()
    path = f"**/conversations/{id_}/withdraw"
    anne.route(path, lambda route: route.abort())
    anne.get_by_role("button", name="La garder").click()
    expect(anne.locator(".offered").get_by_role("alert")).to_contain_text(SILENCE)
    anne.unroute(path)
    anne.get_by_role("button", name="La garder").click()
    expect(anne.locator(".offered")).to_have_count(0)
    kept = gateway.do(gateway.house.store.conversation(id_))
    assert [each.text for each in kept.notes] == ["elle veut un juriste"]
    bilal.context.close()


def test_what_one_says_of_oneself_is_told_when_nobody_heard(anne: Page) -> None:
    path = "**/console/api/availability"
    anne.route(path, lambda route: route.abort())
    anne.get_by_label("Je suis").select_option("pause")
    told = anne.get_by_role("alert").filter(has_text="vos collègues ne le savent peut-être pas")
    expect(told).to_contain_text("En pause")
    expect(anne.get_by_label("Je suis")).to_have_value("available")
    anne.unroute(path)
    told.get_by_role("button", name="Réessayer").click()
    expect(told).to_have_count(0)
    expect(anne.get_by_label("Je suis")).to_have_value("pause")


def test_the_question_about_writing_again_reaches_the_person_once(
    anne: Page, gateway: RealGateway
) -> None:
    # A tab of the website could not be written to again.
    id_ = held(gateway, anne, channel="telegram")
    anne.get_by_role("button", name="Proposer de réécrire").click()
    dialog = anne.get_by_role("dialog", name="Proposer de réécrire")
    ask = dialog.locator("button.primary").first
    before = len(gateway.do(gateway.house.store.messages(id_)))
    with answers_lost(anne, f"**/conversations/{id_}/follow_up"):
        ask.click()
        expect(dialog.get_by_role("alert")).to_contain_text(SILENCE)
    ask.click()
    expect(dialog).to_have_count(0)
    assert len(gateway.do(gateway.house.store.messages(id_))) == before + 1


def test_the_reason_for_an_emergency_sheet_stays_until_it_opens(
    anne: Page, gateway: RealGateway
) -> None:
    grave = Assessment(urgency=Urgency.CRITIQUE, issue=Issue.IDEATION_SUICIDAIRE)
    id_ = gateway.do(_waits(gateway, grave, 3)).id
    anne.locator(".row").wait_for()
    anne.keyboard.press("n")
    anne.get_by_role("button", name="Fiche d’urgence").click()
    dialog = anne.get_by_role("dialog", name="Fiche d’urgence")
    dialog.get_by_role("textbox").fill("elle dit qu’elle a pris des cachets")
    with answers_lost(anne, f"**/conversations/{id_}/emergency"):
        dialog.locator("button.primary").click()
        expect(dialog.locator("#sheet-error")).to_contain_text(SILENCE)
    expect(dialog.get_by_role("textbox")).to_have_value("elle dit qu’elle a pris des cachets")
    dialog.locator("button.primary").click()
    expect(dialog.locator(".spoken")).to_be_visible()
    # Each time the sheet left the server stands in the audit.
    entries = gateway.do(gateway.house.store.audit_entries(verb=Verb.CONTACT_REVEALED))
    assert [entry.conversation for entry in entries] == [id_, id_]


def test_a_call_that_is_noted_again_is_one_ticket_and_with_other_words_another(
    anne: Page, gateway: RealGateway
) -> None:
    form = anne.get_by_role("dialog", name="Noter un appel")
    told = form.get_by_label("Ce qui a été dit")

    def notes(urgency: str) -> None:
        """All but the words, which the page keeps."""
        form.get_by_label("Sujet").select_option("sextorsion")
        form.get_by_label("Qui appelle ?").select_option("parent")
        form.get_by_text(urgency).click()
        anne.keyboard.press("Control+Enter")

    def tickets() -> list[list[str]]:
        waiting = gateway.do(gateway.house.store.listeners())
        held = [gateway.do(gateway.house.store.held_by(one.id)) for one in waiting]
        return sorted([note.text for note in one.notes] for some in held for one in some)

    with answers_lost(anne, "**/console/api/calls"):
        anne.keyboard.press("a")
        told.fill("la mère appelle")
        notes("Modérée")
        expect(form.get_by_role("alert")).to_contain_text(SILENCE)
    anne.reload()
    anne.locator("button.item").wait_for()
    anne.keyboard.press("a")
    expect(told).to_have_value("la mère appelle")
    notes("Modérée")
    expect(anne.get_by_label("Notez au fil de l’appel")).to_be_visible()
    assert tickets() == [["la mère appelle"]]

    # Said otherwise it is another command: what is graver by now is not lost.
    with answers_lost(anne, "**/console/api/calls"):
        anne.keyboard.press("Escape")
        anne.keyboard.press("a")
        expect(told).to_have_value("")
        told.fill("le père appelle")
        notes("Modérée")
        expect(form.get_by_role("alert")).to_contain_text(SILENCE)
    notes("Critique")
    expect(form).to_have_count(0)
    assert tickets() == [["la mère appelle"], ["le père appelle"], ["le père appelle"]]


def test_a_correction_a_colleagues_yes_and_an_end_taken_back_are_told_or_seen(
    chromium: Browser, anne: Page, gateway: RealGateway
) -> None:
    id_ = held(gateway, anne)
    bilal = at_the_desk(chromium, gateway, "bilal")
    anne.get_by_role("button", name="Corriger le tri").click()
    dialog = anne.get_by_role("dialog", name="Corriger le tri")
    dialog.get_by_label("Quelle urgence ?").select_option("elevee")
    dialog.get_by_role("radio").first.check()
    with answers_lost(anne, f"**/conversations/{id_}/triage"):
        dialog.get_by_role("button", name="Enregistrer").click()
        expect(dialog.locator("#triage-error")).to_contain_text(SILENCE)
        expect(dialog.get_by_label("Quelle urgence ?")).to_have_value("elevee")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog).to_have_count(0)
    expect(anne.locator("#conversation-title")).to_contain_text("Élevée")

    dialog = passing_on(anne, "À Bilal")
    dialog.get_by_role("button", name="Passer la main").click()
    yes = bilal.get_by_role("button", name="Prendre", exact=True).first
    bilal.route(f"**/conversations/{id_}/accept", lambda route: route.abort())
    yes.click()
    expect(bilal.locator("#offers-error")).to_contain_text(SILENCE)
    bilal.unroute(f"**/conversations/{id_}/accept")
    item = bilal.locator(f"button.item[data-id='{id_}']")
    with answers_lost(bilal, f"**/conversations/{id_}/accept"):
        yes.click()
        expect(item).to_be_visible()

    item.click()
    bilal.get_by_role("button", name="Terminer", exact=True).click()
    dialog = bilal.get_by_role("dialog", name="Terminer la conversation")
    dialog.get_by_text("Aide apportée").click()
    dialog.get_by_role("button", name="Terminer la conversation").click()
    expect(item).to_have_count(0)
    back = bilal.get_by_role("button", name="Annuler la fin")
    bilal.route(f"**/conversations/{id_}/reopen", lambda route: route.abort())
    back.click()
    expect(bilal.locator("#undo-error")).to_contain_text(SILENCE)
    bilal.unroute(f"**/conversations/{id_}/reopen")
    with answers_lost(bilal, f"**/conversations/{id_}/reopen"):
        back.click()
        expect(item).to_be_visible()
    kept = gateway.do(gateway.house.store.conversation(id_))
    assert kept.is_open
    bilal.context.close()


def test_a_suggestion_reaches_the_person_once(anne: Page, gateway: RealGateway) -> None:
    id_ = held(gateway, anne)
    before = len(gateway.do(gateway.house.store.messages(id_)))
    anne.get_by_role("button", name="Orienter").click()
    dialog = anne.get_by_role("dialog", name="Orienter")
    suggest = dialog.get_by_role("button", name="Proposer : ").first
    with answers_lost(anne, f"**/conversations/{id_}/orientations"):
        suggest.click()
        expect(dialog.get_by_role("alert")).to_contain_text(SILENCE)
    suggest.click()
    expect(dialog.get_by_role("status")).to_contain_text("Envoyé à la personne.")
    assert len(gateway.do(gateway.house.store.messages(id_))) == before + 1
    # Meant again, it is said again.
    suggest.click()
    eventually(lambda: len(gateway.do(gateway.house.store.messages(id_))) == before + 2)
    agreed = dialog.get_by_role("group", name="La personne dit : ").first.get_by_text("Oui")
    with answers_lost(anne, f"**/conversations/{id_}/orientations/agreement"):
        agreed.click()
        expect(dialog.get_by_role("alert")).to_contain_text(SILENCE)
    agreed.click()
    expect(dialog.get_by_text("d’accord", exact=True).first).to_be_visible()


def test_who_reads_along_and_who_got_a_conversation_is_seen_though_nobody_heard(
    chromium: Browser, anne: Page, gateway: RealGateway
) -> None:
    gateway.do(gateway.house.add_listener("chief", role=StaffRole.SUPERVISOR))
    id_ = held(gateway, anne)
    bilal, chief = (at_the_desk(chromium, gateway, login) for login in ("bilal", "chief"))
    anne.get_by_role("button", name="Inviter un collègue à lire").click()
    dialog = anne.get_by_role("dialog", name="Inviter à lire avec moi")
    with answers_lost(anne, f"**/conversations/{id_}/alongside"):
        dialog.get_by_role("button", name="Inviter Bilal").click()
        expect(anne.locator("#card")).to_contain_text("Bilal lit avec vous.")
    bilal.get_by_role("button", name="Lire : ").click()
    along = bilal.get_by_role("dialog", name="Co-écoute avec Anne")
    note = along.get_by_label("Note pour Anne")
    note.fill("demande-lui son âge")
    with answers_lost(bilal, f"**/conversations/{id_}/notes"):
        along.get_by_role("button", name="Ajouter la note").click()
        expect(along.get_by_role("alert")).to_contain_text(SILENCE)
        expect(note).to_have_value("demande-lui son âge")
    along.get_by_role("button", name="Ajouter la note").click()
    expect(note).to_have_value("")
    kept = gateway.do(gateway.house.store.conversation(id_))
    assert [each.text for each in kept.notes] == ["demande-lui son âge"]
    with answers_lost(bilal, f"**/conversations/{id_}/alongside/leave"):
        along.get_by_role("button", name="Ne plus lire").click()
        expect(anne.locator("#card")).to_contain_text("Personne ne lit avec vous.")

    chief.get_by_role("button", name="Supervision").click()
    hands = chief.get_by_role("region", name="Qui tient quoi")
    hands.get_by_role("combobox").first.select_option("Bilal")
    with answers_lost(chief, f"**/board/{id_}/assign"):
        hands.get_by_role("button", name="Confier").first.click()
        expect(hands.get_by_role("alert")).to_contain_text(SILENCE)
    expect(bilal.locator(f"button.item[data-id='{id_}']")).to_be_visible()
    expect(hands.get_by_role("row").nth(1)).to_contain_text("Bilal")
    for page in (bilal, chief):
        page.context.close()
