"""The loader on a partner's page: a button, a frame, the numbers where nobody answers."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from tests.browsers import PATIENCE_MS, eventually
from tests.ui.chat.people import expect
from tests.ui.consoles import Browser, Page
from tests.ui.fake_gateway import STATIC, FakeGateway

EXIT_SITE = "https://www.wikipedia.org/**"

pytestmark = pytest.mark.browser


@pytest.fixture
def partner(chromium: Browser, gateway: FakeGateway) -> Iterator[Page]:
    """A page of a partner with a policy of its own, on which the lines were pasted."""
    partner = gateway.url.replace("127.0.0.1", "localhost")
    gateway.framed_by = partner.rstrip("/")
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="fr-FR")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.route(EXIT_SITE, lambda route: route.fulfill(body="ailleurs"))
    page.goto(f"{partner}partner")
    yield page
    context.close()


def test_the_loader_stays_small() -> None:
    assert len(gzip.compress((STATIC / "embed.js").read_bytes(), 9)) <= 2_000


def test_nothing_is_opened_before_the_button_is_pressed(
    partner: Page, gateway: FakeGateway
) -> None:
    button = partner.get_by_role("button", name="Parler à quelqu’un")
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert partner.locator("iframe").count() == 0
    assert gateway.origins == []
    button.click()
    chat = partner.frame_locator("iframe")
    chat.get_by_label("Ton message").fill("bonjour")
    chat.get_by_role("button", name="Envoyer").click()
    expect(chat.locator(".message.me")).to_have_attribute("data-sending", "kept")
    assert gateway.origins == ["ecole-12"]
    partner.get_by_role("button", name="Fermer").click()
    expect(button).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_bar_above_the_chat_is_low_and_of_its_colour(partner: Page, scheme: str) -> None:
    partner.set_viewport_size({"width": 390, "height": 844})
    partner.emulate_media(color_scheme=scheme)
    partner.get_by_role("button", name="Parler à quelqu’un").click()
    chat = partner.frame_locator("iframe")
    chat.get_by_label("Ton message").wait_for()
    behind = "(el) => getComputedStyle(el).backgroundColor"
    paper = chat.locator(".root").evaluate(behind)
    panel = partner.get_by_role("dialog", name="Discussion")
    assert panel.evaluate(behind) == paper
    box = partner.locator("iframe").bounding_box()
    assert box is not None
    # The button that closes it, and nothing.
    assert box["y"] <= 48
    assert box["height"] >= 844 - 48


def test_quick_exit_leaves_the_partners_page_too(partner: Page, gateway: FakeGateway) -> None:
    partner.get_by_role("button", name="Parler à quelqu’un").click()
    partner.frame_locator("iframe").get_by_role("button", name="Sortie rapide").click()
    is_elsewhere(partner)


def presses_shift_three_times(page: Page) -> None:
    for _ in range(3):
        page.keyboard.press("Shift")


def is_elsewhere(page: Page) -> None:
    page.wait_for_url(EXIT_SITE)
    expect(page.locator("body")).to_have_text("ailleurs")


def test_shift_leaves_the_partners_page_right_after_opening(partner: Page) -> None:
    # Before the chat is open the keys are the page’s.
    presses_shift_three_times(partner)
    partner.get_by_role("button", name="Parler à quelqu’un").click()
    partner.frame_locator("iframe").get_by_label("Ton message").wait_for()
    expect(partner.get_by_role("button", name="Fermer")).to_be_focused()
    presses_shift_three_times(partner)
    is_elsewhere(partner)


def test_shift_on_the_page_erases_what_the_frame_remembers(
    partner: Page, gateway: FakeGateway
) -> None:
    # Of one origin: this browser lets no frame of another remember anything.
    home = f"{gateway.url}partner"
    gateway.framed_by = gateway.url.rstrip("/")

    def opens() -> None:
        partner.goto(home)
        partner.get_by_role("button", name="Parler à quelqu’un").click()
        partner.frame_locator("iframe").get_by_label("Ton message").wait_for()

    opens()
    partner.wait_for_function("sessionStorage['relais.token']")
    opens()
    presses_shift_three_times(partner)
    is_elsewhere(partner)
    opens()
    # The session was kept over the second opening, and asked for anew after that.
    eventually(lambda: gateway.origins == ["ecole-12", "ecole-12"])


def test_other_keys_between_do_not_leave(partner: Page) -> None:
    partner.get_by_role("button", name="Parler à quelqu’un").click()
    for key in ("Shift", "Shift", "a", "Shift", "Shift"):
        partner.keyboard.press(key)
    partner.get_by_role("button", name="Fermer").click()
    presses_shift_three_times(partner)
    expect(partner.get_by_role("heading", name="Aide")).to_be_visible()


@pytest.mark.parametrize("way", ["keys", "button"])
def test_quick_exit_works_while_the_gateway_does_not_answer(
    partner: Page, gateway: FakeGateway, way: str
) -> None:
    button = partner.get_by_role("button", name="Parler à quelqu’un")
    button.wait_for()
    gateway.faults.stall = True
    button.click()
    if way == "keys":
        presses_shift_three_times(partner)
    else:
        partner.get_by_role("button", name="Sortie rapide").click()
    is_elsewhere(partner)


def test_where_the_gateway_does_not_answer_the_numbers_stand(
    partner: Page, gateway: FakeGateway
) -> None:
    button = partner.get_by_role("button", name="Parler à quelqu’un")
    button.wait_for()
    partner.clock.install()
    gateway.faults.stall = True
    button.click()
    partner.clock.run_for(11_000)
    help_now = partner.get_by_role("alert")
    expect(help_now).to_contain_text("La discussion ne s’ouvre pas")
    for href in ("tel:15", "tel:17", "tel:112", "sms:114", "tel:3114", "tel:119", "tel:3018"):
        link = help_now.locator(f"a[href='{href}']")
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44


def test_the_guide_shows_lines_with_our_own_address(
    chromium: Browser, gateway: FakeGateway
) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{gateway.url}integrer.html")
    expect(page.locator("#lines")).to_contain_text(f'src="{gateway.url}embed.js"')
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
