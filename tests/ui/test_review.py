"""A lawyer's word on somebody else's dossier, in a real Chromium: read, refused, corrected."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.accounts import StaffRole
from tests.gateway.gateways import Running
from tests.handoff.signalement.mailbox import Mailbox
from tests.handoff.signalement.test_dossiers import a_service, an_open_dossier, complete
from tests.ui.async_console import expect, no_violations, signed_in

pytestmark = pytest.mark.browser


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with a_service(tmp_path, Mailbox()) as gateway:
        yield gateway


@pytest.fixture
async def page(service: Running) -> AsyncIterator[Any]:
    """A supervisor's page, on a narrow screen."""
    await service.add_listener("chef", role=StaffRole.SUPERVISOR)
    async with signed_in(service, "chef", width=390, height=844) as shown:
        yield shown


async def test_a_lawyer_says_what_is_to_be_corrected_and_whoever_wrote_it_sees_that(
    service: Running, page: Any
) -> None:
    dossier, _, seq = await an_open_dossier(service)
    assert await dossier.put(complete(seq)) == 200
    await page.locator("#dossiers").click()
    await page.locator(".dossiers button").click()
    review = page.get_by_role("group", name="Avis d’un juriste")
    await expect(review).to_contain_text("Pas encore d’avis.")
    refuse = review.get_by_role("button", name="Demander des corrections")
    await expect(refuse).to_be_disabled()
    await review.get_by_label("Ce qui est à corriger").fill("Citez le message.")
    await refuse.press("Enter")
    await expect(review.get_by_role("status")).to_contain_text("Citez le message.")
    await expect(page.get_by_text("Un juriste demande de corriger ce dossier")).to_be_visible()
    await expect(page.get_by_role("button", name="Valider")).to_be_disabled()
    await no_violations(page)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await page.get_by_role("button", name="Retour").click()
    await expect(page.locator(".dossiers button")).to_contain_text("À corriger")

    _, listed = await dossier.console.get("/signalements")
    assert [one["approved"] for one in listed["cases"]] == [False]
    _, dossier.told = await dossier.console.get(dossier.at)
    corrected = complete(seq, dossier.notice["id"], explanation="Elle ne va plus au collège. " * 5)
    assert await dossier.put(corrected) == 200
    await page.locator(".dossiers button").click()
    await review.get_by_role("button", name="Approuver").press("Enter")
    await expect(review).to_contain_text("Approuvé le")
    assert (await dossier.of_notice("validate"))[0] == 200
