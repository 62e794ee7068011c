"""The widget in a Chromium, against a gateway that can be made to fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browsers import PATIENCE_MS
from tests.ui.chat.people import Open, expect
from tests.ui.consoles import Browser, Page
from tests.ui.fake_gateway import FakeGateway


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with FakeGateway() as running:
        yield running


@pytest.fixture
def visit(chromium: Browser, gateway: FakeGateway) -> Iterator[Open]:
    """Opens the chat in a new browser context, as a new person; no script error is accepted."""
    contexts = []
    errors: list[str] = []

    def go(width: int = 390, height: int = 844, **options: object) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR", **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(gateway.url)
        page.locator("relais-chat .app").wait_for()
        expect(page.locator(".talk > .status")).to_have_text("")
        return page

    yield go
    for context in contexts:
        context.close()
    assert errors == []
    assert gateway.csp_reports == []
