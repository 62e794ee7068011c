"""The words of a message that can be shown as a reason: whole ones, that mean something alone."""

import re
from collections.abc import Sequence

from bot.reading_model.spelling import smooth

Span = tuple[int, int]

# All between two spaces, without the punctuation at its ends: "j'ai" and "su*cide" are one word.
_WORD = re.compile(r"[^\s.,;:!?…«»\"()\[\]]+(?:[.,:!?…][^\s.,;:!?…«»\"()\[\]]+)*")
# Words that carry others. Short ones tell as little, whatever they are.
_CARRIERS = frozenset(
    "je tu il elle on nous vous ils elles moi toi lui leur leurs eux me te se le la les l un une "
    "des du de d et ou mais donc or ni car que qu qui quoi dont quand comme si a au aux en y dans "
    "sur sous par pour avec sans chez vers entre est es suis sont ai as ont avait avais etait "
    "etais ete etre avoir c ce ca cela cet cette ces mon ma mes ton ta tes son sa ses notre votre "
    "nos vos ne n pas plus j m t s vais vas va vont fait faire tout tous toute meme aussi tres "
    "trop bien alors voila la oui non bonjour salut".split()
)
_SHORTEST = 3


def words(text: str) -> list[Span]:
    """Where each word of a text stands."""
    return [match.span() for match in _WORD.finditer(text)]


def shown(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The words that these parts of a text belong to, as far as they tell something."""
    found = words(text)
    touched = [
        number
        for number, (start, end) in enumerate(found)
        if any(first < end and start < last for first, last in spans)
    ]
    return joined(text, found, touched)


def joined(text: str, found: Sequence[Span], chosen: Sequence[int]) -> tuple[Span, ...]:
    """The spans of the chosen words, neighbours as one, without those that mean nothing alone."""
    spans: list[Span] = []
    last = -2
    for number in sorted(chosen):
        start, end = found[number]
        if number == last + 1:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        last = number
    kept = tuple(span for span in spans if _tells(text[slice(*span)]))
    stripped = text.strip()
    if kept or not stripped:
        return kept
    start = text.index(stripped)
    return ((start, start + len(stripped)),)


def _tells(shown: str) -> bool:
    parts = [part for word in re.findall(r"\w+", shown) for part in smooth(word).split()]
    if any(len(part) >= _SHORTEST and part not in _CARRIERS for part in parts):
        return True
    # A sign that is no letter: a knife, a drop of blood.
    return not parts and any(not c.isascii() for c in shown)
