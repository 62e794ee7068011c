"""A colleague reads along, invited by who answers and as long as that one does, and never answers.

What they leave is a note, which is no message. The audit says who was invited by whom.
"""

from dataclasses import replace
from datetime import datetime

from core.accounts import Listener
from core.audit import Deed, Verb
from core.conversation import Conversation
from core.ids import ListenerId
from core.notes import Alongside
from core.ports import Change, Phrasebook
from core.transitions.draft import Draft, require, require_owner

# More readers than this are a meeting.
ALONGSIDE_AT_MOST = 3


def invite_along(
    conversation: Conversation,
    listener: Listener,
    to: ListenerId,
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """Let a colleague read along. Raises Refused if not owner, for oneself, and for too many."""
    require_owner(conversation, listener)
    who = conversation.readers
    require(to != listener.id and len(who) < ALONGSIDE_AT_MOST)
    draft = Draft(conversation, now, phrases)
    draft.update(alongside=Alongside(by=listener.id, who=tuple(dict.fromkeys((*who, to)))))
    return _recorded(draft, Verb.CO_LISTENING_BEGUN, listener, to)


def leave_alongside(
    conversation: Conversation, listener: Listener, *, now: datetime, phrases: Phrasebook
) -> Change:
    """The colleague reads no more. Raises Refused for whoever does not read along."""
    require(listener.id in conversation.readers)
    assert conversation.alongside is not None
    who = tuple(one for one in conversation.readers if one != listener.id)
    draft = Draft(conversation, now, phrases)
    draft.update(alongside=replace(conversation.alongside, who=who))
    return _recorded(draft, Verb.CO_LISTENING_ENDED, listener, listener.id)


def _recorded(draft: Draft, verb: Verb, actor: Listener, reader: ListenerId) -> Change:
    deed = Deed(
        verb=verb,
        at=draft.now,
        actor=actor.id,
        conversation=draft.conversation.id,
        object=reader,
    )
    return replace(draft.done(), deeds=(deed,))
