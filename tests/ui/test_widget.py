"""The website widget in a real Chromium, against a gateway that can be made to fail."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.web.payloads import ERRORS
from tests.browsers import PATIENCE_MS, REQUIRED, a_chromium, comes_true, eventually, sync_api
from tests.ui.fake_gateway import STATIC, FakeGateway

Browser, Page, Route = sync_api.Browser, sync_api.Page, sync_api.Route

STRINGS = Path(__file__).resolve().parents[2] / "ui" / "widget" / "strings.ts"
EXIT_SITE = "https://www.wikipedia.org/**"

pytestmark = pytest.mark.browser

PAYLOADS = [
    "<img src=x onerror=window.__hit=1>",
    "<script>window.__hit=1</script>",
    "</p><svg onload=window.__hit=1>",
    "<iframe srcdoc='<script>parent.__hit=1</script>'></iframe>",
    "<a href='javascript:window.__hit=1'>ici</a>",
    "{{constructor.constructor('window.__hit=1')()}}",
    "\u202e<b onmouseover=window.__hit=1>x</b>\u0000",
    "<style>@import '//127.0.0.1/x'</style>",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with FakeGateway() as running:
        yield running


Open = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, gateway: FakeGateway) -> Iterator[Open]:
    """Opens the chat in a new browser context, as a new person."""
    contexts = []

    def go(width: int = 1280, height: int = 800, *, ready: bool = True, **options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR", **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(gateway.url)
        page.locator("relais-chat .app").wait_for()
        if ready:
            sync_api.expect(page.locator(".talk > .status")).to_have_text("")
        return page

    yield go
    for context in contexts:
        context.close()


def write(page: Page, text: str) -> None:
    page.get_by_label("Ton message").fill(text)
    page.get_by_role("button", name="Envoyer").click()


def shown(page: Page) -> list[str]:
    return page.locator(".message .text").all_inner_texts()


def has(page: Page, text: str) -> None:
    sync_api.expect(page.locator(".message .text", has_text=text)).to_have_count(1)


def kept(page: Page, text: str) -> None:
    mine = page.locator(".message.me", has_text=text)
    sync_api.expect(mine).to_have_attribute("data-sending", "kept")


# --- What the page is


def test_the_script_stays_small() -> None:
    packed = gzip.compress((STATIC / "chat.js").read_bytes(), 9)
    assert len(packed) <= 20_000
    assert not list(STATIC.glob("*.map"))


BREAKABLE = re.compile(r" [:?!;»](?!\w)|« |\d \d")


@pytest.mark.parametrize("words", ["tu", "vous"])
def test_no_line_can_begin_with_a_sign(visit: Open, gateway: FakeGateway, words: str) -> None:
    page = visit(360, 640)
    if words == "vous":
        page.get_by_role("button", name="Je suis un parent ou un professionnel").click()
        page.get_by_text("Numéros d’urgence").or_(page.get_by_text("Appelez")).first.wait_for()
    read = page.evaluate("document.querySelector('relais-chat').shadowRoot.textContent")
    assert BREAKABLE.search(read) is None, BREAKABLE.search(read)
    assert "\u202f?" in read  # "En danger ? Appelle"


def test_no_way_to_leave_a_trace_is_in_the_script() -> None:
    script = (STATIC / "chat.js").read_text()
    for word in ("localStorage", "indexedDB", "document.cookie", "Notification", "Audio(", "eval("):
        assert word not in script, word


def test_the_words_are_short_and_say_tu() -> None:
    source = re.sub(r"//.*", "", STRINGS.read_text())
    texts = re.findall(r'"([^"]+)"|`([^`]+)`', source)
    assert len(texts) > 40
    for text in (plain or template for plain, template in texts):
        for sentence in re.split(r"[.!?:…]", text):
            words = re.findall(r"[\w’$]+", sentence)
            assert len(words) <= 15, sentence
        assert not re.search(r"\b(vous|votre|vos|calme)\b", text, re.IGNORECASE), text


def test_a_strict_policy_is_never_broken(visit: Open, gateway: FakeGateway) -> None:
    page = visit(ready=False)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.reload()
    sync_api.expect(page.locator(".talk > .status")).to_have_text("")
    gateway.say("Bonjour.", choices=[("yes", "Oui")])
    page.get_by_role("button", name="Oui").click()
    kept(page, "Oui")
    assert said == []
    assert gateway.csp_reports == []


def test_the_title_and_icon_tell_nothing(visit: Open) -> None:
    page = visit()
    assert page.title() == "Discussion"
    assert page.locator("link[rel=icon]").get_attribute("href") == "icon.svg"


def test_without_script_the_numbers_are_there(chromium: Browser, gateway: FakeGateway) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(gateway.url)
    for href in ("tel:15", "tel:112", "sms:114", "tel:3114"):
        assert page.locator(f"relais-chat a[href='{href}']").is_visible()
    context.close()


# --- Before the first message


def test_the_notice_comes_before_the_first_message(visit: Open) -> None:
    page = visit(390, 844)
    notice = page.get_by_role("region", name="Avant d’écrire")
    for words in ("assistant automatique", "Fermé, il peut se rouvrir", "image intime", "parental"):
        sync_api.expect(notice).to_contain_text(words)


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("danger", [False, True])
def test_danger_numbers_are_one_tap_away(
    visit: Open, gateway: FakeGateway, width: int, danger: bool
) -> None:
    page = visit(width, 700)
    gateway.set_state(danger=danger)
    panel = page.get_by_role("region", name="Numéros d’urgence")
    sync_api.expect(panel).to_have_attribute("data-now", str(danger).lower())
    for href in ("tel:15", "tel:17", "tel:112", "sms:114", "tel:3114", "tel:119", "tel:3018"):
        link = panel.locator(f"a[href='{href}']")
        link.click(trial=True)
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
        if danger:
            sync_api.expect(link.locator("span")).to_be_visible()
    first = page.evaluate(
        "document.querySelector('relais-chat').shadowRoot.querySelector('a').href"
    )
    assert first == ("tel:3114" if danger else "tel:15")


@pytest.mark.parametrize(("width", "height"), [(320, 568), (320, 200), (390, 844), (1280, 800)])
def test_nothing_is_cut_at_any_size(
    visit: Open, gateway: FakeGateway, width: int, height: int
) -> None:
    page = visit(width, height)
    gateway.say("x" * 300, choices=[("a", "Oui"), ("b", "Parler à quelqu’un")])
    write(page, "y" * 300)
    kept(page, "y" * 300)
    gateway.say("Encore ?", choices=[("a", "Oui"), ("b", "Parler à quelqu’un maintenant")])
    page.get_by_role("button", name="Parler").wait_for()
    wide = page.evaluate(
        """() => [...document.querySelector('relais-chat').shadowRoot.querySelectorAll('*')]
          .filter((el) => el.getBoundingClientRect().right > innerWidth + 1).length"""
    )
    assert wide == 0
    assert page.get_by_role("button", name="Sortie rapide").is_visible()
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        if box:
            assert box["height"] >= 44, button.inner_text()


# --- Leaving


def start_and_talk(page: Page, gateway: FakeGateway) -> None:
    page.goto(gateway.url + "before")
    page.goto(gateway.url)
    page.locator("relais-chat .app").wait_for()
    write(page, "un secret")
    kept(page, "un secret")
    page.get_by_label("Ton message").fill("un brouillon")


@pytest.mark.parametrize("way", ["button", "shift"])
def test_quick_exit_goes_blank_at_once_though_the_server_hangs(
    visit: Open, gateway: FakeGateway, way: str
) -> None:
    page = visit()
    stalled: list[Route] = []
    page.route(EXIT_SITE, lambda route: stalled.append(route))
    start_and_talk(page, gateway)
    gateway.faults.stall = True
    gone = page.evaluate(
        """(way) => new Promise((done) => {
          const button = document.querySelector('relais-chat').shadowRoot.querySelector('.exit');
          const start = performance.now();
          if (way === 'button') button.click();
          else for (let n = 0; n < 3; n++)
            window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift' }));
          const html = document.documentElement.innerHTML;
          const kept = sessionStorage.length;
          const blank = document.body.childElementCount === 0 && !document.querySelector('link');
          requestAnimationFrame(() => requestAnimationFrame(() =>
            done({ ms: performance.now() - start, html, kept, blank, title: document.title })));
        })""",
        way,
    )
    assert gone["ms"] < 10_000, "a busy machine is slow; what hangs never comes"
    assert gone["blank"]
    assert "secret" not in gone["html"]
    assert gone["kept"] == 0
    assert gone["title"] == "Nouvel onglet"
    for route in stalled:
        route.fulfill(body="<title>Accueil</title>", content_type="text/html")


def test_back_after_quick_exit_shows_nothing(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    headers: list[dict[str, str]] = []

    def neutral(route: Route) -> None:
        headers.append(route.request.headers)
        route.fulfill(body="<!doctype html><title>Accueil</title>", content_type="text/html")

    page.route(EXIT_SITE, neutral)
    start_and_talk(page, gateway)
    page.get_by_role("button", name="Sortie rapide").click()
    page.wait_for_url(EXIT_SITE)
    assert "referer" not in headers[0]
    page.go_back()
    page.wait_for_url(gateway.url + "before")
    assert "secret" not in page.content()
    assert page.evaluate("sessionStorage.length") == 0
    page.go_forward()
    sync_api.expect(page).to_have_title("Accueil")
    # The address typed again by someone else opens an empty chat.
    page.goto(gateway.url)
    page.locator("relais-chat .app").wait_for()
    assert shown(page) == []
    assert page.get_by_label("Ton message").input_value() == ""


def test_escape_and_capitals_do_not_leave(visit: Open) -> None:
    page = visit()
    page.get_by_label("Ton message").focus()
    page.keyboard.press("Escape")
    for letter in "ABCD":
        page.keyboard.down("Shift")
        page.keyboard.press(letter)
        page.keyboard.up("Shift")
    sync_api.expect(page.get_by_label("Ton message")).to_have_value("ABCD")


def test_shift_three_times_leaves(visit: Open) -> None:
    page = visit()
    page.route(EXIT_SITE, lambda route: route.fulfill(body="x", content_type="text/html"))
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(EXIT_SITE)


def test_a_page_frozen_for_back_holds_nothing(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    write(page, "un secret")
    kept(page, "un secret")
    inside = page.evaluate(
        """() => {
          dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
          return document.querySelector('relais-chat').shadowRoot.textContent;
        }"""
    )
    assert inside == ""
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    has(page, "un secret")


def test_nothing_is_left_on_the_device(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    write(page, "un secret")
    kept(page, "un secret")
    assert page.context.cookies() == []
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert page.evaluate("caches.keys().then((all) => all.length)") == 0
    assert "secret" not in page.evaluate("JSON.stringify(sessionStorage)")
    other = page.context.new_page()
    other.goto(gateway.url)
    other.locator("relais-chat .app").wait_for()
    assert shown(other) == []


# --- Talking


def test_every_message_says_who_speaks(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    gateway.say("un")
    gateway.say("deux", "service")
    gateway.say("trois", "listener", "Camille")
    write(page, "quatre")
    kept(page, "quatre")
    sync_api.expect(page.locator(".message .speaker")).to_have_text(
        [
            "assistant automatique",
            "message automatique du service",
            "écoutant Camille",
            "toi",
        ]
    )


def test_text_is_only_ever_text(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    for turn, payload in enumerate(PAYLOADS, 1):
        gateway.say(payload, "listener", payload, [("x", payload)])
        page.locator(".choices button").click()
        write(page, payload)
        mine = page.locator(".message.me[data-sending=kept]")
        sync_api.expect(mine).to_have_count(2 * turn)
    sync_api.expect(page.locator(".message")).to_have_count(3 * len(PAYLOADS))
    gateway.set_state(owner="listener", listener=PAYLOADS[0])
    gateway.faults.refuse_sends = "too_many"
    write(page, "encore")
    page.locator(".unsent", has_text=ERRORS["too_many"]).wait_for()
    assert page.evaluate("window.__hit") is None
    assert gateway.csp_reports == []
    bad = "img, script, iframe, style, .text *, .choices button *"
    assert page.locator(".scroll").locator(bad).count() == 0
    assert shown(page)[0] == PAYLOADS[0]


def test_the_log_only_ever_grows(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    log = page.get_by_role("log")
    assert log.get_attribute("aria-relevant") == "additions"
    page.evaluate(
        """() => {
          window.removed = 0;
          const root = document.querySelector('relais-chat').shadowRoot;
          const count = (one) => { window.removed += one.removedNodes.length; };
          new MutationObserver((all) => all.forEach(count))
            .observe(root.querySelector('[role=log]'), { childList: true, subtree: true });
        }"""
    )
    gateway.say("Bonjour.", choices=[("yes", "Oui")])
    page.get_by_role("button", name="Oui").click()
    write(page, "salut")
    gateway.cut()
    gateway.say("Tu es là ?")
    has(page, "Tu es là ?")
    assert page.evaluate("window.removed") == 0


def test_quick_replies_stand_under_the_last_message_only(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    gateway.say("Un ?", choices=[("yes", "Oui"), ("no", "Non")])
    gateway.say("Deux ?", choices=[("know", "Je sais")])
    page.get_by_role("button", name="Je sais").wait_for()
    sync_api.expect(page.get_by_role("button", name="Oui")).to_have_count(0)
    sync_api.expect(page.get_by_label("Ton message")).to_be_enabled()
    page.get_by_role("button", name="Je sais").click()
    kept(page, "Je sais")
    sync_api.expect(page.get_by_role("group", name="Réponses proposées")).to_have_count(0)


def test_everything_by_keyboard(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    gateway.say("Ça va ?", choices=[("yes", "Oui"), ("no", "Non")])
    page.get_by_role("button", name="Oui").wait_for()
    stops = []
    for _ in range(20):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                """() => {
                  const at = document.querySelector('relais-chat').shadowRoot.activeElement;
                  return at && (at.getAttribute('aria-label') || at.textContent.trim()); }"""
            )
        )
        if stops[-1] == "Oui":
            break
    assert stops[0] == "Sortie rapide"
    assert any(stop and stop.startswith("3114") for stop in stops)
    page.keyboard.press("Enter")
    kept(page, "Oui")
    # The focus is not lost with the buttons: the person goes on typing.
    page.keyboard.type("première")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("seconde")
    page.keyboard.press("Enter")
    kept(page, "seconde")
    assert gateway.mine() == ["Oui", "première\nseconde"]


def test_on_a_phone_enter_goes_to_the_line(visit: Open, gateway: FakeGateway) -> None:
    page = visit(390, 844, has_touch=True, is_mobile=True)
    field = page.get_by_label("Ton message")
    field.tap()
    page.keyboard.type("un")
    page.keyboard.press("Enter")
    page.keyboard.type("deux")
    sync_api.expect(field).to_have_value("un\ndeux")
    page.get_by_role("button", name="Envoyer").tap()
    kept(page, "deux")


def test_waiting_is_said_in_a_status(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    status = page.locator(".talk > [role=status]")
    gateway.set_state(owner="queue")
    sync_api.expect(status).to_contain_text("Une personne de l’équipe va te répondre")
    sync_api.expect(status).to_contain_text("Tu peux partir et revenir")
    gateway.set_state(owner="listener", listener="Camille")
    sync_api.expect(status).to_contain_text("Camille, une personne de l’équipe, est avec toi")
    gateway.set_state(owner="assistant", listener=None, closed=True)
    sync_api.expect(status).to_contain_text("ouvre une nouvelle conversation")
    write(page, "encore moi")
    kept(page, "encore moi")


def test_a_text_over_the_limit_stays_in_the_field(visit: Open, gateway: FakeGateway) -> None:
    gateway.text_limit = 50
    page = visit()
    field = page.get_by_label("Ton message")
    field.fill("é" * 44)
    sync_api.expect(page.locator(".count")).to_have_count(0)
    field.fill("🙂" * 50)
    sync_api.expect(page.locator(".count")).to_have_text("50 / 50 caractères")
    field.fill("é" * 51)
    sync_api.expect(page.locator(".count")).to_contain_text("51 / 50")
    field.press("Enter")
    sync_api.expect(field).to_have_value("é" * 51)
    assert gateway.sends == []
    page.reload()
    sync_api.expect(field).to_have_value("é" * 51)


def test_a_message_refused_as_too_long_comes_back_to_the_field(
    visit: Open, gateway: FakeGateway
) -> None:
    # Only a body can be too long: a frame ends the connection.
    gateway.faults.refuse_sockets = True
    page = visit()
    gateway.faults.refuse_sends = "too_long"
    write(page, "une longue histoire")
    sync_api.expect(page.get_by_label("Ton message")).to_have_value("une longue histoire")
    sync_api.expect(page.locator(".talk > .status")).to_have_text(ERRORS["too_long"])


def test_a_refused_message_can_be_sent_again(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    gateway.faults.refuse_sends = "too_many"
    write(page, "au secours")
    sync_api.expect(page.locator(".unsent")).to_contain_text(ERRORS["too_many"])
    page.reload()
    sync_api.expect(page.locator(".unsent")).to_contain_text(ERRORS["too_many"])
    gateway.faults.refuse_sends = None
    page.get_by_role("button", name="Réessayer").click()
    kept(page, "au secours")
    assert gateway.mine() == ["au secours"]


# --- The network


def test_a_lost_acknowledgement_leaves_one_copy(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    gateway.faults.drop_acks = 1
    write(page, "une fois")
    sync_api.expect(page.locator(".message.me")).to_have_attribute("data-sending", "pending")
    gateway.cut()
    kept(page, "une fois")
    assert shown(page) == ["une fois"]
    assert gateway.mine() == ["une fois"]


@pytest.mark.slow
def test_a_silent_line_is_left_for_another(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    gateway.faults.drop_acks = 1
    write(page, "une fois")
    sync_api.expect(page.locator(".message.me .sending")).to_have_text("envoi…")
    page.wait_for_timeout(10_000)
    kept(page, "une fois")
    assert gateway.mine() == ["une fois"]


def test_what_was_not_acknowledged_survives_a_reload(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    gateway.faults.drop_acks = 1
    write(page, "une fois")
    page.wait_for_function("JSON.parse(sessionStorage['relais.outbox']).length === 1")
    page.reload()
    kept(page, "une fois")
    assert gateway.mine() == ["une fois"]
    page.wait_for_function("!sessionStorage['relais.outbox']")


def test_reconnecting_misses_nothing_and_shows_nothing_twice(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit()
    expected = []
    for turn in range(4):
        gateway.say(f"avant {turn}")
        has(page, f"avant {turn}")
        gateway.cut()
        gateway.say(f"pendant {turn}")
        expected += [f"avant {turn}", f"pendant {turn}"]
        has(page, f"pendant {turn}")
    assert shown(page) == expected
    ids = [one["id"] for one in gateway.conversation.messages]
    assert gateway.hellos == [0, ids[0], ids[2], ids[4], ids[6]]


def test_a_server_that_repeats_itself_is_shown_once(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    gateway.say("un")
    write(page, "deux")
    kept(page, "deux")
    gateway.faults.replay_all = True
    gateway.cut()
    gateway.say("trois")
    has(page, "trois")
    assert shown(page) == ["un", "deux", "trois"]


def test_messages_written_while_cut_off_leave_later_in_order(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit()
    gateway.faults.refuse_sockets = True
    gateway.cut()
    for text in ("un", "deux", "trois"):
        write(page, text)
    gateway.faults.refuse_sockets = False
    for text in ("un", "deux", "trois"):
        kept(page, text)
    assert gateway.mine() == ["un", "deux", "trois"]


def test_where_sockets_are_blocked_it_works_all_the_same(visit: Open, gateway: FakeGateway) -> None:
    gateway.faults.refuse_sockets = True
    page = visit()
    assert gateway.streams == 1
    gateway.say("Bonjour.", choices=[("yes", "Oui")])
    page.get_by_role("button", name="Oui").click()
    kept(page, "Oui")
    gateway.faults.drop_acks = 1
    write(page, "une fois")
    kept(page, "une fois")
    gateway.cut()
    gateway.say("Après la coupure.")
    has(page, "Après la coupure.")
    assert gateway.mine() == ["Oui", "une fois"]
    assert shown(page) == ["Bonjour.", "Oui", "une fois", "Après la coupure."]
    gateway.set_state(danger=True)
    sync_api.expect(page.locator(".danger")).to_have_attribute("data-now", "true")


def test_a_forgotten_session_starts_over_with_the_message(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit()
    write(page, "un")
    kept(page, "un")
    gateway.forget()
    sync_api.expect(page.locator(".talk > .status")).to_contain_text("ouvre une nouvelle")
    write(page, "deux")
    kept(page, "deux")
    assert gateway.mine() == ["deux"]


def test_a_reload_shows_the_conversation_again(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    gateway.say("Bonjour.")
    write(page, "salut")
    kept(page, "salut")
    page.reload()
    has(page, "salut")
    assert shown(page) == ["Bonjour.", "salut"]
    assert len(gateway.conversations) == 1


def test_what_is_shown_is_said_to_be_seen(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    gateway.say("Bonjour.")
    has(page, "Bonjour.")
    page.wait_for_timeout(200)
    assert gateway.conversation.seen == gateway.conversation.messages[-1]["id"]


def test_a_listener_is_told_that_one_types_and_never_what(
    visit: Open, gateway: FakeGateway
) -> None:
    page = visit()
    field = page.get_by_label("Ton message")
    page.evaluate("performance.now = () => 1e6")
    # The assistant has no use for it.
    field.press_sequentially("un ")
    gateway.set_state(owner="listener", listener="Léa")
    sync_api.expect(page.locator(".talk > .status")).to_contain_text("Léa")
    field.press_sequentially("grand ")
    page.evaluate("performance.now = () => 1e6 + 3999")
    field.press_sequentially("secret")
    page.get_by_role("button", name="Envoyer").click()
    kept(page, "un grand secret")
    assert gateway.signs == [{"type": "typing"}]
    page.evaluate("performance.now = () => 1e6 + 4000")
    field.press_sequentially("et encore")
    page.get_by_role("button", name="Envoyer").click()
    kept(page, "et encore")
    assert gateway.signs == [{"type": "typing"}] * 2
    gateway.set_state(closed=True)
    sync_api.expect(page.locator(".talk > .status")).not_to_contain_text("Léa")
    page.evaluate("performance.now = () => 1e6 + 9000")
    field.press_sequentially("merci")
    page.get_by_role("button", name="Envoyer").click()
    kept(page, "merci")
    assert len(gateway.signs) == 2


def test_the_origin_is_told_once_and_checked(visit: Open, gateway: FakeGateway) -> None:
    page = visit()
    for query in ("?origin=school-visit", "?origine=lycee-42", "?origin=%3Cb%3E"):
        page.evaluate("sessionStorage.clear()")
        page.goto(gateway.url + query)
        sync_api.expect(page.locator(".talk > .status")).to_have_text("")
    assert gateway.origins == [None, "school-visit", "lycee-42", None]


# --- Reading


GAP = """() => {
  const root = document.querySelector('relais-chat').shadowRoot;
  const box = root.querySelector('.scroll');
  const el = getComputedStyle(box).overflowY === 'visible' ? root.querySelector('.root') : box;
  return el.scrollHeight - el.scrollTop - el.clientHeight; }"""


def test_the_log_keeps_its_bottom(visit: Open, gateway: FakeGateway) -> None:
    page = visit(390, 844)
    for turn in range(30):
        gateway.say(f"message {turn}")
    has(page, "message 29")
    eventually(lambda: page.evaluate(GAP) < 2)
    for height in (500, 844, 390, 300, 844):
        page.set_viewport_size({"width": 390, "height": height})
        page.wait_for_timeout(200)
        eventually(lambda: page.evaluate(GAP) < 2)
    page.locator(".scroll").evaluate("(el) => { el.scrollTop = 0; }")
    page.wait_for_timeout(100)
    gateway.say("plus bas")
    page.get_by_role("button", name="Nouveaux messages").click()
    eventually(lambda: page.evaluate(GAP) < 2)


def top_and_bottom(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).last.bounding_box()
    assert box is not None, selector
    return box["y"], box["y"] + box["height"]


DANGER_REPLY = (
    "Ce que tu vis est très dur, et tu as bien fait d’écrire. Danger maintenant : appelle le 15 ou "
    "le 112. Par SMS, sans parler : le 114. Idées de mourir : le 3114, jour et nuit. On prévient "
    "une personne de l’équipe."
)
SMALL = [(390, 844), (375, 667), (360, 640), (320, 568), (390, 420)]
THREAD_MIN = {
    (390, 844): 0.30 * 844,
    (375, 667): 0.30 * 667,
    (360, 640): 0.30 * 640,
    (320, 568): 110,
    (390, 420): 110,
}


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize(("width", "height"), SMALL)
def test_danger_hides_neither_the_message_nor_its_answer(
    visit: Open, gateway: FakeGateway, width: int, height: int, phone: bool
) -> None:
    page = visit(width, height, has_touch=phone, is_mobile=phone)
    gateway.answers = [({"danger": True, "owner": "queue"}, DANGER_REPLY)]
    write(page, "je vais me tuer ce soir")
    has(page, "3114, jour et nuit")
    panel = page.get_by_role("region", name="Numéros d’urgence")
    sync_api.expect(panel).to_have_attribute("data-open", "true")

    def check(last: str) -> None:
        page.wait_for_timeout(300)
        composer, end = top_and_bottom(page, ".compose")
        assert end <= height + 1
        top, bottom = top_and_bottom(page, ".scroll")
        assert min(bottom, composer) - max(top, 0) >= THREAD_MIN[width, height], last
        assert top_and_bottom(page, ".message")[1] <= composer
        assert top_and_bottom(page, ".message")[1] <= bottom
        assert shown(page)[-1] == last
        assert page.locator(".jump").count() == 0
        panel_top, panel_end = top_and_bottom(page, ".danger")
        assert panel_end - panel_top <= 0.375 * height
        # The last row whole, not cut where the list would scroll.
        list_end = top_and_bottom(page, ".danger ul")[1] + 0.5
        for number in ("tel:3114", "tel:15", "tel:17", "tel:112", "sms:114", "tel:119", "tel:3018"):
            number_top, number_end = top_and_bottom(page, f".danger a[href='{number}']")
            assert panel_top <= number_top, number
            assert number_end <= min(panel_end, list_end), number

    comes_true(lambda: check(DANGER_REPLY))
    if height > 800:
        assert top_and_bottom(page, ".message.me")[0] >= top_and_bottom(page, ".scroll")[0]
    # Short ones, as people write: the last two are whole on the screen.
    write(page, "je suis seul")
    kept(page, "je suis seul")
    gateway.say("On te lit.")
    has(page, "On te lit.")
    comes_true(lambda: check("On te lit."))
    assert top_and_bottom(page, ".message.me")[0] >= top_and_bottom(page, ".scroll")[0] - 1
    gateway.set_state(owner="listener", listener="Camille")
    gateway.say("Je suis là.", "listener", "Camille")
    has(page, "Je suis là.")
    comes_true(lambda: check("Je suis là."))


@pytest.mark.parametrize(("width", "height"), [(320, 844), (320, 568), (390, 844)])
def test_the_queue_status_hides_no_message(
    visit: Open, gateway: FakeGateway, width: int, height: int
) -> None:
    page = visit(width, height)
    gateway.say("Bonjour. " * 40)
    gateway.answers = [
        ({"owner": "queue"}, "Une personne de l’équipe va te répondre ici. " * 3),
        ({"owner": "listener", "listener": "Camille"}, "Camille prend le relais."),
    ]
    for text in ("je veux parler à quelqu’un", "merci"):
        write(page, text)
        kept(page, text)
        page.wait_for_timeout(300)
        eventually(lambda: page.evaluate(GAP) < 2)
        eventually(
            lambda: top_and_bottom(page, ".message")[1] <= top_and_bottom(page, ".status")[0]
        )


def test_only_the_person_leaves_the_bottom(visit: Open, gateway: FakeGateway) -> None:
    page = visit(390, 844)
    for turn in range(12):
        gateway.say(f"message {turn} " * 8)
    has(page, "message 11")
    page.mouse.move(195, 420)
    page.mouse.wheel(0, -500)
    eventually(lambda: page.evaluate(GAP) > 400)
    page.wait_for_timeout(200)  # until the wheel has run out
    # Whatever changes its size, the place being read does not move.
    top = "document.querySelector('relais-chat').shadowRoot.querySelector('.scroll').scrollTop"
    at = page.evaluate(top)
    gateway.set_state(danger=True, owner="queue")
    gateway.say("plus bas")
    page.get_by_role("button", name="Nouveaux messages").wait_for()
    eventually(lambda: abs(page.evaluate(top) - at) < 2)
    page.mouse.wheel(0, 5000)
    page.get_by_role("button", name="Nouveaux messages").wait_for(state="detached")
    gateway.set_state(danger=False, owner="assistant")
    page.wait_for_timeout(200)
    eventually(lambda: page.evaluate(GAP) < 2)


def test_bigger_letters_keep_the_bottom(visit: Open, gateway: FakeGateway) -> None:
    page = visit(390, 844)
    for turn in range(12):
        gateway.say(f"message {turn} " * 4)
    has(page, "message 11")
    page.locator(".root").evaluate("(el) => { el.style.fontSize = '26px'; }")
    page.wait_for_timeout(300)
    eventually(lambda: page.evaluate(GAP) < 2)
    assert top_and_bottom(page, ".message")[1] <= top_and_bottom(page, ".compose")[0]


@pytest.mark.parametrize(("width", "height"), [(320, 568), (320, 300)])
def test_the_first_screen_starts_at_its_top(
    visit: Open, gateway: FakeGateway, width: int, height: int
) -> None:
    page = visit(width, height)
    for _ in range(2):
        page.wait_for_timeout(300)
        for box in (page.locator(".scroll"), page.locator(".root")):
            eventually(lambda box=box: box.evaluate("(el) => el.scrollTop") == 0)
        gateway.set_state(owner="queue")
    gateway.say("Bonjour.")
    has(page, "Bonjour.")
    page.wait_for_timeout(300)
    eventually(lambda: page.evaluate(GAP) < 2)


def test_the_panel_closes_with_the_danger(visit: Open, gateway: FakeGateway) -> None:
    page = visit(390, 844)
    panel = page.get_by_role("region", name="Numéros d’urgence")
    before = top_and_bottom(page, ".danger")
    for _ in range(2):
        gateway.set_state(danger=True)
        sync_api.expect(panel).to_have_attribute("data-open", "true")
        gateway.set_state(danger=False, closed=True)
        sync_api.expect(panel).to_have_attribute("data-open", "false")
        eventually(lambda: top_and_bottom(page, ".danger") == before)
        # Closed by hand while the danger lasts, it opens again with the next one.
        gateway.set_state(danger=True, closed=False)
        page.get_by_role("button", name="Réduire").click()
        sync_api.expect(panel).to_have_attribute("data-open", "false")
        gateway.set_state(danger=False)


@pytest.mark.parametrize("closed", [False, True])
def test_the_placeholder_is_whole(visit: Open, gateway: FakeGateway, closed: bool) -> None:
    page = visit(320, 568)
    gateway.set_state(closed=closed)
    field = page.get_by_label("Ton message")
    if closed:
        sync_api.expect(field).to_have_attribute("placeholder", re.compile("nouveau"))
    inside = field.evaluate(
        """(el) => {
          const style = getComputedStyle(el);
          const pen = document.createElement('canvas').getContext('2d');
          pen.font = `${style.fontSize} ${style.fontFamily}`;
          const room = el.clientWidth - parseFloat(style.paddingLeft)
            - parseFloat(style.paddingRight);
          return room - pen.measureText(el.placeholder).width; }"""
    )
    assert inside >= 8


def test_the_pill_covers_no_text(visit: Open, gateway: FakeGateway) -> None:
    page = visit(320, 568)
    for turn in range(12):
        gateway.say(f"message {turn} " * 4)
    has(page, "message 11")
    # The browser drops a turn of the wheel that comes in the very frame of a new message.
    page.wait_for_timeout(300)
    page.mouse.move(160, 300)
    page.mouse.wheel(0, -300)
    eventually(lambda: page.evaluate(GAP) > 200)
    gateway.say("plus bas")
    pill = page.get_by_role("button", name="Nouveaux messages")
    pill.wait_for()
    assert top_and_bottom(page, ".scroll")[1] <= top_and_bottom(page, ".jump")[0]
    assert top_and_bottom(page, ".jump")[1] <= top_and_bottom(page, ".compose")[0]
    pill.click()
    pill.wait_for(state="detached")
    page.wait_for_timeout(200)
    eventually(lambda: page.evaluate(GAP) < 2)


@pytest.mark.parametrize("phone", [False, True])
def test_no_shift_key_is_named_on_a_phone(visit: Open, phone: bool) -> None:
    page = visit(390, 844, has_touch=phone, is_mobile=phone)
    notice = page.get_by_role("region", name="Avant d’écrire")
    sync_api.expect(notice).to_contain_text("Sortie rapide")
    assert ("Maj" in notice.inner_text()) is not phone


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_axe_finds_nothing_in_any_state(
    visit: Open, gateway: FakeGateway, scheme: str, width: int, height: int
) -> None:
    if not REQUIRED:
        pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is missing")
    from axe_playwright_python.sync_playwright import Axe

    page = visit(width, height, color_scheme=scheme, reduced_motion="reduce")
    axe = Axe()

    def check(state: str) -> None:
        page.wait_for_timeout(100)
        found = axe.run(page).response["violations"]
        told = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        assert told == [], state

    check("start")
    gateway.say("Ça va ?", choices=[("yes", "Oui")])
    gateway.say("Je suis Camille.", "listener", "Camille")
    gateway.say("Tu es dans la file.", "service", None, [("yes", "Oui")])
    write(page, "salut")
    kept(page, "salut")
    gateway.say("Ça va ?", choices=[("yes", "Oui")])
    page.get_by_role("button", name="Oui").wait_for()
    check("talk")
    gateway.set_state(owner="queue", danger=True)
    page.get_by_text("Tu ne peux pas parler").wait_for()
    check("danger")
    page.get_by_label("Ton message").fill("é" * 4001)
    check("too long")
    page.get_by_label("Ton message").fill("")
    gateway.faults.refuse_sends = "too_many"
    write(page, "encore")
    page.get_by_role("button", name="Réessayer").wait_for()
    gateway.set_state(closed=True, owner="assistant", danger=False)
    page.get_by_text("ouvre une nouvelle").wait_for()
    check("refused and closed")


def test_at_night_nobody_is_promised_and_the_numbers_stay(
    visit: Open, gateway: FakeGateway
) -> None:
    gateway.team = {"open": False, "closes": None, "opens": "demain à 9 h", "wait": None}
    page = visit(390, 844)
    away = page.locator(".hello .away")
    sync_api.expect(away).to_contain_text("L’équipe n’est pas là en ce moment, elle revient demain")
    gateway.answers = [({"owner": "queue"}, "L'équipe revient demain à 9 h.")]
    write(page, "je voudrais parler à quelqu'un")
    status = page.locator(".talk > .status")
    sync_api.expect(status).to_contain_text("elle revient demain à 9 h.")
    sync_api.expect(status).not_to_contain_text("va te répondre")
    for number in ("15", "112", "3114"):
        sync_api.expect(page.locator(f'.danger a[href="tel:{number}"]')).to_be_visible()
