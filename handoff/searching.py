"""Looking for words in the conversations that a listener holds.

Texts lie sealed, each conversation under a key of its own. They are opened and read here, in
memory, for this one question. An index of sealed words would answer faster, and would tell whoever
has the database which conversations share a word and how often; a listener holds a handful of
conversations, so there is nothing to be faster at. Neither words nor hits are logged or kept.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.accounts import Listener
from core.conversation import Conversation, Message
from core.ports import Store
from core.reading import all_messages
from core.voices import for_the_listener

SHORTEST, LONGEST = 2, 80
MOST_HITS = 50
# Characters shown around what was found.
AROUND = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that holds every word. `text` is cut around the first of them, which lies from
    `start` to `end` in it, in code points."""

    conversation: Conversation
    message: Message
    text: str
    start: int
    end: int


async def search(store: Store, listener: Listener, words: str) -> Sequence[Hit]:
    """The messages of the listener's conversations that hold all the words, newest first.

    Case and accents do not matter. Fewer than two characters find nothing.
    """
    wanted = folded(words[:LONGEST])[0].split()
    if sum(map(len, wanted)) < SHORTEST:
        return ()
    hits = [
        hit
        for conversation in await store.held_by(listener.id)
        for message in for_the_listener(conversation, await all_messages(store, conversation.id))
        if (hit := _hit(conversation, message, wanted))
    ]
    return sorted(hits, key=lambda hit: hit.message.at, reverse=True)[:MOST_HITS]


def folded(text: str) -> tuple[str, list[int]]:
    """The text without case and accents, and where each of its characters comes from."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for part in unicodedata.normalize("NFKD", sign).casefold():
            if not unicodedata.combining(part):
                signs.append(part)
                places.append(place)
    return "".join(signs), places


def _hit(conversation: Conversation, message: Message, wanted: Sequence[str]) -> Hit | None:
    plain, places = folded(message.text)
    found = [plain.find(word) for word in wanted]
    if -1 in found:
        return None
    begin, end = places[found[0]], places[found[0] + len(wanted[0]) - 1] + 1
    cut = max(0, begin - AROUND)
    return Hit(conversation, message, message.text[cut : end + AROUND], begin - cut, end - cut)
