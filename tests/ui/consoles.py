"""What the tests of the console in Chromium share: the browser, signing in, short words."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.ui.fake_console_api import FakeConsole, ago, summary

REQUIRED = os.environ.get("RELAIS_REQUIRE_BROWSER") == "1"
if REQUIRED:
    import playwright.sync_api as sync_api
else:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Browser, Locator, Page = sync_api.Browser, sync_api.Locator, sync_api.Page
expect = sync_api.expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
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


def eventually(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


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
