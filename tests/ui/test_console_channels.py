"""What other channels bring to the console: files, edits, time left, trouble, and why it failed."""

from __future__ import annotations

import base64
import io
import re
import wave
from typing import Any

import pytest
from PIL import Image

from tests.browsers import REQUIRED, eventually
from tests.ui.consoles import Browser, Open, Page, expect, mine, replies
from tests.ui.fake_console_api import FakeConsole, ago, attachment, message, summary

pytestmark = pytest.mark.browser

ZALGO = "Z" + "\u0310\u0352\u0351\u033f\u0346" * 8 + "a" + "\u0316\u0333\u0359\u0353" * 8


def later(**delta: float) -> str:
    return ago(**{unit: -amount for unit, amount in delta.items()})


def a_photo() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(kept, "JPEG")
    return kept.getvalue()


def a_sound() -> bytes:
    kept = io.BytesIO()
    with wave.open(kept, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(32_000))
    return kept.getvalue()


RECORD = """async () => {
  const canvas = document.createElement('canvas');
  const pen = canvas.getContext('2d');
  const recorder = new MediaRecorder(canvas.captureStream(25), {mimeType: 'video/webm'});
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const stopped = new Promise((done) => { recorder.onstop = done; });
  recorder.start();
  for (let i = 0; i < 10; i++) {
    pen.fillRect(i * 5, 0, 5, 5);
    await new Promise((done) => setTimeout(done, 50));
  }
  recorder.stop();
  await stopped;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(String.fromCharCode(...bytes)); }"""


@pytest.fixture(scope="module")
def film(chromium: Browser) -> bytes:
    """A film that the browser recorded itself."""
    context = chromium.new_context()
    recorded: str = context.new_page().evaluate(RECORD)
    context.close()
    return base64.b64decode(recorded)


def opened(visit: Open, **options: Any) -> Page:
    """The console with the first of one's own conversations open."""
    page = visit(**options)
    page.locator(".item").first.click()
    page.locator("#m1").wait_for()
    return page


WATCH = """() => {
  window.letGo = [];
  const revoke = URL.revokeObjectURL;
  URL.revokeObjectURL = (url) => { window.letGo.push(url); revoke.call(URL, url); }; }"""


# --- Where somebody writes, and where they come from


@pytest.mark.parametrize(
    ("channel", "name"),
    [
        ("web", "Site"),
        ("whatsapp", "WhatsApp"),
        ("messenger", "Messenger"),
        ("instagram", "Instagram"),
        ("telegram", "Telegram"),
        ("lettre_papier", "Lettre papier"),
    ],
)
def test_the_channel_is_shown_by_name_and_picture(
    server: FakeConsole, visit: Open, channel: str, name: str
) -> None:
    server.add(summary("row", channel=channel))
    server.add(mine("m1", channel=channel))
    page = opened(visit)
    for place in (".row", ".item", ".conversation .title"):
        shown = page.locator(f"{place} .channel")
        expect(shown).to_have_text(name)
        expect(shown.locator("svg path")).to_have_count(1)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("tiktok_report", "signalement TikTok"),
        ("signalement-instagram", "signalement Instagram"),
        ("ecole:victor.hugo", "école victor hugo"),
        ("ig-ad", "Instagram publicité"),
        ("<img src=x onerror=window.__hit=1>", "<img src=x onerror=window"),
        ("constructor", "constructor"),
    ],
)
def test_the_origin_is_told_in_words(
    server: FakeConsole, visit: Open, code: str, words: str
) -> None:
    server.add(summary("row", origin=code))
    server.add(mine("m1", origin=code, previous="earlier"))
    page = opened(visit)
    for place in (".row", ".item", ".conversation .title"):
        expect(page.locator(f"{place} .origin")).to_contain_text(f"vient de : {words}")
    expect(page.locator("#card")).to_contain_text("Déjà venue")
    assert page.evaluate("window.__hit") is None


