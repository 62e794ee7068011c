"""Cutting a message to a channel's limits: nothing lost, between sentences, buttons as lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.degrade import Limits, parts_of, split, utf8_length
from core.conversation import Author, Choice, Contact
from core.ids import ContactId
from tests.builders import NOON, a_conversation, a_message

CONTACT = Contact(id=ContactId("c"), channel="x", account="1", address="2", created_at=NOON)
LIMITS = Limits(text=100, text_with_choices=60, styles=((3, 20), (10, 24)))


def said(text: str, *titles: str) -> object:
    choices = tuple(Choice(f"c{number}", title) for number, title in enumerate(titles))
    return a_message(a_conversation(CONTACT), 1, author=Author.BOT, text=text, choices=choices)


def test_a_short_message_is_one_part() -> None:
    (part,) = parts_of(said("Bonjour.", "Oui", "Non"), LIMITS)  # type: ignore[arg-type]
    assert part.text == "Bonjour."
    assert [choice.title for choice in part.choices] == ["Oui", "Non"]


def test_a_cut_falls_between_sentences() -> None:
    text = "Une phrase qui parle. " * 9
    for piece in split(text, 100):
        assert piece.endswith("parle.")
        assert len(piece) <= 100


def test_a_paragraph_is_a_better_place_than_a_sentence() -> None:
    first, second = "Un. Deux. Trois. Quatre. Cinq. Six.", "Sept. Huit. Neuf. Dix. Onze. Douze."
    assert split(f"{first}\n\n{second}", 50) == [first, second]


def test_a_word_without_end_is_cut_all_the_same() -> None:
    assert split("a" * 250, 100) == ["a" * 100, "a" * 100, "a" * 50]


@pytest.mark.parametrize("emoji", ["👩‍👩‍👧‍👦", "👍🏽", "e\u0301"])
def test_no_cut_inside_a_character(emoji: str) -> None:
    pieces = split(emoji * 40, 50)
    assert all(piece.startswith(emoji[0]) for piece in pieces)
    assert "".join(pieces) == emoji * 40


def test_buttons_that_do_not_fit_become_numbered_lines() -> None:
    (part,) = parts_of(said("Choisis :", "Oui", "Une réponse beaucoup trop longue"), LIMITS)  # type: ignore[arg-type]
    assert part.text == "Choisis :\n1. Oui\n2. Une réponse beaucoup trop longue"
    assert part.choices == ()


def test_a_list_where_there_are_too_many_buttons() -> None:
    (part,) = parts_of(said("Choisis :", *"abcdef"), LIMITS)  # type: ignore[arg-type]
    assert len(part.choices) == 6


def test_beside_buttons_the_text_may_be_shorter() -> None:
    parts = parts_of(said("Une phrase qui parle. " * 4, "Oui"), LIMITS)  # type: ignore[arg-type]
    assert [bool(part.choices) for part in parts] == [False, True]
    assert len(parts[-1].text) <= 60


@given(st.text(max_size=400), st.integers(min_value=4, max_value=60))
def test_nothing_but_space_is_lost_and_every_piece_fits(text: str, limit: int) -> None:
    for length in (len, utf8_length):
        pieces = split(text, limit, length)
        assert pieces
        assert all(length(piece) <= limit for piece in pieces)
        assert "".join("".join(pieces).split()) == "".join(text.split())
