"""A file is taken out of the conversation: from now on only its slip leads to it."""

from dataclasses import replace
from datetime import datetime

from core.accounts import Listener
from core.conversation import Conversation, FileState, Message
from core.ids import AttachmentId
from core.ports import Change, Phrasebook
from core.transitions.draft import Draft, require, require_owner


def quarantine(
    conversation: Conversation,
    listener: Listener,
    message: Message,
    attachment_id: AttachmentId,
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """Put one kept file of a message aside. Raises Refused if not owner, or if it is not kept."""
    require_owner(conversation, listener)
    kept = [one for one in message.attachments if one.state is FileState.KEPT]
    require(any(one.id == attachment_id for one in kept))
    files = tuple(
        replace(one, state=FileState.QUARANTINED, filename=None) if one.id == attachment_id else one
        for one in message.attachments
    )
    draft = Draft(conversation, now, phrases)
    draft.rewrite(replace(message, attachments=files))
    return draft.done()