def test_what_no_machine_reads_is_marked_for_human_ears(server: FakeConsole, visit: Open) -> None:
    server.add(summary("heard", "moderee"))
    server.add(summary("row", "moderee", unheard=True))
    talk = [
        message("person", "", type="voice", attachments=[attachment("a1", "voice")]),
        message("person", "", type="image", attachments=[attachment("a2", "image")]),
        message("person", "voilà", type="document", attachments=[attachment("a3", "document")]),
        message("person", "bonjour"),
        message("bot", "", type="image", attachments=[attachment("a4", "image")]),
    ]
    server.add(mine("m1", unheard=True), talk)
    page = opened(visit)
    expect(page.locator("[data-id=row].row")).to_contain_text("Urgence inconnue")
    expect(page.locator("[data-id=row] button")).to_have_attribute(
        "aria-label", re.compile("urgence inconnue")
    )
    expect(page.locator("[data-id=heard].row")).not_to_contain_text("Urgence inconnue")
    for place in (".item", ".conversation .title"):
        expect(page.locator(place)).to_contain_text("Urgence inconnue")
    unreadable = "la machine ne sait pas lire ce message"
    expect(page.locator("#m1 .sense")).to_have_text(f"À écouter : {unreadable}")
    expect(page.locator("#m2 .sense")).to_have_text(f"À regarder : {unreadable}")
    expect(page.locator("#m3 .sense")).to_have_text(re.compile("n’a lu que le texte"))
    expect(page.locator(".sense")).to_have_count(3)


# --- Files


def test_an_image_is_fetched_by_a_click_and_let_go_of_when_hidden(
    server: FakeConsole, visit: Open
) -> None:
    photo = attachment("a1", "image", mime="image/jpeg", size=240_000)
    server.add(mine("m1"), [message("person", "", type="image", attachments=[photo])])
    server.files["m1", "a1"] = a_photo(), "image/jpeg"
    page = opened(visit)
    page.evaluate(WATCH)
    expect(page.locator("#m1 .veil")).to_be_visible()
    expect(page.locator("#m1")).to_contain_text("234 ko")
    page.wait_for_timeout(200)
    assert server.fetched == []
    expect(page.locator("#m1 img")).to_have_count(0)

    page.get_by_role("button", name="Afficher : Image de la personne").focus()
    page.keyboard.press("Enter")
    picture = page.get_by_role("img", name="Image de la personne")
    expect(picture).to_be_visible()
    assert picture.evaluate("(img) => img.decode().then(() => img.naturalWidth)") == 640
    assert server.fetched == ["a1"]
    url = picture.get_attribute("src")
    assert url.startswith("blob:")
    assert page.evaluate("letGo") == []

    page.get_by_role("button", name="Masquer : Image de la personne").click()
    expect(picture).to_have_count(0)
    expect(page.locator("#m1 .veil")).to_be_visible()
    assert page.evaluate("letGo") == [url]


def test_leaving_the_conversation_hides_its_images(server: FakeConsole, visit: Open) -> None:
    photo = attachment("a1", "image", mime="image/jpeg")
    server.add(mine("m1"), [message("person", "", type="image", attachments=[photo])])
    server.files["m1", "a1"] = a_photo(), "image/jpeg"
    page = opened(visit)
    page.evaluate(WATCH)
    for leave in ("switch", "delete"):
        page.get_by_role("button", name="Afficher : Image").click()
        url = page.locator("#m1 img").get_attribute("src")
        if leave == "switch":
            page.get_by_role("heading", name="Cyberharcèlement").focus()
            page.keyboard.press("Escape")
            expect(page.locator("main.conversation")).to_have_count(0)
            eventually(lambda url=url: page.evaluate("letGo.at(-1)") == url)
            page.locator(".item").click()
            expect(page.locator("#m1 .veil")).to_be_visible()
        else:
            server.rewrite("m1", 1, deleted_at=ago(), attachments=[])
            expect(page.locator("#m1")).to_contain_text("supprimé par la personne")
            eventually(lambda url=url: page.evaluate("letGo.at(-1)") == url)


