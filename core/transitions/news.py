"""We write first: a neutral word to somebody who agreed to hear from us here.

It names nothing that was said before: whoever holds the phone now may be somebody else.
"""

from datetime import datetime
from enum import StrEnum

from core.conversation import TELEPHONE, Author, Conversation, OwnerKind
from core.ids import MessageId
from core.labels import address_for
from core.ports import Change, Phrasebook
from core.transitions.draft import Draft, require

SENTENCE = "news_here"


class Hindrance(StrEnum):
    """Why we cannot write to somebody of our own accord."""

    # A listener talks with them: theirs are the words.
    HELD = "held"
    # Another application has the thread.
    ELSEWHERE = "elsewhere"
    # They asked that everything be erased.
    ERASING = "erasing"
    # Nothing can be written to a telephone.
    TELEPHONE = "telephone"


def hindrance(conversation: Conversation) -> Hindrance | None:
    """What keeps us from writing first in the contact's latest conversation; None: nothing."""
    if conversation.erasure is not None:
        return Hindrance.ERASING
    if conversation.channel == TELEPHONE:
        return Hindrance.TELEPHONE
    if conversation.standby:
        return Hindrance.ELSEWHERE
    held = conversation.is_open and conversation.owner.kind is OwnerKind.LISTENER
    return Hindrance.HELD if held else None


def tell_news(
    conversation: Conversation, *, message_id: MessageId, now: datetime, phrases: Phrasebook
) -> Change:
    """Say that there is news, in the contact's latest conversation, open or closed.

    The channel's window holds as for every message. `message_id` makes saying it again a
    DuplicateMessage. Raises Refused where there is a `hindrance`.
    """
    require(hindrance(conversation) is None)
    draft = Draft(conversation, now, phrases)
    phrase = phrases.say(SENTENCE, address_for(conversation.assessment.role))
    draft.append(Author.SERVICE, phrase.text, id=message_id, sentence=SENTENCE)
    return draft.done()
