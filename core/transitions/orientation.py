"""Directing somebody to another service: suggested by a listener or the bot, agreed to by them.

Each suggestion is kept on the conversation with what the person said to it. Nobody is sent away:
whoever agrees, or not, keeps their place here.
"""

from dataclasses import replace
from datetime import datetime

from core.accounts import Listener
from core.conversation import Author, Choice, Conversation, Orientation
from core.directory import Checklist, Service
from core.errors import Refused
from core.labels import address_for
from core.ports import Change, Phrasebook
from core.transitions.draft import Draft, require_owner
from core.transitions.listener import reply_id
from core.typography import french


def suggest(
    conversation: Conversation,
    listener: Listener,
    entry: Service | Checklist,
    *,
    client_id: str,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The listener suggests a service, and asks whether that is right; a check-list is just given.

    Raises Refused if not owner.
    """
    require_owner(conversation, listener)
    draft = Draft(conversation, now, phrases)
    address = address_for(conversation.assessment.role)
    text = french(entry.told(address))
    choices: tuple[Choice, ...] = ()
    if isinstance(entry, Service):
        question = phrases.say("orientation_ask", address)
        text, choices = f"{text}\n{question.text}", question.choices
    message = draft.append(
        Author.LISTENER,
        text,
        id=reply_id(conversation, listener, client_id),
        listener_id=listener.id,
        client_id=client_id,
        choices=choices,
    )
    suggested = Orientation(service=entry.id, at=now, seq=message.seq, by=listener.id)
    draft.update(orientations=(*conversation.orientations, suggested))
    return draft.done()


def note_agreement(
    conversation: Conversation,
    listener: Listener,
    service: str,
    agreed: bool,
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The listener notes what the person said in words. Raises Refused if not owner, or if nothing
    of the kind was suggested."""
    require_owner(conversation, listener)
    if all(each.service != service for each in conversation.orientations):
        raise Refused
    draft = Draft(conversation, now, phrases)
    draft.update(orientations=answered(conversation.orientations, agreed, service))
    return draft.done()


def answered(
    orientations: tuple[Orientation, ...], agreed: bool, service: str | None = None
) -> tuple[Orientation, ...]:
    """The orientations once the person answered the last one, or the last of a service."""
    last = max(
        (i for i, each in enumerate(orientations) if service in (None, each.service)), default=None
    )
    return tuple(
        replace(each, agreed=agreed) if i == last else each for i, each in enumerate(orientations)
    )