def test_sounds_and_films_play_after_a_click(server: FakeConsole, visit: Open, film: bytes) -> None:
    voice = attachment("a1", "voice", mime="audio/wav")
    video = attachment("a2", "video", mime="video/webm")
    server.add(
        mine("m1"),
        [
            message("person", "", type="voice", attachments=[voice]),
            message("person", "", type="video", attachments=[video]),
        ],
    )
    server.files["m1", "a1"] = a_sound(), "audio/wav"
    server.files["m1", "a2"] = film, "video/webm"
    page = opened(visit)
    expect(page.locator("audio, video")).to_have_count(0)
    page.get_by_role("button", name="Écouter : Message vocal de la personne").click()
    sound = page.locator("audio[controls][aria-label='Message vocal de la personne']")
    expect(sound).to_be_visible()
    eventually(lambda: sound.evaluate("(a) => a.duration") == 2)
    page.get_by_role("button", name="Regarder : Vidéo de la personne").click()
    moving = page.locator("video[controls][aria-label='Vidéo de la personne']")
    eventually(lambda: moving.evaluate("(v) => v.readyState") >= 1)
    assert server.fetched == ["a1", "a2"]


def test_documents_are_links_to_download_with_a_plain_name(
    server: FakeConsole, visit: Open
) -> None:
    hidden = attachment("a1", "document", mime="application/pdf", filename="photo\u202egpj.exe")
    page_like = attachment("a2", "image", mime="text/html", filename="../../<b>x</b>.html")
    drawing = attachment("a3", "image", mime="image/svg+xml", filename=None, size=3_400_000)
    files = [hidden, page_like, drawing]
    server.add(mine("m1"), [message("person", "", type="document", attachments=files)])
    server.files["m1", "a1"] = b"%PDF-", "application/pdf"
    page = opened(visit)
    names = page.locator("#m1 .file-name bdi")
    expect(names).to_have_text(["photogpj.exe", ".._.._<b>x<_b>.html", "Fichier sans nom"])
    expect(page.locator("#m1 img")).to_have_count(0)
    expect(page.locator("#m1")).to_contain_text("3,2 Mo")
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger : photogpj.exe").click()
    assert download.value.suggested_filename == "photogpj.exe"
    assert server.fetched == ["a1"]


def test_a_file_that_is_not_there_says_so(server: FakeConsole, visit: Open) -> None:
    files = [
        attachment("a1", "image", state="coming"),
        attachment("a2", "image", state="refused"),
        attachment("a3", "image", state="gone"),
        attachment("a4", "image", mime="image/jpeg"),
        attachment("a5", "image", mime="image/jpeg"),
    ]
    server.add(mine("m1"), [message("person", "", type="image", attachments=files)])
    server.files["m1", "a5"] = b"no picture", "image/jpeg"
    page = opened(visit)
    places = page.locator("#m1 .file")
    expect(places.nth(0)).to_have_text(re.compile("en cours de réception"))
    expect(places.nth(1)).to_have_text(re.compile(r"Fichier refusé\s: trop lourd"))
    expect(places.nth(2)).to_have_text(re.compile("la plateforme ne l’a plus"))
    expect(page.locator("#m1 button.secondary")).to_have_count(2)
    page.locator("#m1 button.secondary").nth(0).click()
    expect(places.nth(3).get_by_role("alert")).to_have_text(re.compile("Fichier perdu"))
    page.locator("#m1 button.secondary").nth(1).click()
    expect(page.get_by_text("Ce fichier ne s’ouvre pas ici.")).to_be_visible()
    expect(page.get_by_role("link", name="Télécharger")).to_have_count(1)
    server.rewrite("m1", 1, attachments=[attachment("a1", "image", mime="image/jpeg")])
    expect(page.locator("#m1 .veil")).to_have_count(1)
    expect(page.locator("#m1 .file")).to_have_count(1)


# --- What may happen to a message


