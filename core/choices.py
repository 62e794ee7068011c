"""What was offered, and which of it somebody chose in words."""

import re
from collections.abc import Sequence

from core.conversation import Author, Choice, Message

# "2", "2.", "n°2", "le 2", "réponse 2": what people answer to numbered lines.
_NUMBER = re.compile(
    r"\s*(?:(?:le|la|n°|no|num[ée]ro|r[ée]ponse|choix)\s*)?([1-9][0-9]?)\s*[.)!]*\s*", re.IGNORECASE
)


def offered(messages: Sequence[Message]) -> Message | None:
    """The last thing said to the person, if it offers choices; `messages` in order."""
    for message in reversed(messages):
        if message.author in (Author.BOT, Author.SERVICE):
            return message if message.choices else None
    return None


def chosen_by_number(text: str, choices: Sequence[Choice]) -> Choice | None:
    """The choice meant by a bare number, as shown by `connectors.degrade`; None: no such number."""
    number = _NUMBER.fullmatch(text) if len(text) <= 40 else None
    if number is None or int(number[1]) > len(choices):
        return None
    return choices[int(number[1]) - 1]
