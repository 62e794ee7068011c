"""What people do in the widget."""

from __future__ import annotations

from collections.abc import Callable

from tests.browsers import sync_api
from tests.ui.consoles import Page

Open = Callable[..., Page]
expect = sync_api.expect


def write(page: Page, text: str) -> None:
    """Send a message and see it kept."""
    page.get_by_label("Ton message").fill(text)
    page.get_by_role("button", name="Envoyer").click()
    mine = page.locator(".message.me", has_text=text)
    expect(mine).to_have_attribute("data-sending", "kept")


def open_page(page: Page, name: str) -> None:
    """One of the pages behind the button beside the field."""
    page.get_by_role("button", name="Autres possibilités").click()
    page.get_by_role("button", name=name).click()
