"""A dossier in a real Chromium, against a whole gateway: from words to removed content."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from core import transitions
from core.accounts import Listener
from core.audit import Verb
from core.clock import system_clock
from core.conversation import Conversation
from core.signalement.case import Route
from gateway.removals import Reach
from handoff.signalement.paper import Notifier
from handoff.signalement.sending import Fate, Later, Parcel
from tests.fakes import Echo
from tests.gateway.gateways import Running, running
from tests.handoff.signalement.test_dossiers import a_picture, complete
from tests.handoff.test_console_api import a_waiting_person
from tests.signalements import EXPLANATION, POST
from tests.ui.async_console import expect, no_violations, signed_in
from tests.ui.fake_console_api import STATIC

pytestmark = pytest.mark.browser


@dataclass
class Busy:
    """A platform whose server takes nothing now: a notice waits for its next turn."""

    route: Route = Route.MAIL
    asked: list[Parcel] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> Fate:
        self.asked.append(parcel)
        return Later("smtp_451")


@pytest.fixture
def platform() -> Busy:
    return Busy()


@pytest.fixture
async def gateway(tmp_path: Path, platform: Busy) -> AsyncIterator[Running]:
    us = Notifier(name="Le service", email="signalement@service.example")
    reach = Reach(notifier=us, senders={"instagram": platform})
    async with running(tmp_path, reach=reach) as service:
        yield service


@pytest.fixture
async def page(gateway: Running) -> AsyncIterator[Any]:
    """A listener's page that holds one conversation about a false account."""
    await gateway.add_listener("anne")
    await a_waiting_person(gateway, "DANGER ils ont fait un faux compte sur moi")
    async with signed_in(gateway, "anne") as shown:
        await shown.keyboard.press("n")
        await shown.locator("#reply").wait_for()
        yield shown


# Longer than a page waits for anything but a drawing.
DRAWING = 16.0


async def slowly(page: Any, path: str) -> list[str]:
    """From now on it takes its time. What was asked for of it."""
    asked: list[str] = []

    async def later(route: Any) -> None:
        asked.append(route.request.url)
        await asyncio.sleep(DRAWING)
        await route.continue_()

    await page.route(path, later)
    return asked


def test_the_dossiers_are_a_small_script_of_their_own() -> None:
    assert len(gzip.compress((STATIC / "removal.js").read_bytes(), 9)) <= 20_000


