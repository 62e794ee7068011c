"""Co-listening in a real Chromium: two listeners, one whole gateway, and one of them only reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.consoles import Browser, expect
from tests.ui.real_gateway import at_the_desk, real_gateway
from tests.ui.test_console_service import axe_finds_nothing
from tests.ui.test_real_desk import waits

pytestmark = pytest.mark.browser


def test_a_colleague_reads_along_and_leaves_a_note(chromium: Browser, tmp_path: Path) -> None:
    with real_gateway(tmp_path) as gateway:
        for login in ("anne", "bilal"):
            gateway.do(gateway.house.add_listener(login))
        waits(gateway, 3)
        anne, bilal = (at_the_desk(chromium, gateway, login) for login in ("anne", "bilal"))
        anne.locator(".row").wait_for()
        anne.keyboard.press("n")
        anne.get_by_role("button", name="Inviter un collègue à lire").click()
        anne.get_by_role("button", name="Inviter Bilal").click()
        expect(anne.locator("#card")).to_contain_text("Bilal lit avec vous.")

        bilal.get_by_role("button", name="Lire : Cyberharcèlement").click()
        dialog = bilal.get_by_role("dialog", name="Co-écoute avec Anne")
        expect(dialog.get_by_role("log")).to_contain_text("on se moque de moi sur Snapchat")
        anne.locator("#reply").fill("je suis là")
        anne.keyboard.press("Enter")
        expect(dialog.get_by_role("log")).to_contain_text("je suis là")
        dialog.get_by_label("Note pour Anne").fill("demande-lui son âge")
        dialog.get_by_role("button", name="Ajouter la note").click()
        expect(anne.locator("#card .notes")).to_contain_text("demande-lui son âge")
        axe_finds_nothing(bilal)
        dialog.get_by_role("button", name="Ne plus lire").click()
        expect(anne.locator("#card")).to_contain_text("Personne ne lit avec vous.")
        expect(bilal.get_by_role("button", name="Lire :")).to_have_count(0)
        for page in (anne, bilal):
            page.context.close()
