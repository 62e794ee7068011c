"""A message cut to what a channel takes: text split between sentences, buttons turned to text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.conversation import Choice, Message
from core.ports import Part

# Where a text may be cut, best first: between paragraphs, lines, sentences, words.
_BREAKS = (
    re.compile(r"\n{2,}"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…])\s+"),
    re.compile(r"\s+"),
)
# Characters that belong to the one before: a cut there would break an emoji or an accent.
_JOINED = re.compile("[\u0300-\u036f\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
# A break in the first part of a piece would leave a crumb.
_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel takes. `text`: of a message, in `length`'s units (characters by default).

    `text_with_choices`: the same beside buttons. `styles`: the ways to show choices, as (how many
    at most, the longest title); without one that fits, choices become numbered text. `room` stays
    free in the first part.
    """

    text: int
    text_with_choices: int
    styles: Sequence[tuple[int, int]] = ()
    length: Callable[[str], int] = len
    room: int = 0


def utf8_length(text: str) -> int:
    """Length in bytes, for platforms that count so."""
    return len(text.encode("utf-8", "replace"))


def parts_of(message: Message, limits: Limits) -> tuple[Part, ...]:
    """The message as parts that each fit `limits`; never empty, always the same cut.

    The choices come with the last part: as buttons where a style fits all of them, else as
    numbered text, which the person answers with a number (`core.choices.chosen_by_number`).
    """
    text, choices = message.text, message.choices
    if choices and not _fits(choices, limits):
        text, choices = f"{text}\n{numbered(choices)}", ()
    pieces = split(text, limits.text, limits.length, room=limits.room)
    room = limits.room if len(pieces) == 1 else 0
    if choices and limits.length(pieces[-1]) > limits.text_with_choices - room:
        pieces[-1:] = split(pieces[-1], limits.text_with_choices, limits.length, room=room)
    return (*(Part(piece) for piece in pieces[:-1]), Part(pieces[-1], choices))


def numbered(choices: Sequence[Choice]) -> str:
    """Choices as lines of text: `1. Oui`."""
    return "\n".join(f"{number}. {choice.title}" for number, choice in enumerate(choices, start=1))


def split(text: str, limit: int, length: Callable[[str], int] = len, *, room: int = 0) -> list[str]:
    """Cut `text` into pieces of at most `limit`, between sentences where that can be.

    The first piece is shorter by `room`. Nothing is lost but the white space at a cut. At least one
    piece, possibly empty.
    """
    pieces: list[str] = []
    rest = text.strip()
    while length(rest) > (fits := limit if pieces else limit - room):
        end = _longest(rest, fits, length)
        cut = next((at for at in (_last(b, rest, end) for b in _BREAKS) if at), end)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest]


def _longest(text: str, limit: int, length: Callable[[str], int]) -> int:
    """How many characters fit; at least one, so that cutting always ends."""
    end = min(len(text), limit)
    while end > 1 and length(text[:end]) > limit:
        end -= max(1, (length(text[:end]) - limit) // 4)
    whole = end
    while whole > 1 and (_JOINED.match(text[whole]) or text[whole - 1] == "\u200d"):
        whole -= 1
    return whole if whole > end * _LEAST else end


def _last(pattern: re.Pattern[str], text: str, end: int) -> int:
    """The last break at most at `end`; 0 where there is none worth it."""
    found = [match.start() for match in pattern.finditer(text, 0, end + 1)]
    return found[-1] if found and found[-1] >= end * _LEAST else 0


def _fits(choices: Sequence[Choice], limits: Limits) -> bool:
    longest = max(len(choice.title) for choice in choices)
    return any(len(choices) <= count and longest <= title for count, title in limits.styles)
