"""A listener says which trade or language a conversation asks for."""

from dataclasses import replace
from datetime import datetime

from core.accounts import Listener
from core.audit import Deed, Verb
from core.conversation import Conversation
from core.ports import Change, Phrasebook
from core.skills import Needs
from core.transitions.draft import Draft, require_owner


def ask_for(
    conversation: Conversation,
    listener: Listener,
    needs: Needs,
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """What it asks for from now on, in the audit. Raises Refused if not owner.

    It stays where it is: who wants somebody else to go on passes it on.
    """
    require_owner(conversation, listener)
    draft = Draft(conversation, now, phrases)
    draft.update(needs=needs)
    deed = Deed(
        verb=Verb.NEEDS_TOLD,
        at=now,
        actor=listener.id,
        conversation=conversation.id,
        details={"skill": needs.skill or "", "language": needs.language or ""},
    )
    return replace(draft.done(), deeds=(deed,))
