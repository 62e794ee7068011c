"""A console in a real Chromium, for tests whose gateway runs in their own loop; `consoles` is for
those without one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from axe_playwright_python.async_playwright import Axe

from tests.browsers import PATIENCE_MS, SCHEMES, SETTLES_MS, an_async_chromium, async_api
from tests.gateway.gateways import PASSWORD, Running

expect = async_api.expect


@asynccontextmanager
async def signed_in(
    gateway: Running, login: str, *, width: int = 1280, height: int = 900
) -> AsyncIterator[Any]:
    """The queue on the page of one who is known; nothing fails in its script until the end."""
    async with an_async_chromium() as browser:
        page = await browser.new_page(locale="fr-FR", viewport={"width": width, "height": height})
        page.set_default_timeout(PATIENCE_MS)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(str(gateway.client.make_url("/console/")))
        await page.get_by_label("Identifiant").fill(login)
        await page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="File d’attente").wait_for()
        yield page
    assert errors == []


async def no_violations(page: Any) -> None:
    """As the page is now, light and dark."""
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await page.wait_for_timeout(SETTLES_MS)
        found = await Axe().run(page)
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
    await page.emulate_media(color_scheme="null")
