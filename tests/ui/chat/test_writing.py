"""A listener who writes is seen to write: on the screen each time, aloud once, not for long."""

from __future__ import annotations

import pytest

from tests.ui.chat.people import Open, expect, write
from tests.ui.consoles import Page
from tests.ui.fake_gateway import FakeGateway

pytestmark = pytest.mark.browser

# The page's timers of so long are kept, for the test to end them.
HOLD = """() => {
  const set = window.setTimeout;
  window.setTimeout = (then, wait, ...more) => {
    if (wait !== 10000) return set(then, wait, ...more);
    window.over = then;
    return 0;
  };
}"""


def answered(visit: Open, gateway: FakeGateway, name: str | None = "Camille", **size: int) -> Page:
    page = visit(**size)
    write(page, "bonjour")
    gateway.set_state(owner="listener", listener=name)
    expect(page.locator(".talk > .status")).to_contain_text("est avec toi")
    page.evaluate(HOLD)
    return page


def test_it_is_shown_until_the_message_or_for_a_while(visit: Open, gateway: FakeGateway) -> None:
    page = answered(visit, gateway)
    sign = page.locator(".writing")
    expect(sign).to_have_text("")
    gateway.writes()
    expect(sign).to_have_text("Camille écrit…")
    expect(sign.locator("i")).to_have_count(3)
    gateway.say("Je te lis.", "listener", "Camille")
    expect(sign).to_have_text("")
    gateway.writes()
    expect(sign).to_have_text("Camille écrit…")
    page.evaluate("window.over()")
    expect(sign).to_have_text("")
    # One's own message ends nothing: they go on writing.
    gateway.writes()
    expect(sign).to_have_text("Camille écrit…")
    write(page, "tu es là ?")
    expect(sign).to_have_text("Camille écrit…")
    expect(page.locator(".talk > .status")).to_contain_text("est avec toi")


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "queue", "listener": None},
        {"owner": "assistant", "listener": None},
        {"listener": "Bilal"},
        {"closed": True},
    ],
)
def test_it_ends_with_who_answered(
    visit: Open, gateway: FakeGateway, change: dict[str, object]
) -> None:
    page = answered(visit, gateway)
    gateway.writes()
    sign = page.locator(".writing")
    expect(sign).to_have_text("Camille écrit…")
    gateway.set_state(**change)
    expect(sign).to_have_text("")


def test_without_a_name_it_is_a_person(visit: Open, gateway: FakeGateway) -> None:
    page = answered(visit, gateway, None)
    gateway.writes()
    expect(page.locator(".writing")).to_have_text("La personne écrit…")


def test_it_is_told_aloud_once_before_each_message(visit: Open, gateway: FakeGateway) -> None:
    page = answered(visit, gateway)
    sign = page.locator(".writing")
    # Another live region would say it again.
    assert sign.evaluate("(el) => el.parentElement.closest('[aria-live], [role=log]')") is None
    for _ in range(2):
        gateway.writes()
        expect(sign).to_have_text("Camille écrit…")
        expect(sign).to_have_attribute("aria-live", "polite")
        for _ in range(2):
            page.evaluate("window.over()")
            expect(sign).to_have_text("")
            expect(sign).to_have_attribute("aria-live", "off")
            gateway.writes()
            expect(sign).to_have_text("Camille écrit…")
            expect(sign).to_have_attribute("aria-live", "off")
        gateway.say("Je te lis.", "listener", "Camille")
        expect(sign).to_have_text("")
        expect(sign).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (1280, 800)])
def test_it_hides_nothing(visit: Open, gateway: FakeGateway, width: int, height: int) -> None:
    page = answered(visit, gateway, width=width, height=height)
    for turn in range(12):
        gateway.say(f"message {turn} " * 4, "listener", "Camille")
    gateway.writes()
    sign = page.locator(".writing")
    expect(sign).to_have_text("Camille écrit…")
    expect(sign).to_be_in_viewport(ratio=1)
    expect(page.locator(".message").last).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Nouveaux messages")).to_have_count(0)