def test_what_happens_to_a_message_is_seen(server: FakeConsole, visit: Open) -> None:
    talk = [
        message("person", "mon adresse est 3 rue Haute et je ne sais plus quoi faire " * 4),
        message("listener", "Je suis là.", name="Camille", reply_to=1),
        message("person", "oui", reply_to=99, forwarded=True),
        message("elsewhere", "Bonjour"),
    ]
    server.add(mine("m1"), talk)
    page = opened(visit)
    quote = page.get_by_role("button", name="En réponse à Personne mon adresse est")
    eventually(lambda: len(quote.inner_text()) < 120)
    quote.click()
    expect(page.locator("#m1")).to_be_focused()
    expect(page.locator("#m3 .quote")).to_have_text("En réponse à un message plus ancien")
    expect(page.locator("#m3 > header")).to_contain_text("transféré")
    expect(page.locator("#m4 > header b")).to_have_text("Collègue, hors de Relais")

    server.rewrite("m1", 2, reaction="❤️")
    expect(page.locator("#m2 .reaction")).to_have_text("Réaction de la personne : ❤️")
    server.rewrite("m1", 3, text="oui, ce soir", edited_at=ago())
    expect(page.locator("#m3 > header")).to_contain_text("modifié")
    expect(page.locator("#m3 .text")).to_have_text("oui, ce soir")
    server.rewrite("m1", 1, text="", deleted_at=ago())
    expect(page.locator("#m1")).to_contain_text("Message supprimé par la personne")
    expect(page.locator("body")).not_to_contain_text("rue Haute")


@pytest.mark.parametrize(
    ("code", "why", "todo", "again"),
    [
        ("window_closed", "le délai pour répondre", "Il faut que la personne réécrive", True),
        ("blocked", "a bloqué le service", "Plus rien ne lui parvient ici", False),
        ("unavailable", "n’est plus joignable", "Plus rien ne lui parvient ici", False),
        ("131047", "le délai pour répondre", "Il faut que la personne réécrive", True),
        ("token", "n’est plus autorisé", "Prévenez l’équipe technique", True),
        ("rate", "trop d’envois", "Attendez une minute", True),
        ("timeout", "la plateforme n’a pas répondu", "Attendez un peu", True),
        ("http_503", "la plateforme n’a pas répondu", "Attendez un peu", True),
        ("gave_up", "pas répondu pendant des heures", "encore utile", True),
        ("not_thread_owner", "une autre application", "la boîte de la plateforme", True),
        ("taken_over", "un écoutant avait déjà pris", "L’assistant se tait", False),
        ("channel_off", "ce canal est éteint", "Prévenez l’équipe technique", True),
        ("too_long", "trop long pour ce canal", "Raccourcissez-le", False),
        ("e_4711", "code e_4711", "", True),
        ("__proto__", "code __proto__", "", True),
        (None, "raison inconnue", "", True),
    ],
)
def test_a_failed_message_says_why_and_what_to_do(
    server: FakeConsole, visit: Open, code: str | None, why: str, todo: str, again: bool
) -> None:
    failed = {"status": "failed", "error": code}
    server.add(mine("m1"), [message("listener", "Je suis là.", name="Camille", delivery=failed)])
    page = opened(visit)
    shown = page.locator("#m1 .delivery")
    expect(shown).to_contain_text(re.compile(f"^Non remis\\s: .*{re.escape(why)}"))
    expect(shown).to_contain_text(todo)
    expect(shown.get_by_role("button", name="Renvoyer")).to_have_count(int(again))
    expect(shown.get_by_role("button", name="Reprendre le texte")).to_have_count(1)


def test_sending_again_is_a_click_and_a_new_message(server: FakeConsole, visit: Open) -> None:
    failed = {"status": "failed", "error": "rate"}
    talk = [message("listener", "Je suis là.", name="Camille", cid="c" * 32, delivery=failed)]
    server.add(mine("m1"), talk)
    page = opened(visit)
    page.wait_for_timeout(500)
    assert replies(server, "m1") == ["Je suis là."]
    page.get_by_role("button", name="Renvoyer").dblclick()
    expect(page.locator("#m2")).to_contain_text("Je suis là.")
    expect(page.get_by_role("button", name="Renvoyer")).to_have_count(0)
    page.wait_for_timeout(300)
    assert replies(server, "m1") == ["Je suis là."] * 2
    assert server.messages["m1"][1]["cid"] != "c" * 32
    page.reload()
    page.locator("#m2").wait_for()
    expect(page.get_by_role("button", name="Renvoyer")).to_have_count(0)


