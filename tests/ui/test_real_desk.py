"""The queue in Chromium on a real gateway: its order, two browsers at once, a corrected urgency,
a channel in trouble."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.telegram.connector import SECRET_HEADER, Telegram
from core.accounts import StaffRole
from core.assessment import Assessment, Fact
from core.audit import Verb
from core.conversation import Conversation
from core.ids import ConversationId
from core.labels import AgeBand, Issue, Role, Urgency
from core.ports import Change
from gateway.service import Connections, Doors
from gateway.simulation.telegram import FakeTelegram
from handoff.console.socket import HEAD
from tests.browsers import PATIENCE_MS, eventually
from tests.builders import a_contact, a_message, a_waiting
from tests.connectors.telegram.updates import message as an_update
from tests.gateway.gateways import PASSWORD, Running
from tests.ui.consoles import Browser, expect, rows_become, sign_in
from tests.ui.real_gateway import RealGateway, at_the_desk, real_gateway

pytestmark = pytest.mark.browser


async def _waits(
    gateway: RealGateway, seen: Assessment, minutes: float, channel: str = "web"
) -> Conversation:
    store, now = gateway.house.store, datetime.now(UTC)
    contact = await a_contact(store, now=now)
    since = now - timedelta(minutes=minutes)
    one = a_waiting(
        contact, seen.urgency, since, assessment=seen, heard_seq=1, next_seq=2, channel=channel
    )
    said = a_message(one, 1, text="on se moque de moi sur Snapchat", at=since)
    await store.commit(Change(conversation=one, messages=(said,)), now=now)
    return one


def waits(
    gateway: RealGateway, minutes: float, *, channel: str = "web", **seen: Any
) -> ConversationId:
    """Somebody who began to wait so many minutes ago."""
    about = Assessment(urgency=Urgency.MODEREE, issue=Issue.CYBERHARCELEMENT, **seen)
    return gateway.do(_waits(gateway, about, minutes, channel)).id


@contextmanager
def nobody_else_is_read(gateway: RealGateway) -> Iterator[None]:
    """Until the end of the block the store gives out the head of the queue, and no more of it."""
    store = gateway.house.store
    whole, go_on = store.waiting, asyncio.Event()

    async def waiting(*, limit: int) -> Sequence[Conversation]:
        if limit > HEAD + 1:
            await go_on.wait()
        return await whole(limit=limit)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "waiting", waiting)
        yield
        gateway.loop.call_soon_threadsafe(go_on.set)


def test_a_minor_stands_above_an_adult_and_the_card_leads_to_what_was_said(
    chromium: Browser, gateway: RealGateway
) -> None:
    adult = waits(gateway, 9, role=Role.VICTIME_MAJEURE, age_band=AgeBand.MAJEUR)
    minor = waits(
        gateway,
        3,
        role=Role.VICTIME_MINEURE,
        age_band=AgeBand.MOINS_15,
        platform="snapchat",
        facts=(Fact("platform", "snapchat", 1), Fact("age", "14", 1)),
    )
    page = at_the_desk(chromium, gateway, "anne")
    page.locator(".row").nth(1).wait_for()
    rows_become(page, [minor, adult])
    page.keyboard.press("n")
    card = page.locator("#card")
    for words in ("Cyberharcèlement", "Victime mineure", "moins de 15 ans", "Snapchat"):
        expect(card).to_contain_text(words)
    card.get_by_role("button", name="Âge 14").click()
    expect(page.locator("#m1")).to_be_focused()
    page.context.close()


def test_of_two_browsers_that_ask_at_once_one_gets_it(
    chromium: Browser, gateway: RealGateway
) -> None:
    only = waits(gateway, 3)
    pages = [at_the_desk(chromium, gateway, login) for login in ("anne", "bilal")]
    for page in pages:
        page.locator(".row").wait_for()
    # Both keys are down before either browser has an answer.
    for page in pages:
        page.evaluate("setTimeout(() => document.getElementById('next').click(), 300)")
    eventually(lambda: sum(page.locator("#reply").count() for page in pages) == 1)
    holder = next(page for page in pages if page.locator("#reply").count())
    other = next(page for page in pages if page is not holder)
    expect(other.locator("#next-error")).to_contain_text("Personne n’attend.")
    kept = gateway.do(gateway.house.store.conversation(only))
    assert kept.owner.listener_id is not None
    for page in pages:
        page.context.close()


def test_a_corrected_urgency_moves_the_row_and_stands_in_the_audit(
    chromium: Browser, gateway: RealGateway
) -> None:
    gateway.do(gateway.house.add_listener("chief", role=StaffRole.SUPERVISOR))
    other, first = waits(gateway, 3), waits(gateway, 60)
    page = at_the_desk(chromium, gateway, "anne")
    page.locator(".row").nth(1).wait_for()
    rows_become(page, [first, other])
    page.keyboard.press("n")
    page.get_by_role("button", name="Corriger le tri").click()
    dialog = page.get_by_role("dialog", name="Corriger le tri")
    dialog.get_by_label("Quelle urgence ?").select_option("faible")
    dialog.get_by_text("Le tri s’est trompé").click()
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog).to_have_count(0)
    # Given back, it goes to the head of its own urgency: below whoever is graver.
    page.get_by_role("button", name="Passer la main").click()
    page.get_by_text("À la file d’attente").click()
    page.get_by_label("Ce que la personne suivante doit savoir").fill("à relire")
    page.get_by_role("dialog").get_by_role("button", name="Passer la main").click()
    page.locator(f".row[data-id='{first}']").wait_for()
    page.locator("h1").hover()
    rows_become(page, [other, first])
    page.context.close()
    entries = gateway.do(gateway.house.store.audit_entries(verb=Verb.TRIAGE_CORRECTED))
    assert [(entry.conversation, entry.details["to"]) for entry in entries] == [(first, "faible")]


def test_a_person_who_types_is_seen_to_write_until_they_stop_or_the_message_is_there(
    chromium: Browser, gateway: RealGateway
) -> None:
    person = chromium.new_context(locale="fr-FR").new_page()
    person.set_default_timeout(PATIENCE_MS)
    person.goto(gateway.url)
    field = person.get_by_label("Ton message")
    field.press_sequentially("DANGER")
    person.keyboard.press("Enter")
    page = at_the_desk(chromium, gateway, "anne")
    page.locator(".row").wait_for()
    page.keyboard.press("n")
    page.locator("#reply").wait_for()
    expect(person.locator(".talk > .status")).to_contain_text("Anne")
    sign = page.locator(".writing")
    expect(sign).to_have_text("")
    before = page.locator(".log").bounding_box()
    field.press_sequentially("je ")
    expect(sign).to_have_text("La personne écrit…")
    assert page.locator(".log").bounding_box() == before, "the messages moved"
    assert "je" not in page.locator(".talk").inner_text().split()
    # Without another sign it goes.
    expect(sign).to_have_text("")
    # Now that no time passes, only the message can end it.
    page.evaluate("globalThis.setTimeout = () => 0")
    field.press_sequentially("te réponds")
    expect(sign).to_have_text("La personne écrit…")
    person.keyboard.press("Enter")
    expect(page.locator(".log")).to_contain_text("je te réponds")
    expect(sign).to_have_text("")
    for each in (person, page):
        each.context.close()


def test_a_listener_who_types_is_seen_to_write_until_the_message_is_there(
    chromium: Browser, gateway: RealGateway
) -> None:
    person = chromium.new_context(locale="fr-FR").new_page()
    person.set_default_timeout(PATIENCE_MS)
    person.goto(gateway.url)
    person.get_by_label("Ton message").press_sequentially("DANGER")
    person.keyboard.press("Enter")
    page = at_the_desk(chromium, gateway, "anne")
    page.locator(".row").wait_for()
    page.keyboard.press("n")
    reply = page.locator("#reply")
    reply.wait_for()
    expect(person.locator(".talk > .status")).to_contain_text("Anne")
    sign = person.locator(".writing")
    expect(sign).to_have_text("")
    reply.press_sequentially("je ")
    expect(sign).to_have_text("Anne écrit…")
    assert "je" not in person.locator(".log").inner_text().split()
    # Now that no time passes, only the message can end it.
    person.evaluate("globalThis.setTimeout = globalThis.clearTimeout = () => 0")
    reply.press_sequentially("suis là")
    page.keyboard.press("Enter")
    expect(person.locator(".message.listener")).to_contain_text("je suis là")
    expect(sign).to_have_text("")
    for each in (person, page):
        each.context.close()


@pytest.mark.parametrize("role", [StaffRole.SUPERVISOR, StaffRole.ADMIN])
def test_the_bar_at_the_top_is_one_line(
    chromium: Browser, gateway: RealGateway, role: StaffRole
) -> None:
    gateway.do(gateway.house.add_listener("marie-christine", role=role))
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{gateway.url}/console/")
    page.get_by_label("Identifiant").wait_for()
    sign_in(page, "marie-christine", PASSWORD)
    bar = page.locator(".top")
    expect(bar.get_by_role("button", name="Se déconnecter")).to_be_visible()
    parts = bar.locator("h1, button, .me, .connection, select")
    boxes = parts.evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(r => [r.top, r.bottom, r.right])"
    )
    middles = [(top + bottom) / 2 for top, bottom, _ in boxes]
    assert max(middles) - min(middles) < 12, "a second line"
    assert max(bottom - top for top, bottom, _ in boxes) < 48, "a button of two lines"
    assert max(right for *_, right in boxes) <= 1280
    context.close()


def test_a_channel_whose_token_died_is_told_at_the_desk_and_in_its_conversations(
    chromium: Browser, tmp_path: Path
) -> None:
    telegram, secret = FakeTelegram("3018:CANARY-NEW"), "webhook-secret"

    def connect(doors: Doors) -> Connections:
        bot = Telegram(
            token="3018:CANARY-OLD",
            secret=secret,
            refusal="En privé.",
            accept=doors.accept,
            notice=doors.notice,
            count=doors.count,
            clock=doors.clock,
            telegram_url=telegram.url,
        )
        return Connections((bot,))

    async def writes(house: Running) -> None:
        said = an_update(text="DANGER", message_id=1) | {"date": int(time.time())}
        answer = await house.client.post(
            "/webhooks/telegram",
            json={"update_id": 1, "message": said},
            headers={SECRET_HEADER: secret},
        )
        assert answer.status == 200

    async def state(house: Running) -> str:
        told = await (await house.client.get("/health/ready")).json()
        return str(told["components"]["telegram"])

    with real_gateway(tmp_path, beside=telegram, connect=connect) as gateway:
        gateway.do(gateway.house.add_listener("anne"))
        gateway.do(writes(gateway.house))
        eventually(lambda: gateway.do(state(gateway.house)) == "paused")
        page = at_the_desk(chromium, gateway, "anne")
        trouble = page.get_by_role("status", name="Canaux en difficulté")
        expect(trouble).to_have_text(re.compile(r"^Telegram en pause\. Les réponses attendent"))
        page.locator(".row").wait_for()
        page.keyboard.press("n")
        notices = page.get_by_role("group", name="À savoir sur cette conversation")
        expect(notices).to_contain_text("Telegram en pause.")
        expect(notices).to_contain_text("Raison : le service n’est plus autorisé sur ce canal.")
        page.context.close()


def test_the_first_rows_of_a_long_queue_need_little_work(
    chromium: Browser, gateway: RealGateway
) -> None:
    """What stands between a navigation and the first painted rows, counted: no clock is asked."""
    for number in range(HEAD + 20):
        waits(gateway, number)
    danger = gateway.do(
        _waits(gateway, Assessment(urgency=Urgency.CRITIQUE, issue=Issue.IDEATION_SUICIDAIRE), 0)
    ).id
    page = at_the_desk(chromium, gateway, "anne")
    expect(page.locator(".row")).to_have_count(HEAD + 21)
    asked: list[str] = []
    frames: list[str] = []
    page.on("request", lambda one: asked.append(one.url.removeprefix(gateway.url)))
    page.on(
        "websocket", lambda one: one.on("framereceived", lambda frame: frames.append(str(frame)))
    )
    with nobody_else_is_read(gateway):
        page.reload()
        expect(page.locator(".row")).to_have_count(HEAD)
        expect(page.locator(".row").first).to_have_attribute("data-id", danger)
        # Nobody knows yet how many wait: no wrong number is shown.
        expect(page.locator("#queue-title .count")).to_have_count(0)
        expect(page.get_by_role("region", name="État de la file")).to_have_text("")
        assert len(frames) == 1
        assert len(frames[0]) < 64_000
        assert len(asked) <= 12, asked
        assert page.evaluate("document.querySelectorAll('*').length") < 40 * HEAD
    expect(page.locator(".row")).to_have_count(HEAD + 21)
    expect(page.locator("#queue-title .count")).to_have_text(str(HEAD + 21))
    page.context.close()
