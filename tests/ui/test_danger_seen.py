"""A listener sees in one second who is in danger: by place, colour, words, and with one key."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest

from tests.browsers import SCHEMES, comes_true
from tests.ui.consoles import Locator, Open, expect, mine
from tests.ui.fake_console_api import FakeConsole, ago, summary
from tests.ui.test_console_service import axe_finds_nothing

pytestmark = pytest.mark.browser

# More than fit on any screen.
OTHERS = 60


def danger(id_: str = "danger", **fields: Any) -> dict[str, Any]:
    """Somebody who has waited for a few seconds only."""
    about = {"issue": "ideation_suicidaire", "waiting_since": ago(seconds=3)}
    return summary(id_, "critique", danger_since=ago(seconds=3), **{**about, **fields})


def a_full_queue(server: FakeConsole) -> None:
    for n in range(OTHERS):
        urgency = ("elevee", "moderee", "faible")[n % 3]
        server.add(summary(f"c{n}", urgency, waiting_since=ago(hours=3, minutes=n)))


def on_screen(one: Locator) -> None:
    """Whole, without scrolling, and nothing lies over it."""
    expect(one).to_be_in_viewport(ratio=1)
    seen = one.evaluate(
        """one => {
          const box = one.getBoundingClientRect();
          const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          return one.contains(at) || at.contains(one);
        }"""
    )
    assert seen


def colours(one: Locator) -> list[str]:
    """Of the row: its ground, its edge, its tag."""
    told: list[str] = one.evaluate(
        """row => [
          getComputedStyle(row).backgroundColor,
          getComputedStyle(row).borderLeftColor,
          getComputedStyle(row.querySelector('.tag')).backgroundColor,
        ]"""
    )
    return told


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
def test_whoever_is_in_danger_stands_out_of_a_full_queue(
    server: FakeConsole,
    visit: Open,
    width: int,
    height: int,
    scheme: Literal["light", "dark"],
) -> None:
    a_full_queue(server)
    page = visit(viewport={"width": width, "height": height}, color_scheme=scheme)
    expect(page.locator(".row")).to_have_count(OTHERS)
    server.add(danger())

    row = page.locator(".row").first
    expect(row).to_have_attribute("data-id", "danger")
    on_screen(row)
    # In words, beside a sign of its own: nobody has to tell red from orange.
    for words in (row.locator(".tag"), row.locator(".mark.danger")):
        on_screen(words)
        expect(words.locator("svg")).to_be_visible()
    expect(row.locator(".tag")).to_have_text("Critique")
    expect(row.locator(".mark.danger")).to_contain_text(re.compile("^Danger"))
    expect(row.locator(".issue")).to_have_text("Idées suicidaires")
    others = page.locator(".row:not([data-id=danger])")
    expect(others.locator(".mark.danger")).to_have_count(0)
    # And in colour, each of the three unlike every other row's.
    own = colours(row)
    for n in range(3):
        for mine_, theirs in zip(own, colours(others.nth(n * OTHERS // 3)), strict=True):
            assert mine_ != theirs
    expect(page.get_by_role("region", name="État de la file")).to_contain_text("1 critique")
    # Who hears the page is told too.
    expect(page.locator("[aria-live=polite]")).to_contain_text("Critique")

    page.keyboard.press("f")
    take = row.get_by_role("button", name=re.compile("Prendre.*Critique.*Idées suicidaires"))
    expect(take).to_be_focused()
    on_screen(take)
    page.keyboard.press("Enter")
    expect(page.locator("#conversation-title")).to_contain_text("Idées suicidaires")


def test_a_row_in_danger_is_told_above_a_list_that_stands_still(
    server: FakeConsole, visit: Open
) -> None:
    """No row slides under a pointer; so a danger that came meanwhile stands below, out of sight."""
    a_full_queue(server)
    page = visit()
    expect(page.locator(".row")).to_have_count(OTHERS)
    page.locator(".row").nth(2).hover()
    expect(page.get_by_text("Ordre figé")).to_be_visible()
    server.add(danger())
    told = page.locator(".frozen .critical")
    expect(told).to_contain_text("critique")
    on_screen(told)
    page.keyboard.press("o")
    expect(page.locator(".row").first).to_have_attribute("data-id", "danger")


def test_on_a_phone_a_conversation_hides_the_queue_and_not_who_is_in_danger(
    server: FakeConsole, visit: Open
) -> None:
    server.add(mine("held"))
    a_full_queue(server)
    page = visit(viewport={"width": 390, "height": 844})
    page.locator("button.item").click()
    page.locator("#reply").wait_for()
    state = page.get_by_role("region", name="État de la file")
    expect(state).to_have_count(0)
    server.add(danger())
    on_screen(state.get_by_text("1 critique"))
    expect(state.get_by_text("élevée")).to_have_count(1)
    expect(state.get_by_text("élevée")).to_be_hidden()
    on_screen(page.locator("#reply"))
    axe_finds_nothing(page)
    server.change("danger", ticket="claimed", owner="listener", listener="Bilal")
    expect(state).to_have_count(0)


def test_a_busy_evening_does_not_silence_who_reads_aloud(server: FakeConsole, visit: Open) -> None:
    """What is new is said after a moment, however much comes meanwhile."""
    page = visit()
    expect(page.locator("h2", has_text="File d’attente")).to_be_visible()
    server.add(danger())

    def said_meanwhile() -> None:
        # Sooner after each other than the moment is long.
        server.add(summary(f"more{len(server.conversations)}", "faible"))
        assert "ritique" in (page.locator("[aria-live=polite]").text_content() or "")

    comes_true(said_meanwhile)