def test_unknown_is_not_failed(server: FakeConsole, visit: Open) -> None:
    unknown = {"status": "unknown", "error": "timeout"}
    waits = {"status": "queued", "error": "token"}
    failed = {"status": "failed", "error": "bad_request"}
    held = {"status": "queued", "error": "window_closed"}
    talk = [
        message("listener", each["status"], name="Camille", delivery=each)
        for each in (unknown, waits, failed, held)
    ]
    server.add(mine("m1"), talk)
    page = opened(visit)
    doubt = page.locator("#m1 .delivery")
    expect(doubt).to_contain_text("Peut-être arrivé")
    expect(doubt).to_contain_text("Rien ne sera renvoyé tout seul")
    expect(doubt.get_by_role("button")).to_have_count(0)
    expect(page.locator("#m2 .delivery")).to_contain_text("Partira tout seul")
    expect(page.locator("#m2 .delivery").get_by_role("button")).to_have_count(0)
    expect(page.locator("#m4 .delivery")).to_contain_text("Partira quand la personne réécrira")
    style = "(p) => [getComputedStyle(p).color, p.querySelector('path').getAttribute('d')]"
    colour, picture = doubt.evaluate(style)
    other_colour, other_picture = page.locator("#m3 .delivery").evaluate(style)
    assert colour != other_colour
    assert picture != other_picture


# --- What must be known before answering


@pytest.mark.parametrize(
    ("channel", "ends", "words"),
    [
        ("whatsapp", {"hours": 3, "minutes": 20, "seconds": 30}, "encore 3 h 20"),
        ("instagram", {"minutes": 12, "seconds": 30}, "encore 12 min"),
        ("messenger", {"seconds": 40}, "encore moins d’une minute"),
        ("whatsapp", {"minutes": -1}, "Un message neutre peut l’y inviter"),
        ("instagram", {"minutes": -1}, "Une réponse humaine peut encore passer pendant 7 jours"),
        ("telegram", {"minutes": -1}, "gardée et partira quand la personne réécrira"),
    ],
)
def test_the_time_left_to_answer(
    server: FakeConsole, visit: Open, channel: str, ends: dict[str, float], words: str
) -> None:
    server.add(mine("m1", channel=channel, window_ends_at=later(**ends)))
    page = opened(visit)
    notices = page.get_by_role("group", name="À savoir sur cette conversation")
    expect(notices).to_contain_text(words)  # as a reader takes it, no-break spaces are spaces
    told = notices.inner_text()
    assert ("Délai de réponse passé" in told) is ("peut" in words or "gardée" in words)
    server.change("m1", window_ends_at=later(hours=23, minutes=59, seconds=30))
    expect(notices).to_have_text(re.compile(r"Réponse possible encore\s23\sh\s59"))
    server.change("m1", window_ends_at=None)
    expect(notices).to_have_count(0)


def test_the_window_closes_on_screen(server: FakeConsole, visit: Open) -> None:
    server.add(mine("m1", channel="whatsapp", window_ends_at=later(seconds=4)))
    page = opened(visit)
    expect(page.locator(".notices")).to_contain_text("moins d’une minute")
    expect(page.locator(".notices")).to_contain_text("Délai de réponse passé.")


def test_standby_and_erasure_are_told(server: FakeConsole, visit: Open) -> None:
    wish = {"asked_at": "2026-03-02T11:00:00Z", "due_at": None}
    server.add(mine("m1"))
    page = opened(visit, timezone_id="Europe/Paris")
    notices = page.get_by_role("group", name="À savoir sur cette conversation")
    expect(notices).to_have_count(0)
    server.change("m1", standby=True, erasure=wish)
    expect(notices).to_contain_text("Une autre application tient cette conversation")
    expect(notices).to_contain_text("Le 2 mars à 12:00, la personne a demandé que tout soit effacé")
    expect(notices).to_contain_text("pas encore confirmé")
    expect(notices).to_contain_text("Vérifiez que c’est bien elle")
    server.change("m1", standby=False, erasure=wish | {"due_at": "2026-03-05T11:00:00Z"})
    expect(notices).to_contain_text("Ce sera fait le 5 mars à 12:00.")
    expect(notices).not_to_contain_text("Une autre application")


