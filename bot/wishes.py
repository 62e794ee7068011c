"""Asking for a person: recognised in any line of what somebody writes, without the classifier.

A burst of messages is one turn for the assistant, and the wish may be its last line only. Missing
it would keep a person with a machine against their will; hearing it where it was not said costs a
listener a minute. So plain wordings are enough here, and a denial close by takes them back.
"""

import re

from bot.screen.facts import plain
from bot.screen.normalise import fold

_PERSON = (
    r"(?:quelqu un|qqun|qqn|kelkun|une? (?:vraie? )?(?:personne|humaine?|etre humain|adulte"
    r"|ecoutante?|conseillere?|psy\w*|agent|intervenante?|responsable|juriste)|des gens"
    r"|un vrai (?:humain|gens))"
)
_VERB = r"(?:parler|parle|discuter|echanger|causer|contacter|joindre|avoir|voir)"
_WISH = re.compile(
    rf"\b(?:{_VERB} (?:a|avec|direct\w* a)? ?{_PERSON}"
    rf"|(?:veux|voudrais|ve|aimerais|prefere\w*|souhaite\w*|besoin d|il me faut|passe\w* moi) ?"
    rf"{_PERSON}(?! qui)"
    r"|(?:un )?(?:vrai humain|vraie personne)"
    r"|pas (?:parler )?(?:a |avec )?une? (?:robot|bot|machine|ia)"
    r"|y a (?:t il )?quelqu un|ya (?:kelkun|quelqu un)|quelqu un est la)\b"
)
_DENIED = re.compile(r"\b(?:pas|plus|jamais|peur de|sans)(?: \w+){0,2}$")
# "J'ai parlé à quelqu'un" tells, it does not ask; without its accent it looks the same.
_TOLD = re.compile(r"\b(?:ai|as|a|avons|ont|deja)$")


def asks_for_human(text: str) -> bool:
    """Whether some line of `text` asks to speak with a person. Never raises; linear time."""
    return any(_line_asks(line) for line in text[:20_000].splitlines())


def _line_asks(line: str) -> bool:
    said = plain(fold(line)[0])
    for wish in _WISH.finditer(said):
        before = said[max(0, wish.start() - 25) : wish.start()].strip()
        if wish[0].startswith("pas "):
            return True
        told = wish[0].startswith("parle ") and _TOLD.search(before)
        if not told and not _DENIED.search(before):
            return True
    return False
