"""Hostile words in every field that reaches a screen, through a whole gateway: nothing runs.

The corpus is planted by the API alone, as somebody who attacks would have to: in what a person
writes and calls their files, in what listeners write, in names, papers and reasons. Then every page
that shows such a field is opened, in the console and in the chat.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.accounts import StaffRole
from core.events import EventKind, InboundEvent, MediaRef, MessageType
from core.ids import ContactId, ConversationId, new_id
from tests.browsers import an_async_chromium, async_api
from tests.gateway.gateways import PASSWORD, Client, Running, running

expect = async_api.expect
# What runs once in two tries has run: no second one.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600), pytest.mark.flaky(reruns=0)]

API = "/console/api"
RUN = "window.ran=(window.ran||0)+1"
CORPUS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg/onload={RUN}>",
    f"'\"><details open ontoggle={RUN}>",
    f"javascript:{RUN}",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<math><mtext></table><mglyph><style><img src=x onerror={RUN}>",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"<a href='javascript:{RUN}'>ici</a><base href='//evil.example/'>",
    "\u202egnp.exe\u2066 à l'envers \u200f",
    "Z\u0351\u036b\u0343\u036a\u0302a\u033a\u0321l\u0300g\u0489o" + "\u0301" * 300,
    "\x00\ufeff\u2028\ufffe fin",
]
ALL = " ".join(CORPUS)
SHORT = f"<img src=x onerror={RUN}>"
LONG = "é" * 9_990 + SHORT[:10]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as service:
        yield service


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with an_async_chromium() as chromium:
        yield chromium


class Watched:
    """A page; whatever runs, opens or breaks the policy on it is counted."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.seen: list[str] = []

    async def begin(self) -> None:
        self.page.set_default_timeout(60_000)
        await self.page.add_init_script(
            "document.addEventListener('securitypolicyviolation',"
            " e => console.error('policy', e.violatedDirective))"
        )
        self.page.on("dialog", lambda dialog: self.seen.append("dialog"))
        self.page.on("pageerror", lambda error: self.seen.append(str(error)))
        self.page.on("popup", lambda popup: self.seen.append("popup"))
        self.page.on(
            "console",
            lambda line: self.seen.append(line.text) if "policy" in line.text else None,
        )
        self.page.on(
            "request",
            lambda one: self.seen.append(one.url) if "evil" in one.url else None,
        )

    async def ran_nothing(self) -> None:
        assert await self.page.evaluate("window.ran") is None
        assert self.seen == []
        # Not one element was made of words.
        planted = "[onerror], [onload], [ontoggle], iframe, base, math, a[href^='javascript']"
        assert await self.page.locator(planted).count() == 0


async def test_hostile_words_in_every_field_are_shown_and_never_run(
    gateway: Running, browser: Any
) -> None:
    visit = await gateway.visit()
    await visit.connect()
    for text in (*CORPUS, LONG[:4000]):
        await visit.say(f"DANGER {text}")
    held = await the_one(gateway)
    contact = (await gateway.store.conversation(held)).contact_id
    await a_file_called(gateway, held, contact, f"{SHORT}.svg")
    await gateway.add_listener("bilal", role=StaffRole.SUPERVISOR)
    anne = await gateway.add_listener("anne", role=StaffRole.SUPERVISOR)
    client = await gateway.browser()
    body = {"login": "anne", "password": PASSWORD}
    assert (await client.post(f"{API}/login", json=body)).status == 200
    await gateway.store.amend_listener(anne.id, lambda now: (replace(now, name=SHORT), []))
    await written_by_listeners(client, held)
    await the_console(gateway, browser)
    await the_chat(gateway, browser, visit.token)
    await visit.socket.close()


async def the_one(gateway: Running) -> ConversationId:
    while not (waiting := await gateway.store.waiting(limit=9)):
        await asyncio.sleep(0.05)
    return waiting[0].id


async def a_file_called(
    gateway: Running, held: ConversationId, contact_id: ContactId, name: str
) -> None:
    contact = await gateway.store.contact(contact_id)
    event = InboundEvent(
        channel=contact.channel,
        account=contact.account,
        event_id="m:file",
        kind=EventKind.MESSAGE,
        sender=contact.address,
        at=datetime.now(UTC),
        id="file",
        type=MessageType.DOCUMENT,
        text=SHORT,
        username=SHORT,
        media=(MediaRef(type=MessageType.DOCUMENT, id="1", filename=name, mime=SHORT),),
    )
    await gateway.store.accept_events([event], now=event.at, priority=0)
    while not any(each.attachments for each in await gateway.store.messages(held)):
        await asyncio.sleep(0.05)


async def written_by_listeners(anne: Client, held: str) -> None:
    """Replies, notes, reasons, a whisper and the directory: all hostile."""
    one = f"{API}/conversations/{held}"
    assert (await anne.post(f"{one}/claim", json={})).status == 200
    paper = await (await anne.get(f"{API}/service/directory")).json()
    for entry in paper["body"]["services"]:
        entry["name"] = SHORT
        entry["text"] = dict.fromkeys(entry["text"], SHORT)
    bodies: list[tuple[str, dict[str, Any]]] = [
        *((f"{one}/reply", {"cid": new_id(), "text": text, "seen": 99}) for text in CORPUS),
        *((f"{one}/notes", {"cid": new_id(), "text": text}) for text in CORPUS),
        (f"{API}/board/{held}/whisper", {"cid": new_id(), "text": ALL[:2000]}),
        (f"{API}/board/{held}/look", {"reason": SHORT}),
        (f"{API}/service/directory", {name: paper[name] for name in ("version", "body")}),
    ]
    for path, body in bodies:
        answer = await anne.post(path, json=body)
        assert answer.status == 200, (path, await answer.text())


async def the_console(gateway: Running, browser: Any) -> None:
    watched = Watched(await browser.new_page(locale="fr-FR"))
    await watched.begin()
    page = watched.page
    answer = await page.goto(str(gateway.client.make_url("/console/")))
    policy = answer.headers["content-security-policy"]
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    await page.get_by_label("Identifiant").fill("anne")
    await page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Mes conversations 1").wait_for()
    await page.keyboard.press("1")
    await page.locator("#log").wait_for()
    await expect(page.locator("#log")).to_contain_text(SHORT)
    await expect(page.locator("#log")).to_contain_text("constructor.constructor")
    await expect(page.locator(".notes, #card").first).to_contain_text("<script>")
    await watched.ran_nothing()
    await page.get_by_label("Votre réponse").or_(page.locator("#reply")).first.fill(ALL * 8)
    await watched.ran_nothing()
    await page.get_by_role("button", name="Orienter").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text(SHORT)
    await watched.ran_nothing()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Journal").click()
    await expect(page.get_by_role("table")).to_contain_text(SHORT)
    await watched.ran_nothing()
    await page.goto(str(gateway.client.make_url("/console/reference")))
    await watched.ran_nothing()
    await page.context.close()


async def the_chat(gateway: Running, browser: Any, token: str) -> None:
    watched = Watched(await browser.new_page(locale="fr-FR"))
    await watched.begin()
    page = watched.page
    await page.add_init_script(f"sessionStorage.setItem('relais.token', '{token}')")
    answer = await page.goto(str(gateway.client.make_url("/")))
    assert "trusted-types 'none'" in answer.headers["content-security-policy"]
    await expect(page.get_by_role("log")).to_contain_text("constructor.constructor")
    await expect(page.get_by_role("log")).to_contain_text(SHORT)
    await watched.ran_nothing()
    await page.context.close()