async def test_a_dossier_from_the_conversation_to_removed_content(page: Any) -> None:
    await page.locator("#log").focus()
    await page.keyboard.press("s")
    await page.get_by_role("heading", name="Dossier de signalement").wait_for()
    await no_violations(page)

    await page.get_by_label("faux compte sur moi").check()
    await page.get_by_text("Autres", exact=True).click()
    await page.get_by_label("Harcèlement en ligne").check()
    for element in await page.get_by_role("group", name="é").get_by_label("Message").all():
        await element.check()
    for told in await page.get_by_label("L’explication").all():
        await told.check()
    await page.get_by_label("Pourquoi ce contenu est illégal").fill(EXPLANATION)
    await page.get_by_label("Âge", exact=True).fill("13")
    await page.get_by_label("La personne concernée").check()
    await page.get_by_label("bonne foi").check()
    await page.get_by_label("veut bien qu’on lui écrive").check()
    await page.get_by_role("button", name="Ajouter une plateforme").click()
    await page.get_by_role("combobox", name="Plateforme").select_option("instagram")
    await page.get_by_role("combobox", name="Motif").select_option("harassment")
    await page.get_by_role("button", name="Ajouter un contenu").click()
    target = page.get_by_role("group", name="Contenu 1")
    await target.get_by_label("Type").select_option("post")
    await target.get_by_label("Adresse exacte").fill("https://bit.ly/abc")
    await expect(target.get_by_text("L’adresse est raccourcie.")).to_be_visible()
    await expect(page.get_by_role("button", name="Valider")).to_be_disabled()
    await no_violations(page)
    await target.get_by_label("Adresse exacte").fill(POST)
    await expect(page.get_by_text("Tout est complet.")).to_be_visible()

    asked = await slowly(page, "**/validate")
    await page.get_by_role("button", name="Valider").click()
    drawing = page.get_by_text("Le PDF se prépare.")
    await expect(drawing).to_be_visible()
    await page.get_by_role("button", name="Valider").press("Enter")
    await no_violations(page)
    # The listener answers the person meanwhile, and finds it going on, or done, when they return.
    await page.keyboard.press("Escape")
    await page.locator("#reply").fill("je reste là")
    await page.locator("#reply").press("Enter")
    await expect(page.locator("#log")).to_contain_text("je reste là")
    await page.locator("#log").focus()
    await page.keyboard.press("s")
    await expect(drawing).to_be_visible()
    await expect(drawing).to_have_count(0, timeout=60_000)
    assert len(asked) == 1
    await expect(page.get_by_text("Validée, pas encore envoyée")).to_be_visible()
    await page.get_by_text("Champs à copier dans le formulaire").click()
    await expect(page.locator(".form-fields")).to_contain_text("222-33-2-2")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="PDF").click()
    assert Path(await (await download.value).path()).read_bytes().startswith(b"%PDF")
    await page.get_by_role("button", name="C’est copié dans le formulaire").click()
    await expect(page.get_by_text("Retrait attendu avant le")).to_be_visible()
    await page.get_by_label("Référence de la plateforme").fill("IG-77")
    await page.get_by_role("button", name="Accusé de réception").click()
    await page.get_by_role("button", name="Le contenu est retiré").click()
    await expect(page.locator(".notice-part h3")).to_contain_text("Contenu retiré")
    to_do = page.get_by_role("group", name="À faire")
    await expect(to_do.get_by_role("listitem")).to_have_count(1)
    await expect(to_do).to_contain_text("Prévenir la personne (instagram) Maintenant")
    await page.get_by_role("button", name="toujours retiré").click()
    await expect(page.get_by_text("Vérifié le")).to_be_visible()
    # Anne talks with the person now: no machine writes over her.
    await expect(page.get_by_text("à lui dire dans la conversation")).to_be_visible()
    await expect(page.get_by_role("button", name="Prévenir la personne")).to_have_count(0)
    await page.get_by_role("button", name="Je le lui ai dit").click()
    await expect(page.get_by_text("Personne prévenue le")).to_be_visible()
    await no_violations(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, "nothing is cut off on a phone"
    # Back to the person, and to the list of dossiers.
    await page.keyboard.press("Escape")
    await expect(page.locator("#reply")).to_be_visible()


async def test_a_capture_is_added_looked_at_and_only_its_hash_kept(
    page: Any, gateway: Running
) -> None:
    captures = await an_open_dossier(page)
    one = captures.get_by_role("group", name="Capture 1")
    # Nothing of it is seen before a click, which is recorded.
    await expect(one.get_by_role("button", name="Afficher")).to_be_visible()
    await expect(one.get_by_role("img")).to_have_count(0)
    assert list(await gateway.store.audit_entries(verb=Verb.FILE_REVEALED)) == []
    await one.get_by_role("button", name="Afficher").click()
    await expect(one.get_by_role("img")).to_be_visible()
    assert len(await gateway.store.audit_entries(verb=Verb.FILE_REVEALED)) == 1
    await no_violations(page)

    await one.get_by_label("Légende").fill("le faux compte")
    await one.get_by_role("radiogroup", name="Montre une image intime").get_by_label("Oui").check()
    await one.get_by_role("button", name="Détruire l’image").click()
    await expect(one).to_contain_text("Empreinte seule")
    await expect(one.get_by_role("button", name="Afficher")).to_have_count(0)
    await expect(one.get_by_role("img")).to_have_count(0)

    what = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"pas une image"}
    await captures.get_by_label("Ajouter des captures").set_input_files([what])
    await expect(page.get_by_role("alert").filter(has_text="fichier")).to_be_visible()
    await expect(captures.get_by_role("group", name="Capture")).to_have_count(1)


async def an_open_dossier(page: Any) -> Any:
    """The dossier of the conversation, with a capture; the group of its captures."""
    await page.locator("#log").focus()
    await page.keyboard.press("s")
    await page.get_by_role("heading", name="Dossier de signalement").wait_for()
    captures = page.get_by_role("group", name="Captures", exact=True)
    file = {"name": "capture.png", "mimeType": "image/png", "buffer": a_picture()}
    await captures.get_by_label("Ajouter des captures").set_input_files([file])
    await captures.get_by_role("group", name="Capture 1").wait_for()
    return captures


async def kept(gateway: Running) -> list[bool]:
    """Whether each picture is there, in the newest dossier as the store has it."""
    [one] = await gateway.gateway.dossiers.archive.all()
    files = gateway.gateway.dossiers.archive
    return [await files.file(capture.id) is not None for capture in one.case.captures]


async def saved(page: Any, doing: Any) -> None:
    """Done, and with the server."""
    async with page.expect_response(lambda told: told.request.method == "PUT" and told.ok):
        await doing


