"""What a listener typed and did not send is never lost without a word, on a real gateway."""

from __future__ import annotations

import pytest

from core import transitions
from core.clock import system_clock
from core.conversation import Author
from core.ids import ConversationId
from core.labels import Role
from gateway.presence import give_back
from tests.browsers import eventually
from tests.fakes import Echo
from tests.gateway.gateways import PASSWORD
from tests.ui.consoles import Locator, Page, expect, sign_in
from tests.ui.keys import reach
from tests.ui.real_gateway import RealGateway
from tests.ui.test_console_service import axe_finds_nothing
from tests.ui.test_real_desk import waits

pytestmark = pytest.mark.browser

MINOR, ADULT = "Victime mineure", "Victime majeure"


def held(
    gateway: RealGateway, page: Page, role: Role = Role.VICTIME_MINEURE, channel: str = "web"
) -> ConversationId:
    """A conversation that this console takes, and shows."""
    id_ = waits(gateway, 3, role=role, channel=channel)
    page.locator(f".row[data-id='{id_}']").wait_for()
    page.locator(f".row[data-id='{id_}'] button.take").click()
    expect(page.locator(f"button.item[data-id='{id_}']")).to_have_attribute("aria-current", "true")
    expect(page.locator("#m1")).to_be_visible()
    page.mouse.move(2, 2)
    return id_


def goes_back(gateway: RealGateway, id_: ConversationId) -> None:
    """What the gateway does with a conversation whose listener was silent for the grace time."""
    store = gateway.house.store
    before = gateway.do(store.conversation(id_))
    assert gateway.do(give_back(store, before, phrases=Echo(), clock=system_clock))


def cut(page: Page) -> None:
    page.context.set_offline(True)
    page.get_by_text("Connexion perdue").wait_for()


def back_again(page: Page) -> None:
    page.context.set_offline(False)
    expect(page.get_by_text("Connexion perdue")).to_have_count(0)


async def arrives(gateway: RealGateway, id_: ConversationId, text: str, cid: str) -> None:
    """Anne's reply is there, and its answer never leaves."""
    store = gateway.house.store
    conversation = await store.conversation(id_)
    anne = await store.listener_by_login("anne")
    assert anne is not None
    now = system_clock()
    change = transitions.reply(
        conversation, anne, text, client_id=cid, seen=1, now=now, phrases=Echo()
    )
    await store.commit(change, now=now)


async def taken_by(gateway: RealGateway, id_: ConversationId, login: str) -> None:
    """A colleague has it: a console that is loaded anew hears nothing of it any more."""
    store, now = gateway.house.store, system_clock()
    listener = await store.listener_by_login(login)
    assert listener is not None
    waiting = await store.conversation(id_)
    await store.commit(transitions.claim(waiting, listener, now=now, phrases=Echo()), now=now)


def left_words(page: Page) -> Locator:
    return page.get_by_role("region", name="Des mots à vous ne sont pas partis")


def said(gateway: RealGateway, id_: ConversationId) -> list[str]:
    """What listeners said in a conversation."""
    messages = gateway.do(gateway.house.store.messages(id_))
    return [one.text for one in messages if one.author is Author.LISTENER]


