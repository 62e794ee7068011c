"""Somebody takes the phone in the midst of another's conversation: what a listener says of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.assessment import Assessment
from core.audit import Entry, Verb
from core.conversation import Writer
from core.ids import ConversationId
from core.labels import AgeBand, Issue, Role, Urgency
from core.ports import Change
from tests.builders import a_contact, a_message, a_waiting
from tests.ui.consoles import Browser, expect
from tests.ui.real_gateway import RealGateway, at_the_desk, real_gateway
from tests.ui.test_console_service import axe_finds_nothing

pytestmark = pytest.mark.browser

CHILD = Assessment(
    urgency=Urgency.ELEVEE,
    issue=Issue.SEXTORSION,
    role=Role.VICTIME_MINEURE,
    age_band=AgeBand.MOINS_15,
)
SECRET, MOTHER, LATER = "il a mes photos", "bonjour, je suis sa mère", "qu’est-ce qui se passe ?"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[RealGateway]:
    with real_gateway(tmp_path, listeners=("anne",)) as one:
        yield one


async def _supposed(gateway: RealGateway) -> ConversationId:
    """A child wrote, then somebody of whom a machine thinks that it is the mother."""
    store, now = gateway.house.store, datetime.now(UTC)
    since = now - timedelta(minutes=3)
    one = a_waiting(
        await a_contact(store, now=now),
        Urgency.ELEVEE,
        since,
        assessment=Assessment(urgency=Urgency.ELEVEE, role=Role.PARENT),
        heard_seq=3,
        next_seq=4,
        writers=(Writer(since=1, until=2, told=CHILD),),
        another_at=2,
        minor_wrote=True,
    )
    said = tuple(
        a_message(one, seq, text=text, at=since)
        for seq, text in enumerate((SECRET, MOTHER, LATER), 1)
    )
    await store.commit(Change(conversation=one, messages=said), now=now)
    return one.id


def test_the_listener_says_who_took_the_phone_and_takes_it_back(
    chromium: Browser, gateway: RealGateway
) -> None:
    gateway.do(_supposed(gateway))
    page = at_the_desk(chromium, gateway, "anne")
    page.locator(".row").wait_for()
    page.keyboard.press("n")
    log, card = page.locator("#log"), page.locator("#card")
    # Asked: all is shown, the line stands where another begins.
    notices = page.get_by_role("group", name="À savoir sur cette conversation")
    expect(notices).to_contain_text("Quelqu’un d’autre a peut-être pris le téléphone à")
    expect(log).to_contain_text(SECRET)
    expect(log).to_contain_text("Ici, quelqu’un d’autre écrit : Parent")
    expect(card).not_to_contain_text("Sextorsion")
    # Said: what the child wrote is not on this screen any more.
    notices.get_by_role("button", name="Dire qui écrit").click()
    dialog = page.get_by_role("dialog", name="Qui écrit maintenant ?")
    expect(dialog.get_by_label("À partir de quel message ?")).to_have_value("2")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog).to_have_count(0)
    expect(log).not_to_contain_text(SECRET)
    expect(log).to_contain_text("Ce qui a été écrit avant n’est pas montré : Victime mineure")
    expect(log).to_contain_text(MOTHER)
    expect(page.get_by_text("quelqu’un d’autre a peut-être pris")).to_have_count(0)
    # The child has the phone back, from the last message on: all of it, and the card, is there.
    card.get_by_role("button", name="Quelqu’un d’autre écrit").click()
    expect(dialog.get_by_label("À partir de quel message ?")).to_have_value("3")
    expect(dialog.get_by_label("Qui écrit ?")).to_have_value("victime_mineure")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(log).to_contain_text(SECRET)
    expect(card).to_contain_text("Sextorsion")
    expect(card).to_contain_text("moins de 15 ans")
    # It was the mother still, and before her nobody else: one step back, and another.
    for _ in range(2):
        card.get_by_role("button", name="Quelqu’un d’autre écrit").click()
        dialog.get_by_role("button", name="C’est la même personne").click()
        expect(dialog).to_have_count(0)
    expect(log).to_contain_text(SECRET)
    expect(log.get_by_text("Ici, quelqu’un d’autre écrit")).to_have_count(0)
    page.context.close()


def test_what_the_child_wrote_is_read_again_apart_and_leaves_the_screen(
    chromium: Browser, gateway: RealGateway
) -> None:
    one = gateway.do(_supposed(gateway))
    page = at_the_desk(chromium, gateway, "anne")
    page.locator(".row").wait_for()
    page.keyboard.press("n")
    log = page.locator("#log")
    again = log.get_by_role("button", name="Relire à part")
    # While all is shown there is nothing to read again.
    expect(log).to_contain_text(SECRET)
    expect(again).to_have_count(0)
    page.get_by_role("button", name="Dire qui écrit").click()
    page.get_by_role("dialog").get_by_role("button", name="Enregistrer").click()
    expect(log).not_to_contain_text(SECRET)
    dialog = page.get_by_role("dialog", name="Relire ce qui a été écrit avant")
    for looks in (1, 2):
        # It says first what it is; the words come by a second deed, each time.
        again.click()
        expect(dialog).to_contain_text("Victime mineure · moins de 15 ans")
        expect(dialog).to_contain_text("Ne le répétez pas à celle qui écrit maintenant")
        expect(dialog).to_contain_text("vérifiez que personne d’autre ne voit votre écran")
        expect(page.get_by_text(SECRET)).to_have_count(0)
        assert len(gateway.do(_looks(gateway, one))) == looks - 1
        dialog.get_by_role("button", name="Afficher").click()
        expect(dialog).to_contain_text(SECRET)
        expect(dialog).not_to_contain_text(MOTHER)
        expect(dialog.get_by_role("group", name="Victime mineure")).to_be_focused()
        assert len(gateway.do(_looks(gateway, one))) == looks
        axe_finds_nothing(page)
        page.keyboard.press("Escape")
        expect(page.get_by_text(SECRET)).to_have_count(0)
        expect(again).to_be_focused()
    page.context.close()


async def _looks(gateway: RealGateway, one: ConversationId) -> list[Entry]:
    entries = await gateway.house.store.audit_entries(verb=Verb.APART_READ)
    return [each for each in entries if each.conversation == one]
