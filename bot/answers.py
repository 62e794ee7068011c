"""Plain answers to the question about thoughts of dying, heard in process, without the assistant.

"Yes" means danger whatever else is believed. "No" has the words of danger in it ("non, j'ai pas
envie de mourir"), so it is not read for what it sounds like; but only a bare "no" is, for
"non mais j'ai pris des cachets" must be read in full.
"""

import re

from bot.screen.facts import plain
from bot.screen.normalise import fold

_YES = re.compile(r"(?:oui|ui|ouai?s?|wi|yes|des fois|parfois)\b(?! (?:mais )?non\b)")
_NO = r"(?:non|nan|nn|nope|jamais|pas du tout|du tout|merci|ca va|pas de ca|t inquiete|tkt)"
_DYING = r"(?:mourir|mort|suicid\w*|me tuer|en finir|disparaitre|faire du mal|ca|cela)"
_DENIAL = re.compile(
    rf"(?=(?:non|nan|nn|nope|jamais|pas du tout)\b){_NO}(?: {_NO})*"
    rf"(?: (?:j |je |n |ai |en |y |de |d |pense |penser |pensais |veux |ve |envie |idees? |eu "
    rf"|me |a |pas |plus |jamais |aucune |vraiment |du tout )*(?:pas|jamais|aucune)"
    rf"(?: (?:de|d|a|envie|eu|pense|penser|idees?|vraiment|du|tout|me|en|y)){{0,5}} {_DYING})?"
)


def says_yes(text: str) -> bool:
    """Whether `text` begins with a yes that it does not take back."""
    return _YES.match(_read(text)) is not None


def only_denies(text: str) -> bool:
    """Whether `text` is a no, alone or with what it denies, and nothing more."""
    return _DENIAL.fullmatch(_read(text)) is not None


def _read(text: str) -> str:
    # What does not fit on a line is no plain answer, and must not cost time.
    return plain(fold(text)[0]) if len(text) <= 200 else ""
