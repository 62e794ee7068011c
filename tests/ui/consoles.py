"""What the tests of the console in Chromium share: the browser, signing in, short words."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.browsers import comes_true, sync_api
from tests.ui.fake_console_api import FakeConsole, ago, summary

Browser, Locator, Page = sync_api.Browser, sync_api.Locator, sync_api.Page
expect = sync_api.expect

PASSWORD = "un mot de passe long"

Open = Callable[..., Page]


def sign_in(page: Page, login: str = "camille", password: str = PASSWORD) -> None:
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.keyboard.press("Enter")


def row_ids(page: Page) -> list[str]:
    ids: list[str] = page.locator(".row").evaluate_all("rows => rows.map(r => r.dataset.id)")
    return ids


def replies(server: FakeConsole, id_: str) -> list[str]:
    return [m["text"] for m in server.messages[id_] if m["author"] == "listener"]


def rows_become(page: Page, ids: list[str]) -> None:
    """The queue shows these, in this order."""

    def check() -> None:
        assert row_ids(page) == ids

    comes_true(check)


def settled_box(where: Locator) -> Any:
    """Where something is, once the page has stopped moving it."""
    before, box = None, where.bounding_box()
    while box != before:
        time.sleep(0.3)
        before, box = box, where.bounding_box()
    return box


def mine(id_: str, urgency: str = "moderee", **fields: Any) -> dict[str, Any]:
    owned = {"ticket": "claimed", "owner": "listener", "claimed_at": ago(), "_owner": "camille"}
    return summary(id_, urgency, **{**owned, **fields})