def test_a_channel_in_trouble_is_told_and_asked_again(server: FakeConsole, visit: Open) -> None:
    server.channels = [
        {"name": "web", "state": "up", "code": None},
        {"name": "whatsapp", "state": "paused", "code": "token"},
        {"name": "telegram", "state": "off", "code": None},
    ]
    server.add(mine("m1", channel="whatsapp"))
    server.add(mine("m2", channel="telegram", claimed_at=later(seconds=9)))
    page = opened(visit)
    trouble = page.get_by_role("status", name="Canaux en difficulté")
    expect(trouble).to_have_text(re.compile(r"^WhatsApp en pause\. Les réponses attendent"))
    notices = page.locator(".notices")
    expect(notices).to_contain_text("WhatsApp en pause.")
    expect(notices).to_contain_text("Raison : le service n’est plus autorisé sur ce canal.")
    page.locator(".item[data-id=m2]").click()
    expect(notices).to_contain_text("Telegram éteint.")
    page.clock.install()
    page.reload()
    expect(notices).to_contain_text("Telegram éteint.")
    server.channels = [{"name": "messenger", "state": "down", "code": "<b>"}]
    page.clock.fast_forward(31_000)
    expect(trouble).to_have_text(re.compile(r"^Messenger ne répond pas\."))
    expect(notices).to_have_count(0)


# --- Several conversations, by keys


