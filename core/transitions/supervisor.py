"""What a supervisor does to who answers: take a conversation back, give it to somebody, whisper.

None of it reads a word. All of it is recorded in the audit; the person is told who answers, and
never of a whisper.
"""

from dataclasses import replace
from datetime import datetime

from core.accounts import Listener
from core.audit import Deed, Verb
from core.conversation import Conversation, OwnerKind
from core.ids import ListenerId
from core.notes import NOTES_AT_MOST, Note
from core.ports import Change, Phrasebook
from core.prospects import ANSWERED, Prospect
from core.transitions.draft import Draft, require
from core.transitions.passing import note_id


def assign(
    conversation: Conversation,
    to: Listener,
    supervisor: Listener,
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """Give a conversation that waits, or that another holds, to a listener.

    Raises Refused when it is the bot's, closed, or theirs already. Danger that nobody answered yet
    goes on alarming: the new listener has not answered it either.
    """
    ticket, held = conversation.ticket, conversation.owner.kind is OwnerKind.LISTENER
    require(conversation.is_open and ticket is not None and not conversation.is_the_bots)
    require(not conversation.is_held_by(to.id))
    assert ticket is not None
    draft = Draft(conversation, now, phrases)
    draft.hold(ticket, to.id)
    draft.notice("listener_changed" if held else "listener_joined", {"name": to.name})
    return _recorded(draft, conversation, supervisor, Verb.CONVERSATION_ASSIGNED, to.id)


def take_back(
    conversation: Conversation,
    supervisor: Listener,
    *,
    first: int | None,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
) -> Change:
    """From its listener to the head of the queue. Raises Refused when no listener has it.

    `first`: see `core.transitions.give_back`.
    """
    require(conversation.is_open and conversation.owner.kind is OwnerKind.LISTENER)
    draft = Draft(conversation, now, phrases, prospect)
    draft.back_to_queue(first, "listener_handed_back")
    return _recorded(draft, conversation, supervisor, Verb.CONVERSATION_TAKEN_BACK, None)


def whisper(
    conversation: Conversation,
    supervisor: Listener,
    text: str,
    *,
    client_id: str,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """A note that the listener who holds it sees. Raises Refused when none does, or at too many."""
    require(conversation.is_open and conversation.owner.kind is OwnerKind.LISTENER)
    require(len(conversation.notes) < NOTES_AT_MOST)
    said = note_id(conversation, supervisor, client_id)
    note = Note(id=said, listener_id=supervisor.id, at=now, text=text)
    draft = Draft(conversation, now, phrases)
    draft.update(notes=(*conversation.notes, note))
    return _recorded(draft, conversation, supervisor, Verb.WHISPERED, None)


def _recorded(
    draft: Draft,
    before: Conversation,
    supervisor: Listener,
    verb: Verb,
    to: ListenerId | None,
) -> Change:
    """The change, with who did it, and from whom to whom."""
    people = {"from": before.owner.listener_id, "to": to}
    deed = Deed(
        verb=verb,
        at=draft.now,
        actor=supervisor.id,
        conversation=before.id,
        details={name: one for name, one in people.items() if one is not None},
    )
    return replace(draft.done(), deeds=(deed,))
