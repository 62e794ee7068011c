"""The judge of a whole shift is judged: what is lost, doubled, swapped or unseen is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.conversation import Author, Message
from core.ids import ConversationId, MessageId
from tests.builders import NOON
from tests.ui.consoles import Browser
from tests.ui.shift.eyes import WATCH, Eyes
from tests.ui.shift.ledger import Case, lacks


def said(seq: int, author: Author, text: str) -> Message:
    one = ConversationId("c")
    return Message(
        id=MessageId(str(seq)), conversation_id=one, seq=seq, author=author, text=text, at=NOON
    )


KEPT = (
    said(1, Author.PERSON, "il a mes photos"),
    said(2, Author.SERVICE, "Une personne vous lit."),
    said(3, Author.LISTENER, "Je suis là."),
    said(4, Author.PERSON, "merci"),
)
WELL = Case(
    id="c",
    channel="web",
    sent=("il a mes photos", "merci"),
    got=("Une personne vous lit.", "Nouveau message\n\nJe suis là."),
    kept=KEPT,
    answered=(("anne", "Je suis là."),),
)
SHOWN = {one.seq: (one.author.value, one.text) for one in KEPT}


def wrong(case: Case, shown: dict[int, tuple[str, str]] = SHOWN) -> str:
    return " / ".join(lacks(case, {"anne": Eyes(seen={"c": shown}), "bilal": Eyes()}))


def test_all_is_well() -> None:
    assert wrong(WELL) == ""


@pytest.mark.parametrize(
    ("case", "found"),
    [
        (replace(WELL, sent=("il a mes photos", "il insiste", "merci")), "sent"),
        (replace(WELL, sent=("merci", "il a mes photos")), "sent"),
        (replace(WELL, kept=(*KEPT, replace(KEPT[3], seq=5))), "sent"),
        (replace(WELL, kept=(*KEPT[:3], replace(KEPT[3], seq=6))), "a gap"),
        (replace(WELL, got=WELL.got[:1]), "arrived"),
        (replace(WELL, got=(*WELL.got, "Je suis là.")), "arrived 2 times"),
        (replace(WELL, got=tuple(reversed(WELL.got))), "in its place"),
        (replace(WELL, answered=()), "answered"),
        (replace(WELL, answered=(("bilal", "Je suis là."),)), "bilal answered without seeing it"),
    ],
)
def test_what_is_lost_or_doubled_is_found(case: Case, found: str) -> None:
    assert found in wrong(case)


def test_what_was_on_no_screen_or_in_other_words_is_found() -> None:
    assert "message 4 was on no screen" in wrong(WELL, {k: v for k, v in SHOWN.items() if k != 4})
    assert "was shown as" in wrong(WELL, SHOWN | {4: ("person", "mer")})


@pytest.mark.browser
def test_danger_below_another_and_a_message_shown_twice_are_seen(chromium: Browser) -> None:
    page = chromium.new_page()
    page.add_init_script(WATCH)
    page.goto("data:text/html,<div id=room></div>")

    def shows(rows: str, messages: str = "") -> Eyes:
        page.evaluate(
            """([rows, messages]) => {
              document.getElementById("room").innerHTML =
                `<button class="item" aria-current="true" data-id="c"></button>
                 <div id="log">${messages}</div><div class="queue">${rows}</div>`;
              return new Promise((done) => setTimeout(done, 50));
            }""",
            [rows, messages],
        )
        eyes = Eyes()
        eyes.add(page.evaluate("window.__eyes"))
        return eyes

    calm, grave = '<p class="row u-faible"></p>', '<p class="row u-critique"></p>'
    said = '<article class="message person" id="m1"><p class="text">bonjour</p></article>'
    well = shows(grave + grave + calm, said)
    assert (well.order, well.twice, well.rows) == ([], [], 3)
    assert well.seen == {"c": {1: ("person", "bonjour")}}
    assert len(shows(grave + calm + grave, said).order) == 1
    # Where the order stands still it says so, and the new row is named beside it.
    frozen = '<p class="frozen"><span>Ordre figé</span></p>'
    assert len(shows(frozen + calm + grave).order) == 1
    assert len(shows(calm, said + said).twice) == 1
    page.close()