def test_a_reply_of_a_conversation_that_was_not_open_is_told_until_it_is_put_away(
    anne: Page, gateway: RealGateway
) -> None:
    gone = held(gateway, anne)
    kept = held(gateway, anne, Role.VICTIME_MAJEURE)
    anne.locator(f"button.item[data-id='{gone}']").click()
    expect(anne.locator("#m1")).to_be_visible()
    cut(anne)
    anne.locator("#reply").fill("Tu peux appeler le 3018.")
    anne.keyboard.press("Enter")
    expect(anne.locator(".pending")).to_have_count(1)
    anne.locator("#reply").fill("et aussi")
    anne.get_by_label("Nouvelle note").fill("elle est seule chez elle")
    anne.locator(f"button.item[data-id='{kept}']").click()
    goes_back(gateway, gone)
    gateway.do(taken_by(gateway, gone, "bilal"))
    back_again(anne)
    words = left_words(anne)
    expect(words).to_contain_text(MINOR)
    expect(words).not_to_contain_text(ADULT)
    expect(words).to_contain_text("n’est plus parmi les vôtres")
    expect(words.get_by_label("Votre réponse", exact=True)).to_have_value(
        "Tu peux appeler le 3018."
    )
    expect(words.get_by_label("Votre brouillon de réponse", exact=True)).to_have_value("et aussi")
    expect(words.get_by_label("Votre note entre écoutants", exact=True)).to_have_value(
        "elle est seule chez elle"
    )
    away = words.get_by_role("button", name="J’ai fini, effacer ces mots")
    away.wait_for()
    # Wherever one goes, and after a reload.
    anne.locator("#dossiers").click()
    expect(words).to_be_visible()
    anne.reload()
    expect(words).to_contain_text(MINOR)
    expect(words.get_by_role("textbox")).to_have_count(3)
    assert said(gateway, gone) == []
    anne.context.grant_permissions(["clipboard-read", "clipboard-write"])
    words.get_by_role("button", name="Copier : Votre réponse", exact=True).click()
    expect(words.get_by_text("Copié.")).to_be_visible()
    assert anne.evaluate("navigator.clipboard.readText()") == "Tu peux appeler le 3018."
    axe_finds_nothing(anne)
    away.click()
    expect(words).to_have_count(0)
    anne.reload()
    anne.locator(f"button.item[data-id='{kept}']").wait_for()
    anne.get_by_text("Connecté").wait_for(state="attached")
    expect(words).to_have_count(0)
    assert "3018" not in anne.evaluate("JSON.stringify(sessionStorage)")


def test_words_of_the_conversation_that_was_open_are_there_after_a_reload(
    anne: Page, gateway: RealGateway
) -> None:
    id_ = held(gateway, anne)
    anne.locator("#reply").fill("presque fini")
    goes_back(gateway, id_)
    expect(anne.get_by_role("heading", name="n’est plus parmi les vôtres")).to_be_visible()
    draft = left_words(anne).get_by_label("Votre brouillon de réponse", exact=True)
    expect(draft).to_have_value("presque fini")
    anne.reload()
    expect(draft).to_have_value("presque fini")
    # Taken again, they are where they were typed, and nowhere else.
    anne.locator(f".row[data-id='{id_}'] button.take").click()
    expect(anne.locator("#reply")).to_have_value("presque fini")
    expect(left_words(anne)).to_have_count(0)
    anne.locator("#reply").press("Enter")
    eventually(lambda: said(gateway, id_) == ["presque fini"])


def test_a_reply_that_had_arrived_is_not_told_to_be_lost(anne: Page, gateway: RealGateway) -> None:
    """Its answer was lost, and the conversation with it: the server still knows it was said."""
    id_ = held(gateway, anne)
    cut(anne)
    anne.locator("#reply").fill("je suis là")
    anne.locator("#reply").press("Enter")
    expect(anne.locator(".pending")).to_have_count(1)
    (one,) = anne.evaluate("JSON.parse(sessionStorage['relais.outbox'])")[id_]
    gateway.do(arrives(gateway, id_, one["text"], one["cid"]))
    goes_back(gateway, id_)
    back_again(anne)
    expect(anne.get_by_role("heading", name="n’est plus parmi les vôtres")).to_be_visible()
    eventually(lambda: "je suis là" not in anne.evaluate("JSON.stringify(sessionStorage)"))
    expect(left_words(anne)).to_have_count(0)
    assert said(gateway, id_) == ["je suis là"]


def test_what_nobody_knows_the_fate_of_cannot_be_put_away(anne: Page, gateway: RealGateway) -> None:
    id_ = held(gateway, anne)
    path = f"**/conversations/{id_}/reply"
    anne.route(path, lambda route: route.abort())
    anne.locator("#reply").fill("je suis là")
    anne.locator("#reply").press("Enter")
    goes_back(gateway, id_)
    words = left_words(anne)
    expect(words).to_contain_text("Nouvel essai automatique")
    expect(words.get_by_role("button", name="effacer")).to_have_count(0)
    anne.unroute(path)
    expect(words.get_by_role("button", name="effacer")).to_be_visible()
    expect(words).not_to_contain_text("Nouvel essai automatique")
    assert said(gateway, id_) == []


