"""What connectors take out of JSON that nobody vouches for."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.fields import (
    degrees,
    happened,
    ident,
    idents,
    items,
    link,
    moment,
    name_of,
    number,
    obj,
    objects,
    place,
    text,
)
from tests.builders import NOON

SECONDS = int(NOON.timestamp())
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(_JSON)
def test_nothing_raises_and_what_comes_out_can_be_stored(found: object) -> None:
    value = {"k": found}
    for words in (text(value, "k"), ident(value, "k"), link(value, "k"), *idents(value, "k")):
        assert words is None or words.encode() is not None
    assert isinstance(obj(value, "k"), dict)
    assert all(isinstance(each, dict) for each in objects(value, "k"))
    assert isinstance(items(value, "k"), list | tuple)
    number(value, "k")
    degrees(value, "k")
    place(value, "k", "k")
    at = happened(value, "k", now=NOON)
    assert at is None or at <= NOON


@pytest.mark.parametrize("written", [SECONDS, str(SECONDS), float(SECONDS), SECONDS * 1000])
def test_a_moment_is_read_however_it_is_written(written: object) -> None:
    assert moment({"k": written}, "k") == NOON


@pytest.mark.parametrize("written", [0, -1, "", "soon", True, None, 1e300, float("nan"), 10**15])
def test_what_is_no_moment_is_none(written: object) -> None:
    assert moment({"k": written}, "k") is None


def test_nothing_happened_after_now_but_clocks_differ_a_little() -> None:
    ahead = {"k": SECONDS + 60, "far": SECONDS + 3600}
    assert happened(ahead, "k", now=NOON) == NOON
    assert happened(ahead, "far", now=NOON) is None
    assert moment(ahead, "far") == NOON + timedelta(hours=1)


def test_what_is_longer_than_any_id_is_none_and_no_cut_one() -> None:
    assert ident({"k": "x" * 512}, "k") == "x" * 512
    assert ident({"k": "x" * 513}, "k") is None
    assert link({"k": "x" * 4000}, "k") == "x" * 4000
    assert text({"k": "x" * 20_000}, "k") == "x" * 16_384


def test_a_number_may_be_written_as_its_digits() -> None:
    assert (number({"k": "-4001"}, "k"), number({"k": 501}, "k")) == (-4001, 501)
    assert (number({"k": "4 001"}, "k"), number({"k": 2**64}, "k")) == (None, None)


def test_a_place_is_told_to_about_a_metre() -> None:
    assert place({"a": 48.8584, "b": 2}, "a", "b") == "48.8584,2"
    assert place({"a": 48.8584, "b": 181}, "a", "b") is None


def test_a_name_in_a_counter_is_a_name() -> None:
    names = ["message_edit", "lea 0612345678", "0612345678", "x" * 41, None]
    assert [name_of(each) for each in names] == ["message_edit", *["other"] * 4]
