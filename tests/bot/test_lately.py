"""The readings of a moment: the last ones, by their exact text, and no words."""

from hypothesis import given
from hypothesis import strategies as st

from bot.lately import Lately
from bot.reading_model import Reading


def reading(intent: str) -> Reading:
    return Reading({intent: 1.0}, (1.0, 0.0, 0.0, 0.0), {"inconnu": 1.0})


def test_the_oldest_go_first() -> None:
    lately = Lately(most=2)
    for text in ("a", "b", "a", "c"):
        lately.keep(text, reading(text))
    assert lately.of("b") is None
    assert lately.of("a") == reading("a")
    assert lately.of("c") == reading("c")
    lately.forget()
    assert lately.of("a") is None


@given(st.text(), st.text())
def test_only_exactly_the_same_text_is_known(text: str, other: str) -> None:
    lately = Lately()
    lately.keep(text, reading("salutation"))
    assert (lately.of(other) is None) == (text != other)


def test_no_words_are_kept() -> None:
    lately = Lately()
    lately.keep("zqxcanari7731", reading("salutation"))
    assert "zqxcanari7731" not in repr(vars(lately))
    assert lately.of("\ud800") is None  # half a character has a name, too
