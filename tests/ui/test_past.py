"""What was said before, in a real Chromium: earlier conversations, search; and past the window."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.whatsapp.outgoing import LIMITS, MOST_BUTTONS
from tests.browsers import eventually
from tests.ui.consoles import Open, Page, expect, mine, replies
from tests.ui.fake_console_api import FakeConsole, ago, message, summary
from tests.ui.test_console_service import axe_finds_nothing

pytestmark = pytest.mark.browser

NOISE = "<img src=x onerror=alert(1)> \u202egnitrevni"


def before(server: FakeConsole) -> dict[str, Any]:
    """A Detail of an earlier conversation, as the server tells it."""
    server.add(summary("old", ticket="closed", owner="bot"), [message("person", "voix")])
    said = [
        {**message("person", f"il me fait chanter {NOISE}"), "seq": 1},
        {**message("listener", "je suis là", name="Bilal"), "seq": 2},
    ]
    about = summary("old", ticket="closed", owner="listener", opened_at=ago(days=3))
    detail = {"summary": about, "card": server.cards["old"], "notes": [], "messages": said}
    return {**detail, "outcome": "oriented", "tags": ["récidive"]}


def test_earlier_conversations_are_read_in_place_and_the_reader_knows_it_is_noted(
    server: FakeConsole, visit: Open
) -> None:
    told = before(server)
    server.add(mine("c1", previous="old"), [message("person", "c'est encore moi")])
    page = visit()
    asked: list[str] = []

    def answer(route: Any) -> None:
        asked.append(route.request.url)
        route.fulfill(json={"conversations": [told], "withheld": 1})

    page.route("**/console/api/conversations/c1/earlier", answer)
    page.locator("[data-id=c1]").first.click()
    button = page.get_by_role("button", name="Lire ses échanges d’avant")
    button.wait_for()
    # A look is in the audit: nothing is read before somebody asks.
    assert asked == []
    button.click()
    dialog = page.get_by_role("dialog", name="Échanges d’avant avec la même personne")
    expect(dialog).to_contain_text("Cette lecture est notée dans le journal.")
    expect(dialog).to_contain_text("Orientation, avec Bilal · récidive")
    # What another wrote on the same device is not shown, and who reads knows that there is more.
    expect(dialog).to_contain_text("1 échange n’est pas montré")
    expect(dialog.locator(".by-person p")).to_have_text(f"il me fait chanter {NOISE}")
    axe_finds_nothing(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert len(asked) == 1


def test_words_are_found_in_my_conversations_and_lead_to_the_message(
    server: FakeConsole, visit: Open
) -> None:
    talk = [message("person", f"message {n}") for n in range(40)]
    server.add(mine("c1"), [message("person", "au collège Jean Moulin"), *talk])
    server.add(mine("c2", claimed_at=ago(minutes=-1)))
    page = visit()
    sought: list[Any] = []

    def answer(route: Any) -> None:
        sought.append(json.loads(route.request.post_data))
        hit = {"id": "c1", "seq": 1, "author": "person", "at": ago()}
        hits = [{**hit, "text": "au collège Jean Moulin", "start": 3, "end": 10}]
        route.fulfill(json={"hits": hits if sought[-1]["words"] == "college" else []})

    page.route("**/console/api/search", answer)
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Chercher dans mes conversations")
    page.keyboard.type("lycee")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text("Aucun message ne contient ces mots.")
    dialog.get_by_label("Mots à chercher").fill("college")
    page.keyboard.press("Enter")
    expect(dialog.locator("mark")).to_have_text("collège")
    axe_finds_nothing(page)
    dialog.get_by_role("button", name="au collège Jean Moulin").press("Enter")
    expect(page.locator("#m1")).to_be_focused()
    expect(page.locator("#m1")).to_be_in_viewport()
    assert [each["words"] for each in sought] == ["lycee", "college"]
    assert "college" not in page.url


def test_what_is_of_another_day_says_which(server: FakeConsole, visit: Open) -> None:
    days = datetime.now(UTC) - timedelta(days=3)
    long_ago, day = days.isoformat(), f"{days.astimezone().day}"
    told = before(server)
    told["messages"] = [{**one, "at": long_ago} for one in told["messages"]]
    server.add(mine("c1", previous="old", opened_at=long_ago), [message("person", "coucou")])
    server.add(mine("c2"), [message("person", "bonjour")])
    page = visit()
    page.route(
        "**/console/api/conversations/c1/earlier",
        lambda route: route.fulfill(json={"conversations": [told], "withheld": 0}),
    )
    page.locator("[data-id=c1]").first.click()
    opened = re.compile(rf"ouverte le {day} \w+ à \d\d:\d\d")
    expect(page.locator("button.item[data-id=c1]")).to_contain_text(opened)
    expect(page.locator(".pane-head .title")).to_contain_text(opened)
    today = re.compile(r"ouverte à \d\d:\d\d")
    expect(page.locator("button.item[data-id=c2]")).to_contain_text(today)
    page.get_by_role("button", name="Lire ses échanges d’avant").click()
    dialog = page.get_by_role("dialog", name="Échanges d’avant avec la même personne")
    said = re.compile(rf", {day} \w+ à \d\d:\d\d")
    expect(dialog.locator(".by-person .quiet")).to_have_text(said)


def past_the_window(server: FakeConsole, visit: Open, channel: str, **ago_: float) -> Page:
    ended = datetime.now(UTC) - timedelta(**ago_)
    server.add(mine("c1", channel=channel, window_ends_at=ended.isoformat()))
    page = visit()
    page.locator("[data-id=c1]").first.click()
    page.locator("#reply").wait_for()
    return page


def test_past_the_window_nothing_is_sent_but_it_can_be_kept_for_their_return(
    server: FakeConsole, visit: Open
) -> None:
    page = past_the_window(server, visit, "whatsapp", minutes=1)
    page.locator("#reply").fill("je pense à toi")
    expect(page.get_by_role("button", name="Envoyer", exact=True)).to_be_disabled()
    page.locator("#reply").press("Enter")
    page.locator("#reply").press("Control+Enter")
    expect(page.locator("#reply")).to_have_value("je pense à toi")
    assert replies(server, "c1") == []
    expect(page.locator("#past")).to_contain_text("WhatsApp n’accepte plus de réponse")
    axe_finds_nothing(page)
    page.get_by_role("button", name="Garder pour son retour").click()
    eventually(lambda: replies(server, "c1") == ["je pense à toi"])
    # They write again: the window is open, and so is the button.
    later = (datetime.now(UTC) + timedelta(hours=24)).isoformat()
    server.change("c1", window_ends_at=later)
    page.locator("#reply").fill("et encore")
    expect(page.get_by_role("button", name="Envoyer", exact=True)).to_be_enabled()
    expect(page.locator("#past")).to_have_count(0)


def test_a_human_may_answer_on_messenger_for_seven_days(server: FakeConsole, visit: Open) -> None:
    page = past_the_window(server, visit, "messenger", days=5, hours=23)
    page.locator("#reply").fill("je suis là")
    expect(page.get_by_role("button", name="Envoyer", exact=True)).to_be_enabled()
    server.change("c1", window_ends_at=(datetime.now(UTC) - timedelta(days=6.1)).isoformat())
    expect(page.get_by_role("button", name="Envoyer", exact=True)).to_be_disabled()
    expect(page.locator("#past")).to_contain_text("Messenger n’accepte plus de réponse")


def test_the_card_tells_what_the_channel_takes(server: FakeConsole, visit: Open) -> None:
    server.add(mine("c1", channel="whatsapp"))
    server.add(mine("c2", channel="web", claimed_at=ago(minutes=-1)))
    page = visit()
    page.locator("[data-id=c1]").first.click()
    facts = page.locator(".facts")
    expect(facts).to_contain_text("Limites du canal")
    told = facts.inner_text().replace("\u202f", " ").replace("\u00a0", " ")
    assert f"{LIMITS.text:,} caractères par message".replace(",", " ") in told
    assert f"{MOST_BUTTONS} boutons" in told
    page.locator("[data-id=c2]").first.click()
    expect(page.locator(".facts")).not_to_contain_text("Limites du canal")
