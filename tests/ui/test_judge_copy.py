"""A conversation kept for a judge, in a real Chromium: its voice and film are downloaded whole."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.accounts import StaffRole
from core.events import MessageType
from handoff.signalement.archive import FILES
from tests.gateway.gateways import Running, running
from tests.handoff.signalement.test_dossiers import a_console, a_picture, sent_along
from tests.handoff.test_console_api import a_waiting_person
from tests.ui.async_console import expect, no_violations, signed_in

pytestmark = pytest.mark.browser
VOICE = b"a voice"
# Two pieces.
FILM = bytes(range(256)) * (9 * 4096)


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as service:
        yield service


@pytest.fixture
async def page(gateway: Running) -> AsyncIterator[Any]:
    """A supervisor's page; a conversation with a voice, a film and a picture has ended."""
    anne = await a_console(gateway, "anne")
    await a_waiting_person(gateway, "DANGER il a une vidéo de moi")
    _, detail = await anne.next()
    conversation = detail["summary"]["id"]
    await sent_along(gateway, conversation, VOICE, "audio/ogg", MessageType.VOICE)
    await sent_along(gateway, conversation, FILM, "video/mp4", MessageType.VIDEO)
    await sent_along(gateway, conversation, a_picture())
    _, detail = await anne.get(f"/conversations/{conversation}")
    voice = detail["messages"][0]["attachments"][0]["id"]
    # Heard by who held it: so the journal has an entry of this conversation.
    await anne.client.get(f"/console/api/conversations/{conversation}/files/{voice}")
    closing = {"outcome": "helped", "seen": detail["summary"]["version"]}
    assert (await anne.post(f"/conversations/{conversation}/close", closing))[0] < 300
    await gateway.add_listener("chief", role=StaffRole.SUPERVISOR)
    async with signed_in(gateway, "chief") as shown:
        yield shown


async def test_a_voice_and_a_film_are_in_the_copy_for_a_judge(page: Any, gateway: Running) -> None:
    await page.get_by_role("button", name="Journal").click()
    await page.get_by_text("Réquisition judiciaire").first.click()
    await page.get_by_label("Qui le demande").first.fill("Parquet de Lyon, 26/123")
    await page.get_by_role("button", name="Conserver une copie").first.click()
    await expect(page.get_by_text("Copie conservée dans les dossiers.")).to_be_visible()
    await page.get_by_role("button", name="Dossiers").click()
    await page.locator(".dossiers").get_by_role("button").click()
    files = page.get_by_role("list", name="Autres fichiers").get_by_role("listitem")
    for number, (name, content) in enumerate([("voice", VOICE), ("film", FILM)]):
        async with page.expect_download() as download:
            await files.nth(number).get_by_role("link", name="Télécharger").click()
        kept = Path(await (await download.value).path()).read_bytes()
        assert kept == content, name
    messages = (
        await page.get_by_role("group", name="Messages choisis").get_by_role("checkbox").all()
    )
    assert len(messages) > 1
    for message in messages:
        await expect(message).to_be_disabled()
    await expect(page.get_by_role("button", name="Retirer")).to_have_count(0)
    # One that may not be kept goes alone, after a question, though the dossier is held.
    film = files.nth(1)
    before = len(await gateway.store.documents(FILES))
    await film.get_by_role("button", name="Détruire le fichier").press("Enter")
    await no_violations(page)
    await film.get_by_role("button", name="Ne rien détruire").press("Enter")
    await expect(film.get_by_role("link")).to_be_visible()
    await film.get_by_role("button", name="Détruire le fichier").press("Enter")
    await film.get_by_role("button", name="Oui, détruire").press("Enter")
    await expect(film).to_contain_text("détruit, empreinte seule")
    await expect(film.get_by_role("link")).to_have_count(0)
    await expect(film).to_contain_text(hashlib.sha256(FILM).hexdigest())
    assert await page.evaluate("document.activeElement.tagName") != "BODY"
    assert len(await gateway.store.documents(FILES)) == before - 2
    await expect(files.nth(0).get_by_role("link", name="Télécharger")).to_be_visible()
    await no_violations(page)
    await page.set_viewport_size({"width": 390, "height": 844})
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, "nothing is cut off on a phone"
