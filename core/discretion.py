"""What a locked phone shows: whoever lies beside it may be the one who is written about.

Phones show the first words of a message. Somebody who wrote a moment ago has the conversation open;
somebody silent gets what is said behind a line that anybody may read.
"""

from datetime import datetime, timedelta

from core.conversation import Conversation
from core.labels import Address
from core.ports import Phrasebook

# After so long without a word from the person, the phone may lie anywhere.
AWAY_AFTER = timedelta(minutes=2)
# The catalogue's id of the line.
LINE = "new_message"
# Bytes that the line takes at most with the gap behind it: channels keep them free.
ROOM = 120
_GAP = "\n\n"


def is_away(conversation: Conversation, now: datetime) -> bool:
    """Whether the person may be looking elsewhere; where nobody knows, they may."""
    heard = conversation.heard_at
    return heard is None or now - heard > AWAY_AFTER


def veiled(text: str, line: str) -> str:
    """`text` behind the line."""
    return f"{line}{_GAP}{text}"


def unveiled(text: str, phrases: Phrasebook) -> str:
    """What was said, without the line before it if there is one."""
    for address in Address:
        text = text.removeprefix(veiled("", phrases.say(LINE, address).text))
    return text
