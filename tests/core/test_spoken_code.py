"""The code said on the telephone: easy to type, hard to guess."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.ids import ContactId
from core.spoken_code import LASTS, WORDS, WRONG_AT_MOST, SpokenCode, heard_in, new_code
from tests.builders import NOON

LEA, TOM = ContactId("lea"), ContactId("tom")
CODE = SpokenCode(words="école lune fusée", until=NOON + LASTS)


@pytest.mark.parametrize(
    "typed",
    [
        "école lune fusée",
        "Ecole Lune Fusee",
        "ECOLE-LUNE-FUSÉE !",
        "  le code c'est : école, lune, fusée.",
        "e\u0301cole lune fuse\u0301e",
    ],
)
def test_it_may_be_typed_as_people_type(typed: str) -> None:
    heard = heard_in(typed)
    assert heard is not None
    assert CODE.means(heard, LEA, now=NOON)


@pytest.mark.parametrize(
    "typed",
    ["", "école lune", "école lune fusée robot", "il m'a envoyé lune tapis rose", "je veux mourir",
     "\x00", "a" * 5000, "école lune fusée " * 20],
)  # fmt: skip
def test_any_other_message_is_none(typed: str) -> None:
    assert heard_in(typed) is None


def test_it_is_short_lived_for_one_person_and_ends_after_wrong_guesses() -> None:
    heard = heard_in(CODE.words)
    assert heard is not None
    assert not CODE.means(heard, LEA, now=CODE.until)
    assert not replace(CODE, used_by=LEA).means(heard, TOM, now=NOON)
    assert replace(CODE, used_by=LEA).means(heard, LEA, now=NOON)
    missed = CODE
    for _ in range(WRONG_AT_MOST):
        assert missed.means(heard, LEA, now=NOON)
        missed = missed.missed()
    assert not missed.means(heard, LEA, now=NOON)


def test_there_are_about_a_million_and_each_is_understood() -> None:
    assert len({heard for word in WORDS if (heard := heard_in(f"{word} lune lune"))}) == len(WORDS)
    assert len(WORDS) * (len(WORDS) - 1) * (len(WORDS) - 2) > 900_000
    codes = [new_code(NOON) for _ in range(200)]
    assert all(heard_in(code.words) for code in codes)
    assert len({code.words for code in codes}) > 190
    assert codes[0].until - NOON == timedelta(minutes=10)
