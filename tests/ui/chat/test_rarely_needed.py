"""What the widget offers beside writing: coming back, an image, questions at the end, *vous*."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tests.browsers import REQUIRED
from tests.gateway.media.pictures import a_picture, with_place
from tests.ui.chat.people import Open, expect, open_page, write
from tests.ui.consoles import Page
from tests.ui.fake_gateway import STATIC, FakeGateway

SOURCES = Path(__file__).resolve().parents[3] / "ui" / "widget"
SURVEY = {
    "questions": [
        {
            "id": "helped",
            "text": "Cette discussion t’a été utile ?",
            "choices": [
                {"id": "rate_helped_yes", "title": "Oui"},
                {"id": "rate_helped_no", "title": "Non"},
            ],
        },
        {
            "id": "next",
            "text": "Tu sais quoi faire maintenant ?",
            "choices": [{"id": "rate_next_yes", "title": "Oui"}],
        },
    ]
}

pytestmark = pytest.mark.browser


def a_file(name: str, content: bytes, mime: str = "image/jpeg") -> dict[str, object]:
    return {"name": name, "mimeType": mime, "buffer": content}


def choose(page: Page, file: dict[str, object]) -> None:
    page.locator("relais-chat input[type=file]").set_input_files(file)


def nothing_is_cut(page: Page) -> None:
    wide = page.evaluate(
        """() => [...document.querySelector('relais-chat').shadowRoot.querySelectorAll('*')]
          .filter((el) => el.getBoundingClientRect().right > innerWidth + 1).length"""
    )
    assert wide == 0
    for button in page.locator("relais-chat button, relais-chat .pick").all():
        box = button.bounding_box()
        if box:
            assert box["height"] >= 44, button.inner_text()
            assert box["width"] >= 44, button.inner_text()
    page.get_by_role("button", name="Sortie rapide").click(trial=True)
    for number in ("15", "112", "3114"):
        page.locator(f'.danger a[href="tel:{number}"]').click(trial=True)


def test_it_is_a_second_script_that_few_people_load() -> None:
    scripts = {path.name: path.read_text() for path in STATIC.glob("*.js")}
    assert {"chat.js", "more.js", "vous.js"} <= scripts.keys()
    assert "Avant d’envoyer une image" not in scripts["chat.js"]
    for text in scripts.values():
        for word in ("localStorage", "indexedDB", "document.cookie", "eval(", "clipboard"):
            assert word not in text
    assert len(gzip.compress(scripts["more.js"].encode(), 9)) <= 6_000


@pytest.mark.parametrize("name", ["words-more.ts", "vous.ts"])
def test_words_are_short_and_keep_their_address(name: str) -> None:
    source = re.sub(r"//.*", "", (SOURCES / name).read_text())
    tu, _, vous = source.partition("const VOUS")
    for text in re.findall(r'"([^"]+)"|`([^`]+)`', source):
        for sentence in re.split(r"[.!?:…]", "".join(text)):
            assert len(re.findall(r"[\w’$]+", sentence)) <= 15, sentence
    assert not re.search(r"\b(vous|votre|vos)\b|\w{3}ez\b", tu.replace("assez", ""), re.IGNORECASE)
    said = " ".join("".join(text) for text in re.findall(r'"([^"]+)"|`([^`]+)`', vous))
    assert not re.search(r"\b(tu|te|toi|ton|ta|tes)\b", said, re.IGNORECASE)


def test_a_code_brings_a_new_browser_the_conversation(visit: Open, gateway: FakeGateway) -> None:
    first = visit()
    write(first, "un secret")
    open_page(first, "Garder un code pour revenir")
    sheet = first.get_by_role("region", name="Revenir plus tard")
    expect(sheet).to_contain_text("Qui voit ces mots peut tout lire")
    nothing_is_cut(first)
    first.get_by_role("button", name="Voir mes cinq mots").click()
    words = sheet.get_by_role("listitem")
    expect(words).to_have_text(gateway.code.split())
    nothing_is_cut(first)
    first.get_by_role("button", name="C’est noté").click()
    expect(first.get_by_label("Ton message")).to_be_visible()
    assert gateway.code.split()[0] not in first.locator("body").inner_text()
    kept = first.evaluate("JSON.stringify({...sessionStorage}) + JSON.stringify({...localStorage})")
    assert not any(word in kept for word in gateway.code.split())

    second = visit(320, 568)
    second.get_by_role("button", name="J’ai un code pour revenir").click()
    field = second.get_by_label("Tes cinq mots")
    field.fill("hamac hamac hamac hamac hamac")
    second.get_by_role("button", name="Reprendre", exact=True).click()
    expect(second.get_by_role("alert").filter(has_text="aucune discussion")).to_be_visible()
    expect(field).to_have_value("hamac hamac hamac hamac hamac")
    nothing_is_cut(second)
    field.fill(gateway.code)
    field.press("Enter")
    expect(second.locator(".message .text")).to_have_text(["un secret"])
    write(second, "je suis revenue")
    expect(first.locator(".message .text", has_text="je suis revenue")).to_have_count(1)


def test_an_image_is_warned_of_and_leaves_without_its_place(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit()
    write(page, "regarde")
    open_page(page, "Envoyer une image")
    sheet = page.get_by_role("region", name="Avant d’envoyer une image")
    expect(sheet).to_contain_text("N’envoie aucune image intime")
    expect(sheet).to_contain_text("un lien ou un pseudo suffit")
    choose(page, a_file("notes.pdf", b"%PDF-1.4 rien", "application/pdf"))
    expect(page.get_by_role("alert").filter(has_text="Essaie une capture")).to_be_visible()
    choose(page, a_file("IMG_2048.jpg", with_place(orientation=6)))
    expect(page.get_by_role("img", name="L’image à envoyer")).to_be_visible()
    nothing_is_cut(page)
    assert gateway.images == []
    page.get_by_role("button", name="Envoyer cette image").click()
    mine = page.locator(".message.me", has_text="Image")
    expect(mine).to_have_attribute("data-sending", "kept")
    (sent,) = gateway.images
    assert sent.startswith(b"\xff\xd8\xff")
    for trace in (b"Exif", b"SpyCam", b"ICCSECRET", b"COMMENTSECRET", b"GPS"):
        assert trace not in sent
    expect(page.get_by_label("Ton message")).to_be_visible()


def test_an_image_outlives_a_lost_network_and_arrives_once(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit()
    write(page, "regarde")
    open_page(page, "Envoyer une image")
    choose(page, a_file("a.png", a_picture("PNG"), "image/png"))
    gateway.faults.drop_acks = 2
    page.get_by_role("button", name="Envoyer cette image").click()
    mine = page.locator(".message.me", has_text="Image")
    expect(mine).to_have_attribute("data-sending", "kept")
    expect(mine).to_have_count(1)
    assert len(gateway.images) == 1


def test_an_image_that_could_not_leave_before_a_reload_is_told_of(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit()
    write(page, "regarde")
    open_page(page, "Envoyer une image")
    choose(page, a_file("a.png", a_picture("PNG"), "image/png"))
    page.route("**/web/images/**", lambda route: route.abort())
    page.get_by_role("button", name="Envoyer cette image").click()
    expect(page.locator(".message.me", has_text="Image")).to_have_attribute("data-sending", "late")
    page.reload()
    refused = page.locator(".message.me", has_text="Choisis-la à nouveau")
    expect(refused).to_be_visible()
    expect(refused.get_by_role("button")).to_have_count(0)


def test_a_refused_image_says_why(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    write(page, "regarde")
    gateway.faults.refuse_images = True
    open_page(page, "Envoyer une image")
    choose(page, a_file("a.png", a_picture("PNG"), "image/png"))
    page.get_by_role("button", name="Envoyer cette image").click()
    expect(page.locator(".message.me .unsent")).to_contain_text("n’a pas pu être lue")


def test_the_questions_at_the_end_are_optional(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    write(page, "merci")
    gateway.set_state(closed=True, survey=SURVEY)
    asked = page.get_by_role("region", name="Deux questions, si tu veux")
    expect(asked).to_contain_text("Cette discussion t’a été utile ?")
    expect(page.locator(".talk > .status")).to_contain_text("Cette discussion est terminée")
    nothing_is_cut(page)
    asked.get_by_role("group", name="utile").get_by_role("button", name="Non").click()
    expect(asked).not_to_contain_text("utile")
    asked.get_by_role("button", name="Oui").click()
    expect(page.get_by_role("heading", name="C’est gardé sans ton nom")).to_be_visible()
    assert gateway.rates == ["rate_helped_no", "rate_next_yes"]
    write(page, "encore une chose")


def test_parents_are_spoken_to_as_vous(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    page.get_by_role("button", name="Je suis un parent ou un professionnel").click()
    field = page.get_by_label("Votre message")
    expect(field).to_be_visible()
    expect(page.get_by_role("region", name="Avant d’écrire")).to_contain_text(
        "Un assistant automatique vous répond"
    )
    tu = re.compile(r"\b(tu|toi|ton|ta|tes)\b", re.IGNORECASE)
    expect(page.locator("relais-chat")).not_to_contain_text(tu)
    page.get_by_role("button", name="Je suis un jeune").click()
    write(page, "bonjour")
    # The bot found out who writes: the words around follow it.
    gateway.set_state(address="vous", owner="queue")
    expect(page.locator(".talk > .status")).to_contain_text("Vous pouvez partir et revenir")
    expect(page.locator(".message.me .speaker")).to_have_text(["vous"])
    open_page(page, "Envoyer une image")
    expect(page.get_by_role("region", name="Avant d’envoyer une image")).to_contain_text(
        "N’envoyez aucune image intime"
    )


def test_a_parent_without_a_network_is_told_so(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    page.route("**/vous.js", lambda route: route.abort())
    parent = page.get_by_role("button", name="Je suis un parent ou un professionnel")
    parent.click()
    status = page.locator(".talk > .status")
    expect(status).to_contain_text("Ça ne s’ouvre pas. Réessaie")
    page.unroute("**/vous.js")
    parent.click()
    expect(page.get_by_label("Votre message")).to_be_visible()
    expect(status).to_have_text("")


def test_escape_leaves_the_page_and_its_words_by_keyboard(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit(1280, 800)
    page.get_by_label("Ton message").fill("un brouillon")
    page.get_by_role("button", name="Autres possibilités").press("Enter")
    expect(page.get_by_role("heading", name="Autres possibilités")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Autres possibilités")).to_be_focused()
    expect(page.get_by_label("Ton message")).to_have_value("un brouillon")


def test_without_a_network_it_says_so(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    page.route("**/more.js", lambda route: route.abort())
    page.get_by_role("button", name="Autres possibilités").click()
    expect(page.locator(".talk > .status")).to_contain_text("Ça ne s’ouvre pas. Réessaie")
    expect(page.get_by_label("Ton message")).to_be_visible()
    page.unroute("**/more.js")
    page.get_by_role("button", name="Autres possibilités").click()
    expect(page.get_by_role("region", name="Autres possibilités")).to_be_visible()
    expect(page.locator(".talk > .status")).to_have_text("")


def test_on_a_small_phone_in_danger_the_five_words_are_on_the_screen(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit(360, 640, has_touch=True, is_mobile=True)
    write(page, "un secret")
    gateway.set_state(danger=True, owner="queue")
    open_page(page, "Garder un code pour revenir")
    page.get_by_role("button", name="Voir mes cinq mots").tap()
    words = page.locator(".words li")
    expect(words).to_have_text(gateway.code.split())
    for word in words.all():
        expect(word).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844)])
def test_axe_finds_nothing_on_these_pages(
    visit: Open, gateway: FakeGateway, scheme: str, width: int, height: int
) -> None:
    if not REQUIRED:
        pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing")
    from axe_playwright_python.sync_playwright import Axe

    page = visit(width, height, color_scheme=scheme, reduced_motion="reduce")

    def check(state: str) -> None:
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], state

    page.get_by_role("button", name="J’ai un code pour revenir").click()
    page.get_by_label("Tes cinq mots").wait_for()
    check("coming back")
    page.get_by_label("Tes cinq mots").fill("un deux trois quatre cinq")
    page.get_by_role("button", name="Reprendre", exact=True).click()
    page.get_by_role("alert").filter(has_text="aucune discussion").wait_for()
    check("a wrong code")
    page.get_by_role("button", name="Fermer").click()
    write(page, "bonjour")
    page.get_by_role("button", name="Autres possibilités").click()
    page.get_by_role("button", name="Envoyer une image").wait_for()
    check("menu")
    page.get_by_role("button", name="Envoyer une image").click()
    choose(page, a_file("a.png", a_picture("PNG"), "image/png"))
    page.get_by_role("button", name="Envoyer cette image").wait_for()
    check("image")
    page.get_by_role("button", name="Fermer").click()
    open_page(page, "Garder un code pour revenir")
    page.get_by_role("button", name="Voir mes cinq mots").click()
    page.get_by_role("button", name="C’est noté").wait_for()
    check("code")
    gateway.set_state(owner="queue", danger=True)
    page.get_by_text("Si tu es en danger").wait_for()
    check("code, in danger")
    page.get_by_role("button", name="Fermer").click()
    gateway.set_state(closed=True, danger=False, survey=SURVEY)
    page.get_by_role("region", name="Deux questions").wait_for()
    check("questions")
