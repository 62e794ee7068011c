"""Codes to come back: the list of words, what is read of what people type, and the hash."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.web.codes import Cost, new_code, read_code, slow_hash, words

CHEAP = Cost(memory=8, passes=1)


def test_five_words_of_the_list_hold_55_bits() -> None:
    assert len(set(words())) == len(words()) >= 2_000
    assert 5 * math.log2(len(words())) >= 55
    code = new_code().split()
    assert len(code) == 5
    assert set(code) <= set(words())


def test_words_are_short_and_told_apart() -> None:
    plain = [read_code(" ".join([word] * 5)) for word in words()]
    assert None not in plain
    bare = [str(code).split()[0] for code in plain]
    assert len(set(bare)) == len(words()), "two words that differ by accents only"
    assert all(re.fullmatch(r"[a-z]{4,10}", word) for word in bare)
    missing_one = [word[:n] + "*" + word[n + 1 :] for word in bare for n in range(len(word))]
    assert len(set(missing_one)) == len(missing_one), "two words that differ by one letter"


@pytest.mark.parametrize(
    "typed",
    [
        "châtaigne écureuil hamac piano vélo",
        "  Chataigne ECUREUIL, hamac-piano\nvelo. ",
        "CHÂTAIGNE\u00a0écureuil\thamac / piano / vélo",
        "cha\u0302taigne e\u0301cureuil hamac piano ve\u0301lo",
    ],
)
def test_accents_capitals_and_marks_do_not_matter(typed: str) -> None:
    assert read_code(typed) == "chataigne ecureuil hamac piano velo"


@pytest.mark.parametrize(
    "typed",
    ["", "hamac", "hamac " * 4, "hamac " * 6, "hamac piano vélo écureuil xyzzy", "hamac " * 10_000],
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None


@given(st.text(max_size=300))
def test_whatever_is_typed_never_raises(typed: str) -> None:
    read_code(typed)


def test_the_hash_needs_the_secret_and_every_word() -> None:
    one = slow_hash("hamac piano velo rubis oasis", b"s" * 32, CHEAP)
    assert one == slow_hash("hamac piano velo rubis oasis", b"s" * 32, CHEAP)
    assert one != slow_hash("hamac piano velo oasis rubis", b"s" * 32, CHEAP)
    assert one != slow_hash("hamac piano velo rubis oasis", b"t" * 32, CHEAP)
    assert Cost().memory >= 19 * 1024, "the least that is called slow"