def test_signing_out_leaves_no_word(anne: Page, gateway: RealGateway) -> None:
    id_ = held(gateway, anne)
    anne.locator("#reply").fill("un mot à moi")
    goes_back(gateway, id_)
    expect(left_words(anne)).to_be_visible()
    anne.get_by_role("button", name="Se déconnecter").click()
    dialog = anne.get_by_role("dialog", name="Se déconnecter")
    expect(dialog).to_contain_text("seront effacés")
    dialog.get_by_role("button", name="Se déconnecter").click()
    anne.get_by_label("Identifiant").wait_for()
    eventually(lambda: anne.evaluate("sessionStorage.length") == 0)
    sign_in(anne, "anne", PASSWORD)
    anne.locator(f".row[data-id='{id_}']").wait_for()
    anne.get_by_text("Connecté").wait_for(state="attached")
    expect(left_words(anne)).to_have_count(0)
    expect(anne.locator("body")).not_to_contain_text("un mot à moi")


def test_what_is_left_is_read_and_put_away_by_keys_on_a_narrow_screen(
    anne: Page, gateway: RealGateway
) -> None:
    gone = held(gateway, anne)
    anne.locator("#reply").fill("m" * 300)
    kept = held(gateway, anne, Role.VICTIME_MAJEURE)
    anne.set_viewport_size({"width": 320, "height": 640})
    anne.reload()
    expect(anne.locator("#reply")).to_be_visible()
    goes_back(gateway, gone)
    words = left_words(anne)
    summary = words.locator("summary")
    expect(summary).to_contain_text(MINOR)
    wide = "document.documentElement.scrollWidth - innerWidth"
    eventually(lambda: anne.evaluate(wide) <= 0)
    reach(anne, summary)
    text = words.get_by_label("Votre brouillon de réponse", exact=True)
    if not text.is_visible():
        anne.keyboard.press("Enter")
    expect(text).to_be_visible()
    eventually(lambda: anne.evaluate(wide) <= 0)
    # Neither hides the other: there is still a place to answer in.
    expect(anne.locator("#reply")).to_be_visible()
    axe_finds_nothing(anne)
    reach(anne, words.get_by_role("button", name="effacer"))
    anne.keyboard.press("Enter")
    expect(words).to_have_count(0)
    expect(anne.locator("#reply")).to_be_focused()
    assert gateway.do(gateway.house.store.conversation(kept)).owner.listener_id is not None


def test_a_dialog_of_a_conversation_that_left_does_not_open_over_the_next(
    anne: Page, gateway: RealGateway
) -> None:
    kept = held(gateway, anne, Role.VICTIME_MAJEURE)
    gone = held(gateway, anne)
    anne.get_by_role("button", name="Passer la main").click()
    dialog = anne.get_by_role("dialog", name="Passer la main")
    dialog.get_by_label("Ce que la personne suivante doit savoir").fill("elle veut un juriste")
    goes_back(gateway, gone)
    expect(dialog).to_have_count(0)
    words = left_words(anne)
    expect(words.get_by_role("textbox", name="Ce que la personne")).to_have_value(
        "elle veut un juriste"
    )
    anne.locator(f"button.item[data-id='{kept}']").click()
    expect(anne.locator("#reply")).to_be_visible()
    expect(dialog).to_have_count(0)


def test_what_is_given_up_with_a_draft_in_it_is_told_too(anne: Page, gateway: RealGateway) -> None:
    """Ended by who wrote it: the draft is theirs, and comes back with an undo."""
    held(gateway, anne)
    anne.locator("#reply").fill("à bientôt")
    anne.get_by_role("button", name="Terminer", exact=True).click()
    dialog = anne.get_by_role("dialog", name="Terminer la conversation")
    expect(dialog).to_contain_text("Vos mots non envoyés ne partiront pas.")
    dialog.get_by_text("Aide apportée").click()
    dialog.get_by_role("button", name="Terminer la conversation").click()
    expect(dialog).to_have_count(0)
    expect(left_words(anne)).to_contain_text("est terminée")
    anne.get_by_role("button", name="Annuler la fin").click()
    expect(anne.locator("#reply")).to_have_value("à bientôt")
    expect(left_words(anne)).to_have_count(0)