def test_conversations_are_switched_by_keys(server: FakeConsole, visit: Open) -> None:
    for n in range(1, 4):
        server.add(mine(f"m{n}", claimed_at=ago(minutes=10 - n)), [message("person", f"n° {n}")])
    page = opened(visit)
    reply = page.get_by_label("Votre réponse")
    here = page.locator(".item[aria-current]")
    reply.fill("brouillon un")
    reply.press("Alt+ArrowDown")
    expect(here).to_have_attribute("data-id", "m2")
    expect(reply).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(here).to_have_attribute("data-id", "m3")
    expect(reply).to_be_focused()
    expect(reply).to_have_value("")
    page.keyboard.press("Alt+ArrowUp")
    expect(here).to_have_attribute("data-id", "m2")
    expect(reply).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(here).to_have_attribute("data-id", "m1")
    expect(reply).to_have_value("brouillon un")
    server.say("m3", message("person", "vous êtes là ?"))
    expect(page.locator(".item[data-id=m3] .news")).to_contain_text("1 nouveau message")
    expect(reply).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    expect(here).to_have_attribute("data-id", "m3")
    expect(reply).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Raccourcis")
    for key in ("N", "J / K", "Alt + ↓ / ↑", "1 à 9", "U", "T", "Entrée"):
        expect(dialog.locator("kbd").get_by_text(key, exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("channel", "text", "words"),
    [
        ("web", "a" * 3000, "3 000 / 4 000"),
        ("telegram", "a" * 3976, "3 976 / 4 000"),
        ("telegram", "😭" * 1989, "1 989 / 4 000 · partira en 2 messages sur Telegram"),
        ("messenger", "a" * 1880, "1 880 / 4 000"),
        ("messenger", "a" * 1881, "1 881 / 4 000 · partira en 2 messages sur Messenger"),
        ("instagram", "é" * 440, "440 / 4 000"),
        ("instagram", "é" * 441, "441 / 4 000 · partira en 2 messages sur Instagram"),
    ],
)
def test_the_counter_knows_the_channel(
    server: FakeConsole, visit: Open, channel: str, text: str, words: str
) -> None:
    server.add(mine("m1", channel=channel))
    page = opened(visit)
    expect(page.locator(".tally")).to_have_count(0)
    page.get_by_label("Votre réponse").fill(text)
    told = re.sub(r"\s", " ", page.locator(".tally").inner_text())
    assert told == words


OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_whatever_is_pasted_stays_in_its_place(
    server: FakeConsole, visit: Open, width: int, height: int
) -> None:
    long = "x" * 10_000
    busy = {
        "channel": "whatsapp", "origin": long, "unheard": True, "standby": True,
        "window_ends_at": later(hours=1), "erasure": {"asked_at": ago(), "due_at": None},
    }  # fmt: skip
    names = {"platform": f"\u202e{ZALGO * 4} שלום"}
    server.add(
        mine("m1", **busy, **names),
        [message("person", long, reaction=ZALGO * 30, reply_to=1), message("person", "ok")],
    )
    page = opened(visit, viewport={"width": width, "height": height})
    reply = page.get_by_label("Votre réponse")
    reply.fill(long)
    expect(page.locator("#reply-error")).to_contain_text("Trop long")
    eventually(lambda: page.evaluate(OVERFLOW) <= 0)
    for part in ("#log", ".send", ".notices"):
        box = page.locator(part).bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= height, part
    assert page.locator("#log").bounding_box()["height"] > 120
    page.reload()
    expect(reply).to_have_value(long)


def test_piled_up_letters_stay_in_their_bubble(server: FakeConsole, visit: Open) -> None:
    piled_up = ("a" + "\u0301" * 60) * 10
    server.add(mine("m1"), [message("person", "avant"), message("person", piled_up)])
    page = opened(visit)
    above, piled = (page.locator(f"#m{seq}").bounding_box() for seq in (1, 2))
    top = above["y"] + above["height"] + 1
    gap = {"x": piled["x"] + 20, "y": top, "width": 200, "height": piled["y"] - top - 1}
    assert gap["height"] > 2
    between = Image.open(io.BytesIO(page.screenshot(clip=gap))).convert("RGB")
    assert len(between.getcolors()) == 1


# --- For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_axe_finds_nothing_in_the_new_states(
    server: FakeConsole, visit: Open, scheme: str, width: int, height: int
) -> None:
    if not REQUIRED:
        pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing")
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def check(page: Page, state: str) -> None:
        page.wait_for_timeout(150)
        found = axe.run(page).response["violations"]
        told = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        assert told == [], state

    server.channels = [
        {"name": "whatsapp", "state": "paused", "code": "token"},
        {"name": "telegram", "state": "down", "code": None},
    ]
    for n, channel in enumerate(("web", "whatsapp", "messenger", "instagram", "telegram")):
        urgency = ("critique", "elevee", "moderee", "faible", "faible")[n]
        server.add(
            summary(f"row{n}", urgency, channel=channel, origin="tiktok_report", unheard=True)
        )
    sent = [
        {"status": "read", "error": None},
        {"status": "unknown", "error": "timeout"},
        {"status": "failed", "error": "rate"},
        {"status": "queued", "error": "token"},
    ]
    photo = attachment("a1", "image", mime="image/jpeg")
    voice = attachment("a2", "voice", mime="audio/wav")
    paper = attachment("a3", "document", filename="a.pdf", size=9)
    talk = [
        message("person", "", type="image", attachments=[photo]),
        message("person", "", type="voice", attachments=[voice]),
        message("person", "lis", type="document", attachments=[paper]),
        message("person", "", attachments=[attachment("a4", "image", state="refused")]),
        message("person", "", deleted_at=ago()),
        message("person", "oui", edited_at=ago(), reply_to=3, forwarded=True),
        message("elsewhere", "Bonjour", reaction="❤️"),
        *(message("listener", each["status"], name="Camille", delivery=each) for each in sent),
    ]  # fmt: skip
    server.add(
        mine(
            "m1",
            "elevee",
            channel="whatsapp",
            origin="tiktok_report",
            unheard=True,
            standby=True,
            window_ends_at=later(minutes=20),
            erasure={"asked_at": ago(), "due_at": later(days=1)},
        ),
        talk,
    )
    server.files["m1", "a1"] = a_photo(), "image/jpeg"
    server.files["m1", "a2"] = a_sound(), "audio/wav"
    page = visit(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.locator(".row").first.wait_for()
    check(page, "queue")
    page.locator(".item").click()
    page.locator("#m1").wait_for()
    check(page, "files unopened")
    page.get_by_role("button", name="Afficher : Image").click()
    page.locator("#m1 img").wait_for()
    page.get_by_role("button", name="Écouter :").click()
    page.locator("audio").wait_for()
    page.get_by_label("Votre réponse").fill("é" * 4001)
    check(page, "files open, too long")
    page.get_by_label("Votre réponse").fill("é")
    server.change("m1", window_ends_at=ago())
    page.get_by_text("Délai de réponse passé").wait_for()
    check(page, "window closed")
    page.get_by_label("Votre réponse").press("Escape")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    check(page, "shortcuts")
