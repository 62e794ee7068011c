"""The website shut by a supervisor in the console, as somebody sees it whose chat is open already,
and somebody who comes afterwards; on a whole gateway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.accounts import StaffRole
from tests.browsers import PATIENCE_MS
from tests.ui.chat.people import expect, write
from tests.ui.consoles import Browser, Page
from tests.ui.real_gateway import RealGateway, at_the_desk, real_gateway

pytestmark = pytest.mark.browser

ELSEWHERE = "L’équipe ne peut pas répondre par ici en ce moment."
PROMISE = "va te répondre"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RealGateway]:
    with real_gateway(tmp_path) as running:
        running.do(running.house.add_listener("chief", role=StaffRole.SUPERVISOR))
        yield running


def comes(chromium: Browser, gateway: RealGateway) -> Page:
    """Somebody opens the chat on a phone."""
    page = chromium.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR").new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(gateway.url)
    page.locator("relais-chat .app").wait_for()
    return page


def asks_for_somebody(page: Page) -> None:
    """Answers the assistant's questions until it hands over."""
    for turn in range(1, 4):
        page.locator("textarea").fill(f"réponse {turn}")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.locator(".message.assistant")).to_have_count(turn)


class Supervisor:
    """Somebody who opens and shuts the website in the console."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.version = 0
        page.get_by_role("button", name="Service").click()
        page.get_by_role("button", name="Canaux").click()

    def takes(self, takes: bool) -> None:
        self.page.get_by_label("Site : ouvert").set_checked(takes)
        self.page.get_by_role("button", name="Enregistrer").click()
        self.version += 1
        self.page.get_by_text(f"Version {self.version}, par Chief.").wait_for()


def test_who_waits_on_a_shut_website_is_promised_nobody(
    chromium: Browser, gateway: RealGateway
) -> None:
    chief = Supervisor(at_the_desk(chromium, gateway, "chief"))
    waits, reads, parent = (comes(chromium, gateway) for _ in range(3))
    asks_for_somebody(waits)
    expect(waits.locator(".talk > .status")).to_contain_text(PROMISE)
    parent.get_by_role("button", name="Je suis un parent ou un professionnel").click()
    parent.get_by_text("Ici, vous pouvez en parler.").wait_for()
    for page in (reads, parent):
        expect(page.locator(".hello .away")).to_have_count(0)

    chief.takes(False)
    status = waits.locator(".talk > .status")
    expect(status).to_have_text(f"{ELSEWHERE} Ton message est gardé. En danger, appelle.")
    later = comes(chromium, gateway)
    more = "écrire quand même : un assistant répond, et"
    for page, words in (
        (reads, f"{ELSEWHERE} Tu peux {more} ton message est gardé."),
        (later, f"{ELSEWHERE} Tu peux {more} ton message est gardé."),
        (parent, f"{ELSEWHERE} Vous pouvez {more} votre message est gardé."),
    ):
        expect(page.locator(".hello .away")).to_have_text(words)
        for number in ("15", "112", "3114"):
            page.locator(f'.danger a[href="tel:{number}"]').click(trial=True)

    # What is said of writing holds: the message is kept, and an answer comes.
    for page in (later, parent):
        asks_for_somebody(page)
        expect(page.locator(".talk > .status")).to_contain_text(ELSEWHERE)
    expect(parent.locator(".talk > .status")).to_contain_text("En danger, appelez.")
    # Danger waits for a human whatever the supervisor said, and is told so.
    write(reads, "DANGER")
    expect(reads.locator(".talk > .status")).to_contain_text(PROMISE)

    chief.takes(True)
    for page in (waits, later):
        expect(page.locator(".talk > .status")).to_contain_text(PROMISE)
        expect(page.locator(".hello .away")).to_have_count(0)
    expect(parent.locator(".talk > .status")).to_contain_text("va vous répondre")
