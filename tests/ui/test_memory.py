"""A console is open for a whole shift: it keeps of ended conversations only the last ones."""

from __future__ import annotations

import pytest

from tests.ui.consoles import Open, Page, expect
from tests.ui.fake_console_api import FakeConsole, ago, message, summary
from tests.ui.heaps import heap_of, made_by_the_script

pytestmark = pytest.mark.browser

# What the script may hold more after a hundred and twenty conversations that ended. They would be
# more than twice that, of each only the row.
MARGIN = 25_000


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


def _comes_and_goes(server: FakeConsole, page: Page, id_: str, *, own: bool) -> None:
    server.add(summary(id_))
    server.say(id_, message("person", f"encore une chose, {id_}"))
    if not own:
        server.change(id_, ticket="claimed", owner="listener", listener="Bilal")
        server.change(id_, ticket="closed", closed_at=ago())
        return
    page.locator(f".row[data-id={id_}] button.take").click()
    page.locator("#reply").fill(f"réponse à {id_}")
    page.locator("#reply").press("Enter")
    expect(page.locator("#log article.listener:not(.pending)")).to_have_count(1)
    page.get_by_role("button", name="Terminer", exact=True).click()
    page.get_by_text("Aide apportée").click()
    page.get_by_role("dialog").get_by_role("button", name="Terminer la conversation").click()
    expect(page.locator("button.item")).to_have_count(0)
    page.mouse.move(2, 2)


def _held_after(server: FakeConsole, page: Page, names: range) -> int:
    for n in names:
        _comes_and_goes(server, page, f"c{n}", own=n % 12 == 0)
    # A last one, so that all before it were told.
    server.add(summary(f"last{names.stop}"))
    expect(page.locator(f".row[data-id=last{names.stop}]")).to_have_count(1)
    server.change(f"last{names.stop}", ticket="claimed", owner="listener", listener="Bilal")
    expect(page.locator(".row")).to_have_count(0)
    return made_by_the_script(heap_of(page))


def test_nothing_is_held_of_what_ended_long_ago(server: FakeConsole, visit: Open) -> None:
    """Numbers of one width, so that the same shift holds the same bytes."""
    page = visit()
    first = _held_after(server, page, range(100, 220))
    then = _held_after(server, page, range(220, 340))
    assert then - first < MARGIN