async def test_an_answer_that_destroys_a_picture_is_asked_once_before_anything_is_gone(
    page: Any, gateway: Running
) -> None:
    captures = await an_open_dossier(page)
    age = page.get_by_label("Âge", exact=True)
    await saved(page, age.fill("13"))
    puts: list[str] = []
    page.on("request", lambda sent: puts.append(sent.url) if sent.method == "PUT" else None)
    one = captures.get_by_role("group", name="Capture 1")
    intimate = one.get_by_role("radiogroup", name="Montre une image intime")
    await intimate.get_by_label("Oui").check()
    question = one.get_by_role("alert")
    await expect(question).to_contain_text("L’image de la capture 1 sera détruite")
    await expect(question).to_contain_text("rien n’est détruit")
    await no_violations(page)
    # What is written meanwhile is saved, and takes no picture along.
    await saved(page, one.get_by_label("Légende").fill("le faux compte"))
    assert await kept(gateway) == [True]
    await question.get_by_role("button", name="Ne rien détruire").press("Enter")
    await expect(one.get_by_role("alert")).to_have_count(0)
    await expect(intimate.get_by_label("Oui")).not_to_be_checked()
    assert await page.evaluate("document.activeElement !== document.body")
    assert len(puts) == 1
    assert await kept(gateway) == [True]

    await intimate.get_by_label("Oui").check()
    yes = one.get_by_role("alert").get_by_role("button", name="Oui, détruire")
    await saved(page, yes.press("Enter"))
    await expect(one).to_contain_text("Empreinte seule")
    await expect(one.get_by_label("Légende")).to_have_value("le faux compte")
    assert await kept(gateway) == [False]


async def test_an_age_that_destroys_a_picture_is_asked_about_and_a_first_figure_destroys_nothing(
    page: Any, gateway: Running
) -> None:
    captures = await an_open_dossier(page)
    one = captures.get_by_role("group", name="Capture 1")
    intimate = one.get_by_role("radiogroup", name="Montre une image intime")
    await saved(page, intimate.get_by_label("Oui").check())
    await expect(page.get_by_role("alert")).to_have_count(0)
    age = page.get_by_label("Âge", exact=True)
    # "18", typed slowly: its "1" is no age of a child.
    await age.press("1")
    question = page.get_by_role("alert")
    await expect(question).to_contain_text("capture 1")
    await saved(page, age.press("8"))
    await expect(question).to_have_count(0)
    assert await kept(gateway) == [True]
    await age.fill("13")
    await question.get_by_role("button", name="Ne rien détruire").click()
    await expect(age).to_have_value("18")
    await page.get_by_label("Tranche d’âge").select_option("15_17")
    await expect(question).to_have_count(0)
    await age.fill("13")
    await saved(page, question.get_by_role("button", name="Oui, détruire").click())
    await expect(one).to_contain_text("Empreinte seule")
    assert await kept(gateway) == [False]


async def held(gateway: Running) -> tuple[Listener, Conversation]:
    """Anne, and the one conversation that she answers."""
    anne = await gateway.store.listener_by_login("anne")
    assert anne is not None
    [conversation] = await gateway.store.held_by(anne.id)
    return anne, conversation


async def asked_of_the_server(page: Any, method: str, path: str, body: object) -> Any:
    """As the console itself asks, with whoever is signed in there."""
    return await page.evaluate(
        """async ([method, path, body]) => {
            const answer = await fetch(`/console/api${path}`, {
                method, body: JSON.stringify(body),
                headers: {"Content-Type": "application/json"},
            });
            if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
            return answer.status === 204 ? null : await answer.json();
        }""",
        [method, path, body],
    )


async def test_a_notice_that_waits_is_taken_back_and_is_a_draft_again(
    page: Any, gateway: Running, platform: Busy
) -> None:
    _, conversation = await held(gateway)
    opened = await asked_of_the_server(
        page, "POST", f"/conversations/{conversation.id}/signalement", {}
    )
    edit = complete(conversation.heard_seq)
    at = f"/signalements/{opened['case']['id']}"
    await asked_of_the_server(page, "PUT", at, {"version": opened["version"], "edit": edit})
    await page.locator("#log").focus()
    await page.keyboard.press("s")
    await page.get_by_role("button", name="Valider").click()
    await page.get_by_role("button", name="Envoyer par e-mail prioritaire").click()
    take_back = page.get_by_role("button", name="Annuler l’envoi")
    await expect(take_back).to_be_visible()
    await expect(page.get_by_text("Envoi en attente")).to_be_visible()
    await no_violations(page)
    await take_back.press("Enter")
    await expect(page.locator(".notice-part h3")).to_contain_text("Brouillon")
    await expect(take_back).to_have_count(0)
    await expect(page.get_by_text("Envoi en attente")).to_have_count(0)
    assert await page.evaluate("document.activeElement !== document.body")
    # It is the listener's again: written on, and validated anew.
    await expect(page.get_by_label("Adresse exacte")).to_be_enabled()
    await expect(page.get_by_role("button", name="Valider")).to_be_visible()
    [kept_case] = await gateway.gateway.dossiers.archive.all()
    assert kept_case.case.notices[0].dispatch is None
    assert [step.kind for step in kept_case.case.steps][-1] == "cancel"
    assert all(parcel.id == kept_case.case.notices[0].id for parcel in platform.asked)


