"""A console is open for a whole shift: it keeps of ended conversations only the last ones."""

from __future__ import annotations

import pytest

from tests.ui.consoles import Open, expect
from tests.ui.fake_console_api import FakeConsole, summary

pytestmark = pytest.mark.browser


def test_the_last_fifty_that_ended_are_known_and_those_before_forgotten(
    server: FakeConsole, visit: Open
) -> None:
    page = visit()
    stale = [summary(f"c{n}") for n in range(60)]
    for n in range(60):
        server.add(summary(f"c{n}"))
    expect(page.locator(".row")).to_have_count(60)
    for n in range(60):
        server.change(f"c{n}", ticket="claimed", owner="listener", listener="Bilal")
    expect(page.locator(".row")).to_have_count(0)
    # An answer that was late must not bring back who was taken a moment ago.
    for one in reversed(stale):
        server.send_raw({"type": "summary", "summary": one})
    server.add(summary("last", "critique"))
    expect(page.locator(".row[data-id=last]")).to_have_count(1)
    expect(page.locator(".row")).to_have_count(11)
    expect(page.locator(".row[data-id=c10]")).to_have_count(0)
    expect(page.locator(".row[data-id=c9]")).to_have_count(1)
