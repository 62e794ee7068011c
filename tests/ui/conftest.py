"""A console in a real Chromium; the widget's tests have their own pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browsers import PATIENCE_MS, a_chromium, sync_api
from tests.described import wrong_exchange
from tests.ui.consoles import PASSWORD, Browser, Open, Page, sign_in
from tests.ui.fake_console_api import FakeConsole
from tests.ui.real_gateway import RealGateway, at_the_desk, real_gateway


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
    assert not fake.lies, "no gateway talks like this:\n" + "\n".join(fake.lies)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RealGateway]:
    """A whole gateway with two listeners, for whoever asks for no other."""
    with real_gateway(tmp_path, listeners=("anne", "bilal")) as one:
        yield one


@pytest.fixture
def anne(chromium: Browser, gateway: RealGateway) -> Iterator[Page]:
    """Her console on the real gateway."""
    page = at_the_desk(chromium, gateway, "anne")
    yield page
    page.context.close()


@pytest.fixture(autouse=True)
def what_a_route_answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test answers in the API's place is held to the API's description too."""
    lies: list[str] = []
    fulfill = sync_api.Route.fulfill

    def held(route: sync_api.Route, **answer: Any) -> None:
        body = json.dumps(answer["json"]) if "json" in answer else answer.get("body", "")
        request = route.request
        asked = (request.post_data or "").encode()
        path, status = urlsplit(request.url).path, answer.get("status", 200)
        if wrong := wrong_exchange(request.method, path, asked, status, body):
            lies.append(wrong)
        fulfill(route, **answer)

    monkeypatch.setattr(sync_api.Route, "fulfill", held)
    yield
    assert not lies, "no gateway answers like this:\n" + "\n".join(lies)


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
