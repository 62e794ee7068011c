"""Callers in a real Chromium: a call noted by keys, the code read out, two halves of one case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.figures import End
from tests.browsers import eventually
from tests.ui.consoles import Browser, Open, Page, expect, mine
from tests.ui.fake_console_api import FakeConsole, ago, message, summary
from tests.ui.real_gateway import RealGateway, at_the_desk, real_gateway
from tests.ui.test_aftercare import answering
from tests.ui.test_console_service import axe_finds_nothing

pytestmark = pytest.mark.browser


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RealGateway]:
    with real_gateway(tmp_path, listeners=("anne",)) as one:
        yield one


def outcomes(gateway: RealGateway) -> list[tuple[str, End, str | None]]:
    now, day = datetime.now(UTC), timedelta(days=1)
    told = gateway.do(gateway.house.store.facts(since=now - day, until=now + day))
    return [(fact.channel, fact.end, fact.outcome) for fact in told]


def test_a_call_is_noted_joined_to_its_chat_and_ended_by_keys(
    chromium: Browser, gateway: RealGateway
) -> None:
    page = at_the_desk(chromium, gateway, "anne")
    presence = page.get_by_label("Je suis")

    page.keyboard.press("a")
    form = page.get_by_role("dialog", name="Noter un appel")
    expect(form.get_by_label("Sujet")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(form.get_by_role("alert")).to_have_text("Choisissez le sujet.")
    form.get_by_label("Sujet").select_option("sextorsion")
    # What was said of the form leaves as soon as the form is another.
    expect(form.get_by_text("Choisissez le sujet.")).to_have_count(0)
    form.get_by_label("Qui appelle ?").select_option("parent")
    page.keyboard.press("Control+Enter")
    expect(form.get_by_role("alert")).to_have_text("Choisissez l’urgence.")
    page.keyboard.press("ArrowRight")  # from critique to elevee
    form.get_by_label("Âge de la victime").select_option("15_17")
    form.get_by_label("Plateforme").fill("Snapchat")
    form.get_by_label("Ce qui a été dit").fill("la mère appelle")
    axe_finds_nothing(page)
    page.keyboard.press("Control+Enter")

    expect(form).to_have_count(0)
    note = page.get_by_label("Notez au fil de l’appel")
    expect(note).to_be_focused()
    expect(page.locator("#reply")).to_have_count(0)
    expect(presence).to_have_value("phone")
    log, card = page.locator("#log"), page.locator("#card")
    expect(log).to_contain_text("la mère appelle")
    for words in ("Sextorsion", "Parent", "15 à 17 ans", "Snapchat"):
        expect(card).to_contain_text(words)
    page.keyboard.type("elle a gardé les captures")
    page.keyboard.press("Control+Enter")
    expect(log.locator(".notes li")).to_have_count(2)
    expect(note).to_have_value("")

    page.keyboard.press("Escape")
    expect(log).to_be_focused()
    page.keyboard.press("l")
    code = log.locator(".code")
    expect(code).to_have_text(re.compile(r"^\S+ \S+ \S+$"))
    read_out = code.inner_text()
    visit = gateway.do(gateway.house.visit())
    gateway.do(visit.connect())
    gateway.do(visit.say(" ".join(reversed(read_out.split()))))
    expect(log).to_contain_text("Quelqu’un vient de taper un code qui n’est pas celui-ci.")
    gateway.do(visit.frame("message", text="code_unknown/tu"))
    gateway.do(visit.say(read_out))

    half = log.get_by_role("region", name="Sa conversation écrite")
    expect(half.get_by_role("listitem").filter(has_text=read_out)).to_have_count(1)
    expect(code).to_have_count(0)
    gateway.do(visit.say("il me demande encore des photos"))
    expect(half).to_contain_text("il me demande encore des photos")
    axe_finds_nothing(page)
    half.get_by_role("button", name="Répondre par écrit").press("Enter")
    expect(page.locator("#reply")).to_be_focused()
    expect(card.get_by_role("region", name="Son appel")).to_contain_text("la mère appelle")
    page.locator(".conversation .title").get_by_role("button", name="Reliée à un appel").click()
    expect(note).to_be_focused()

    page.keyboard.press("Escape")
    page.keyboard.press("t")
    page.get_by_text("Aide apportée").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    # Off the line, and still with the same person in writing.
    expect(presence).to_have_value("available")
    expect(page.locator("button.item")).to_have_count(1)
    eventually(lambda: ("telephone", End.LISTENER, "helped") in outcomes(gateway))
    page.context.close()


def a_call(server: FakeConsole, visit: Open, **fields: Any) -> Page:
    server.add(mine("c1", "elevee", channel="telephone", role="parent", **fields), [])
    server.messages["c1"].clear()
    server.conversations["c1"]["last_seq"] = 0
    page = visit(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.locator("button.item[data-id=c1]").click()
    page.locator("#note").wait_for()
    return page


def test_a_code_that_holds_no_more_says_why_and_another_is_given(
    server: FakeConsole, visit: Open
) -> None:
    old = {"until": ago(minutes=1), "wrong": 3, "left": 17}
    page = a_call(server, visit, code=old, joined=None)
    region = page.get_by_role("region", name="Relier sa conversation écrite")
    expect(region).to_contain_text("ses dix minutes sont passées")
    given = {"words": "lune tapis rose", "until": ago(minutes=-10)}
    answering(page, "conversations/c1/code", given)
    region.get_by_role("button", name="Donner un autre code").click()
    expect(region.locator(".code")).to_have_text("lune tapis rose")
    expect(region).to_contain_text("Valable encore 9 min")
    axe_finds_nothing(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    server.change("c1", code={"until": given["until"], "wrong": 20, "left": 0})
    expect(region).to_contain_text("trop de codes faux ont été tapés")
    expect(region.locator(".code")).to_have_count(0)


def test_a_half_that_a_colleague_holds_is_read_on_demand(server: FakeConsole, visit: Open) -> None:
    page = a_call(server, visit, code=None, joined="c2")
    asked: list[str] = []
    chat = summary("c2", "critique", channel="whatsapp", ticket="claimed", listener="Bilal")
    told = {
        "summary": chat,
        "card": server.cards["c1"],
        "notes": [],
        "messages": [message("person", "il a mes photos <b>", seq=1)],
    }

    def fulfill(route: Any) -> None:
        asked.append(route.request.method)
        route.fulfill(json=told)

    page.route("**/console/api/conversations/c1/joined", fulfill)
    half = page.get_by_role("region", name="Sa conversation écrite")
    expect(half).to_contain_text("Cette lecture est notée dans le journal.")
    assert asked == []
    half.get_by_role("button", name="Lire ce qui s’y est dit").click()
    expect(half).to_contain_text("il a mes photos <b>")
    expect(half).to_contain_text("WhatsApp, avec Bilal")
    expect(half.get_by_role("button", name="Répondre par écrit")).to_have_count(0)
    axe_finds_nothing(page)


def test_a_call_that_is_over_is_noted_and_ended_at_once(
    chromium: Browser, gateway: RealGateway
) -> None:
    """The dialog of the outcome takes the place of the call's, whose end is not its own."""
    page = at_the_desk(chromium, gateway, "anne")
    page.keyboard.press("a")
    form = page.get_by_role("dialog", name="Noter un appel")
    form.get_by_label("Sujet").select_option("sextorsion")
    form.get_by_label("Qui appelle ?").select_option("parent")
    form.get_by_text("Modérée").click()
    form.get_by_label("Ce qui a été dit").fill("un père demande conseil")
    form.get_by_label("encore en ligne").uncheck()
    page.keyboard.press("Control+Enter")
    page.get_by_text("Aide apportée").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    eventually(lambda: outcomes(gateway) == [("telephone", End.LISTENER, "helped")])
    page.context.close()
