"""The whole path, as people see it: a person in the widget, a listener in the console.

Real processes, real Rasa, a real browser. `RELAIS_SCREENSHOTS` names a folder to keep pictures in.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.stack import Stack, stack
from tests.browsers import PATIENCE_MS, an_async_chromium, async_api

Browser, Page, expect = async_api.Browser, async_api.Page, async_api.expect

PICTURES = os.environ.get("RELAIS_SCREENSHOTS")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
NEW_PASSWORD = "quatre mots bien à moi"
# Somebody is there whenever this runs, so that its pictures say the same at night.
ALWAYS = "mon-sun 00:00-24:00"

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with an_async_chromium() as browser:
        yield browser


async def a_page(chromium: Browser, url: str, viewport: dict[str, int]) -> Page:
    context = await chromium.new_context(viewport=viewport, locale="fr-FR")  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"the page broke: {error}"))
    await page.goto(url)
    return page


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await asyncio.sleep(0.4)
        await page.screenshot(path=Path(PICTURES) / f"{name}.png")


async def write(person: Page, text: str) -> None:
    await person.get_by_label("Ton message").fill(text)
    await person.get_by_role("button", name="Envoyer").click()


async def sign_in(relais: Stack, chromium: Browser) -> Page:
    console = await a_page(chromium, f"{relais.url}/console/", DESK)
    await console.get_by_label("Identifiant").fill(relais.login)
    await console.get_by_label("Mot de passe", exact=True).fill(relais.password)
    await console.keyboard.press("Enter")
    await console.get_by_label("Nouveau mot de passe").fill(NEW_PASSWORD)
    await console.get_by_label("Le même, encore une fois").fill(NEW_PASSWORD)
    await console.keyboard.press("Enter")
    await console.get_by_role("heading", name="File d’attente").wait_for()
    return console


async def test_a_person_is_heard_by_the_bot_and_then_by_a_listener(
    tmp_path: Path, chromium: Browser
) -> None:
    async with stack(tmp_path / "data", RELAIS_HOURS=ALWAYS) as relais:
        console = await sign_in(relais, chromium)
        person = await a_page(chromium, relais.url, PHONE)
        await person.locator("relais-chat .app").wait_for()
        await picture(person, "widget-390-before")

        # The bot hears the story, says that it is automatic, and gives first gestures.
        await write(person, "jsp koi fr y a un mec ki a mes nudes il ve 200e sinon il envoi tt")
        await person.locator(".message.assistant").first.wait_for()
        await expect(person.locator(".message.service").first).to_contain_text("automatique")
        await picture(person, "widget-390-bot")

        # Asking for a human is enough; nobody has to finish a questionnaire.
        await write(person, "je veux parler à quelqu'un")
        await expect(person.locator(".status").first).not_to_be_empty()
        row = console.locator(".row")
        await expect(row).to_have_count(1)
        await expect(row).to_contain_text("Sextorsion")
        await picture(console, "console-1280-queue")

        # The listener takes over by one key, and sees what was said and why it is urgent.
        await console.locator("body").press("n")
        await console.get_by_label("Votre réponse").wait_for()
        await expect(console.locator(".message.person").first).to_contain_text("nudes")
        await expect(person.locator(".message.service").last).to_contain_text("prend le relais")
        await console.get_by_label("Votre réponse").fill(
            "Bonjour, je suis là. Ne paie surtout pas."
        )
        await console.keyboard.press("Enter")
        heard = person.locator(".message.listener .text").last
        await expect(heard).to_have_text("Bonjour, je suis là. Ne paie surtout pas.")

        # The person answers; the bot stays silent.
        before = await person.locator(".message.assistant").count()
        await write(person, "merci jai trop peur")
        await expect(console.locator(".message.person").last).to_contain_text("trop peur")
        await asyncio.sleep(2.5)
        assert await person.locator(".message.assistant").count() == before
        await picture(person, "widget-390-listener")
        await picture(console, "console-1280-conversation")

        # Danger under a listener: numbers on the person's screen, the words marked on the console.
        await write(person, "jvé me tuer ce soir")
        await expect(person.locator(".danger")).to_have_attribute("data-now", "true")
        await expect(console.locator(".message.person mark").last).to_be_visible()
        await picture(person, "widget-390-danger")
        await picture(console, "console-1280-danger")

        # Everything survives a reload of both pages.
        said = await person.locator(".message .text").all_inner_texts()
        await person.reload()
        await expect(person.locator(".message .text")).to_have_count(len(said))
        assert await person.locator(".message .text").all_inner_texts() == said

        # Closing needs an outcome; the person is told.
        await console.get_by_role("button", name=re.compile("Clore|Terminer|Fermer")).first.click()
        await console.get_by_role("radio").first.check()
        await (
            console.get_by_role("dialog")
            .get_by_role("button", name=re.compile("Clore|Terminer|Fermer"))
            .click()
        )
        await expect(person.locator(".status").first).to_contain_text(
            re.compile("terminé", re.IGNORECASE)
        )
        await picture(person, "widget-390-closed")

    stored = b"".join(
        path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file()
    )
    for words in (b"nudes", b"trop peur", "je suis là".encode()):
        assert words not in stored, "message text on the disk or in a log"
    assert relais.process.returncode == 0
