"""Pages that know less than the gateway: an older build, a second tab, a row that is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.conversation import Author
from core.ids import ConversationId
from core.labels import Urgency
from handoff.console.guard import ERRORS
from tests.browsers import PATIENCE_MS, eventually
from tests.gateway.gateways import PASSWORD
from tests.handoff.test_console_api import a_waiting_person
from tests.ui.consoles import Browser, Open, Page, expect, mine, replies, sign_in
from tests.ui.fake_console_api import FakeConsole
from tests.ui.real_gateway import RealGateway, at_the_desk, real_gateway

pytestmark = pytest.mark.browser


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RealGateway]:
    with real_gateway(tmp_path, listeners=("anne",)) as one:
        yield one


def waits(gateway: RealGateway) -> ConversationId:
    """Somebody on the website, who waits."""
    gateway.do(a_waiting_person(gateway.house))
    (one,) = gateway.do(gateway.house.store.waiting(limit=2))
    assert one.assessment.urgency is Urgency.CRITIQUE
    return one.id


def said(gateway: RealGateway, id_: ConversationId) -> list[str]:
    """What listeners said there."""
    messages = gateway.do(gateway.house.store.messages(id_))
    return [one.text for one in messages if one.author is Author.LISTENER]


def answering(page: Page) -> None:
    page.locator(".row").wait_for()
    page.keyboard.press("n")
    page.locator("#reply").wait_for()


def test_a_page_that_stayed_open_over_an_upgrade_says_so_and_keeps_the_draft(
    server: FakeConsole, visit: Open
) -> None:
    server.add(mine("c1"))
    page = visit()
    bar = page.get_by_role("status", name="Nouvelle version")
    page.locator(".item").click()
    page.locator("#m1").wait_for()
    expect(bar).to_have_text("")
    own, server.build = server.build, "f" * len(server.build)
    server.cut()
    expect(bar).to_contain_text("La console a été mise à jour.")
    # It goes on: whoever writes is not stopped by an upgrade.
    page.locator("#reply").fill("je suis là")
    page.keyboard.press("Enter")
    eventually(lambda: replies(server, "c1") == ["je suis là"])
    page.locator("#reply").fill("à moitié écrit")
    # What it is given now is what the gateway has.
    server.build = own
    bar.get_by_role("button", name="Recharger").click()
    page.get_by_text("Connecté").wait_for(state="attached")
    expect(page.locator("#reply")).to_have_value("à moitié écrit")
    expect(bar).to_have_text("")


def test_a_tab_that_was_doubled_with_a_reply_on_its_way_sends_it_once_and_both_show_it(
    chromium: Browser, gateway: RealGateway
) -> None:
    id_ = waits(gateway)
    first = at_the_desk(chromium, gateway, "anne")
    answering(first)
    first.route("**/reply", lambda route: route.abort())
    first.locator("#reply").fill("je suis avec toi")
    first.locator("#reply").press("Enter")
    expect(first.locator(".pending")).to_contain_text("Nouvel essai automatique")
    # A tab that is doubled takes along what the first keeps for its own reload.
    with first.expect_popup() as opened:
        first.evaluate("void window.open(location.href)")
    second = opened.value
    second.set_default_timeout(PATIENCE_MS)
    eventually(lambda: said(gateway, id_) == ["je suis avec toi"])
    first.unroute("**/reply")
    for page in (first, second):
        expect(page.locator("#log article.listener:not(.pending)")).to_have_count(1)
        expect(page.locator(".pending")).to_have_count(0)
    # And what is said in one from now on is read in the other.
    second.locator("#reply").fill("tu es où ?")
    second.locator("#reply").press("Enter")
    for page in (first, second):
        expect(page.locator("#log article.listener:not(.pending)")).to_have_count(2)
    assert said(gateway, id_) == ["je suis avec toi", "tu es où ?"]
    first.context.close()


def test_whoever_takes_a_conversation_that_ended_meanwhile_is_told_and_can_go_on(
    chromium: Browser, gateway: RealGateway
) -> None:
    gateway.do(gateway.house.add_listener("bilal"))
    id_ = waits(gateway)
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)

    # Nothing of what becomes of it reaches this page.
    def without_news(socket: Any) -> None:
        server = socket.connect_to_server()

        def pass_on(frame: Any) -> None:
            if json.loads(frame)["type"] == "snapshot":
                socket.send(frame)

        server.on_message(pass_on)

    page.route_web_socket("**/console/api/socket", without_news)
    page.goto(f"{gateway.url}/console/")
    sign_in(page, "anne", PASSWORD)
    row = page.locator(f".row[data-id='{id_}']")
    row.wait_for()

    async def bilal_answers_and_ends_it() -> None:
        browser = await gateway.house.browser()
        api = "/console/api"
        await browser.post(f"{api}/login", json={"login": "bilal", "password": PASSWORD})
        assert (await browser.post(f"{api}/conversations/{id_}/claim")).status == 200
        end = {"outcome": "helped", "tags": [], "seen": 99}
        assert (await browser.post(f"{api}/conversations/{id_}/close", json=end)).status == 200

    gateway.do(bilal_answers_and_ends_it())
    with page.expect_response(f"**/{id_}/claim") as answered:
        row.get_by_role("button", name="Prendre").click()
    assert answered.value.status == 409
    expect(row.get_by_role("alert")).to_have_text(ERRORS["ended"])
    expect(page.locator("#reply")).to_have_count(0)
    page.get_by_role("button", name="Prendre le prochain").click()
    expect(page.locator("#next-error")).to_have_text(ERRORS["nothing_waiting"])
    context.close()