async def test_a_message_that_could_not_be_copied_is_named_and_the_rest_is_saved(
    page: Any, gateway: Running
) -> None:
    _, conversation = await held(gateway)
    await page.locator("#log").focus()
    await page.keyboard.press("s")
    picked = page.get_by_label("faux compte sur moi")
    await picked.wait_for()
    # The person takes it back; the list on this page was read before.
    [message] = [
        one
        for one in await gateway.store.messages(conversation.id)
        if one.seq == conversation.heard_seq
    ]
    now = system_clock()
    await gateway.store.commit(
        transitions.unsend(conversation, message, now=now, phrases=Echo()), now=now
    )
    await page.get_by_label("Pourquoi ce contenu est illégal").fill(EXPLANATION)
    await picked.check()
    told = page.get_by_role("alert")
    await expect(told).to_contain_text(f"Message {conversation.heard_seq} non copié")
    await expect(told).to_contain_text("Le reste est enregistré")
    await expect(picked).not_to_be_checked()
    await no_violations(page)
    [one] = await gateway.gateway.dossiers.archive.all()
    assert (one.case.quotes, one.case.explanation) == ((), EXPLANATION)
    # It is told once: what is written next is saved without a word of it.
    await saved(page, page.get_by_label("bonne foi").check())
    await expect(told).to_have_count(0)


async def test_a_dossier_that_changed_while_its_pdf_was_drawn_is_to_be_validated_again(
    page: Any, gateway: Running
) -> None:
    _, conversation = await held(gateway)
    opened = await asked_of_the_server(
        page, "POST", f"/conversations/{conversation.id}/signalement", {}
    )
    at = f"/signalements/{opened['case']['id']}"
    edit = complete(conversation.heard_seq)
    await asked_of_the_server(page, "PUT", at, {"version": opened["version"], "edit": edit})
    await page.locator("#log").focus()
    await page.keyboard.press("s")
    drawn = asyncio.Event()

    async def as_if_changed(route: Any) -> None:
        await drawn.wait()
        error = {"error": {"code": "conflict", "message": "Quelqu’un a été plus rapide."}}
        await route.fulfill(status=409, json=error)

    await page.route("**/validate", as_if_changed)
    await page.get_by_role("button", name="Valider").click()
    await expect(page.get_by_text("Le PDF se prépare.")).to_be_visible()
    await saved(page, page.get_by_label("Pourquoi ce contenu est illégal").fill(EXPLANATION * 2))
    drawn.set()
    await expect(page.get_by_role("alert")).to_contain_text("validez à nouveau")
    await expect(page.get_by_text("Le PDF se prépare.")).to_have_count(0)
    await expect(page.get_by_label("Pourquoi")).to_have_value(EXPLANATION * 2)
    await expect(page.locator(".notice-part h3")).to_contain_text("Brouillon")


async def test_a_dossier_is_passed_on_with_the_form_of_that_authority(page: Any) -> None:
    await page.locator("#log").focus()
    await page.keyboard.press("s")
    await page.locator(".dossier").wait_for()
    await page.get_by_label("Pourquoi ce contenu est illégal").fill(EXPLANATION)
    await page.get_by_label("Âge", exact=True).fill("13")
    await page.get_by_text("Suites", exact=True).click()
    part = page.get_by_role("region", name="Transmettre à")
    await part.get_by_role("combobox", name="Transmettre à").select_option("119")
    await expect(part.get_by_text("oblige à agir")).to_be_visible()
    # Pressed though something is missing, it leads there.
    await expect(part.get_by_text("7 points à compléter avant de transmettre")).to_be_visible()
    await part.get_by_role("button", name="C’est transmis").click(force=True)
    child = part.get_by_label("Prénom et nom de l’enfant")
    await expect(child).to_be_focused()
    await expect(child).to_have_attribute("aria-invalid", "true")
    await no_violations(page)
    for line in await part.locator("input[data-where], textarea[data-where]").all():
        await line.fill("inconnu")
    await part.get_by_label("L’enfant sait-il").select_option("Oui")
    await expect(part.get_by_text("Tout est complet.")).to_be_visible()
    await part.get_by_text("Champs et texte à copier").click()
    whole = part.locator("dl > div").last
    await expect(whole).to_contain_text(EXPLANATION)
    await expect(whole).to_contain_text("13 ans")
    await part.get_by_label("Référence donnée").fill("CR-7")
    await part.get_by_role("button", name="C’est transmis").click()
    await expect(part.get_by_role("listitem")).to_contain_text("CR-7")
    await part.get_by_text("Ce qui a été transmis").click()
    await expect(part.locator(".letter")).to_contain_text(EXPLANATION)
    await no_violations(page)
