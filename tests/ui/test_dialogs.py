"""What is the same in every dialog: the way in by keys, the way out, and its last line."""

from __future__ import annotations

import re

import pytest

from tests.ui.consoles import Locator, Open, Page, expect, mine
from tests.ui.fake_console_api import FakeConsole, message

pytestmark = pytest.mark.browser

BY_KEY = {
    "t": "Terminer",
    "p": "Passer la main",
    "e": "Urgence",
    "a": "appel",
    "?": "Raccourcis",
}
BY_BUTTON = (
    "Corriger le tri",
    "Inviter un collègue à lire",
    "Orienter",
    "Proposer de réécrire",
    "Urgence",
    "Passer la main",
    "Terminer",
    "Raccourcis",
)
BY_LETTER = {"A": "Noter un appel", "C": "Chercher"}


@pytest.fixture
def page(server: FakeConsole, visit: Open) -> Page:
    """A conversation on screen, the focus in its messages."""
    server.add(mine("held", "critique"))
    server.say("held", message("person", "je n’en peux plus"))
    shown = visit(viewport={"width": 1440, "height": 900})
    shown.locator("button.item").click()
    expect(shown.locator("#reply")).to_be_focused()
    shown.locator("#log").focus()
    return shown


def last_line_is_sound(shown: Locator) -> None:
    """One line of buttons, and one button that stands out: the last."""
    buttons = shown.locator(".buttons")
    expect(buttons).to_have_count(1)
    expect(buttons.locator(".primary")).to_have_count(1)
    expect(buttons.locator("button").last).to_have_class(re.compile("primary"))


@pytest.mark.parametrize("key", list(BY_KEY))
def test_a_dialog_opens_by_its_key_and_gives_the_focus_back(page: Page, key: str) -> None:
    page.keyboard.press(key)
    shown = page.get_by_role("dialog")
    expect(shown).to_be_visible()
    expect(shown.get_by_role("heading", level=2)).to_contain_text(
        re.compile(BY_KEY[key], re.IGNORECASE)
    )
    last_line_is_sound(shown)
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    expect(page.locator("#log")).to_be_focused()


@pytest.mark.parametrize("name", BY_BUTTON)
def test_a_dialog_opens_by_its_button_and_gives_the_focus_back(page: Page, name: str) -> None:
    opens = page.get_by_role("button", name=name)
    expect(opens).to_have_attribute("aria-haspopup", "dialog")
    opens.press("Enter")
    shown = page.get_by_role("dialog")
    expect(shown).to_be_visible()
    last_line_is_sound(shown)
    page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    expect(opens).to_be_focused()


@pytest.mark.parametrize("letter", list(BY_LETTER))
def test_a_button_names_its_letter_while_single_letters_are_on(page: Page, letter: str) -> None:
    opens = page.get_by_role("button", name=BY_LETTER[letter])
    expect(opens).to_have_attribute("aria-keyshortcuts", letter)
    page.keyboard.press("?")
    page.get_by_role("dialog").get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(opens).to_be_visible()
    expect(opens).not_to_have_attribute("aria-keyshortcuts", letter)


def test_ctrl_and_enter_send_from_a_field_of_several_lines(page: Page, server: FakeConsole) -> None:
    page.keyboard.press("p")
    shown = page.get_by_role("dialog")
    expect(shown.get_by_role("radio").first).to_be_focused()
    shown.locator("textarea").focus()
    page.keyboard.press("Control+Enter")
    expect(shown.get_by_role("alert")).to_contain_text("Choisissez")
    expect(shown.get_by_role("radio").first).to_be_focused()


def test_on_a_phone_a_dialog_begins_at_its_beginning(page: Page) -> None:
    """The first thing to press in the help stands below the list of keys."""
    page.set_viewport_size({"width": 390, "height": 700})
    page.keyboard.press("?")
    heading = page.get_by_role("dialog").get_by_role("heading", level=2)
    expect(heading).to_be_focused()
    expect(heading).to_be_in_viewport(ratio=1)


def test_triage_is_corrected_without_scrolling_sideways_at_320_px(page: Page) -> None:
    page.get_by_role("button", name="Corriger le tri").click()
    shown = page.get_by_role("dialog", name="Corriger le tri")
    shown.wait_for()
    page.set_viewport_size({"width": 320, "height": 640})
    wide, seen = shown.evaluate("(dialog) => [dialog.scrollWidth, dialog.clientWidth]")
    assert seen < 320
    assert wide <= seen
