"""An intimate image of a minor in a real Chromium: put aside, agreed on by another, seen once."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from PIL import Image

from tests.gateway.gateways import Running, running
from tests.handoff.test_console_api import Console
from tests.handoff.test_quarantine import a_held_image
from tests.ui.async_console import expect, signed_in

pytestmark = pytest.mark.browser


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as service:
        yield service


async def test_put_aside_agreed_on_and_seen_once(gateway: Running) -> None:
    for login in ("anne", "bob"):
        await gateway.add_listener(login)
    bob = Console(await gateway.browser())
    await bob.sign_in("bob")
    _, message, file = await a_held_image(gateway.store)
    held = io.BytesIO()
    Image.new("RGB", (40, 40), "#888").save(held, "JPEG")
    await gateway.store.put_file(message.conversation_id, file.id, held.getvalue())
    async with signed_in(gateway, "anne", height=800) as page:
        await page.get_by_role("heading", name="Mes conversations 1").wait_for()
        await page.keyboard.press("1")
        await page.get_by_role("button", name="C’est une image intime d’un mineur").click()
        await page.get_by_role("button", name="Confirmer la mise en quarantaine").click()
        aside = page.get_by_role("group", name="Image en quarantaine")
        await expect(aside).to_contain_text("L’empreinte reste.")
        await expect(page.get_by_role("button", name="Afficher")).to_have_count(0)
        await aside.get_by_label("Pourquoi faut-il la regarder ?").fill("vérifier l’âge")
        await aside.get_by_role("button", name="Demander l’accord").click()
        await expect(aside).to_contain_text("En attente de l’accord d’un collègue.")
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        _, waiting = await bob.get("/quarantine")
        assert [one["asked_by"] for one in waiting["asked"]] == ["Anne"]
        assert (await bob.post(f"/quarantine/{file.id}/agree"))[0] == 200
        await aside.get_by_role("button", name="Actualiser").click()
        await aside.get_by_role("button", name="Regarder une seule fois").click()
        await expect(aside.get_by_role("img", name="Image en quarantaine")).to_be_visible()
        await aside.get_by_role("button", name="Masquer").click()
        await expect(aside.get_by_role("button", name="Regarder")).to_have_count(0)
        await aside.get_by_role("button", name="Détruire maintenant").click()
        await expect(aside).to_contain_text("Image détruite. Il reste l’empreinte.")
