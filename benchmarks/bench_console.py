"""How fast a full queue is on screen, and what eight hours do to an open console.

Run: python -m benchmarks.bench_console (needs Chromium; `--rounds`, `--rows`, `--ended`).

The page is the one that is delivered, in a real Chromium. The queue comes from a whole gateway with
so many people waiting in its database; a row counts as painted in the frame after it stands in the
document, by the browser's own clock, which starts with the navigation.

Eight hours are played without their pauses, against the tests' own server in memory: as many
conversations begin, are written in, are taken, answered and ended as a full desk sees in a shift.
What the script holds, what the engine compiled of it, and the elements of the document are counted
once the garbage is gone.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from core.assessment import Assessment
from core.labels import Issue, Role, Urgency
from core.ports import Change
from core.storage.sqlite import SqliteStore
from tests.browsers import a_chromium
from tests.builders import a_contact, a_message, a_vault, a_waiting
from tests.gateway.gateways import PASSWORD as HOUSE_PASSWORD
from tests.ui.consoles import PASSWORD, sign_in
from tests.ui.fake_console_api import FakeConsole, ago, message, summary
from tests.ui.heaps import heap_of, made_by_the_script
from tests.ui.real_gateway import real_gateway

# Seventeen listeners, five conversations an hour each, all of them told to every console.
CONVERSATIONS = 17 * 5 * 8
# How often somebody writes while they wait, and while they are answered on this screen.
WRITTEN = 4
# Every so many-th is this console's own.
OWN = 17

_PAINTED = """
const seen = new MutationObserver(() => {
  if (!document.querySelector(".row")) return;
  seen.disconnect();
  requestAnimationFrame(() =>
    setTimeout(() => { document.documentElement.dataset.painted = performance.now(); }, 0),
  );
});
seen.observe(document, { subtree: true, childList: true });
"""


async def _fill(folder: Path, rows: int) -> None:
    """A database with so many people in the queue, and what triage knows of them."""
    store, now = SqliteStore(folder / "relais.db", a_vault()), datetime.now(UTC)
    await store.open()
    for number in range(rows):
        contact = await a_contact(store, now=now)
        seen = Assessment(
            urgency=(Urgency.FAIBLE, Urgency.MODEREE, Urgency.ELEVEE)[number % 3],
            issue=Issue.CYBERHARCELEMENT,
            role=Role.VICTIME_MINEURE,
            platform="snapchat",
        )
        since = now - timedelta(seconds=number)
        one = a_waiting(contact, seen.urgency, since, assessment=seen, heard_seq=1, next_seq=2)
        said = a_message(one, 1, text="on se moque de moi tous les jours", at=since)
        await store.commit(Change(conversation=one, messages=(said,)), now=now)
    await store.close()


def first_row(browser: Browser, folder: Path, rows: int, rounds: int) -> list[float]:
    """Milliseconds from the navigation to the first painted row, of `rounds` navigations."""
    with real_gateway(folder) as gateway:
        gateway.do(gateway.house.add_listener("anne"))
        page = _signed_in(browser, gateway.url, "anne", HOUSE_PASSWORD)
        page.add_init_script(_PAINTED)
        took = []
        for _ in range(rounds):
            page.goto(f"{gateway.url}/console/")
            painted = page.locator("html[data-painted]")
            painted.wait_for(state="attached")
            took.append(float(painted.get_attribute("data-painted") or ""))
            expect(page.locator(".row")).to_have_count(rows, timeout=60_000)
        page.context.close()
    return took


@dataclass(frozen=True, slots=True)
class Counted:
    """After so many ended: bytes that the script holds, bytes of compiled code, elements."""

    ended: int
    held: int
    compiled: int
    elements: int


def eight_hours(browser: Browser, conversations: int) -> list[Counted]:
    """What an open console holds: fresh, after one, four and eight hours."""
    server = FakeConsole().start()
    server.add_user("camille", PASSWORD)
    page = _signed_in(browser, server.url, "camille", PASSWORD)
    found = [_counted(page, 0)]
    for number in range(conversations):
        _one_conversation(server, page, number, own=number % OWN == 0)
        if number + 1 in (conversations // 8, conversations // 2, conversations):
            found.append(_counted(page, number + 1))
    page.context.close()
    server.stop()
    return found


def _one_conversation(server: FakeConsole, page: Page, number: int, *, own: bool) -> None:
    id_ = f"c{number}"
    server.add(summary(id_, ("faible", "moderee", "elevee")[number % 3]))
    for written in range(WRITTEN):
        server.say(id_, message("person", f"et puis {written} encore une chose, {number}"))
    if not own:
        server.change(id_, ticket="claimed", owner="listener", listener="Bilal")
        server.change(id_, ticket="closed", closed_at=ago())
        return
    expect(page.locator(f".row[data-id={id_}]")).to_have_count(1, timeout=60_000)
    page.locator(f".row[data-id={id_}] button.take").click()
    page.locator("#reply").wait_for()
    for written in range(WRITTEN):
        words = f"réponse {written}"
        page.locator("#reply").fill(words)
        page.locator("#reply").press("Enter")
        expect(page.locator("#log article.listener:not(.pending)")).to_have_count(written + 1)
        server.say(id_, message("person", f"merci {written}"))
        expect(page.locator("#log article.person")).to_have_count(WRITTEN + 2 + written)
    page.get_by_role("button", name="Terminer", exact=True).click()
    page.get_by_text("Aide apportée").click()
    page.get_by_role("dialog").get_by_role("button", name="Terminer la conversation").click()
    expect(page.locator("button.item")).to_have_count(0)
    page.mouse.move(2, 2)


def _counted(page: Page, ended: int) -> Counted:
    expect(page.locator(".row")).to_have_count(0, timeout=60_000)
    heap = heap_of(page)
    elements = int(page.evaluate("document.querySelectorAll('*').length"))
    return Counted(ended, made_by_the_script(heap), heap["code"], elements)


def _signed_in(browser: Browser, url: str, login: str, password: str) -> Page:
    context = browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{url}/console/")
    page.get_by_label("Identifiant").wait_for()
    sign_in(page, login, password)
    page.get_by_role("heading", name="File d’attente").wait_for()
    return page


def main() -> None:
    """Print both tables, and how busy the machine was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--ended", type=int, default=CONVERSATIONS)
    asked = parser.parse_args()
    cores = os.cpu_count()
    print(f"load before: {os.getloadavg()[0]:.1f} on {cores} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Before the browser, which has a loop of its own in this thread.
        asyncio.run(_fill(folder, asked.rows))
        _measure(folder, asked)
    print(f"load after: {os.getloadavg()[0]:.1f} on {cores} cores")


def _measure(folder: Path, asked: argparse.Namespace) -> None:
    with a_chromium() as browser:
        took = first_row(browser, folder, asked.rows, asked.rounds)
        print(
            f"{asked.rows} waiting, first row painted: p50 {statistics.median(took):.0f} ms, "
            f"worst of {len(took)} {max(took):.0f} ms, load {os.getloadavg()[0]:.1f}"
        )
        for one in eight_hours(browser, asked.ended):
            print(
                f"{one.ended:>4} conversations ended: the script holds {one.held / 1e6:.2f} MB, "
                f"compiled code {one.compiled / 1e6:.2f} MB, {one.elements} elements"
            )


if __name__ == "__main__":
    main()
