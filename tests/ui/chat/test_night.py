"""A browser on a whole gateway whose clock says 23:01 in Paris."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.hours import Hours, Plan, parse_week
from gateway.expectations import Facts
from tests.browsers import PATIENCE_MS
from tests.ui.chat.people import expect, write
from tests.ui.consoles import Browser
from tests.ui.real_gateway import real_gateway

pytestmark = pytest.mark.browser

NIGHT = datetime(2026, 3, 10, 23, 1, tzinfo=ZoneInfo("Europe/Paris"))
STARTED = datetime.now(UTC)


def clock() -> datetime:
    """Time goes on from one minute after closing."""
    return NIGHT.astimezone(UTC) + (datetime.now(UTC) - STARTED)


def test_at_23_01_nobody_is_promised_and_one_may_write(chromium: Browser, tmp_path: Path) -> None:
    facts = Facts(hours=Hours(plan=Plan(week=parse_week("mon-sun 09:00-23:00"))))
    with real_gateway(tmp_path, clock=clock, facts=facts) as gateway:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR")
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(gateway.url)
        expect(page.locator(".hello .away")).to_contain_text("elle revient demain à 9 h")
        write(page, "DANGER")
        status = page.locator(".talk > .status")
        expect(status).to_contain_text("elle revient demain à 9 h.")
        expect(status).not_to_contain_text("va te répondre")
        for number in ("15", "112", "3114"):
            page.locator(f'.danger a[href="tel:{number}"]').click(trial=True)
        context.close()
