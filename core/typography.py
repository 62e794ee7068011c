"""The spaces of French, set where words are rendered, so that a line never begins with ":".

Sentences are written with plain spaces; `french` makes those that hold something together no-break.
`ui/french.ts` is the same rule for what the screens say themselves. A URL, a command or a value has
no such space, so nothing that is copied, tapped or matched changes.
"""

import re

# A phone number keeps U+00A0: phones know it between digits and do not know the narrow one.
NO_BREAK, NARROW = "\u00a0", "\u202f"

_NARROW = re.compile(r"(?<=\S) (?=[?!;]+(?:\s|$))")
_WIDE = re.compile(
    r"(?<=\S) (?=:(?:\s|$)|»)"
    r"|(?<=«) "
    r"|(?<=\d) (?=\d|(?:h|min|s|ans|Mo|Go|km|€|%)(?!\w))"
    r"|(?<=\d h) (?=\d\d\b)"
)


def french(text: str) -> str:
    """`text` with its spaces set; as long as before, and the same when done again."""
    return _WIDE.sub(NO_BREAK, _NARROW.sub(NARROW, text))


def plain(text: str) -> str:
    """The same with plain spaces, to compare words by."""
    return text.replace(NO_BREAK, " ").replace(NARROW, " ")
