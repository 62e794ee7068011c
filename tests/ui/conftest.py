"""A console in a real Chromium; the widget's tests have their own pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browsers import PATIENCE_MS, a_chromium
from tests.ui.consoles import PASSWORD, Browser, Open, Page, sign_in
from tests.ui.fake_console_api import FakeConsole


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with a_chromium() as browser:
        yield browser


@pytest.fixture
def server() -> Iterator[FakeConsole]:
    fake = FakeConsole().start()
    fake.add_user("camille", PASSWORD)
    yield fake
    fake.stop()


@pytest.fixture
def visit(chromium: Browser, server: FakeConsole) -> Iterator[Open]:
    """A page of the console, signed in unless told otherwise; no script error is accepted."""
    contexts: list[Any] = []
    errors: list[str] = []

    def open_page(*, signed_in: bool = True, login: str = "camille", **options: Any) -> Page:
        context = chromium.new_context(
            **{"locale": "fr-FR", "viewport": {"width": 1280, "height": 800}, **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{server.url}/console/")
        page.get_by_label("Identifiant").wait_for()
        if signed_in:
            sign_in(page, login)
            page.get_by_role("heading", name="File d’attente").wait_for()
            page.get_by_text("Connecté").wait_for(state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
    assert server.reports == [], "the content security policy was broken"
